"""Decide which labels number sections and how deep each one stands.

No list of levels is given beforehand. A label that follows its predecessor closes everything below
that level; a label that starts at one opens a level below the one now open; a label that goes on
counting from an earlier chapter (条 in a statute, 1.…20. across 一、…七、) stands where its
predecessor stood. What fits nowhere is text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.labels import STATUTE, Label

_REACH = 50  # labels of one shape looked through for a successor
LOST = 3  # labels that damage may hide between two others
_RANK = {style: rank for rank, style in enumerate(STATUTE)}
_START_ALONE = frozenset({*STATUTE, "annex", "dot1"})  # a first one needs no second one to prove it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A label found at ``start``; ``end`` is where its words begin. ``cell`` is a table cell's text.

    ``line`` is the position of its line. ``tabbed`` tells that it stands in a row of a table whose end
    is known, so that what comes after it is not in the table.
    """

    label: Label
    line: int
    start: int
    end: int
    cell: str = ""
    tabbed: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A label that numbers a section. ``path`` holds the labels from the top, ``styles`` their shapes."""

    candidate: Candidate
    path: tuple[str, ...]
    styles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A section's beginning; it ends where the next begins."""

    path: tuple[str, ...]
    heading: str
    start: int


@dataclass(slots=True)
class _Open:
    """A level now open: its last label, and the numbers where lists of the same shape broke off."""

    label: Label
    cell: str
    broken_off: list[int]
    tabbed: bool = False


def arrange(candidates: Sequence[Candidate]) -> tuple[Placed, ...]:
    """Return the candidates that number sections, in order, each with its path."""
    return _Arranger(candidates).run()


