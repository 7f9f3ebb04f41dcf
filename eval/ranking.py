"""Fit the weights in ``index/ranker.json`` on question sets, and tell what they are worth.

A softmax over the candidates of a question, as for the answers (``eval.calibrate``): the probability of
those that stand in a gold place is made as large as it can be. Each question is searched for twice, as
it was asked and as the engine understands it, because both ways are used.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.engine import Engine
from eval.calibrate import Matrix, Ranked, fit_ranking
from eval.cases import Case, CaseError, QuestionFile
from eval.intervals import Part, difference
from eval.metrics import covers, recall, reciprocal_rank
from index.document import Scope
from index.ranking import FEATURES, PARTS, UNRANKED, Candidates, features, weights
from index.search import Index

FITTED_ON = 250  # candidates of a question, the best by the best of their ranks
CUTOFFS = (5, 10, 20, 100)
MEASURES: dict[str, Callable[[Case, Sequence[int | None]], float]] = {
    **{f"R@{k}": lambda case, ranks, k=k: recall(case, ranks, k) for k in CUTOFFS},  # type: ignore[misc]
    "MRR@10": lambda _, ranks: reciprocal_rank([rank for rank in ranks if rank and rank <= 10]),
}


@dataclass(frozen=True)
class Asked:
    """One question, what may answer it, and which of that stands in which of its gold places."""

    case: Case
    candidates: Candidates
    rows: Matrix
    gold: NDArray[np.bool_]  # a row a candidate, a column a required gold place

    def ranks(self, scores: Matrix) -> list[int | None]:
        """Return the rank of each gold place among the provisions in order of their best passage."""
        order = np.lexsort((self.candidates.numbers, -scores))
        provisions = self.candidates.provisions[order]
        _, first = np.unique(provisions, return_index=True)
        place = {int(provisions[at]): rank for rank, at in enumerate(sorted(first), 1)}
        own = self.candidates.provisions
        return [min((place[int(p)] for p in own[column]), default=None) for column in self.gold.T]


@dataclass(frozen=True)
class RankingSet:
    """The questions of one set in one form, by its name."""

    name: str
    asked: tuple[Asked, ...]

    def parts(self, measure: str, scores: Callable[[Asked], Matrix]) -> list[Part]:
        """Return a measure of every question in an order."""
        worth = MEASURES[measure]
        return [Part(one.case.family, worth(one.case, one.ranks(scores(one))), 1.0) for one in self.asked]


def collect(index: Index, files: Sequence[QuestionFile]) -> list[RankingSet]:
    """Search for every single answerable question of a set, as asked and as understood."""
    name = files[0].name if len(files) == 1 else f"{files[0].name} +{len(files) - 1}"
    engine = Engine(index)
    cases = [c for file in files for c in file.cases if c.family == c.id and c.answerable]
    understood = [engine.understand(case.question) for case in cases]
    forms = {
        name: [(case.question, Scope()) for case in cases],
        f"{name}'": [(question.search, question.scope) for question in understood],
    }
    return [
        RankingSet(form, tuple(_asked(index, case, *one) for case, one in zip(cases, searched, strict=True)))
        for form, searched in forms.items()
    ]


def _asked(index: Index, case: Case, query: str, scope: Scope) -> Asked:
    candidates = index.candidates(query, scope)
    passages = [index.passage(number) for number in candidates.numbers.tolist()]
    places = [(p.document.source, p.document.cited_path(p.home)) for p in passages]
    gold = np.array([[covers(gold, *place) for gold in case.required] for place in places], dtype=np.bool_)
    return Asked(case, candidates, features(candidates), gold.reshape(len(places), len(case.required)))


def fit(sets: Sequence[RankingSet]) -> Matrix:
    """Return the weight of each feature. Every set counts the same, however many questions it has."""
    every = np.concatenate([one.rows for each in sets for one in each.asked])
    spread = every.std(axis=0) + 1e-9  # so that the penalty weighs on every feature alike
    material = [list(_material(each, spread)) for each in sets]
    if not all(material):
        empty = sets[[bool(each) for each in material].index(False)].name
        raise CaseError(f"题目“{empty}”的依据一处也没有检索到，不能拟合。")
    fitted: Matrix = fit_ranking(material) / spread
    return fitted


def _material(each: RankingSet, spread: Matrix) -> Iterator[Ranked]:
    for one in each.asked:
        best = np.min([one.candidates.ranks[part] for part in PARTS], axis=0)
        kept = np.argsort(best, kind="stable")[:FITTED_ON]
        right: NDArray[np.bool_] = np.any(one.gold[kept], axis=1)
        if np.any(right) and not np.all(right):
            yield Ranked(one.rows[kept] / spread, right)


def report(training: Sequence[RankingSet], judged: Sequence[RankingSet], fitted: Matrix) -> Iterator[str]:
    """Yield a Markdown table: each set by each part alone, by the weights of now, by those fitted on all,
    and by those fitted on the other sets; then the difference of the fitted from the best part.

    ``judged`` are sets that nothing was fitted on.
    """
    yield f"| set | n | measure | {' | '.join(PARTS)} | now | fitted | others | fitted - best part [95 %] p |"
    yield f"|---|---:|---|{'---:|' * (len(PARTS) + 4)}"
    for each in [*training, *judged]:
        stem = each.name.rstrip("'")
        others = [one for one in training if one.name.rstrip("'") != stem]
        apart = fit(others) if others and each in training else fitted
        for measure in MEASURES:
            found = {part: each.parts(measure, _by_part(part)) for part in PARTS}
            for name, by in {"now": weights(), "fitted": fitted, "others": apart}.items():
                found[name] = each.parts(measure, _by_weights(by))
            mean = {name: sum(part.part for part in parts) / len(parts) for name, parts in found.items()}
            best = max(PARTS, key=lambda part: mean[part])
            gap = difference(found[best], found["fitted"])
            assert gap is not None  # every part has a whole of one
            told = f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.p:.4f}"
            figures = " | ".join(f"{value:.3f}" for value in mean.values())
            yield f"| {each.name} | {gap.families} | {measure} | {figures} | {told} |"


def _by_part(part: str) -> Callable[[Asked], Matrix]:
    # What a part did not propose comes after all it did.
    return lambda one: np.where(one.candidates.ranks[part] < UNRANKED, -one.candidates.ranks[part], -UNRANKED)


def _by_weights(by: Matrix) -> Callable[[Asked], Matrix]:
    return lambda one: one.rows @ by


def write_weights(path: Path, fitted: Matrix, sets: Sequence[RankingSet]) -> None:
    """Write the weights as the file ``index.ranking`` reads."""
    record = {
        "fitted_on": {each.name: len(each.asked) for each in sets},
        "weights": {name: round(float(weight), 4) for name, weight in zip(FEATURES, fitted, strict=True)},
    }
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
