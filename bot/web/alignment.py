"""Which characters of a file's raw text became which of its cleaned text, and what was done to them.

The index keeps both texts but not the way from one to the other. It is found again by comparison: first
the raw text is turned into simplified characters as cleaning did, which shows what was converted; what
differs then was repaired or left out. White space counts for nothing, because cleaning joins lines.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.web.matching import matches
from index.clean import INVISIBLE
from index.lattice import UNKNOWN
from index.script import simplified_character, to_simplified

_COMPARED = re.compile(rf"(?!{INVISIBLE.pattern})(?:\S|\n(?!\s*\n))")


class Change(StrEnum):
    """What cleaning did to some characters."""

    REPAIRED = "repaired"
    UNREPAIRED = "unrepaired"  # damage that is shown as □
    CONVERTED = "converted"  # a traditional character became its simplified form
    REWORDED = "reworded"  # a Taiwan word became the mainland word


@dataclass(frozen=True, slots=True)
class Changed:
    """Characters ``start`` to ``end`` of the cleaned text were ``raw_start`` to ``raw_end`` of the raw."""

    change: Change
    start: int
    end: int
    raw_start: int
    raw_end: int


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """The way from a cleaned text back to its raw text.

    ``left_out`` are the lines of the raw text, as start and end, whose words the cleaned text does not
    hold. ``places`` are the places of the cleaned text's characters but for white space, ``starts`` and
    ``ends`` what each of them was made from in the raw text.
    """

    length: int  # of the raw text
    changes: tuple[Changed, ...]
    left_out: tuple[tuple[int, int], ...]
    places: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]

    def raw_start(self, offset: int) -> int:
        """Return where in the raw text the words begin that begin at an offset of the cleaned text."""
        at = bisect_left(self.places, offset)
        return self.starts[at] if at < len(self.starts) else self.length

    def raw_end(self, offset: int) -> int:
        """Return where in the raw text the words end that end before an offset of the cleaned text."""
        at = bisect_left(self.places, offset)
        return self.ends[at - 1] if at else 0


def align(raw: str, clean: str, *, converted: bool, damaged: bool) -> Alignment:
    """Find the way back from a file's cleaned text to its raw text.

    ``converted`` and ``damaged`` are what the build reports of the file: that it was traditional, and
    that characters were repaired or could not be.
    """
    if raw == clean:
        return Alignment(len(raw), (), (), range(len(raw)), range(len(raw)), range(1, len(raw) + 1))
    simplified, origins = _simplified(raw) if converted else (raw, range(len(raw) + 1))
    kept, places = _compared_places(simplified), _compared_places(clean)
    before = "".join(simplified[at] for at in kept)
    after = "".join(clean[at] for at in places)
    spans = [(origins[at], origins[at + 1]) for at in kept]
    found = _Findings.of(before, after, spans)
    marks = _marks(found, raw, after, damaged=damaged) if converted or damaged else [None] * len(after)
    return Alignment(
        len(raw),
        tuple(_runs(marks, places)),
        _left_out(raw, found.lost),
        places,
        [start for start, _, _ in found.homes],
        [found.behind.get(at, end) for at, (_, end, _) in enumerate(found.homes)],
    )


def _compared_places(text: str) -> list[int]:
    """Return where the characters stand that are compared: no white space but one line end of several."""
    return [found.start() for found in _COMPARED.finditer(text)]


def _simplified(raw: str) -> tuple[str, list[int]]:
    """Return the text in simplified characters with mainland words, and the place in ``raw`` of each of
    its characters, the end at the end.
    """
    table = {ord(character): simplified_character(character) for character in set(raw)}
    origins: list[int] = []
    start = 0
    simplified = to_simplified(raw)
    for line, result in zip(raw.split("\n"), simplified.split("\n"), strict=True):
        if len(line) == len(result):
            origins += range(start, start + len(line))
        else:
            for x1, x2, y1, y2, _ in matches(line.translate(table), result):
                origins += [start + x1 + (at * (x2 - x1)) // (y2 - y1) for at in range(y2 - y1)]
        start += len(line) + 1
        origins.append(start - 1)  # the line's end, behind the last one the text's
    return simplified, origins


_Done = tuple[Change, int, int, int]  # with some raw characters, from start to end, in a group's number


@dataclass(slots=True)
class _Findings:
    """What a comparison found.

    ``homes`` hold the start and end in the raw text of each character of the cleaned one, and the
    number of the change it was part of, 0 where it was found again; ``lost`` are the spans of raw
    characters of which nothing is left, those behind a character that was kept once more in ``behind``,
    by the number of that character.
    """

    homes: list[tuple[int, int, int]]
    lost: list[tuple[int, int]]
    behind: dict[int, int]

    @classmethod
    def of(cls, before: str, after: str, spans: Sequence[tuple[int, int]]) -> "_Findings":
        found = cls([], [], {})
        for number, (x1, x2, y1, y2, equal) in enumerate(matches(before, after), start=1):
            if equal:
                found.homes += [(*spans[x], 0) for x in range(x1, x2)]
            elif y1 == y2:
                # What is left of a line only lost something inside it.
                rest = before.find("\n", x1, x2) if y1 and after[y1 - 1] != "\n" else x1
                rest = x2 if rest < 0 else rest
                if rest > x1:
                    found.behind[y1 - 1] = spans[rest - 1][1]
                found.lost += [spans[x] for x in range(rest, x2) if before[x] != "\n"]
            else:
                at = spans[x1 - 1][1] if x1 else 0
                span = (spans[x1][0], spans[x2 - 1][1]) if x2 > x1 else (at, at)
                found.homes += [(*span, number)] * (y2 - y1)
        return found


def _marks(found: _Findings, raw: str, after: str, *, damaged: bool) -> list[_Done | None]:
    """Return for each character of the cleaned text what was done to it: the change, the raw characters,
    and a number that neighbours share when they were changed together.
    """
    marks: list[_Done | None] = []
    for at, (character, (start, end, number)) in enumerate(zip(after, found.homes, strict=True)):
        was = raw[start:end]
        residue = found.behind.get(at)
        if character == "\n":
            marks.append(None)
        elif damaged and residue:
            marks.append((Change.REPAIRED, start, residue, -at - 1))
        elif not number:
            same = was == character
            script = len(was) == 1 and simplified_character(was) == character
            change = Change.CONVERTED if script else Change.REWORDED
            marks.append(None if same else (change, start, end, 0))
        elif damaged:
            change = Change.UNREPAIRED if character == UNKNOWN else Change.REPAIRED
            marks.append((change, start, end, number))
        else:
            marks.append(None)
    return marks


def _runs(marks: Sequence[_Done | None], places: Sequence[int]) -> Iterator[Changed]:
    """Put neighbours together that were changed together."""
    run: Changed | None = None
    group = 0
    for at, mark in enumerate(marks):
        joins = mark and run and mark[3] == group and places[at] == run.end
        if run and not (mark and joins and (group == 0 or mark[0] is run.change)):
            yield run
            run = None
        if mark is None:
            continue
        change, start, end, group = mark
        if run is None:
            run = Changed(change, places[at], places[at] + 1, start, end)
            continue
        # A word was put in place of another, though some of its characters only changed script.
        change = Change.REWORDED if Change.REWORDED in (run.change, change) else change
        run = Changed(change, run.start, places[at] + 1, run.raw_start, max(run.raw_end, end))
    if run:
        yield run


def _left_out(raw: str, lost: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the lines of which more than half is lost."""
    ends = [at for at, character in enumerate(raw) if character == "\n"]
    missing = Counter(bisect_left(ends, start) for start, _ in lost)
    bounds = [-1, *ends, len(raw)]
    lines = [(bounds[line] + 1, bounds[line + 1], count) for line, count in sorted(missing.items())]
    return tuple(
        (start, end) for start, end, count in lines if count * 2 > len(_compared_places(raw[start:end]))
    )