class _Arranger:
    """One walk over the candidates with the open levels kept as a stack."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.candidates = candidates
        self.stack: list[_Open] = []
        # Where each shape stood last: its number, and the shape above it.
        self.last: dict[str, tuple[int, str]] = {}
        self.following = _next_of_shape(candidates)

    def run(self) -> tuple[Placed, ...]:
        placed = []
        for position, candidate in enumerate(self.candidates):
            before = self.stack
            if not candidate.tabbed:  # the table is over
                self.stack = [level for level in before if not level.tabbed]
            depth = self._depth(position, candidate)
            if depth is None:
                self.stack = before
                continue
            label = candidate.label
            broken_off = []
            if depth < len(self.stack) and self.stack[depth].label.style == label.style:
                broken_off = self.stack[depth].broken_off
                if label.number == 1:
                    broken_off = [*broken_off, self.stack[depth].label.number]
            del self.stack[depth:]
            above = self.stack[-1].label.style if self.stack else ""
            self.stack.append(_Open(label, candidate.cell, broken_off, candidate.tabbed))
            self.last[label.style] = (label.number, above)
            placed.append(
                Placed(
                    candidate,
                    tuple(level.label.text for level in self.stack),
                    tuple(level.label.style for level in self.stack),
                )
            )
        return tuple(placed)

    def _depth(self, position: int, candidate: Candidate) -> int | None:
        """Return the level the candidate takes, None where it numbers nothing."""
        label = candidate.label
        if label.style == "note":
            return 0  # a note stands below the whole table
        if label.prefix:
            return self._dotted_depth(label)
        for level in range(len(self.stack) - 1, -1, -1):
            if self.stack[level].label.style == label.style:
                return level if self._continues(position, candidate, level) else None
        depth: int | None = None
        if label.style in self.last and self._counts_on(position, label):
            depth = self._depth_of_running(label)
        elif self._starts(position, label):
            depth = self._below_rank(label.style)
        if depth and self.stack[depth - 1].label.style == "row":
            return None  # a numbered list inside a cell; the row's other cells follow it
        return depth

    def _continues(self, position: int, candidate: Candidate, depth: int) -> bool:
        """Tell whether the label goes on with the open list of its shape, or starts that list anew."""
        label, level = candidate.label, self.stack[depth]
        current = level.label.number
        if label.number == current:
            if candidate.cell and candidate.cell == level.cell:
                return False  # a group cell printed again on each of its rows
            if label.style in _RANK:
                return "之" in label.text
            if label.number > 1:
                return True
        if label.number == 1:
            return self._is_followed_by(position, 2)
        if current < label.number <= current + LOST:
            return label.number == current + 1 or not self._comes_later(position, current + 1)
        return label.number - 1 in level.broken_off

    def _counts_on(self, position: int, label: Label) -> bool:
        number = self.last[label.style][0]
        if "之" in label.text and label.number == number:
            return True
        if not number < label.number <= number + LOST:
            return False
        return label.number == number + 1 or not self._comes_later(position, number + 1)

    def _starts(self, position: int, label: Label) -> bool:
        if label.number == 1:
            known = self.last.get(label.style, (0, ""))[1]
            return (
                label.style in _START_ALONE
                or self._is_followed_by(position, 2, 3)
                # A list of one, where lists of this shape have stood before.
                or bool(known and self.stack and self.stack[-1].label.style == known)
            )
        if label.style in self.last:
            return False
        if label.style in _RANK:  # one 编 of a code goes on counting from the 编 before it
            return self._is_followed_by(position, label.number + 1)
        # The first labels of a damaged document may be lost; a longer run proves the rest.
        return (
            label.number <= LOST
            and self._is_followed_by(position, label.number + 1)
            and label.style not in ("row", "ar")
        )

    def _depth_of_running(self, label: Label) -> int:
        above = self.last[label.style][1]
        if label.style in _RANK:
            return self._below_rank(label.style)
        for depth in range(len(self.stack) - 1, -1, -1):
            if self.stack[depth].label.style == above:
                return depth + 1
        return len(self.stack)

    def _below_rank(self, style: str) -> int:
        """Return the depth below the open levels: a statute's levels close those of their rank."""
        if style not in _RANK:
            return len(self.stack)
        above = self.last.get(style, (0, ""))[1]
        for depth, level in enumerate(self.stack):
            rank = _RANK.get(level.label.style)
            if rank is not None and rank >= _RANK[style]:
                return depth
            # 条 may stand below 一、 as its chapter, but never below the items of another 条.
            if rank is None and style in self.last and level.label.style != above:
                return depth
        return len(self.stack)

    def _dotted_depth(self, label: Label) -> int | None:
        for depth in range(len(self.stack) - 1, -1, -1):
            open_label = self.stack[depth].label
            if open_label.style == label.style and open_label.prefix == label.prefix:
                step = label.number - open_label.number
                return depth if 0 < step <= LOST else None
        if label.number > LOST:
            return None
        for depth in range(len(self.stack) - 1, -1, -1):
            open_label = self.stack[depth].label
            if (*open_label.prefix, open_label.number) == label.prefix:
                return depth + 1
        return None

    def _is_followed_by(self, position: int, *numbers: int) -> bool:
        return any(self._comes_later(position, number) for number in numbers)

    def _comes_later(self, position: int, number: int) -> bool:
        later = self.following[position]
        for _ in range(_REACH):
            if later is None or self.candidates[later].label.number == 1:
                return False
            if self.candidates[later].label.number == number:
                return True
            later = self.following[later]
        return False


def _next_of_shape(candidates: Sequence[Candidate]) -> tuple[int | None, ...]:
    """Return for each candidate the position of the next one of the same shape."""
    latest: dict[tuple[str, tuple[int, ...]], int] = {}
    following: list[int | None] = [None] * len(candidates)
    for position in range(len(candidates) - 1, -1, -1):
        label = candidates[position].label
        key = (label.style, label.prefix)
        later = latest.get(key)
        cell = candidates[position].cell
        if cell and later is not None and candidates[later].cell == cell:
            later = following[later]  # a group cell printed again on each of its rows
        following[position] = later
        latest[key] = position
    return tuple(following)


def below(placed: Placed, label: Label, start: int, line: int) -> Placed:
    """Return a section directly below a placed one, for row names that carry no number."""
    candidate = replace(placed.candidate, label=label, start=start, end=start, line=line)
    return Placed(candidate, (*placed.path, label.text), (*placed.styles, label.style))
