"""Other places are searched with the best answer's words, and never lead with what was no candidate."""

import pytest

from bot.echo import Leader, leaders
from bot.extract import Finding
from index.document import Hit, Passage, Scope
from tests.findings import finding
from tests.questions import asked
from tests.tokens import Characters

QUESTION = asked("摊位证多久换一次", "摊位证")
BEST = finding("苗岭县", "摊位证每两年换发一次，由市场服务中心办理。", 9.0)
SAME = finding("竹溪县", "摊位证每两年换发一次，由市场服务中心办理。", 4.0)
CLOSE = finding("竹溪县", "经营凭证每三年换发一次，由市场服务中心办理。", 3.0)
OTHER = finding("荷塘区", "夏季防汛物资清点造册。", 2.0)
STRANGE = finding("荷塘区", "摊位证每两年换发一次。", 1.0)  # found in the place only, no candidate


class Search:
    """Answers a search from what it holds of each place, and notes what it was asked."""

    def __init__(self, *held: Finding) -> None:
        self.held = held
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, words: str, scope: Scope) -> list[Hit]:
        """Return a hit for each finding of the scope's places, scored by the characters it shares."""
        self.asked.append((words, scope.places))
        there = [f.document for f in self.held if f.document.place in scope.places]
        return [
            Hit(Passage(d.id, d, 0, 0, len(d.text)), len(set(words) & set(d.text)) / len(set(d.text)), {})
            for d in there
        ]


def lead(found: list[Finding], places: list[str], search: Search) -> dict[str, Leader]:
    """Return what leads in the places, every pair of characters weighing the same."""
    return dict(leaders(QUESTION, found, places, search, lambda _: 1.0, Characters()))


def test_each_other_place_is_searched_once_with_the_best_answers_words() -> None:
    """The asker's words and the words of the best finding are looked for, place by place; its own place
    is not searched again.
    """
    search = Search(SAME, OTHER)
    lead([BEST, SAME, OTHER], ["苗岭县", "竹溪县", "荷塘区"], search)

    assert [places for _, places in search.asked] == [("竹溪县",), ("荷塘区",)]
    for words, _ in search.asked:
        assert QUESTION.search in words
        assert BEST.units[0].text in words


def test_the_leader_is_the_candidate_itself() -> None:
    """A leader keeps the score and the features that it had as a candidate."""
    leading = lead([BEST, SAME], ["苗岭县", "竹溪县"], Search(SAME))

    assert leading.keys() == {"竹溪县"}
    assert leading["竹溪县"].finding is SAME


def test_the_best_answers_words_bring_forward_what_the_askers_did_not() -> None:
    """Of two candidates of a place the one worded like the best answer leads, though the other one has
    the better score.
    """
    ahead = finding("竹溪县", "摊位证遗失应当登报。", 8.0)
    alike = finding("竹溪县", "摊位证两年换发，由市场服务中心办。", 3.0)

    leading = lead([BEST, ahead, alike], ["竹溪县"], Search(ahead, alike))

    assert leading["竹溪县"].finding is alike


def test_what_was_no_candidate_does_not_lead() -> None:
    """A unit that the question itself did not bring up is passed over, and a place with none has no
    leader.
    """
    search = Search(STRANGE, OTHER)

    assert lead([BEST, OTHER], ["荷塘区"], search)["荷塘区"].finding is OTHER
    assert lead([BEST, SAME], ["荷塘区"], search) == {}


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [(BEST.units[0].text, 0.999, 1.001), (CLOSE.units[0].text, 0.4, 0.9), (OTHER.units[0].text, 0.0, 0.0)],
)
def test_likeness_is_one_for_the_same_words_and_nought_for_others(
    text: str, least: float, most: float
) -> None:
    """Likeness is the cosine of the pairs of characters."""
    there = finding("竹溪县", text, 3.0)

    assert least <= lead([BEST, there], ["竹溪县"], Search(there))["竹溪县"].likeness <= most


def test_rare_words_make_likeness() -> None:
    """What is shared in rare words is more alike than what is shared in common ones."""
    there = finding("竹溪县", "换发一次。", 3.0)

    def likeness(rare: str) -> float:
        weights = {rare: 5.0}
        leading = leaders(
            QUESTION,
            [BEST, there],
            ["竹溪县"],
            Search(there),
            lambda pair: weights.get(pair, 1.0),
            Characters(),
        )
        return leading["竹溪县"].likeness

    assert likeness("换发") > likeness("中心")
