"""How much of a question a unit says, in its words or in near ones."""

import gc
import weakref

import numpy as np
import pytest

from bot.likeness import Likeness, Numbers, Rows, likeness
from bot.sentences import units
from bot.words import fold
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


def test_headings_and_title_are_no_unit_of_their_own() -> None:
    """Each section gives one figure a unit, whatever stands above."""
    home = document("换证。交照片。防汛。", "a", "摊位管理办法", place="")

    assert len(likeness(Characters(), "换证", [(home, 0)])[home.id, 0]) == 3
    assert len(likeness(Characters(), "", [(home, 0)])[home.id, 0]) == 3
    assert likeness(Characters(), "换证", []) == {}


def test_a_unit_without_tokens_takes_nothing_from_its_neighbour() -> None:
    """Where the model knows no token of a unit, nothing in it is near, wherever it stands."""

    class Deaf(Characters):
        def tokens(self, text: str) -> Numbers:
            return super().tokens("" if "※" in text else text)

    for text in ("※。换证。", "换证。※。", "交照片。※。换证。"):
        home = document(text, text, "办法", place="")
        found = [each.whole for each in likeness(Deaf(), "换证", [(home, 0)])[text, 0]]
        said = [1.0 if unit.folded == "换证。" else 0.0 for unit in units(home, 0)]
        assert found == pytest.approx(said)


def test_a_word_that_tells_more_counts_more() -> None:
    """Each token weighs by the length of its vector."""

    class Long(Characters):
        def lengths(self, tokens: Numbers) -> Rows:
            return np.array([3.0 if chr(token) == "证" else 1.0 for token in tokens], dtype=np.float32)

    assert of("换证", "凭证。", Long()).whole == pytest.approx(0.75)
    assert of("换证", "调换。", Long()).whole == pytest.approx(0.25)


@pytest.mark.parametrize(
    "question", ["家里发大水，换证？", "家里发大水。换证", "家里发大水；换证？", "换证？"]
)
def test_marks_at_the_end_open_no_clause(question: str) -> None:
    """The last clause is the one with words, with its own marks."""
    assert of(fold(question), "换证？！").closing == pytest.approx(1.0)


def test_where_the_last_clause_tells_nothing_the_whole_counts() -> None:
    """A last clause of which the model knows no token is no clause that asks."""

    class Deaf(Characters):
        def tokens(self, text: str) -> Numbers:
            return super().tokens("" if "※" in text else text)

    found = of("换证,※", "换证,", Deaf())

    assert found.closing == found.whole == pytest.approx(1.0)


def test_a_model_goes_with_its_index() -> None:
    """What is remembered of a section holds no model: each index has its own, of tens of megabytes."""
    model = Characters()
    gone = weakref.ref(model)
    of("换证", "换证两年一次。", model)

    del model
    gc.collect()

    assert gone() is None
