"""Fit the weights in ``bot.weights`` on question sets: which unit answers, and whether any does.

Ranking: a softmax over every candidate unit of a question; the probability of the units that stand in
a gold place and hold one of its facts is made as large as it can be (listwise softmax loss, Cao et
al., 2007). Confidence: logistic regression on the best unit. Right ones stand in a gold place. Wrong
ones are the best units for questions the documents do not answer, and for answerable questions once
the documents that answer them are out of scope: what a base without those documents comes up with.

What the weights are worth is told set by set, those of a set fitted on the others alone: questions
written on the same documents by the same hand are too much alike to be kept apart by drawing lots.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from bot.confidence import features
from bot.conversation import Question
from bot.engine import Engine
from bot.extract import Finding
from bot.weights import CONFIDENCE, FEATURES, INTERCEPT, RANKING
from eval.cases import Case, CaseError, Gold, QuestionFile
from eval.metrics import covers, missing_facts
from eval.quantities import normalise
from index.document import Scope

CANDIDATES = 60  # units a question
FOLDS = 5
KEPT = 0.95  # share of the right ones at which the wrong ones are counted
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
PENALTY = 0.02  # of the squared weights, against fitting the questions themselves

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """The candidates of one question: a row of features each, and which of them answer."""

    rows: Matrix
    right: NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """The best candidate of one question: its features, and whether it answers."""

    row: tuple[float, ...]
    right: bool


@dataclass(frozen=True)
class Fitting:
    """What one set of questions gives to fit on, by the names of its files."""

    name: str
    ranked: tuple[Ranked, ...]
    judged: tuple[Judged, ...]


def collect(engine: Engine, files: Sequence[QuestionFile]) -> Fitting:
    """Ask every single question of a set and keep what there is to fit on."""
    name = files[0].name if len(files) == 1 else f"{files[0].name} +{len(files) - 1}"
    return Fitting(name, tuple(ranked(engine, files)), tuple(judged(engine, files)))


def ranked(engine: Engine, files: Sequence[QuestionFile]) -> Iterator[Ranked]:
    """Yield the candidates of every single question that some of them answer."""
    for case in _single(files):
        found = engine.findings(engine.understand(case.question))[:CANDIDATES] if case.answerable else []
        right = _right(case, found)
        if any(right) and not all(right):
            rows = np.array([[finding.why[name] for name in FEATURES] for finding in found])
            yield Ranked(rows, np.array(right))


def judged(engine: Engine, files: Sequence[QuestionFile]) -> Iterator[Judged]:
    """Yield the best candidate of every single question, and of every answerable one without its gold.

    A whole document as the gold place is right only with a fact, and says nothing where it has none; a
    question that names its document is never answered from another.
    """
    for case in _single(files):
        if any(not gold.path and not gold.facts for gold in case.gold):
            continue
        question = engine.understand(case.question)
        best = next(iter(engine.findings(question)), None)
        if best is not None:
            yield Judged(features(question, best), case.answerable and _answers(case.gold, best))
        single = len(case.required) == 1 and not question.scope.documents
        elsewhere = _without_gold(engine, question, case) if single else None
        if elsewhere is not None:
            yield Judged(features(question, elsewhere), False)


def fit_ranking(sets: Sequence[Sequence[Ranked]]) -> Matrix:
    """Return the weight of each feature. Every set counts the same, however many questions it has."""
    mean = sum(map(len, sets)) / len(sets)
    weighed = [(question, mean / len(questions)) for questions in sets for question in questions]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        penalty = PENALTY * sum(weight for _, weight in weighed)
        total, gradient = penalty * float(weights @ weights), 2 * penalty * weights
        for question, weight in weighed:
            scores = question.rows @ weights
            scores -= scores.max()
            likely = np.exp(scores)
            share = likely / likely.sum()
            right = np.where(question.right, likely, 0.0)
            share_right = right / right.sum()
            total -= weight * float(np.log(right.sum() / likely.sum()))
            gradient = gradient + weight * ((share - share_right) @ question.rows)
        return total, gradient

    start = np.zeros(sets[0][0].rows.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def fit_confidence(sets: Sequence[Sequence[Judged]]) -> Matrix:
    """Return the weight of each feature and, last, the intercept. Every set counts the same, and right
    as much as wrong.
    """
    x, y = _columns([one for best in sets for one in best])
    weights = np.concatenate([np.full(len(best), len(x) / len(sets) / len(best)) for best in sets])
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000)
    model.fit(x, y, sample_weight=weights)
    return np.append(model.coef_[0], model.intercept_[0])


def first_right(questions: Sequence[Ranked], weights: Matrix) -> float:
    """Return the share of questions whose best candidate answers."""
    return float(np.mean([q.right[np.argmax(q.rows @ weights)] for q in questions]))


def kept(best: Sequence[Judged], weights: Matrix) -> tuple[float, float]:
    """Return how well confidence tells right from wrong: the chance that a right one ranks above a wrong
    one (area under the ROC curve), and the share of wrong ones kept where ``KEPT`` of the right ones are.
    """
    x, right = _columns(best)
    scores = x @ weights[:-1] + weights[-1]
    least = np.quantile(scores[right], 1 - KEPT)
    return float(roc_auc_score(right, scores)), float(np.mean(scores[~right] >= least))


def report(sets: Sequence[Fitting]) -> str:
    """Write both fits as they go into ``bot/weights.py``, and what they are worth on each set: now, fitted
    on all, and fitted on the other sets (a set alone is cut in ``FOLDS``). Raises CaseError when a set
    has nothing to fit on.
    """
    for one in sets:
        if not one.ranked or len({best.right for best in one.judged}) < 2:
            raise CaseError(f"题目“{one.name}”不够拟合：要有答得对的题，也要有答不对的题。")
    ranking = fit_ranking([one.ranked for one in sets])
    confidence = fit_confidence([one.judged for one in sets])
    current = np.array(RANKING), np.array([*CONFIDENCE, INTERCEPT])
    apart = list(sets) if len(sets) > 1 else _folds(sets[0])
    # Each figure three times: by the weights of now, fitted on all sets, fitted on the other sets alone.
    fits = ("now", "fitted", "others")
    lines = [
        f"{'':>24}  the best unit answers      right above wrong; wrong kept with {KEPT:.0%} of right",
        f"{'':>24} {'':>5} {' '.join(f'{fit:>7}' for fit in fits)}   {'   '.join(f'{f:^12}' for f in fits)}",
    ]
    for one in apart:
        others = [other for other in apart if other is not one]
        by_others = fit_ranking([other.ranked for other in others])
        shares = [first_right(one.ranked, weights) for weights in (current[0], ranking, by_others)]
        judging = (current[1], confidence, fit_confidence([other.judged for other in others]))
        told = [f"{area:.3f}; {wrong:.3f}" for area, wrong in (kept(one.judged, w) for w in judging)]
        lines.append(
            f"{one.name:>24} {len(one.ranked):5} {shares[0]:7.3f} {shares[1]:7.3f} {shares[2]:7.3f}"
            f"   {'   '.join(told)}"
        )
    lines += ["", *(f"{name:>24} {weight:+.3f}" for name, weight in zip(FEATURES, ranking, strict=True))]
    lines += [f"RANKING = {_tuple(ranking)}", f"CONFIDENCE = {_tuple(confidence[:-1])}"]
    lines += [f"INTERCEPT = {confidence[-1]:.3f}", "", "threshold  right kept  wrong kept, by set"]
    for threshold in THRESHOLDS:
        cells = [_kept_at(one.judged, confidence, threshold) for one in sets]
        lines.append(f"{threshold:9.2f}  " + "  ".join(f"{right:.3f} {wrong:.3f}" for right, wrong in cells))
    return "\n".join(lines)


def _kept_at(best: Sequence[Judged], weights: Matrix, threshold: float) -> tuple[float, float]:
    """Return the shares of right and of wrong ones that are at least so likely."""
    x, right = _columns(best)
    keep = 1 / (1 + np.exp(-(x @ weights[:-1] + weights[-1]))) >= threshold
    return float(keep[right].mean()), float(keep[~right].mean())


def _columns(best: Sequence[Judged]) -> tuple[Matrix, NDArray[np.bool_]]:
    return np.array([one.row for one in best]), np.array([one.right for one in best])


def _folds(one: Fitting) -> list[Fitting]:
    return [
        Fitting(f"{one.name} {fold + 1}/{FOLDS}", one.ranked[fold::FOLDS], one.judged[fold::FOLDS])
        for fold in range(FOLDS)
    ]


def _single(files: Sequence[QuestionFile]) -> list[Case]:
    return [case for file in files for case in file.cases if case.family == case.id]


def _right(case: Case, found: Sequence[Finding]) -> list[bool]:
    """Tell which candidates stand in a gold place and hold one of its facts; in a gold place at all
    where none holds a fact by itself.
    """
    exact = [_is_gold(case.gold, finding, with_fact=True) for finding in found]
    return exact if any(exact) else [_is_gold(case.gold, finding) for finding in found]


def _is_gold(gold: Sequence[Gold], finding: Finding, *, with_fact: bool = False) -> bool:
    document = finding.document
    path = document.cited_path(document.sections[finding.units[0].section])
    text = normalise("".join(unit.text for unit in finding.units)) if with_fact else ""
    return any(
        covers(place, document.source, path)
        and (not with_fact or len(missing_facts(place, text)) < len(place.facts))
        for place in gold
    )


def _answers(gold: Sequence[Gold], finding: Finding) -> bool:
    return any(_is_gold([place], finding, with_fact=not place.path) for place in gold)


def _without_gold(engine: Engine, question: Question, case: Case) -> Finding | None:
    sources = {gold.source for gold in case.gold}
    others = tuple(d.id for d in engine.holdings.documents if d.source not in sources)
    found = engine.findings(question, Scope(documents=others)) if others and sources else []
    return next(iter(found), None)


def _tuple(values: Matrix) -> str:
    return "(" + ", ".join(f"{value:.3f}" for value in values) + ")"
