"""Which place has the most or least: said where the figures can be set side by side, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparison import most


@pytest.mark.parametrize(
    ("question", "said", "asked", "winners"),
    [
        ("谁的公示期更长", ("不少于15日", "不少于7日"), "长", "甲"),
        ("哪个县的公示期更短", ("不少于15日", "不少于7日"), "短", "乙"),
        ("哪家办得快", ("5天内办结", "十天内办结"), "快", "甲"),
        ("哪家罚得更少", ("2万元", "3万元"), "少", "甲"),
        ("谁最早", ("2024年1月1日起施行", "2023年底前完成"), "早", "乙"),
        ("谁更晚", ("2023年6月底前完成", "2023年6月1日起施行"), "晚", "甲"),
        ("谁的占比更高", ("达到80%以上", "达到95%"), "高", "乙"),
        ("谁多", ("7日", "15日", "15日"), "多", "乙、丙"),
    ],
)
def test_the_places_with_the_most_or_least_are_named(
    question: str, said: tuple[str, ...], asked: str, winners: str
) -> None:
    """What counts as first depends on the word asked with; places that share it are named together."""
    found = most(question, list(zip("甲乙丙", said, strict=False)))

    assert found is not None
    assert found[:2] == (asked, winners)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("谁的公示期更长", ("15日", "15日")),  # all the same
        ("谁的公示期更长", ("15日", "及时公示")),  # one states no figure
        ("谁的公示期更长", ("15日", "7日，特殊情况3日")),  # one states several
        ("谁的公示期更长", ("15日", "2个月")),  # not counted alike
        ("公示期有什么不同", ("15日", "7日")),  # no most or least is asked for
        ("谁的公示期更长", ("15日",)),  # nothing to compare with
    ],
)
def test_what_cannot_be_compared_has_no_winner(question: str, said: tuple[str, ...]) -> None:
    """A comparison that may be wrong is not made."""
    assert most(question, list(zip("甲乙", said, strict=False))) is None


@given(st.lists(st.integers(1, 99), min_size=2, max_size=5))
def test_most_and_least_are_never_the_same_places(days: list[int]) -> None:
    """Whatever the figures, no place has both the most and the least, and the figures shown are the
    places' own.
    """
    said = [(f"第{n}县", f"公示期{day}日") for n, day in enumerate(days)]
    longest, shortest = most("谁更长", said), most("谁更短", said)

    assert (longest is None) is (shortest is None) is (len(set(days)) == 1)
    if longest and shortest:
        assert not set(longest[1].split("、")) & set(shortest[1].split("、"))
        assert longest[2] == shortest[2] == "，".join(f"第{n}县{day}日" for n, day in enumerate(days))
