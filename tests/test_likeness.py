"""How much of a question a unit says, in its words or in near ones."""

import pytest

from bot.likeness import Likeness, likeness
from tests.page_fakes import document
from tests.tokens import Characters


def of(question: str, text: str, model: Characters | None = None) -> Likeness:
    """Return how alike the question and the first unit of a document with that text are."""
    home = document(text, "a", "摊位管理办法", place="苗岭县")
    return likeness(model or Characters(), question, [(home, 0)])["a", 0][0]


def test_a_unit_that_says_all_of_it_is_alike() -> None:
    """Every word of the question in the unit gives 1, none gives 0."""
    assert of("换证", "换证两年一次。").whole == pytest.approx(1.0)
    assert of("防汛", "换证两年一次。").whole == 0.0


def test_the_title_counts_as_said() -> None:
    """What the document's title says need not be said again."""
    assert of("摊位换证", "换证两年一次。").whole == pytest.approx(1.0)


def test_a_near_word_counts_by_how_near_it_is() -> None:
    """Words of one meaning count by their cosine."""
    assert of("罚", "换证两年一次。", Characters("罚惩")).whole == 0.0
    assert of("罚", "惩戒。", Characters("罚惩")).whole == pytest.approx(0.5)


def test_the_last_clause_is_measured_by_itself() -> None:
    """A story before the question counts in the whole, not in the closing clause."""
    found = of("家里发大水，换证", "换证两年一次。")

    assert found.whole < found.closing == pytest.approx(1.0)


def test_a_question_without_words_is_like_nothing() -> None:
    """Nothing asked is said by nothing."""
    assert of("", "换证两年一次。").whole == 0.0


def test_each_section_is_told_apart() -> None:
    """Several documents at once give each its own figures, in the order of their units."""
    one, two = (document(t, t, "办法", place="") for t in ("换证。交照片。", "防汛。"))

    found = likeness(Characters(), "换证", [(one, 0), (two, 0)])

    assert [round(each.whole, 2) for each in found[one.id, 0]] == [1.0, 0.0]
    assert [each.whole for each in found[two.id, 0]] == [0.0]
