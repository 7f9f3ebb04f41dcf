"""English questions become Chinese words."""

import pytest

from bot.english import is_english, translate


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
