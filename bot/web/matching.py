"""Where two texts of which one was made from the other are the same: fast on a whole report, and
bounded on anything.

Words that stand only once tell where the texts run along each other; between two such places they are
compared character by character.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

GRAM = 8  # characters that stand only once in a text show where they stand in the other
STEP = 40  # characters between two such places
MOST_GRAMS = 200_000  # looked up; of a longer text only some
LARGEST_BLOCK = 400_000_000  # product of the lengths compared character by character: a tenth of a second
_MARKS = re.compile(r"[^\u4e00-\u9fff\n]{1,2}")


class Match(NamedTuple):
    """Characters ``x1`` to ``x2`` of one text beside ``y1`` to ``y2`` of the other."""

    x1: int
    x2: int
    y1: int
    y2: int
    equal: bool


def matches(a: str, b: str) -> Iterator[Match]:
    """Yield the stretches of two texts in order; two that differ never follow one another."""
    differs = Match(0, 0, 0, 0, False)  # grows until an equal stretch ends it
    points = [(0, 0), *_anchors(a, b), (len(a), len(b))]
    for (x1, y1), (x2, y2) in pairwise(points):
        compared = [*_compared(a, b, x1, x2, y1, y2), None]
        for match, following in pairwise(compared):
            assert match is not None
            if not match.equal or _by_chance(a, differs, match, following):
                differs = differs._replace(x2=match.x2, y2=match.y2)
                continue
            if _holds(differs):
                yield differs
            yield match
            differs = Match(match.x2, match.x2, match.y2, match.y2, False)
    if _holds(differs):
        yield differs


def _by_chance(a: str, before: Match, match: Match, after: Match | None) -> bool:
    """Tell whether a stretch that is equal is only a mark or two that two replaced words both hold."""
    replaced = _holds(before) and after is not None and (before.y1 < before.y2 or after.y1 < after.y2)
    return replaced and bool(_MARKS.fullmatch(a, match.x1, match.x2))


def _holds(match: Match) -> bool:
    """Tell whether a stretch holds anything."""
    return match.x1 < match.x2 or match.y1 < match.y2


def _compared(a: str, b: str, x1: int, x2: int, y1: int, y2: int) -> Iterator[Match]:
    """Compare a block of each text character by character."""
    if a[x1:x2] == b[y1:y2]:
        yield Match(x1, x2, y1, y2, True)
        return
    # From the end first: what a page puts around its text stands before the words the block ends with.
    tail = 0
    while tail < min(x2 - x1, y2 - y1) and a[x2 - tail - 1] == b[y2 - tail - 1]:
        tail += 1
    if (x2 - x1) * (y2 - y1) > LARGEST_BLOCK:
        yield Match(x1, x2 - tail, y1, y2 - tail, False)
    else:
        for code in Levenshtein.opcodes(a[x1 : x2 - tail], b[y1 : y2 - tail]):
            starts, ends = (
                (x1 + code.src_start, y1 + code.dest_start),
                (x1 + code.src_end, y1 + code.dest_end),
            )
            yield Match(starts[0], ends[0], starts[1], ends[1], code.tag == "equal")
    if tail:
        yield Match(x2 - tail, x2, y2 - tail, y2, True)


def _anchors(a: str, b: str) -> list[tuple[int, int]]:
    """Return places of ``a`` with the places of ``b`` where the same words stand, both ascending."""
    grams: dict[str, int] = {}
    for at in range(0, len(b) - GRAM + 1, 1 + len(b) // MOST_GRAMS):
        grams[b[at : at + GRAM]] = -1 if b[at : at + GRAM] in grams else at
    found = []
    for start in range(0, len(a), STEP):
        for at in range(start, min(start + STEP, len(a) - GRAM + 1)):
            if (there := grams.get(a[at : at + GRAM], -1)) >= 0:
                found.append((at, there))
                break
    return _ascending(found)


def _ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs, ascending in the first, that ascends in the second too."""
    lowest: list[int] = []  # the lowest last place of a chain of each length
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(lowest, there)
        lowest[length : length + 1] = [there]
        last[length : length + 1] = [number]
        before.append(last[length - 1] if length else -1)
    chain = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]
