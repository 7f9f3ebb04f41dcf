"""Other places, searched with the words of the best answer: the same matter is written differently in
every county, and the asker's words often fit the wording of one place only (pseudo relevance feedback,
Rocchio 1971).
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import Question
from bot.extract import Finding, find
from bot.likeness import Tokens
from bot.words import Rarity, bigrams
from index.document import Hit, Scope

_RUN = re.compile(r"[\u4e00-\u9fff0-9]+")

Seek = Callable[[str, Scope], list[Hit]]  # search words and a scope to the passages found


@dataclass(frozen=True, slots=True)
class Leader:
    """What leads in a place, and how alike it is to the best answer of all, 0 to 1."""

    finding: Finding
    likeness: float


def leaders(
    question: Question,
    found: Sequence[Finding],
    places: Sequence[str],
    seek: Seek,
    weigh: Rarity,
    model: Tokens,
) -> Mapping[str, Leader]:
    """Return, for each of the places but the best finding's own, the finding that leads there when its
    words are looked for too. ``found`` are the candidates, best first.
    """
    best = found[0]
    words = f"{question.search} {best.units[0].text}"
    known = {_key(finding): finding for finding in found}
    pairs = _pairs(best, weigh)
    leading = {}
    for place in places:
        if place == best.document.place:
            continue
        there = find(question, seek(words, Scope(places=(place,))), model)
        first = next((known[_key(finding)] for finding in there if _key(finding) in known), None)
        if first is not None:
            leading[place] = Leader(first, _likeness(pairs, _pairs(first, weigh)))
    return leading


def _key(finding: Finding) -> tuple[str, int]:
    return finding.document.id, finding.units[0].start


def _pairs(finding: Finding, weigh: Rarity) -> dict[str, float]:
    """Return the weight of each pair of characters in a finding: its vector."""
    runs = _RUN.findall(finding.folded)
    return {pair: weigh(pair) for run in runs for pair in bigrams(run)}


def _likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two vectors of pairs."""
    shared = sum(one[pair] * other[pair] for pair in one.keys() & other.keys())
    size = math.sqrt(sum(w * w for w in one.values()) * sum(w * w for w in other.values()))
    return shared / size if size else 0.0
