"""What the base holds, as a question can name it: places in full and short, titles, years."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

from bot.words import fold
from index.document import Document
from prompts import kind_words

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
    """The documents of an index with the names they go by."""

    documents: tuple[Document, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "Holdings":
        """List the places of the documents in reading order, each once."""
        places = dict.fromkeys(document.place for document in documents if document.place)
        return cls(tuple(documents), tuple(places))

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
