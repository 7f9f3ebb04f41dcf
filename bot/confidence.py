"""How likely it is that a finding answers the question, so that a refusal is a calibrated decision."""

import math
from collections.abc import Sequence

from bot.conversation import Question
from bot.extract import Finding
from bot.weights import BELONGING, BELONGING_INTERCEPT, CONFIDENCE, FEATURES, INTERCEPT

LEAST = 0.08  # what is less likely to answer is not shown; see the table `python -m eval calibrate` prints
LEAST_BELONGING = 0.4  # what another place must reach to be shown beside the best,
LEAST_EVERYWHERE = 0.22  # and where every place is asked about: who compares wants none left out

_STORY = 5  # concepts; a question of more tells a story


def features(question: Question, finding: Finding) -> tuple[float, ...]:
    """Return what the decision is made of: the features of ranking, how well the years fit, what is
    spoken of around, then the weight of the concepts the unit speaks of in tens (a question of many rare
    words matched is no accident), the share of the question spoken of nowhere near, by weight and by
    count, how much the unit says of the last clause, how far it leads, and how long the question is: of a
    long one less can be said in one sentence.
    """
    total = sum(concept.weight for concept in question.concepts)
    why = finding.why
    # A long story brings many words that no document uses; together they say no more than a few would.
    few = min(1.0, _STORY / max(1, len(question.concepts)))
    return (
        *(why[name] for name in FEATURES),
        why["year"],
        why["around"],
        min(why["own"] * total / 10, 2.0),
        (1.0 - why["own"] - why["around"]) * max(few, 0.5),
        why["strange"] * few,
        why["closing"],
        why["share"],
        math.log1p(len(question.chinese)),
    )


def confidence(question: Question, finding: Finding) -> float:
    """Return the probability, 0 to 1, that the finding answers the question."""
    return _logistic(INTERCEPT, CONFIDENCE, features(question, finding))


def beside(question: Question, best: Finding, other: Finding, likeness: float) -> tuple[float, ...]:
    """Return what the decision is made of whether another place is shown beside the best: how far behind
    the best score it is, how likely it answers by itself, how alike the two are, whether every place
    or several places are asked about, and what of the question is spoken of nowhere near it.
    """
    return (
        best.score - other.score,
        confidence(question, other),
        likeness,
        float(question.everywhere),
        float(len(question.scope.places) > 1),
        other.why["strange"],
    )


def belonging(values: tuple[float, ...]) -> float:
    """Return the probability, 0 to 1, that another place's finding answers too."""
    return _logistic(BELONGING_INTERCEPT, BELONGING, values)


def _logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    score = intercept + sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-score))
