"""A section cut into the units an answer is made of: sentences, and the clauses of a semicolon list."""

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache

from bot.words import fold
from index.document import Document

_SENTENCE = re.compile(r"[。！？!?][”’」』\"）)]*|\n+")
_CLAUSE = re.compile(r"[；;][”’」』\"）)]*")
_LONG = 120  # characters; the clauses of a sentence no longer than this are read together
_LABEL = re.compile(
    r"^\s*(第[一二三四五六七八九十百千零〇0-9]+[编章节条款项]|附件[0-9一二三四五六七八九十]*|[（(][一二三四五六七八九十百0-9]+[)）]"
    r"|[一二三四五六七八九十]+[、.．是]|[0-9]+(?:\s*[.．、](?![0-9])|\t))\s*"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of one section, without the white space around it. Offsets count in ``Document.text``."""

    document: Document
    section: int
    start: int
    end: int
    folded: str
    is_heading: bool

    @property
    def text(self) -> str:
        """The words as they stand."""
        return self.document.text[self.start : self.end]


@lru_cache(maxsize=20_000)  # sections; the same ones come up again and again
def units(document: Document, section: int) -> tuple[Unit, ...]:
    """Cut a section's own words into units, in order, headings marked."""
    home = document.sections[section]
    heading = fold(home.heading)
    cut = []
    for start, end in _spans(document.text, home.start, home.end):
        words = document.text[start:end]
        first = start + len(words) - len(words.lstrip())
        last = start + len(words.rstrip())
        folded = fold(words)
        cut.append(Unit(document, section, first, last, folded, _is_heading(folded, heading)))
    return tuple(cut)


def _spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences between two offsets, long ones cut at their semicolons, blank ones left out."""
    spans = []
    for first, last in _cut(_SENTENCE, text, start, end):
        spans += _cut(_CLAUSE, text, first, last) if last - first > _LONG else [(first, last)]
    return [(first, last) for first, last in spans if text[first:last].strip()]


def _cut(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[tuple[int, int]]:
    borders = [start, *(match.end() for match in pattern.finditer(text, start, end)), end]
    return [(a, b) for a, b in itertools.pairwise(borders) if a < b]


def without_label(text: str) -> str:
    """Return the words after a label such as （一） or 3. at the beginning."""
    return _LABEL.sub("", text, count=1).lstrip(":：、. ")


def _is_heading(folded: str, heading: str) -> bool:
    words = without_label(folded).rstrip("。;:.")
    return not words or (bool(heading) and words in (heading, heading.rstrip("。;:.")))
