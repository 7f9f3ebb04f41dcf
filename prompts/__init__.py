"""The words a non-programmer may edit: sentences shown to users, everyday words and their official
counterparts, the English glossary and units, place names, and the words that make a question a question.

Each file says at its top how it is written. Lines that begin with # and empty lines are left out.
"""

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple


def _lines(name: str) -> list[str]:
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def sentences() -> MappingProxyType[str, str]:
    """Return every sentence shown to users by its name, ``{placeholders}`` unfilled."""
    return MappingProxyType(tomllib.loads((files(__name__) / "sentences.toml").read_text(encoding="utf-8")))


@cache
def explanations() -> MappingProxyType[str, MappingProxyType[str, str]]:
    """Return the words an answer is explained in, table by table, ``{placeholders}`` unfilled."""
    tables = tomllib.loads((files(__name__) / "explain.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: MappingProxyType(table) for name, table in tables.items()})


@cache
def synonyms() -> tuple[tuple[str, ...], ...]:
    """Return groups of words that mean the same in an official document."""
    return tuple(tuple(line.split()) for line in _lines("synonyms.txt"))


@cache
def glossary() -> MappingProxyType[str, tuple[str, ...]]:
    """Return English terms, lower case, with their Chinese renderings."""
    pairs = (line.split("=") for line in _lines("glossary.txt"))
    return MappingProxyType({english.strip(): tuple(chinese.split()) for english, chinese in pairs})


@cache
def places() -> frozenset[str]:
    """Return short names of provinces and prefecture-level places."""
    return frozenset(word for line in _lines("places.txt") for word in line.split())


@cache
def counties() -> MappingProxyType[str, bool]:
    """Return the full names of counties, districts and county-level cities, and whether the name without
    its last word (枞阳) means nothing but the place.
    """
    names = (word for line in _lines("counties.txt") for word in line.split())
    return MappingProxyType({name.removeprefix("="): not name.startswith("=") for name in names})


@cache
def filler() -> frozenset[str]:
    """Return words of a question that say nothing about what is looked for."""
    return frozenset(word for line in _lines("filler.txt") for word in line.split())


@cache
def kind_words() -> frozenset[str]:
    """Return words that name a sort of document."""
    return frozenset(word for line in _lines("kinds.txt") for word in line.split())


@cache
def vocabulary() -> frozenset[str]:
    """Return every pair of characters inside a word that the synonyms or the filler know."""
    words = {word for group in synonyms() for word in group} | filler()
    return frozenset(word[i : i + 2] for word in words for i in range(len(word) - 1))


@cache
def english_filler() -> frozenset[str]:
    """Return English words, lower case, that say nothing about what is looked for."""
    return frozenset(word for line in _lines("filler_en.txt") for word in line.split())


@cache
def lookalikes() -> tuple[str, ...]:
    """Return groups of characters that are mistaken for one another by shape."""
    return tuple(_lines("lookalikes.txt"))


@cache
def examples() -> tuple[str, ...]:
    """Return example questions on the sample documents."""
    return tuple(_lines("examples.txt"))


class CountedThing(NamedTuple):
    """What figures count, in Chinese and English. ``counters`` are the measure words it takes, none where
    it is one itself; ``asked`` are the English words for it in a question, the plural first.
    """

    chinese: tuple[str, ...]
    counters: tuple[str, ...]
    one: str
    many: str
    asked: tuple[str, ...]


@cache
def counted_things() -> tuple[CountedThing, ...]:
    """Return what figures count, as the file lists it."""
    found = []
    for line in _lines("units_en.txt"):
        chinese, counters, one, many, also = (column.strip() for column in line.split("|"))
        asked = (word.strip() for word in (many, *also.split(",")))
        found.append(
            CountedThing(
                tuple(chinese.split()), tuple(counters.split()), one, many, tuple(w for w in asked if w)
            )
        )
    return tuple(found)


@cache
def interface(language: str) -> MappingProxyType[str, str]:
    """Return the words of the pages in a language, ``zh`` or ``en``, by name, ``{placeholders}`` unfilled.

    Each file of ``interface/`` holds the words of some pages, a table for each language.
    """
    words: dict[str, str] = {}
    for file in sorted((files(__name__) / "interface").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            words.update(tomllib.loads(file.read_text(encoding="utf-8"))[language])
    return MappingProxyType(words)


@cache
def wecom() -> MappingProxyType[str, str]:
    """Return what the WeCom bot says besides answers, by name, ``{placeholders}`` unfilled."""
    return MappingProxyType(tomllib.loads((files(__name__) / "wecom.toml").read_text(encoding="utf-8")))
