"""How likely a finding answers, and whether another place's answer belongs beside the best."""

import pytest

from bot.confidence import LEAST, LEAST_BELONGING, belonging, beside, confidence, features
from bot.weights import BELONGING, CONFIDENCE
from tests.findings import finding, unlikely
from tests.questions import asked

QUESTION = asked("摊位证怎么换", "摊位证", "换发")


def test_a_finding_that_speaks_of_all_is_likely_and_one_that_speaks_of_nothing_is_not() -> None:
    """The least confidence that is shown lies between the two."""
    full = confidence(QUESTION, finding("苗岭县", "摊位证每年换发。"))
    empty = confidence(QUESTION, unlikely("苗岭县", "防汛物资清点造册。"))

    assert 0 < empty < LEAST < full < 1


def test_every_feature_has_its_weight() -> None:
    """What is measured of a finding, and of one beside the best, is as many numbers as were fitted."""
    one = finding("苗岭县", "摊位证每年换发。")

    assert len(features(QUESTION, one)) == len(CONFIDENCE)
    assert len(beside(QUESTION, one, one, 1.0)) == len(BELONGING)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ((0.0, 0.5, 0.5, 0.0, 0.0, 0.2), (2.0, 0.5, 0.5, 0.0, 0.0, 0.2)),  # not so far behind
        ((1.0, 0.9, 0.5, 0.0, 0.0, 0.2), (1.0, 0.2, 0.5, 0.0, 0.0, 0.2)),  # likelier by itself
        ((1.0, 0.5, 0.9, 0.0, 0.0, 0.2), (1.0, 0.5, 0.1, 0.0, 0.0, 0.2)),  # more alike
        ((1.0, 0.5, 0.5, 1.0, 0.0, 0.2), (1.0, 0.5, 0.5, 0.0, 0.0, 0.2)),  # every place is asked about
        ((1.0, 0.5, 0.5, 0.0, 1.0, 0.2), (1.0, 0.5, 0.5, 0.0, 0.0, 0.2)),  # several places are
        ((1.0, 0.5, 0.5, 0.0, 0.0, 0.0), (1.0, 0.5, 0.5, 0.0, 0.0, 0.9)),  # less of it strange there
    ],
)
def test_what_makes_another_place_belong(better: tuple[float, ...], worse: tuple[float, ...]) -> None:
    """Whatever the weights are fitted to, each reason counts the way its name says."""
    assert belonging(better) > belonging(worse)


def test_the_best_belongs_beside_itself() -> None:
    """The same answer from another place belongs; one far behind and wholly unlike does not."""
    best = finding("苗岭县", "摊位证每年换发。")
    far = unlikely("竹溪县", "防汛物资清点造册。", best.score - 10)

    assert belonging(beside(QUESTION, best, best, 1.0)) >= LEAST_BELONGING
    assert belonging(beside(QUESTION, best, far, 0.0)) < LEAST_BELONGING


def test_what_is_farther_behind_belongs_less() -> None:
    """Of two findings with the same words the one with the lower score is the less likely to be shown."""
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    near, far = (finding("竹溪县", "摊位证每年换发。", score) for score in (4.5, 3.0))

    assert belonging(beside(QUESTION, best, near, 1.0)) > belonging(beside(QUESTION, best, far, 1.0))
