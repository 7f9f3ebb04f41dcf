"""Stretches of a text cut into pieces that look alike, wherever a mark or the quote begins or ends."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from index.clean import INVISIBLE


class Mark(NamedTuple):
    """Something to tell of the characters from ``start`` to ``end``: ``kind`` is a class of the style
    sheet, ``other`` what stands there in the other text.
    """

    start: int
    end: int
    kind: str
    other: str = ""


class Piece(NamedTuple):
    """Some characters that look alike. ``quoted`` is ``first`` at the quote's start, then ``more``."""

    text: str
    kind: str = ""
    other: str = ""
    quoted: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Layers:
    """What lies over a text: marks in order of place, none over another, and the quote as start and end."""

    marks: Sequence[Mark] = ()
    quote: tuple[int, int] | None = None


class Cutter:
    """Cuts stretches of one text."""

    def __init__(self, text: str, layers: Layers) -> None:
        self._text = text
        self._marks = layers.marks
        self._starts = [mark.start for mark in layers.marks]
        start, end = layers.quote or (0, 0)
        # The quote begins with something to be seen, which the page can be scrolled to.
        self._start = start + len(text[start:end]) - len(text[start:end].lstrip())
        self._end = max(end, self._start)

    def stripped(self, start: int, end: int, lead: int = 0) -> list[Piece]:
        """Cut a stretch without white space at its ends, of which the first ``lead`` characters lead."""
        words = self._text[start:end]
        return self(start + len(words) - len(words.lstrip()), start + len(words.rstrip()), start + lead)

    def __call__(self, start: int, end: int, lead: int = 0) -> list[Piece]:
        """Cut a stretch, whose characters before the place ``lead`` lead."""
        if start >= end:
            return []
        marks = self._between(start, end)
        cuts = {start, end, lead, self._start, self._end}
        cuts.update(place for mark in marks for place in (mark.start, mark.end))
        places = sorted(place for place in cuts if start <= place <= end)
        pieces = []
        waiting = iter(marks)
        mark = next(waiting, None)
        for first, last in pairwise(places):
            while mark and mark.end <= first:
                mark = next(waiting, None)
            quoted = (
                "" if not self._start <= first < self._end else "more" if first > self._start else "first"
            )
            kind, other = (mark.kind, mark.other) if mark and mark.start <= first else ("", "")
            pieces.append(Piece(_shown(self._text[first:last]), kind, _shown(other), quoted, first < lead))
        return pieces

    def _between(self, start: int, end: int) -> Sequence[Mark]:
        first = max(bisect_right(self._starts, start) - 1, 0)
        found = []
        for mark in self._marks[first : first + end - start + 1]:
            if mark.start >= end:
                break
            if mark.end > start:
                found.append(mark)
        return found


def _shown(text: str) -> str:
    """Return text without the characters that cannot be seen but could hide or turn round others."""
    return INVISIBLE.sub("", text)
