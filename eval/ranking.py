"""Fit the weights in ``index/ranker.json`` on question sets, and tell what they are worth.

A softmax over the candidates of a question, as for the answers (``eval.calibrate``): the probability of
those that stand in a gold place is made as large as it can be. Each question is searched for twice, as
it was asked and as the engine understands it, because both ways are used. Long lists have weights of
their own, fitted in the same way on wide bases alone, and on more candidates: in a small base nearly
everything is among the first hundred.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.engine import Engine
from eval.calibrate import Matrix, Ranked, fit_ranking
from eval.cases import Case, CaseError, QuestionFile
from eval.intervals import Part, difference
from eval.metrics import covers
from eval.ranks import recall, reciprocal_rank
from index.document import Scope
from index.ranking import (
    FEATURES,
    PARTS,
    UNRANKED,
    Candidates,
    Numbers,
    features,
    foremost,
    long_list,
    weights,
)
from index.search import DEPTH, DEPTH_A_PROVISION, Index

FITTED_ON = 250  # candidates of a question, the best by the best of their ranks
FITTED_ON_LONG = 600
LONG = 100  # provisions of a long list
WIDE = 5_000  # passages from which on a base is wide
CUTOFFS = (5, 10, 20, 100)
MEASURES: dict[str, Callable[[Case, Sequence[int | None]], float]] = {
    **{f"R@{k}": lambda case, ranks, k=k: recall(case, ranks, k) for k in CUTOFFS},  # type: ignore[misc]
    "MRR@10": lambda _, ranks: reciprocal_rank([rank for rank in ranks if rank and rank <= 10]),
}
# Of long lists; H@k tells whether any of the gold places is there.
LONG_MEASURES: dict[str, Callable[[Case, Sequence[int | None]], float]] = {
    **{measure: MEASURES[measure] for measure in ("R@20", "R@100")},
    **{f"H@{k}": lambda _, ranks, k=k: float(any(r and r <= k for r in ranks)) for k in (20, LONG)},  # type: ignore[misc]
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
        return self._ranks(foremost(self.candidates.provisions, self._order(scores)))

    def listed(self, scores: Matrix, long: Matrix) -> list[int | None]:
        """Return the rank of each gold place in a long list: the first by scores, the others by weights."""
        return self._ranks(long_list(self.candidates, self._order(scores), long))

    def _order(self, scores: Matrix) -> Numbers:
        return np.lexsort((self.candidates.numbers, -scores))

    def _ranks(self, rows: Numbers) -> list[int | None]:
        own = self.candidates.provisions
        place = {int(provision): rank for rank, provision in enumerate(own[rows], 1)}
        return [min((place[int(p)] for p in own[column]), default=None) for column in self.gold.T]


@dataclass(frozen=True)
class RankingSet:
    """The questions of one set in one form, by its name; ``long`` are the same with the candidates of a long
    list, where the base is wide and the form is that of such lists: as they were asked.
    """

    name: str
    asked: tuple[Asked, ...]
    long: tuple[Asked, ...] = ()

    def parts(self, measure: str, scores: Callable[[Asked], Matrix]) -> list[Part]:
        """Return a measure of every question in an order."""
        worth = MEASURES[measure]
        return [Part(one.case.kin, worth(one.case, one.ranks(scores(one))), 1.0) for one in self.asked]

    def long_parts(self, measure: str, by: "Fitted") -> list[Part]:
        """Return a measure of every long list by the weights of both kinds."""
        worth = LONG_MEASURES[measure]
        return [
            Part(one.case.kin, worth(one.case, one.listed(one.rows @ by.near, by.long)), 1.0)
            for one in self.long
        ]


@dataclass(frozen=True)
class Fitted:
    """The weight of each feature: for the best answers, and for what stands behind them in a long list."""

    near: Matrix
    long: Matrix


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
    wide = index.passage_count >= WIDE
    return [
        RankingSet(
            form,
            tuple(_asked(index, case, *one, DEPTH) for case, one in zip(cases, searched, strict=True)),
            tuple(_asked(index, case, case.question, Scope(), DEPTH_A_PROVISION * LONG) for case in cases)
            if wide and form == name
            else (),
        )
        for form, searched in forms.items()
    ]


def _asked(index: Index, case: Case, query: str, scope: Scope, depth: int) -> Asked:
    candidates = index.candidates(query, scope, depth)
    passages = [index.passage(number) for number in candidates.numbers.tolist()]
    places = [(p.document.source, p.document.cited_path(p.home)) for p in passages]
    gold = np.array([[covers(gold, *place) for gold in case.required] for place in places], dtype=np.bool_)
    return Asked(case, candidates, features(candidates), gold.reshape(len(places), len(case.required)))


def fit(sets: Sequence[RankingSet]) -> Fitted:
    """Return the weight of each feature. Every set counts the same, however many questions it has."""
    near = _fit({each.name: each.asked for each in sets}, FITTED_ON)
    long = {each.name: each.long for each in sets if each.long}
    return Fitted(near, _fit(long, FITTED_ON_LONG) if long else near)


def _fit(sets: Mapping[str, Sequence[Asked]], most: int) -> Matrix:
    every = np.concatenate([one.rows for each in sets.values() for one in each])
    spread = every.std(axis=0) + 1e-9  # so that the penalty weighs on every feature alike
    material = {name: list(_material(each, spread, most)) for name, each in sets.items()}
    for name, ranked in material.items():
        if not ranked:
            raise CaseError(f"题目“{name}”的依据一处也没有检索到，不能拟合。")
    fitted: Matrix = fit_ranking(list(material.values())) / spread
    return fitted


def _material(each: Sequence[Asked], spread: Matrix, most: int) -> Iterator[Ranked]:
    for one in each:
        best = np.min([one.candidates.ranks[part] for part in PARTS], axis=0)
        kept = np.argsort(best, kind="stable")[:most]
        right: NDArray[np.bool_] = np.any(one.gold[kept], axis=1)
        if np.any(right) and not np.all(right):
            yield Ranked(one.rows[kept] / spread, right)


def report(training: Sequence[RankingSet], judged: Sequence[RankingSet], fitted: Fitted) -> Iterator[str]:
    """Yield Markdown tables: each set by each part alone, by the weights of now, by those fitted on all,
    and by those fitted on the other sets, then the difference of the fitted from the best part; and the long
    lists of the wide bases by the near weights alone and by both; last the weights.

    ``judged`` are sets that nothing was fitted on.
    """
    forms = {_stem(each): each for each in [*training, *judged]}  # both have the same others
    apart = {stem: _on_others(each, training, fitted) for stem, each in forms.items()}
    now = Fitted(weights(), weights("long"))
    yield f"| set | n | measure | {' | '.join(PARTS)} | now | fitted | others | fitted - best part [95 %] p |"
    yield f"|---|---:|---|{'---:|' * (len(PARTS) + 4)}"
    for each in [*training, *judged]:
        ways = {part: _by_part(part) for part in PARTS}
        for name, by in {"now": now, "fitted": fitted, "others": apart[_stem(each)]}.items():
            ways[name] = _by_weights(by.near)
        for measure in MEASURES:
            found = {name: each.parts(measure, way) for name, way in ways.items()}
            best = max(PARTS, key=lambda part: _mean(found[part]))
            yield _line(each.name, measure, found, best, "fitted")
    wide = [each for each in [*training, *judged] if each.long]
    if wide:
        told = "near alone | now | fitted | others | others - near alone [95 %] p"
        yield f"\n| long lists | n | measure | {told} |"
        yield f"|---|---:|---|{'---:|' * 5}"
    for each in wide:
        lists = {
            "near alone": Fitted(now.near, now.near),
            "now": now,
            "fitted": Fitted(now.near, fitted.long),
        }
        lists["others"] = Fitted(now.near, apart[_stem(each)].long)
        for measure in LONG_MEASURES:
            found = {name: each.long_parts(measure, by) for name, by in lists.items()}
            yield _line(each.name, measure, found, "near alone", "others")
    yield ""
    for name, near, long in zip(FEATURES, fitted.near, fitted.long, strict=True):
        yield f"{name:>20} {near:+.4f} {long:+.4f}"


def _stem(each: RankingSet) -> str:
    return each.name.rstrip("'")


def _on_others(each: RankingSet, training: Sequence[RankingSet], fitted: Fitted) -> Fitted:
    others = [one for one in training if _stem(one) != _stem(each)]
    return fit(others) if others and each in training else fitted


def _mean(parts: Sequence[Part]) -> float:
    return sum(part.part for part in parts) / len(parts)


def _line(name: str, measure: str, found: Mapping[str, Sequence[Part]], before: str, after: str) -> str:
    gap = difference(found[before], found[after])
    assert gap is not None  # every part has a whole of one
    told = f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.p:.4f}"
    figures = " | ".join(f"{_mean(parts):.3f}" for parts in found.values())
    return f"| {name} | {gap.families} | {measure} | {figures} | {told} |"


def _by_part(part: str) -> Callable[[Asked], Matrix]:
    # What a part did not propose comes after all it did.
    return lambda one: np.where(one.candidates.ranks[part] < UNRANKED, -one.candidates.ranks[part], -UNRANKED)


def _by_weights(by: Matrix) -> Callable[[Asked], Matrix]:
    return lambda one: one.rows @ by


def write_weights(path: Path, fitted: Fitted, sets: Sequence[RankingSet]) -> None:
    """Write the weights as the file ``index.ranking`` reads."""
    record = {
        "fitted_on": {each.name: len(each.asked) for each in sets},
        "weights": _named(fitted.near),
        "long_fitted_on": {each.name: len(each.long) for each in sets if each.long},
        "long": _named(fitted.long),
    }
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _named(weights: Matrix) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, weights, strict=True)}
