"""Byte slips: runs where every two-byte character was read one byte off.

A converter cut GBK text inside a character. The lone byte left over was shown as ``?``, and what follows
was decoded one byte late until an ASCII byte or a second lone byte put it right. No other byte is gone,
so the bytes can be put back and read again. Of a character whose one byte is gone the other tells which
few dozen it may be, and the neighbours tell which of these it is, or it stays unknown.
"""

import math
from dataclasses import dataclass

from index.lattice import EATEN, UNKNOWN, Reading, best_reading
from index.lexicon import CLAUSE_MARKS, HAN, LONGEST, OWN_LONGEST, Lexicon
from index.marks import marks

# Natural logarithms of how many times more probable the best candidate must be than the next.
RIVAL = 1.4
MARK_RIVAL = 2.0  # the same for a punctuation mark
LIKELY = 16  # candidates looked at closely
CONTEXT = 8  # characters on either side that decide between candidates
UNBALANCED = -4.0  # a quotation mark or bracket without its partner

PAIRS = {"”": "“", "’": "‘", "》": "《", "〉": "〈", ")": "(", "〕": "〔", "】": "【"}


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
    reading = best_reading(marks(line), lexicon, proven=proven, silent=silent)
    settled = _settle(reading, lexicon)
    repaired = sum(
        emission.kind != "kept" and chosen not in (UNKNOWN, EATEN)
        for (emission, _), chosen in zip(reading, settled, strict=True)
    )
    text = "".join(settled)
    return Mended(text, repaired, text.count(UNKNOWN) - line.count(UNKNOWN))


def _settle(reading: Reading, lexicon: Lexicon) -> list[str]:
    """Return the printed form of each character, UNKNOWN where two candidates fit alike."""
    settled = [character for _, character in reading]
    printed = []
    for position, (emission, character) in enumerate(reading):
        chosen: str | None = character
        if len(emission.forms) > 1:
            candidates = [c for c, form in emission.forms.items() if c < "\x80" or lexicon.prints(form)]
            choose = _digit if emission.kind == "swallowed" else _character
            chosen = choose(settled, position, candidates or [character], lexicon)
        if chosen is None:
            printed.append(EATEN if emission.kind == "swallowed" else UNKNOWN)
        else:
            settled[position] = chosen
            form = emission.forms[chosen]
            printed.append(form if emission.kind == "kept" else lexicon.printed(form))
    return printed


def _character(characters: list[str], position: int, candidates: list[str], lexicon: Lexicon) -> str | None:
    """Return the candidate that clearly fits best between its neighbours, None where none does."""
    ranked, lead = _ranked(characters, position, candidates, lexicon)
    enough = RIVAL if HAN.match(ranked[0]) else MARK_RIVAL
    clear = lead >= enough and _supported(characters, position, ranked[0], lexicon)
    return ranked[0] if clear else None


def _digit(characters: list[str], position: int, candidates: list[str], lexicon: Lexicon) -> str | None:
    """Return the digit that the text itself has elsewhere between the same neighbours, if only one."""
    if "".join(characters[:position]).strip() in {"", "("}:
        return None  # a label's digit follows from the list's order
    found = []
    for candidate in candidates:
        line = "".join([*characters[:position], candidate, *characters[position + 1 :]])
        windows = (line[start : start + OWN_LONGEST] for start in range(max(0, position - 4), position))
        if any(window in lexicon.own for window in windows):
            found.append(candidate)
    return found[0] if len(found) == 1 else None


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


def _unbalanced(line: list[str]) -> int:
    return sum(abs(line.count(closing) - line.count(opening)) for closing, opening in PAIRS.items())
