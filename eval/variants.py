"""What variations of the same questions cost: each variant beside the question it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.intervals import Difference, Part, difference
from eval.run import Outcome


@dataclass(frozen=True, slots=True)
class Robustness:
    """One variation: pairs, shares right before and after, the paired difference, right ones turned wrong."""

    variation: str
    pairs: int
    before: float
    after: float
    difference: Difference
    flipped: tuple[str, ...]


def robustness(outcomes: Sequence[Outcome]) -> tuple[Robustness, ...]:
    """Return what each variation costs, over the variants whose original was asked too; worst first."""
    originals = {outcome.case.id: outcome for outcome in outcomes}
    pairs: dict[str, list[tuple[Outcome, Outcome]]] = {}
    for outcome in outcomes:
        before = originals.get(outcome.case.variant_of)
        if before is not None:
            pairs.setdefault(outcome.case.variation, []).append((before, outcome))
    found = [_robustness(name, group) for name, group in pairs.items()]
    return tuple(sorted(found, key=lambda one: one.difference.value))


def _robustness(name: str, pairs: Sequence[tuple[Outcome, Outcome]]) -> Robustness:
    first = [Part(a.case.kin, float(a.judgement.right), 1.0) for a, _ in pairs]
    second = [Part(a.case.kin, float(b.judgement.right), 1.0) for a, b in pairs]
    gap = difference(first, second)
    assert gap is not None  # every question has a whole of one
    return Robustness(
        variation=name,
        pairs=len(pairs),
        before=sum(one.part for one in first) / len(pairs),
        after=sum(one.part for one in second) / len(pairs),
        difference=gap,
        flipped=tuple(b.case.id for a, b in pairs if a.judgement.right and not b.judgement.right),
    )
