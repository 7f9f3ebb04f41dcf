"""Uncertainty: bootstrap intervals and paired comparison, resampling families.

The turns of a dialogue are not independent, so what is drawn is the family (a dialogue, or a single
question), and every figure is a ratio of sums over the families drawn. The seed is fixed: the same
results give the same interval.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
SEED = 20_240_601
_BLOCK = 1_000  # draws made at once: keeps memory flat for sets of many thousands of questions
_Z = 1.959963984540054  # normal quantile of 0.975

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
        low, high = _wilson(value, families)
        return Interval(value, low, high, families)
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


def _wilson(value: float, families: int) -> tuple[float, float]:
    centre = value + _Z**2 / (2 * families)
    spread = _Z * sqrt(value * (1 - value) / families + _Z**2 / (4 * families**2))
    scale = 1 + _Z**2 / families
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
