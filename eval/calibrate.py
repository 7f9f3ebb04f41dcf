"""Fit the weights in ``bot.weights`` on question sets: which unit answers, and whether any does.

Ranking: a softmax over every candidate unit of a question; the probability of the units that stand in
a gold place and hold one of its facts is made as large as it can be (listwise softmax loss, Cao et
al., 2007). Confidence: logistic regression on the best unit. Right ones stand in a gold place. Wrong
ones are the best units for questions the documents do not answer, and for answerable questions once
the documents that answer them are out of scope: what a base without those documents comes up with.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.model_selection import cross_val_predict  # type: ignore[import-untyped]

from bot.confidence import features
from bot.conversation import Question
from bot.engine import Engine
from bot.extract import Finding
from bot.weights import FEATURES
from eval.cases import Case, Gold, QuestionFile
from eval.metrics import covers, missing_facts, normalise
from index.document import Scope

CANDIDATES = 60  # units a question
FOLDS = 5
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


def ranked(engine: Engine, files: Sequence[QuestionFile]) -> Iterator[Ranked]:
    """Yield the candidates of every single question that some of them answer."""
    for case in _single(files):
        found = engine.findings(engine.understand(case.question))[:CANDIDATES] if case.answerable else []
        right = _right(case, found)
        if any(right) and not all(right):
            rows = np.array([[finding.why[name] for name in FEATURES] for finding in found])
            yield Ranked(rows, np.array(right))


def judged(engine: Engine, files: Sequence[QuestionFile]) -> Iterator[Judged]:
    """Yield the best candidate of every single question, and of every answerable one without its gold."""
    for case in _single(files):
        question = engine.understand(case.question)
        best = next(iter(engine.findings(question)), None)
        if best is not None:
            yield Judged(features(question, best), case.answerable and _is_gold(case.gold, best))
        elsewhere = _without_gold(engine, question, case) if len(case.required) == 1 else None
        if elsewhere is not None:
            yield Judged(features(question, elsewhere), False)


def fit_ranking(questions: Sequence[Ranked]) -> Matrix:
    """Return the weight of each feature."""

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, gradient = (
            PENALTY * float(weights @ weights) * len(questions),
            2 * PENALTY * weights * len(questions),
        )
        for question in questions:
            scores = question.rows @ weights
            scores -= scores.max()
            likely = np.exp(scores)
            share = likely / likely.sum()
            right = np.where(question.right, likely, 0.0)
            share_right = right / right.sum()
            total -= float(np.log(right.sum() / likely.sum()))
            gradient = gradient + (share - share_right) @ question.rows
        return total, gradient

    start = np.zeros(questions[0].rows.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def first_right(questions: Sequence[Ranked], weights: Matrix) -> float:
    """Return the share of questions whose best candidate answers."""
    return float(np.mean([q.right[np.argmax(q.rows @ weights)] for q in questions]))


def report(questions: Sequence[Ranked], best: Sequence[Judged], current: Sequence[float]) -> str:
    """Write both fits as they go into ``bot/weights.py``, with what they are worth on held-out questions."""
    held_out = [
        first_right(
            questions[fold::FOLDS],
            fit_ranking([q for i, q in enumerate(questions) if i % FOLDS != fold]),
        )
        for fold in range(FOLDS)
    ]
    ranking = fit_ranking(questions)
    lines = [
        f"{len(questions)} questions; the best unit answers: "
        f"{first_right(questions, np.array(current)):.3f} now, "
        f"{first_right(questions, ranking):.3f} fitted, {np.mean(held_out):.3f} held out",
        *(f"{name:>12} {weight:+.3f}" for name, weight in zip(FEATURES, ranking, strict=True)),
        f"RANKING = {_tuple(ranking)}",
        "",
    ]
    x = np.array([j.row for j in best])
    y = np.array([j.right for j in best])
    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5000)
    likely = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    model.fit(x, y)
    lines += [
        f"{len(best)} best units, {int(y.sum())} right",
        f"CONFIDENCE = {_tuple(model.coef_[0])}",
        f"INTERCEPT = {model.intercept_[0]:.3f}",
        "threshold  right kept  wrong kept (held out)",
    ]
    for threshold in np.arange(0.2, 0.71, 0.05):
        kept = likely >= threshold
        lines.append(f"{threshold:9.2f}  {kept[y].mean():10.3f}  {kept[~y].mean():10.3f}")
    return "\n".join(lines)


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


def _without_gold(engine: Engine, question: Question, case: Case) -> Finding | None:
    sources = {gold.source for gold in case.gold}
    others = tuple(d.id for d in engine.holdings.documents if d.source not in sources)
    found = engine.findings(question, Scope(documents=others)) if others and sources else []
    return next(iter(found), None)


def _tuple(values: Matrix) -> str:
    return "(" + ", ".join(f"{value:.3f}" for value in values) + ")"
