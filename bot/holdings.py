"""What the base holds, as a question can name it: places in full and short, titles, years."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pypinyin import Style, pinyin

from bot.conversation import inner
from bot.words import fold
from index.document import Document, Scope
from prompts import kind_words

_TITLES = 3  # of the scope chosen that are told
_SUFFIX = re.compile(r"(特别行政区|自治区|自治州|自治县|开发区|新区|省|市|县|区|州|旗|镇|乡)$")


def short_name(place: str) -> str:
    """Return a place without its administrative suffix: 枞阳县 -> 枞阳; two characters stay as they are."""
    stripped = _SUFFIX.sub("", place)
    return stripped if len(stripped) > 1 else place


def spellings(place: str) -> frozenset[str]:
    """Return how a place's short name is spelt in Latin letters, all readings, without tones."""
    readings = pinyin(short_name(place), style=Style.NORMAL, heteronym=True)
    return frozenset("".join(choice) for choice in itertools.product(*readings))


@dataclass(frozen=True, slots=True)
class Holdings:
    """The documents that may answer, with the names they go by: all of an index, or those that the scope
    ``chosen`` by the asker admits. ``beyond`` are then the others, which a question may name.
    """

    documents: tuple[Document, ...]
    places: tuple[str, ...]
    chosen: Scope = field(default_factory=Scope)
    beyond: "Holdings | None" = None

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "Holdings":
        """List the places of the documents in reading order, each once."""
        places = dict.fromkeys(document.place for document in documents if document.place)
        return cls(tuple(documents), tuple(places))

    def within(self, chosen: Scope) -> "Holdings":
        """Return what of this a chosen scope admits. A place that has documents on both sides is inside."""
        inside = Holdings.of([document for document in self.documents if chosen.admits(document)])
        rest = Holdings.of([document for document in self.documents if not chosen.admits(document)])
        others = tuple(place for place in rest.places if place not in inside.places)
        return replace(inside, chosen=chosen, beyond=replace(rest, places=others))

    @property
    def all_places(self) -> tuple[str, ...]:
        """The places inside, then those beyond."""
        return self.places + (self.beyond.places if self.beyond else ())

    def chosen_name(self) -> str:
        """Return the chosen scope in words: 河南省、枞阳县，2021年，《…》."""
        titles = [f"《{inner(d.title)}》" for d in self.documents if d.id in self.chosen.documents]
        more = len(self.chosen.documents) - _TITLES
        parts = [
            "、".join(self.chosen.places),
            "、".join(f"{year}年" for year in self.chosen.years),
            "、".join(titles[:_TITLES]) + (f"等{len(self.chosen.documents)}份文件" if more > 0 else ""),
        ]
        return "，".join(part for part in parts if part)

    def narrowed(self, scope: Scope) -> Scope | None:
        """Return the scope without what lies outside the chosen one, None where nothing is left."""
        if self.beyond is None:
            return scope
        # By id, because documents of two years lie in the scopes of both.
        inside = tuple(document.id for document in self.documents if scope.admits(document))
        return Scope(documents=inside) if inside else None

    def kept(self, scope: Scope) -> Scope:
        """Return what is left of the scope of an earlier question when another scope is chosen."""
        if self.beyond is None:
            return scope
        held = {document.id for document in self.documents}
        return Scope(
            places=tuple(place for place in scope.places if place in self.places),
            documents=tuple(identity for identity in scope.documents if identity in held),
        )

    def titled(self, name: str) -> tuple[Document, ...]:
        """Return the documents whose title holds the name or lies within it."""
        wanted = bare(name)
        return tuple(
            document
            for document in self.documents
            if wanted in bare(document.title)
            or (len(bare(document.title)) > 5 and bare(document.title) in wanted)
        )


@lru_cache(maxsize=20_000)
def bare(title: str) -> str:
    """Return a title as it is compared: folded, without brackets and the years in them."""
    return re.sub(r"[《》〈〉“”\"()\[\]\-—–〔〕]|\([^)]*\)", "", fold(title))


@lru_cache(maxsize=10_000)  # titles, asked of again for every section of theirs
def kind_word(title: str) -> str:
    """Return what sort of document a title names: 方案, 报告 …; empty where it is none of them."""
    last = max(sorted(kind_words()), key=lambda word: bare(title).rfind(word))
    return last if last in bare(title) else ""


def is_report(title: str) -> bool:
    """Tell whether a title names a report of what was done."""
    return kind_word(title) in ("报告", "年报")
