"""Which questions ask the same in nearly the same words."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from bot.words import fold

CUTOFF = 85.0  # of 100, rapidfuzz's ratio
_SILENT = re.compile(r"[\W_]+")


def key(question: str) -> str:
    """Return what questions are compared by: their letters, digits and characters, folded."""
    folded = fold(question)
    return _SILENT.sub("", folded) or folded


def alike(keys: Sequence[str]) -> list[list[int]]:
    """Return groups of positions of keys that are alike, each led by its first member."""
    leaders: list[str] = []
    groups: list[list[int]] = []
    for position, one in enumerate(keys):
        found = process.extractOne(one, leaders, scorer=fuzz.ratio, score_cutoff=CUTOFF)
        if found:
            groups[found[2]].append(position)
        else:
            leaders.append(one)
            groups.append([position])
    return groups
