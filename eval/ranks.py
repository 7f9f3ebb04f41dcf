"""Where the search found what the answer rests on: ranks of the gold places, and what they are worth."""

from collections.abc import Sequence
from math import log2

from eval.cases import ANY, Case
from eval.metrics import covers

CUTOFFS = (1, 5, 10)  # the k of recall@k; the last is also how many hits are asked for
Ranks = tuple[int | None, ...]  # of each required place, from 1; None where it was not found


def gold_ranks(case: Case, found: Sequence[tuple[str, Sequence[str]]]) -> Ranks:
    """Return, for each required gold place, the rank (from 1) of the first address inside it."""
    return tuple(
        next((rank for rank, (source, path) in enumerate(found, start=1) if covers(gold, source, path)), None)
        for gold in case.required
    )


def recall(case: Case, ranks: Sequence[int | None], k: int) -> float:
    """Return the share of required places among the first k; where any suffices, 1 if any is."""
    within = [rank is not None and rank <= k for rank in ranks]
    return float(any(within)) if case.need == ANY else sum(within) / len(within)


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Return one over the rank of the first required place found, 0 when none is."""
    return max((1 / rank for rank in ranks if rank is not None), default=0.0)


def gain(case: Case, ranks: Sequence[int | None]) -> float:
    """Return nDCG at the last cutoff, a required place being worth 1; where any suffices, the first alone
    counts. Places found by the same hit are one.
    """
    found = {rank for rank in ranks if rank is not None}
    best = sorted(found)[:1] if case.need == ANY else sorted(found)
    wanted = 1 if case.need == ANY else len(found) + ranks.count(None)
    ideal = sum(1 / log2(place + 1) for place in range(1, min(wanted, CUTOFFS[-1]) + 1))
    return sum(1 / log2(rank + 1) for rank in best if rank <= CUTOFFS[-1]) / ideal
