"""Byte slips: runs where every two-byte character was read one byte off.

A converter cut GBK text inside a character. The lone byte left over was shown as ``?``, and what follows
was decoded one byte late until an ASCII byte or a second lone byte put it right. No other byte is gone,
so a line is a stream of known bytes with a few unknown ones. All ways to read the stream form a lattice;
the dictionary chooses the most plausible one, and reading it as it stands is always among them.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from index import gbk
from index.lexicon import CLAUSE_MARKS, HAN, LONGEST, OWN_LONGEST, Lexicon, plain, single_score
from index.marks import Mark, marks
from index.readings import has_reading

UNKNOWN = "□"
ODDITY = "\ufdd1"  # stands for a mark with a residue, read as it is
EATEN = "\ufdd0"  # an ASCII character swallowed by a lone byte and still to be found

# Natural logarithms. A slip must be this much more plausible than the text as it stands; so sentences
# with a real question mark never change.
SLIP = -12.0
SLIP_IN_DAMAGED = -7.0  # the same where other damage is certain
SLIP_AT_START = -4.0  # the same at the start of a line, where no sentence has a question mark
SILENT_SLIP = -22.0  # the same without any ``?`` as its trace
SWALLOWED = -1.0  # an ASCII character was swallowed along with the lone byte
SPARED = -6.0  # nothing was swallowed although no mark follows at which the text was cut
LOST = -16.0  # a character of which both bytes are gone
RIVAL = 1.4  # a half-lost character is restored when it beats the next candidate by this much
MARK_RIVAL = 2.0  # the same for a punctuation mark
AHEAD = 10  # characters within which a slip shows
LIKELY = 16  # candidates looked at closely
CONTEXT = 8  # characters on either side that decide between candidates
UNBALANCED = -4.0  # a quotation mark or bracket without its partner

PAIRS = {"”": "“", "’": "‘", "》": "《", "〉": "〈", ")": "(", "〕": "〔", "】": "【"}
CUTS = "。、，！？；：”》）,!?;:)\ufffd"
SWALLOWABLE = "0123456789"


@dataclass(frozen=True, slots=True)
class Emission:
    """One character of a reading: its candidates in plain spelling, each with the form to print."""

    forms: dict[str, str]
    kind: str  # "kept", "realigned", "half", "swallowed" or "lost"


SWALLOWED_DIGIT = Emission({digit: digit for digit in SWALLOWABLE} | {" ": EATEN}, "swallowed")


@dataclass(slots=True)
class Node:
    """A place in the byte stream: before a mark, with or without a first byte still open."""

    edges: list[tuple["Node", Emission | None, float]] = field(default_factory=list)
    score: float = -math.inf
    back: "tuple[Node, tuple[tuple[Emission, str], ...]] | None" = None


@dataclass(frozen=True, slots=True)
class Mended:
    """A line after realignment. EATEN stands for swallowed characters not yet known."""

    text: str
    repaired: int
    unrepaired: int


def realign(line: str, lexicon: Lexicon, *, proven: bool = False, silent: bool = False) -> Mended:
    """Return the most plausible reading of a damaged line; a line without slips comes back as it is.

    ``proven`` tells that the text is known to be damaged elsewhere, so a slip needs less proof.
    ``silent`` also looks for slips that left no ``?`` behind.
    """
    nodes = _lattice(marks(line), slip=SLIP_IN_DAMAGED if proven else SLIP, silent=silent)
    reading = _best_reading(nodes, lexicon)
    settled = _settle(reading, lexicon)
    repaired = sum(
        emission.kind != "kept" and chosen not in (UNKNOWN, EATEN)
        for (emission, _), chosen in zip(reading, settled, strict=True)
    )
    text = "".join(settled)
    return Mended(text, repaired, text.count(UNKNOWN) - line.count(UNKNOWN))


def _lattice(line: tuple[Mark, ...], *, slip: float, silent: bool) -> list[Node]:
    """Return the nodes in an order in which every edge leads forward; the last one is the end."""
    places: dict[tuple[int, int | None], Node] = {}

    def place(index: int, open_byte: int | None) -> Node:
        return places.setdefault((index, open_byte), Node())

    order: list[Node] = []
    blank = True
    starts = _silent_starts(line) if silent else frozenset[int]()
    for index, mark in enumerate(line):
        spared = 0.0 if index + 1 == len(line) or line[index + 1].text[0] in CUTS else SPARED
        for byte, node in _opened(places, index):
            order.append(node)
            order.extend(_open_edges(node, mark, byte, index, place, spared=spared))
        node = place(index, None)
        order.append(node)
        blank = blank and (index == 0 or line[index - 1].text.isspace())
        _aligned_edges(node, mark, index, place, slip=slip, silent=index in starts, blank=blank)
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


OPEN = 256  # an open first byte whose value is unknown

Place = Callable[[int, int | None], Node]


def _aligned_edges(
    node: Node, mark: Mark, index: int, place: Place, *, slip: float, silent: bool, blank: bool
) -> None:
    """Add the readings of a mark that begins a new character."""
    after = place(index + 1, None)
    if mark.swallowed_reading:
        for byte in mark.bytes_for_reading():
            node.edges.append((place(index + 1, byte), None, 0.0))
        if mark.bytes_for_reading():
            return
    node.edges.append((after, _kept(mark.text), 0.0))
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
        half = _half(gbk.with_lead(byte)) if byte != OPEN else _lost()
        cost = 0.0 if byte != OPEN else LOST
        node.edges.append((after, half, cost + (spared if mark.text[0] == "?" else 0.0)))
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
            node.edges.append((place(index, None), _half(gbk.with_lead(byte)), SWALLOWED + LOST / 2))


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


def _lost() -> Emission:
    return Emission({UNKNOWN: UNKNOWN}, "lost")


def _best_reading(nodes: list[Node], lexicon: Lexicon) -> list[tuple[Emission, str]]:
    nodes[0].score = 0.0
    for node in nodes:
        if node.score > -math.inf:
            _spell(node, node, "", node.score, (), lexicon)
    reading: list[tuple[Emission, str]] = []
    node = nodes[-1]
    while node.back is not None:
        node, word = node.back
        reading[:0] = word
    return reading


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


def _settle(reading: list[tuple[Emission, str]], lexicon: Lexicon) -> list[str]:
    """Return the printed form of each character, UNKNOWN where two candidates fit alike."""
    settled = [character for _, character in reading]
    printed = [lexicon.printed(emission.forms[character]) for emission, character in reading]
    for position, (emission, character) in enumerate(reading):
        if len(emission.forms) < 2:
            continue
        candidates = [c for c, form in emission.forms.items() if c < "\x80" or lexicon.prints(form)] or [
            character
        ]
        ranked, lead = _ranked(settled, position, candidates, lexicon)
        clear = lead >= (RIVAL if HAN.match(ranked[0]) else MARK_RIVAL) and _supported(
            settled, position, ranked[0], lexicon
        )
        if emission.kind == "swallowed":
            label = "".join(settled[:position]).strip() in {"", "("}
            ranked = _witnessed(settled, position, candidates, lexicon)
            clear = len(ranked) == 1 and not label  # a label's digit follows from the list's order
        if clear:
            settled[position] = ranked[0]
            printed[position] = lexicon.printed(emission.forms[ranked[0]])
        else:
            printed[position] = EATEN if emission.kind == "swallowed" else UNKNOWN
    return printed


def _ranked(
    characters: list[str], position: int, candidates: list[str], lexicon: Lexicon
) -> tuple[list[str], float]:
    """Return the candidates that fit best between their neighbours, and how far the first one leads."""
    before = "".join(characters[max(0, position - CONTEXT) : position])
    after = "".join(characters[position + 1 : position + 1 + CONTEXT])
    rough = {c: lexicon.plausibility(before[-3:] + c + after[:3]) for c in candidates}
    likely = sorted(candidates, key=lambda c: rough[c], reverse=True)[:LIKELY]
    scores = {c: lexicon.fluency(before + c + after) for c in likely}
    for candidate in likely:
        if candidate in CLAUSE_MARKS:
            scores[candidate] += lexicon.mark_score(candidate, after[:1] or "\n")
        if candidate in PAIRS or candidate in PAIRS.values():
            line = [*characters[:position], candidate, *characters[position + 1 :]]
            scores[candidate] += UNBALANCED * _unbalanced(line)
    ranked = sorted(likely, key=lambda c: scores[c], reverse=True)
    return ranked, scores[ranked[0]] - scores[ranked[1]] if len(ranked) > 1 else math.inf


def _supported(characters: list[str], position: int, candidate: str, lexicon: Lexicon) -> bool:
    """Tell whether more than frequency speaks for a character: a mark, a word, or the text's own words."""
    if not HAN.match(candidate):
        return True
    line = "".join([*characters[:position], candidate, *characters[position + 1 :]])
    pairs = (line[start : start + 2] for start in (position - 1, position) if start >= 0)
    if any(pair in lexicon.own and HAN.match(pair[0]) and HAN.match(pair[-1]) for pair in pairs):
        return True
    return any(
        start + len(word) > position and len(word) > 1
        for start in range(max(0, position - LONGEST + 1), position + 1)
        for word in lexicon.words_at(line, start)
    )


def _witnessed(characters: list[str], position: int, candidates: list[str], lexicon: Lexicon) -> list[str]:
    """Return the candidates that the text itself has elsewhere between the same neighbours."""
    found = []
    for candidate in candidates:
        line = "".join([*characters[:position], candidate, *characters[position + 1 :]])
        windows = (line[start : start + OWN_LONGEST] for start in range(position - 4, position))
        if any(window in lexicon.own for window in windows):
            found.append(candidate)
    return found


def _unbalanced(line: list[str]) -> int:
    return sum(abs(line.count(closing) - line.count(opening)) for closing, opening in PAIRS.items())
