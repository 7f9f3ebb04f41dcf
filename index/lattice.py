"""All ways to read a line's bytes, and the most plausible one.

A line is a stream of known bytes with a few unknown ones. A node is a place in the stream, with or
without a first byte still open; an edge reads a character on the way to the next place. Reading every
mark as it stands is always one of the ways.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from index import gbk
from index.lexicon import LONGEST, Lexicon, plain, single_score
from index.marks import Mark
from index.readings import has_reading

UNKNOWN = "□"
ODDITY = "\ufdd1"  # stands for a mark with a residue, read as it is
EATEN = "\ufdd0"  # an ASCII character swallowed by a lone byte and still to be found
OPEN = 256  # an open first byte whose value is unknown

# Natural logarithms. A slip must be this much more plausible than the text as it stands; so sentences
# with a real question mark never change.
SLIP = -12.0
SLIP_IN_DAMAGED = -7.0  # the same where other damage is certain
SLIP_AT_START = -4.0  # the same at the start of a line, where no sentence has a question mark
SILENT_SLIP = -22.0  # the same without any ``?`` as its trace
SWALLOWED = -1.0  # an ASCII character was swallowed along with the lone byte
SPARED = -6.0  # nothing was swallowed although no mark follows at which the text was cut
DOUBLED = -6.0  # a real question mark in front of a full stop
INVALID_PAIR = -2.0  # a ``?`` stands for two bytes of which the first cannot begin a character
VANISHED = -9.0  # a second byte is gone without a trace
LOST = -16.0  # a character of which both bytes are gone

AHEAD = 10  # characters within which a slip without a trace shows
CUTS = "。、，！？；：”》）,!?;:)\ufffd"  # marks at which converters cut a text
SWALLOWABLE = "0123456789"


@dataclass(frozen=True, slots=True)
class Emission:
    """One character of a reading: its candidates in plain spelling, each with the form to print."""

    forms: dict[str, str]
    kind: str  # "kept", "realigned", "half", "swallowed" or "lost"


WHOLLY_LOST = Emission({UNKNOWN: UNKNOWN}, "lost")
SWALLOWED_DIGIT = Emission({digit: digit for digit in SWALLOWABLE} | {" ": EATEN}, "swallowed")


Reading = list[tuple[Emission, str]]  # the characters of a line with the candidate chosen for each


@dataclass(slots=True)
class Node:
    """A place in the byte stream: before a mark, with or without a first byte still open."""

    edges: list[tuple["Node", Emission | None, float]] = field(default_factory=list)
    score: float = -math.inf
    back: "tuple[Node, tuple[tuple[Emission, str], ...]] | None" = None


Place = Callable[[int, int | None], Node]


def best_reading(line: tuple[Mark, ...], lexicon: Lexicon, *, proven: bool, silent: bool) -> Reading:
    """Return the most plausible reading of a line.

    ``proven`` tells that the text is known to be damaged elsewhere, so a slip needs less proof.
    ``silent`` also looks for slips that left no ``?`` behind.
    """
    nodes = _lattice(line, slip=SLIP_IN_DAMAGED if proven else SLIP, silent=silent)
    nodes[0].score = 0.0
    for node in nodes:
        if node.score > -math.inf:
            _spell(node, node, "", node.score, (), lexicon)
    reading: Reading = []
    node = nodes[-1]
    while node.back is not None:
        node, word = node.back
        reading[:0] = word
    return reading


def _lattice(line: tuple[Mark, ...], *, slip: float, silent: bool) -> list[Node]:
    """Return the nodes in an order in which every edge leads forward; the last one is the end."""
    places: dict[tuple[int, int | None], Node] = {}

    def place(index: int, open_byte: int | None) -> Node:
        return places.setdefault((index, open_byte), Node())

    order: list[Node] = []
    blank = True
    starts = _silent_starts(line) if silent else frozenset[int]()
    for index, mark in enumerate(line):
        following = line[index + 1].text[0] if index + 1 < len(line) else "\ufffd"
        spared = 0.0 if following in CUTS else SPARED
        for byte, node in _opened(places, index):
            order.append(node)
            order.extend(_open_edges(node, mark, byte, index, place, spared=spared))
        node = place(index, None)
        order.append(node)
        blank = blank and (index == 0 or line[index - 1].text.isspace())
        _aligned_edges(
            node,
            mark,
            index,
            place,
            slip=slip,
            silent=index in starts,
            blank=blank,
            before_stop=following == "。",
        )
    end = place(len(line), None)
    for byte, node in _opened(places, len(line)):
        node.edges.append((end, _half(gbk.with_lead(byte)), LOST))
        order.append(node)
    return [*order, end]


def _silent_starts(line: tuple[Mark, ...]) -> frozenset[int]:
    """Return where a slip without a trace may begin: a little before characters no sentence has."""
    rare = [not gbk.is_common(plain(mark.text[0])) for mark in line]
    return frozenset(index for index in range(len(line)) if sum(rare[index : index + AHEAD]) >= 2)


def _opened(places: dict[tuple[int, int | None], Node], index: int) -> list[tuple[int, Node]]:
    return [(byte, places[index, byte]) for byte in (*gbk.LEADS, OPEN) if (index, byte) in places]


def _aligned_edges(
    node: Node,
    mark: Mark,
    index: int,
    place: Place,
    *,
    slip: float,
    silent: bool,
    blank: bool,
    before_stop: bool,
) -> None:
    """Add the readings of a mark that begins a new character."""
    after = place(index + 1, None)
    if mark.swallowed_reading:
        for byte in mark.bytes_for_reading():
            node.edges.append((place(index + 1, byte), None, 0.0))
        if mark.bytes_for_reading():
            return
    node.edges.append((after, _kept(mark.text), DOUBLED if mark.hole and before_stop else 0.0))
    if mark.hole:
        # At the start of a line the lone byte is mostly half of an ideographic space.
        node.edges.append((place(index + 1, OPEN), None, slip))
        if blank:
            node.edges.append((place(index + 1, 0xA1), None, SLIP_AT_START))
    elif silent and mark.pair is not None and len(mark.pair) == 2:
        first, second = mark.pair
        for candidates in (gbk.with_lead(first), gbk.with_trail(first)):
            node.edges.append((place(index + 1, second), _half(candidates), SILENT_SLIP))


def _open_edges(
    node: Node, mark: Mark, byte: int, index: int, place: Place, *, spared: float
) -> Iterator[Node]:
    """Add the readings of a mark whose first byte completes a character; yield the nodes in between."""
    after = place(index + 1, None)
    if mark.swallowed_reading and mark.bytes_for_reading():
        for trail in mark.bytes_for_reading():
            if emission := _pair(byte, trail):
                node.edges.append((after, emission, 0.0))
        return
    if mark.hole:
        half = _half(gbk.with_lead(byte)) if byte != OPEN else WHOLLY_LOST
        cost = 0.0 if byte != OPEN else LOST
        node.edges.append((after, half, cost + (spared if mark.text[0] == "?" else 0.0)))
        if emission := _pair(byte, 0x80):
            # 0x80 ends a character but begins none: the decoder gave up on it and the byte after it.
            node.edges.append((place(index + 1, OPEN), emission, INVALID_PAIR))
        between = Node()
        if mark.text[0] == "?":
            node.edges.append((between, half, cost + SWALLOWED))
            between.edges.append((after, SWALLOWED_DIGIT, 0.0))
            yield between
    for first, second in mark.two_byte_forms():
        emission = _pair(byte, first)
        if emission is None:
            continue
        if second >= 0x80:
            node.edges.append((place(index + 1, second), emission, 0.0))
        else:
            between = Node()
            node.edges.append((between, emission, 0.0))
            between.edges.append((after, _realigned(chr(second)), 0.0))
            yield between
    if mark.pair is not None and len(mark.pair) == 1:
        trail = mark.pair[0]
        if trail >= 0x40 and (emission := _pair(byte, trail, mark.reading)):
            node.edges.append((after, emission, 0.0))
        elif trail < 0x40 and byte != OPEN:
            # The second byte vanished without a trace before this ASCII character.
            node.edges.append((place(index, None), _half(gbk.with_lead(byte)), VANISHED))


def _pair(lead: int, trail: int, reading: str = "") -> Emission | None:
    if lead == OPEN:
        candidates = gbk.with_trail(trail)
        if reading:
            candidates = tuple(c for c in candidates if has_reading(c, reading))
        return _half(candidates) if candidates else None
    found = gbk.character(lead, trail)
    return None if found is None or (reading and not has_reading(found, reading)) else _realigned(found)


def _kept(text: str) -> Emission:
    return Emission({plain(text) if len(text) == 1 else ODDITY: text}, "kept")


def _realigned(text: str) -> Emission:
    return Emission({plain(text): text}, "realigned")


def _half(candidates: tuple[str, ...]) -> Emission:
    forms: dict[str, str] = {}
    for candidate in candidates:
        forms.setdefault(plain(candidate), candidate)
    forms.pop(" ", None)  # a blank inside a sentence would explain any lost byte
    return Emission(forms or {UNKNOWN: UNKNOWN}, "half")


def _spell(
    start: Node,
    node: Node,
    word: str,
    score: float,
    path: tuple[tuple[Emission, str], ...],
    lexicon: Lexicon,
) -> None:
    """Follow every word of the lexicon that begins at a node and note where it ends best."""
    for target, emission, cost in node.edges:
        if emission is None:
            if not word and score + cost > target.score:
                target.score, target.back = score + cost, (start, ())
            elif word:
                _spell(start, target, word, score + cost, path, lexicon)
            continue
        for character in emission.forms:
            longer = word + character
            found = lexicon.score(longer) if emission.kind != "lost" else single_score(UNKNOWN)
            step = (*path, (emission, character))
            if found is not None and score + cost + found > target.score:
                target.score, target.back = score + cost + found, (start, step)
            if len(longer) < LONGEST and lexicon.begins(longer):
                _spell(start, target, longer, score + cost, step, lexicon)
