"""Bootstrap intervals and paired comparison, against known answers."""

import numpy as np
import pytest
import scipy.stats  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.intervals import Part, Signs, difference, interval, signs


def single(values: list[float]) -> list[Part]:
    """Return one question a family."""
    return [Part(str(number), value, 1.0) for number, value in enumerate(values)]


def test_the_interval_of_a_proportion_is_near_the_exact_one() -> None:
    """For independent questions the bootstrap agrees with the textbook interval to a point or so."""
    result = interval(single([1.0] * 70 + [0.0] * 30))

    assert result is not None
    assert result.value == pytest.approx(0.7)
    assert result.low == pytest.approx(0.6042, abs=0.02)  # Wilson, from a textbook table
    assert result.high == pytest.approx(0.7811, abs=0.02)


def test_the_same_results_give_the_same_interval() -> None:
    """The seed is fixed, so a report can be repeated figure for figure."""
    parts = single([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])

    assert interval(parts) == interval(parts)


def test_the_turns_of_a_dialogue_count_as_one() -> None:
    """Questions that stand or fall together give a wider interval than independent ones."""
    values = [1.0] * 20 + [0.0] * 20
    apart = interval(single(values))
    together = interval([Part(str(number // 4), value, 1.0) for number, value in enumerate(values)])

    assert apart is not None
    assert together is not None
    assert together.value == apart.value
    assert together.families == 10
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


@pytest.mark.parametrize(("value", "low", "high"), [(0.0, 0.0, 0.1611), (1.0, 0.8389, 1.0)])
def test_agreement_of_a_few_questions_is_not_certainty(value: float, low: float, high: float) -> None:
    """When all agree the interval is Wilson's, which narrows with the number of questions."""
    result = interval(single([value] * 20))

    assert result is not None
    assert (result.low, result.high) == pytest.approx((low, high), abs=1e-4)


def test_nothing_measured_gives_no_interval() -> None:
    """A measure no question says anything on has no value, rather than a number that stands for none."""
    assert interval([]) is None
    assert interval([Part("a", 0.0, 0.0)]) is None
    assert difference([], []) is None


def test_a_ratio_pools_its_parts() -> None:
    """Citations are pooled over questions: three of four, not the mean of two shares."""
    result = interval([Part("a", 1.0, 1.0), Part("b", 2.0, 3.0)])

    assert result is not None
    assert result.value == pytest.approx(0.75)


def test_a_run_compared_with_itself_does_not_differ() -> None:
    """Equal runs differ by nothing, with an interval of nothing and p = 1."""
    parts = single([1.0, 0.0, 1.0, 0.0])
    result = difference(parts, parts)

    assert result is not None
    assert (result.value, result.low, result.high, result.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_difference_is_tested_like_mcnemar() -> None:
    """For independent questions the permutation p is the exact sign test on the discordant ones."""
    before = single([1.0] * 60 + [0.0] * 20 + [1.0] * 4)
    after = single([1.0] * 60 + [1.0] * 14 + [0.0] * 6 + [0.0] * 4)
    result = difference(before, after)

    assert result is not None
    assert result.value == pytest.approx(10 / 84)
    assert result.low < 10 / 84 < result.high
    assert result.p == pytest.approx(0.0309, abs=0.01)  # two-sided sign test, 14 of 18


def test_runs_of_different_questions_are_not_compared() -> None:
    """Pairing needs the same questions on both sides."""
    with pytest.raises(ValueError, match="same questions"):
        difference(single([1.0]), single([1.0, 0.0]))


def test_a_side_without_any_whole_in_a_draw_is_left_out() -> None:
    """A measure that few questions speak on can be compared without a division by zero."""
    before = [Part("a", 1.0, 1.0), Part("b", 0.0, 0.0), Part("c", 1.0, 2.0)]
    after = [Part("a", 0.0, 0.0), Part("b", 1.0, 2.0), Part("c", 1.0, 2.0)]
    result = difference(before, after)

    assert result is not None
    assert result.low <= result.value <= result.high


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20
    )
)
def test_an_interval_holds_its_value(rows: list[tuple[str, int, int]]) -> None:
    """The value lies in its interval and the interval in [0, 1], whatever the counts."""
    result = interval([Part(family, min(part, whole), whole) for family, part, whole in rows], draws=500)

    if result is not None:
        assert 0.0 <= result.low <= result.high <= 1.0
        assert result.low - 1e-9 <= result.value <= result.high + 1e-9


def test_intervals_agree_with_scipy() -> None:
    """Over single questions the bootstrap gives what scipy's gives, but for chance of drawing."""
    numbers = np.random.default_rng(7)
    rights = numbers.random(120) < 0.8
    ours = interval([Part(str(n), float(right), 1.0) for n, right in enumerate(rights)])
    theirs = scipy.stats.bootstrap(
        (rights.astype(float),), np.mean, method="percentile", n_resamples=10_000, rng=1
    ).confidence_interval

    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_signs_count_families_and_not_questions() -> None:
    """A dialogue counts once, an equal one not at all; the p is McNemar's exact one."""
    first = [Part("a", 0, 1), Part("a", 0, 1), Part("b", 1, 1), Part("c", 0, 1), Part("d", 0, 1)]
    second = [Part("a", 1, 1), Part("a", 1, 1), Part("b", 1, 1), Part("c", 1, 1), Part("d", 1, 1)]

    assert signs(first, second) == Signs(3, 0, 0.25)
    assert signs(second, first) == Signs(0, 3, 0.25)
    assert signs(first, first) == Signs(0, 0, 1.0)
