"""Which questions ask the same in nearly the same words."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from bot.words import fold

CUTOFF = 85.0  # of 100, rapidfuzz's ratio: twice the characters two share in order, of all of both
_EXCHANGED = 2  # characters of both in one place that differ name another place, person or matter
_RARE = 6  # pairs of characters by which a question is looked up, its rarest
_MOST = 12  # questions looked at for one pair, those asked most
_LONGEST = 120  # characters of a key
_SILENT = re.compile(r"[\W_]+")
_FIGURE = re.compile(r"\d+")


def key(question: str) -> str:
    """Return what questions are compared by: their letters, digits and characters, folded; the end of a
    long one, where the question stands after its story.
    """
    folded = fold(question)
    return (_SILENT.sub("", folded) or folded)[-_LONGEST:]


def is_like(one: str, other: str) -> bool:
    """Tell whether two keys ask the same: they share nearly all characters and the same figures, and none
    has other words where the other has its own.
    """
    return (
        fuzz.ratio(one, other) >= CUTOFF
        and _figures(one) == _figures(other)
        and not any(min(lengths) >= _EXCHANGED for lengths in _differences(one, other))
    )


def alike(keys: Sequence[str]) -> list[list[int]]:
    """Return groups of positions of keys that are alike, each led by its first member.

    A key joins the first leader it is like, so that nothing joins through a chain of others. A key is
    held against few leaders only, those that share one of its rarest pairs of characters; 4,494 questions
    fell into the same groups when each was held against all (100,000: 2 seconds instead of an hour).
    """
    groups: list[list[int]] = []
    leaders: list[str] = []
    holders: defaultdict[int, list[int]] = defaultdict(list)  # groups by a pair of their leader's
    for position, (one, pairs) in enumerate(zip(keys, _rarest_pairs(keys), strict=True)):
        near = sorted({group for pair in pairs for group in holders[pair]})
        scores = process.extract_iter(one, [leaders[n] for n in near], scorer=fuzz.ratio, score_cutoff=CUTOFF)
        found = next((near[n] for leader, _, n in scores if is_like(one, leader)), None)
        if found is not None:
            groups[found].append(position)
            continue
        for pair in pairs:
            if len(holders[pair]) < _MOST:
                holders[pair].append(len(groups))
        groups.append([position])
        leaders.append(one)
    return groups


def _differences(one: str, other: str) -> Iterator[tuple[int, int]]:
    """Yield the lengths in both keys of the stretches where they differ; a single character they share
    in between is taken for chance.
    """
    lengths = (0, 0)
    for step in Levenshtein.opcodes(one, other):
        first, second = step.src_end - step.src_start, step.dest_end - step.dest_start
        if step.tag != "equal" or first < 2:
            lengths = (lengths[0] + first, lengths[1] + second)
        else:
            yield lengths
            lengths = (0, 0)
    yield lengths


def _rarest_pairs(keys: Sequence[str]) -> list[list[int]]:
    """Return the rarest pairs of neighbouring characters of each key, as numbers, of those that stand in
    another one too. Pairs of keys with other figures are other pairs.
    """
    codes = np.frombuffer("".join(keys).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(keys)), [len(one) for one in keys])
    figures = np.unique([" ".join(_figures(one)) for one in keys], return_inverse=True)[1]
    inside = np.flatnonzero(owners[:-1] == owners[1:])
    pairs = np.unique(codes[inside] << 21 | codes[inside + 1], return_inverse=True)[1]
    owners = owners[inside]
    _, pairs, counts = np.unique(
        figures[owners] * (pairs.max(initial=0) + 1) + pairs, return_inverse=True, return_counts=True
    )
    shared = counts[pairs] > 1
    pairs, owners = pairs[shared], owners[shared]
    order = np.lexsort((counts[pairs], owners))
    pairs, owners = pairs[order], owners[order]
    starts = np.searchsorted(owners, np.arange(len(keys) + 1))
    numbers = pairs.tolist()
    bounds = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    return [numbers[start : min(end, start + _RARE)] for start, end in bounds]


def _figures(one: str) -> list[str]:
    return sorted(_FIGURE.findall(one))
