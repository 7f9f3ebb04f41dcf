"""Fitting the weights: what is learnt, what counts as right, and what is told of it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from bot.engine import Engine
from bot.weights import CONFIDENCE, FEATURES
from eval.__main__ import main
from eval.calibrate import Fitting, Judged, Ranked, fit_confidence, fit_ranking, judged, kept, report
from eval.cases import CaseError, read_questions
from index.build import build
from index.search import open_index
from tests.bases import write_documents

WIDTH, ALL = len(FEATURES), len(CONFIDENCE)


def candidates(telling: int) -> Ranked:
    """Two candidates that differ in one feature, of which the one that has it answers."""
    rows = np.zeros((2, WIDTH))
    rows[0, telling] = 1.0
    return Ranked(rows, np.array([True, False]))


def best(value: float, *, right: bool, feature: int = 0) -> Judged:
    """The best candidate of a question with one feature that is not 0."""
    row = [0.0] * ALL
    row[feature] = value
    return Judged(tuple(row), right)


def fitting(name: str, telling: int = 0) -> Fitting:
    """A set whose right answers have the first feature and whose wrong ones have not."""
    pairs = tuple(best(n % 2 + n / 100, right=bool(n % 2)) for n in range(20))
    return Fitting(name, tuple(candidates(telling) for _ in range(10)), pairs)


def test_the_feature_that_tells_gets_the_weight() -> None:
    """What the right candidates have is weighed up, what no candidate has stays 0."""
    weights = fit_ranking([[candidates(3)] * 5])

    assert np.argmax(weights) == 3
    assert np.count_nonzero(np.abs(weights) > 1e-6) == 1


def test_a_large_set_does_not_outvote_a_small_one() -> None:
    """Two sets that disagree come out even, however many questions one of them has."""
    other = Ranked(candidates(0).rows, np.array([False, True]))

    assert fit_ranking([[candidates(0)] * 90, [other] * 3]) == pytest.approx(np.zeros(WIDTH), abs=1e-4)
    says = [best(1.0, right=True), best(0.0, right=False)]
    denies = [best(1.0, right=False), best(0.0, right=True)]
    assert fit_confidence([says * 50, denies * 2]) == pytest.approx(np.zeros(ALL + 1), abs=1e-3)


def test_what_is_kept_is_counted_where_most_of_the_right_are() -> None:
    """Right ones all above wrong ones: area 1 and no wrong one kept; the other way round: 0 and all."""
    weights = np.zeros(ALL + 1)
    weights[0] = 1.0
    pairs = [best(n % 2 + n / 100, right=bool(n % 2)) for n in range(20)]

    assert kept(pairs, weights) == (1.0, 0.0)
    assert kept(pairs, -weights) == (0.0, 1.0)


def test_each_set_is_told_by_the_others() -> None:
    """A set that contradicts the others is answered by its own fit, not by that of the others."""
    text = report([fitting("甲", 0), fitting("乙", 0), fitting("丙", 1)])
    rows = {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}

    assert rows["丙"][1] == "10"
    assert [rows[name][4] for name in ("甲", "乙")] == ["1.000", "1.000"]
    assert len(rows["RANKING"]) == WIDTH + 2
    assert len(re.findall(r"-?\d+\.\d+", text.partition("CONFIDENCE")[2].splitlines()[0])) == ALL


def test_a_set_alone_is_cut_in_folds() -> None:
    """With one set the others are its own other parts."""
    assert "甲 5/5" in report([fitting("甲")])


def test_a_set_that_teaches_nothing_is_refused() -> None:
    """Without a right and a wrong answer nothing can be fitted, and the set is named."""
    with pytest.raises(CaseError, match="甲"):
        report([Fitting("甲", (), (best(1.0, right=True),))])


def line(identity: str, text: str, path: list[str], facts: list[list[str]]) -> str:
    """A line of a question file on plan.txt."""
    gold = [{"doc": "plan.txt", "path": path, "facts": facts, "optional": False}]
    fields = {"id": identity, "question": text, "lang": "zh", "kind": "number", "answerable": True}
    return json.dumps(fields | {"gold": gold, "need": "any"}, ensure_ascii=False) + "\n"


def test_a_whole_document_is_right_only_with_a_fact(tmp_path: Path) -> None:
    """In a gold section every unit is right; in a gold document one that says the fact; without facts, or
    with the document named, nothing is said of what would be found elsewhere.
    """
    build(write_documents(tmp_path / "documents"), tmp_path / "index", None)
    title = "《云岭县法治建设工作方案》中，"
    asked = "行政执法人员每人每年参加业务培训多少学时？"
    lines = [
        line("section", title + asked, ["一"], [["不在那里"]]),
        line("fact", title + asked, [], [["48学时"]]),
        line("other", title + asked, [], [["不在那里"]]),
        line("silent", title + asked, [], []),
        line("open", asked, [], [["48学时"]]),
    ]
    (tmp_path / "few.jsonl").write_text("".join(lines), encoding="utf-8")
    with open_index(tmp_path / "index") as index:
        found = list(judged(Engine(index), read_questions([tmp_path / "few.jsonl"])))

    assert [one.right for one in found] == [True, True, False, True, False]


def test_the_command_fits_on_the_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Folder and question files in, weights out."""
    monkeypatch.setenv("YOUJU_HOME", str(tmp_path))
    root = Path(__file__).resolve().parents[1]
    questions = root / "eval" / "questions" / "samples.jsonl"

    assert main(["calibrate", "--set", str(root / "samples"), str(questions)]) == 0
    assert "samples 1/5" in capsys.readouterr().out
