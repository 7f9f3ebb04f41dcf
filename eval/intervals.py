"""Uncertainty: bootstrap intervals and paired comparison, resampling families.

The turns of a dialogue are not independent, so what is drawn is the family (a dialogue, or a single
question), and every figure is a ratio of sums over the families drawn. The seed is fixed: the same
results give the same interval.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest  # type: ignore[import-untyped]

DRAWS = 10_000
SEED = 20_240_601
_BLOCK = 1_000  # draws made at once: keeps memory flat for sets of many thousands of questions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A ratio with its 95 % interval; ``families`` is how many independent ones it rests on."""

    value: float
    low: float
    high: float
    families: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Second minus first, with its 95 % interval, and the chance of one as large if they were equal."""

    value: float
    low: float
    high: float
    p: float
    families: int


@dataclass(frozen=True, slots=True)
class Signs:
    """How many families rose and fell from first to second, and the sign test's p (of 0 or 1: McNemar's)."""

    rose: int
    fell: int
    p: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one question adds to a ratio, and the family it belongs to."""

    family: str
    part: float
    whole: float


def interval(parts: Sequence[Part], draws: int = DRAWS, seed: int = SEED) -> Interval | None:
    """Return the ratio of the sums and its percentile bootstrap interval; None when there is no whole.

    Where every family agrees on 0 or on 1 resampling can only give back that value, which would claim
    certainty from a handful of questions; there the Wilson interval over families is given instead.
    """
    part, whole = _by_family(parts)
    kept = whole > 0
    part, whole = part[kept], whole[kept]
    families = len(whole)
    if not families:
        return None
    value = float(part.sum() / whole.sum())
    if value in (0.0, 1.0):
        wilson = binomtest(int(value) * families, families).proportion_ci(method="wilson")
        return Interval(value, float(wilson.low), float(wilson.high), families)
    ratios = np.concatenate(
        [part[chosen].sum(axis=1) / whole[chosen].sum(axis=1) for chosen in _draw(families, draws, seed)]
    )
    low, high = np.percentile(ratios, (2.5, 97.5))
    return Interval(value, float(low), float(high), families)


def difference(
    first: Sequence[Part], second: Sequence[Part], draws: int = DRAWS, seed: int = SEED
) -> Difference | None:
    """Compare two runs over the same questions: paired bootstrap interval and permutation p.

    The two sequences hold the same questions in the same order; a question on which a run has no whole
    (no citation given, say) adds nothing to that run's ratio. None when a run has no whole at all.
    """
    if [one.family for one in first] != [other.family for other in second]:
        raise ValueError("paired comparison needs the same questions in the same order")
    part_a, whole_a = _by_family(first)
    part_b, whole_b = _by_family(second)
    families = len(whole_a)
    if not families or not whole_a.sum() or not whole_b.sum():
        return None
    if np.array_equal(part_a, part_b) and np.array_equal(whole_a, whole_b):
        return Difference(0.0, 0.0, 0.0, 1.0, families)
    value = float(part_b.sum() / whole_b.sum() - part_a.sum() / whole_a.sum())
    with np.errstate(invalid="ignore"):  # a draw without any whole gives 0/0 and is left out below
        resampled = np.concatenate(
            [
                part_b[chosen].sum(axis=1) / whole_b[chosen].sum(axis=1)
                - part_a[chosen].sum(axis=1) / whole_a[chosen].sum(axis=1)
                for chosen in _draw(families, draws, seed)
            ]
        )
        low, high = np.nanpercentile(resampled, (2.5, 97.5))
        swapped = np.concatenate(
            [
                _ratio_after_swap(part_b, whole_b, part_a, whole_a, swap)
                - _ratio_after_swap(part_a, whole_a, part_b, whole_b, swap)
                for swap in _flips(families, draws, seed)
            ]
        )
    # The tolerance keeps draws equal to the observed difference from being lost to rounding.
    as_large = int(np.count_nonzero(np.abs(swapped) >= abs(value) - 1e-12))
    return Difference(value, float(low), float(high), (as_large + 1) / (draws + 1), families)


def signs(first: Sequence[Part], second: Sequence[Part]) -> Signs:
    """Compare two runs family by family, each counting the same however much it has; even ones count not."""
    (part_a, whole_a), (part_b, whole_b) = _by_family(first), _by_family(second)
    both = (whole_a > 0) & (whole_b > 0)
    gaps = part_b[both] / whole_b[both] - part_a[both] / whole_a[both]
    rose, fell = int(np.count_nonzero(gaps > 0)), int(np.count_nonzero(gaps < 0))
    return Signs(rose, fell, float(binomtest(rose, rose + fell).pvalue) if rose + fell else 1.0)


def _by_family(parts: Sequence[Part]) -> tuple[Floats, Floats]:
    places: dict[str, int] = {}
    for one in parts:
        places.setdefault(one.family, len(places))
    part = np.zeros(len(places))
    whole = np.zeros(len(places))
    for one in parts:
        part[places[one.family]] += one.part
        whole[places[one.family]] += one.whole
    return part, whole


def _draw(families: int, draws: int, seed: int) -> Iterator[NDArray[np.int64]]:
    generator = np.random.default_rng(seed)
    for start in range(0, draws, _BLOCK):
        yield generator.integers(families, size=(min(_BLOCK, draws - start), families))


def _flips(families: int, draws: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    generator = np.random.default_rng(seed)
    for start in range(0, draws, _BLOCK):
        yield generator.random((min(_BLOCK, draws - start), families)) < 0.5


def _ratio_after_swap(
    part: Floats, whole: Floats, other_part: Floats, other_whole: Floats, swap: NDArray[np.bool_]
) -> Floats:
    top: Floats = np.where(swap, other_part, part).sum(axis=1)
    bottom: Floats = np.where(swap, other_whole, whole).sum(axis=1)
    return top / bottom
