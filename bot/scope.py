"""Which places, years and documents a question names, and which of them the base does not hold or the
scope that was chosen leaves out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from bot.gazetteer import is_listed, place_names, spelt_names
from bot.holdings import Holdings, short_name, spellings
from index.document import Scope
from prompts import kind_words, lookalikes

_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])|(?<![0-9])([0-3][0-9])年(?!代)")
_TITLE = re.compile(r"《([^《》]{2,80})》")
_TOWN = re.compile(r"(镇|乡|街道)$")
_LEVEL = re.compile(r"([省市县区])(?:里|级)的?[^,。?？]{0,4}(?:办法|规定|方案|安排|报告|要求|细则)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names. ``words`` are the name words, so that they are not searched for again;
    ``also_missing`` are places asked about beside held ones that the base has no document of. ``read_as``
    holds a misspelt place and the place it was taken for. ``outside`` is what is named and held, but lies
    outside the scope chosen; ``also_outside`` are such places beside others inside.
    """

    places: tuple[str, ...]
    missing_places: tuple[str, ...]
    missing_titles: tuple[str, ...]
    documents: tuple[str, ...]
    years: tuple[int, ...]
    words: tuple[str, ...]
    also_missing: tuple[str, ...] = ()
    read_as: tuple[str, str] | None = None
    outside: tuple[str, ...] = ()
    also_outside: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """The scope to search in: a title named narrows more than a place."""
        return Scope(places=() if self.documents else self.places, documents=self.documents)


def name(text: str, holdings: Holdings) -> Named:
    """Read the names in the folded, simplified question.

    A misspelt place is taken for a held one only when it differs by one character of the same look;
    otherwise it is a place the base does not hold.
    """
    held = _called(text, holdings.places)
    others = _without(text, held)
    beyond = _called(others, holdings.beyond.places) if holdings.beyond else []
    outer = [place for place in beyond if _called(_TITLE.sub("，", others), [place])]
    others = _without(others, beyond)
    held = held or ([] if outer else _by_level(text, holdings))
    strange = [
        word
        for word in [*place_names(others), *spelt_names(text)]
        if not any(short_name(place) in word or word in place for place in (*held, *beyond))
    ]
    misspelt = (_misspelt(text, place) for place in holdings.all_places)
    read_as = None if held or outer else next(filter(None, misspelt), None)
    if read_as:
        (held if read_as[1] in holdings.places else outer).append(read_as[1])
        strange = [word for word in strange if read_as[0] not in word]
    # 澜川市青岚区: what is asked about is the smaller place, and that is not held. A town has no rules of its
    # own kept apart from its county's: 枞阳县钱铺镇 is answered by the county, and told so.
    smaller = [word for word in (*strange, *outer) if not _TOWN.search(word)]
    inside = [word for word in smaller if any(_lies_in(text, word, place) for place in held)]
    held = [place for place in held if not any(_lies_in(text, word, place) for word in inside)]
    outer = [place for place in outer if not (held and _leads_to_place(text, place))]
    titles = _TITLE.findall(text)
    by_title = [document for title in titles for document in holdings.titled(title)]
    missing = [title for title in titles if not holdings.titled(title)]
    outer_titles = [title for title in missing if holdings.beyond and holdings.beyond.titled(title)]
    years = tuple(dict.fromkeys(int(full or f"20{short}") for full, short in _YEAR.findall(text)))
    outside = [] if by_title else [f"《{title}》" for title in outer_titles]
    outside += [] if by_title or held else outer
    outside += [] if by_title or _years_inside(years, holdings) else [f"{year}年" for year in years]
    words = {*held, *outer, *map(short_name, (*held, *outer)), *strange, *(read_as or ())}
    words |= {f"《{title}》" for title in titles if holdings.titled(title)}
    if len(set(held)) > 1:  # 澜川市的办法、禾清县的方案: which documents, not what is looked for in them
        sorts = "|".join(sorted(kind_words()))
        words |= {match for place in held for match in re.findall(f"{place}的(?:{sorts})", text)}
    return Named(
        places=tuple(dict.fromkeys(held)),
        missing_places=() if held or by_title else tuple(dict.fromkeys(strange)),
        missing_titles=tuple(title for title in missing if title not in outer_titles),
        documents=tuple(dict.fromkeys(document.id for document in by_title)),
        years=years,
        words=tuple(words),
        also_missing=tuple(w for w in dict.fromkeys(strange) if held and not _leads_to_place(text, w)),
        read_as=read_as,
        outside=tuple(outside),
        also_outside=tuple(outer) if held or by_title else (),
    )


def _years_inside(years: Sequence[int], holdings: Holdings) -> bool:
    """Tell whether the years named are not others than those chosen: one of them is, or a document that
    the chosen scope admits is about one, as a plan of five years is.
    """
    chosen = holdings.chosen.years
    return (
        not (years and chosen)
        or bool(set(years) & set(chosen))
        or any(set(years) & set(document.years) for document in holdings.documents)
    )


def place_words(text: str, place: str, holdings: Holdings) -> str:
    """Return the words that name a held place in a question as typed, with the larger place right before
    them (广元市昭化区); empty where it is named in other words.
    """
    word = next((w for w in (place, short_name(place)) if place and w in text), "")
    outer = (name for held in holdings.places for name in (held, short_name(held)))
    return next((f"{name}{word}" for name in outer if f"{name}{word}" in text), word) if word else ""


def _called(text: str, places: Sequence[str]) -> list[str]:
    """Return the places that the text calls by their names, full, short or in Latin letters."""
    called = [place for place in places if place in text or short_name(place) in text]
    letters = set(re.findall(r"[a-z]+", text))
    return called + [place for place in places if place not in called and spellings(place) & letters]


def _without(text: str, places: Sequence[str]) -> str:
    for word in sorted({*places, *map(short_name, places)}, key=len, reverse=True):
        text = text.replace(word, "，")
    return text


def _by_level(text: str, holdings: Holdings) -> list[str]:
    """Return the only place of the level that the question names in place of a name: 市里的办法."""
    level = _LEVEL.search(text)
    places = [place for place in holdings.places if level and place.endswith(level[1])]
    return places if len(places) == 1 else []


def _leads_to_place(text: str, word: str) -> bool:
    """Tell whether the place only leads to a smaller one named right after it: 安徽省 in 安徽省枞阳县."""
    after = text[text.find(word) + len(word) :]
    return re.match(r"[省市县区州]?(?![和与跟及、])[\u4e00-\u9fff]{2,4}(省|市|县|区|州)", after) is not None


def _lies_in(text: str, word: str, place: str) -> bool:
    """Tell whether the word is named right after the place, as a part of it."""
    return any(f"{name}{word}" in text for name in (place, short_name(place)))


def _misspelt(text: str, place: str) -> tuple[str, str] | None:
    """Return the words that differ from the place's short name by one character of the same look, or that
    sound the same without being a word or a place of their own.
    """
    meant = short_name(place)
    for start in range(len(text) - len(meant) + 1):
        typed = text[start : start + len(meant)]
        different = [{a, b} for a, b in zip(typed, meant, strict=True) if a != b]
        if len(different) != 1 or is_listed(typed):
            continue
        looks = any(different[0] <= set(group) for group in lookalikes())
        sounds = bool(spellings(typed) & spellings(place)) and len(rjieba.cut(typed, hmm=False)) > 1
        if looks or sounds:
            return typed, place
    return None
