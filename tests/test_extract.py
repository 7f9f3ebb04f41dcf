"""Units scored: how far each leads the others is part of what is known of it."""

import math

import pytest

from bot.extract import Finding, find
from index.document import Hit, Passage
from tests.page_fakes import document
from tests.questions import asked
from tests.tokens import Characters

QUESTION = asked("摊位证怎么换", "摊位证", "换发")
_RIVALS = 30  # those that count


def found(*sentences: str) -> list[Finding]:
    """Return the units of a document of these sentences, scored."""
    text = "".join(sentences)
    home = document(text, "a", "市场管理办法", place="苗岭县")
    return find(QUESTION, [Hit(Passage("a0", home, 0, 0, len(text)), 1.0, {})], Characters())


def test_the_shares_of_a_few_candidates_make_one() -> None:
    """They are the chances of each against the others, the larger the higher its score."""
    ranked = found("摊位证每年换发。", "交照片两张。", "换发免费。", "防汛物资清点。")
    shares = [one.why["share"] for one in ranked]

    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
    for one, share in zip(ranked, shares, strict=True):
        assert share / shares[0] == pytest.approx(math.exp(one.score - ranked[0].score))


def test_a_candidate_alone_has_the_whole_share() -> None:
    """There is nothing that could answer in its place; of nothing found there is nothing to share."""
    assert [one.why["share"] for one in found("防汛物资清点。")] == [1.0]
    assert find(QUESTION, [], Characters()) == []


def test_two_that_score_the_same_share_alike() -> None:
    """The same words twice are each as likely as the other."""
    first, second = found("摊位证每年换发。", "摊位证每年换发。")

    assert first.why["share"] == second.why["share"] == pytest.approx(0.5)


def test_a_long_tail_takes_no_share_from_the_best() -> None:
    """Only the best candidates are rivals: many more sentences that say nothing change nothing."""
    few = found("摊位证每年换发。", *["防汛物资清点。"] * (_RIVALS - 1))
    many = found("摊位证每年换发。", *["防汛物资清点。"] * _RIVALS * 4)

    assert few[0].why["share"] == pytest.approx(many[0].why["share"])
    assert sum(one.why["share"] for one in many[:_RIVALS]) == pytest.approx(1.0)
    assert all(one.why["share"] > 0 for one in many)
