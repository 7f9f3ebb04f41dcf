"""Forged outputs of a model do not reach the reader, faithful ones do."""

from collections.abc import Iterator

import pytest

from eval.adversarial import Measured, measure, report
from eval.distortion import BENT
from eval.faithful import TRUE
from eval.forgery import FALSE
from index.build import build
from index.search import Index, open_index
from tests.bases import write_documents

QUESTIONS = (
    "云岭县执法人员每年至少培训多少学时？",
    "云岭县合法性审查要留几天？",
    "青川区一年培训多少学时？",
    "云岭县案卷评查一年几次，谁组织？",
    "云岭县能下达罚没指标吗？",
    "青川区负责人出庭应诉率是多少？",
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The two documents."""
    folder = tmp_path_factory.mktemp("base")
    build(write_documents(folder / "documents"), folder / "index")
    with open_index(folder / "index") as opened:
        yield opened


def test_no_forgery_is_shown_and_what_is_faithful_is(index: Index) -> None:
    """Over every rule, and alike each time."""
    measured = measure(index, QUESTIONS, 40)

    assert (measured.false, measured.reached, measured.dropped) == (40, (), ())
    assert measured == measure(index, QUESTIONS, 40)
    assert set(measured.kinds) <= {*FALSE, *BENT, *TRUE}


def test_the_report_has_both_figures(index: Index) -> None:
    """How many false ones reach the reader, and how many true ones are dropped; nothing made is not good."""
    seed, first, second, _ = list(report(measure(index, QUESTIONS, 10)))

    assert seed == "随机种子 7"
    assert "混到读者面前的 0 份" in first
    assert "误删的 0 份，占 0.0%" in second
    assert not Measured(0, 0, 0, (), (), measure(index, (), 1).kinds).good
