"""Homophones and pinyin mended by the documents' words."""

from collections import Counter
from itertools import pairwise

import pytest

from bot.spelling import Speller

TEXT = "行政机关负责人出庭应诉率;行政复议案件;公务员年度考核;不合格的限期整改"


@pytest.fixture(scope="module")
def speller() -> Speller:
    """A speller that knows one text."""
    return Speller(Counter(a + b for run in TEXT.split(";") for a, b in pairwise(run)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("复仪案件", "复议案件"),
        ("功务员", "公务员"),
        ("烤核不和格", "考核不合格"),
        ("fuzeren出庭", "负责人出庭"),
        ("负责人出庭应诉率", "负责人出庭应诉率"),
        ("天气预报", "天气预报"),
        ("hello world", "hello world"),
    ],
)
def test_slips_of_sound_are_mended(speller: Speller, typed: str, meant: str) -> None:
    """A pair of characters nobody wrote becomes the pair of the same sound that stands in the documents."""
    assert speller.mend(typed) == meant
