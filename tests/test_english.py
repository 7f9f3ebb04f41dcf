"""English questions become Chinese words."""

import pytest

from bot.english import english_unit, is_english, translate


def forms(text: str) -> list[tuple[str, ...]]:
    """Return the Chinese forms of each concept of the question."""
    return [c.forms for c in translate(text, lambda _: 1.0, lambda _: 1, frozenset({"heqing"}))]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("what is the deadline", True),
        ("枞阳 fuzeren 出庭率", False),
        ("APP是什么", False),
        ("Who pays?", True),
    ],
)
def test_english_is_told_from_chinese_with_latin_words(text: str, english: bool) -> None:
    """A question with hardly any Chinese and two Latin words is English."""
    assert is_english(text) is english


def test_the_longest_term_wins() -> None:
    """Legality review is one term, not law and review."""
    assert ("合法性审查",) in forms("what is the legality-review deadline")


def test_endings_and_irregular_forms_are_found() -> None:
    """Plural, past and irregular words lead to their entries."""
    assert any("执法人员" in group for group in forms("enforcement officers"))
    assert any("撤回" in group for group in forms("how many were withdrawn"))


def test_an_unknown_word_stays_something_asked() -> None:
    """What the glossary does not hold is not silently dropped; names of places are."""
    assert ("zeppelin",) in forms("zeppelin in heqing")
    assert ("heqing",) not in forms("zeppelin in heqing")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("how many administrative lawsuits did it respond to", "件/起/宗"),
        ("how many working days must be left", "工作日"),
        ("how many days does it have", "天/日"),
        ("how many points does it lose for each case", "分"),
        ("how many class hours a year", "学时/课时"),
        ("how many lawyers are there", "名/人/位"),
        ("what number of townships took part", "个"),
        ("how many items are listed, and how many points are deducted", "分"),
        ("how many were withdrawn", ""),
        ("how much is the fine", "元"),
        ("what share of disputes is settled", "%"),
        ("how often are case files reviewed", "often"),
        ("for how long must records be kept", "time/年"),
        ("by when must it be done", "date"),
        ("in which year was it founded", "date"),
        ("what happens when a case is lost", ""),
        ("what is the deadline", "date/time"),
        ("what is the cap on bonus points", "分"),
        ("who is in charge", ""),
    ],
)
def test_the_unit_of_an_english_question(text: str, unit: str) -> None:
    """What is counted gives the Chinese measure words it may be counted in."""
    assert english_unit(text) == unit


def test_verbs_before_their_objects_are_found() -> None:
    """The first word of a term may have an ending, too."""
    assert ("不出庭",) in forms("a township refusing to appear in court")
