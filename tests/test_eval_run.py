"""A whole evaluation over a fake engine: asking, judging, reporting, keeping, comparing."""

import json
from pathlib import Path

import pytest

from bot.render import record
from eval.__main__ import main
from eval.cases import CaseError, QuestionFile, read_questions
from eval.compare import compare_runs
from eval.report import broken_floors, comparison_report, report
from eval.run import Run, run_cases, run_record, score_answers
from tests.evaluations import ALL_RIGHT, DOCUMENT, RECORDS, FakeEngine, FakeIndex, question, run


@pytest.fixture
def files(tmp_path: Path) -> tuple[QuestionFile, ...]:
    """Return the questions, read from a file as in earnest."""
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
    return read_questions([path])


def figures(made: Run) -> dict[str, tuple[float, float]]:
    """Return part and whole of every measure, summed."""
    totals: dict[str, tuple[float, float]] = {}
    for outcome in made.outcomes:
        for name, (part, whole) in outcome.counts.items():
            before = totals.get(name, (0.0, 0.0))
            totals[name] = (before[0] + part, before[1] + whole)
    return totals


def test_a_perfect_engine_scores_full_marks(files: tuple[QuestionFile, ...]) -> None:
    """Right answers and a right refusal give full marks; ranks come from the hits."""
    totals = figures(run(files))

    assert totals["right"] == totals["facts"] == totals["cited"] == (4.0, 4.0)
    assert totals["precision"] == totals["verbatim"] == (4.0, 4.0)
    assert totals["refused"] == (1.0, 1.0)
    assert totals["wrongly_refused"] == (0.0, 4.0)
    assert (totals["recall@1"], totals["recall@5"]) == ((0.0, 4.0), (4.0, 4.0))
    assert totals["mrr"] == pytest.approx((2 * (1 / 2 + 1 / 3), 4.0))


def test_a_dialogue_is_one_conversation(files: tuple[QuestionFile, ...]) -> None:
    """Later turns are asked with the earlier ones; single questions are asked afresh."""
    engine = FakeEngine(ALL_RIGHT)
    run_cases(engine, FakeIndex(), files)

    asked = [("几天？", 0), ("多久一次？", 0), ("工资多少？", 0), ("培训几天？", 0), ("检查呢？", 1)]
    assert engine.asked == asked


def test_each_fault_is_shown_with_its_reason(files: tuple[QuestionFile, ...]) -> None:
    """The list of misses names the question, what was expected and which condition failed."""
    made = run(
        files,
        **{
            "几天？": ("每年不少于三十天", 1),
            "多久一次？": ("每月一次", 1),
            "工资多少？": ("每月一次", 2),
            "培训几天？": ("没有说。", None),
        },
    )
    text = report(made)

    assert "答错的题（4 道）" in text
    assert "■ q-1（made-up，number）几天？" in text
    assert "应答：training.txt 一 → 30天" in text
    assert "✗ 缺事实：30天" in text
    assert "✗ 引文不在原文里：每年不少于三十天" in text
    assert "✗ 缺出处：training.txt 二" in text
    assert "✗ 该拒却答了" in text
    assert "✗ 能答却拒了" in text
    assert "检索：第 2 条" in text


def test_a_perfect_run_lists_no_misses(files: tuple[QuestionFile, ...]) -> None:
    """Where all is right the report says so, with intervals and counts."""
    text = report(run(files))

    assert "没有答错的题。" in text
    assert "4/4" in text
    assert "made-up" in text


def test_a_gold_place_that_does_not_exist_is_pointed_out(tmp_path: Path) -> None:
    """An address no section has is a fault of the questions or the parser, and is said apart."""
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(question("q-1", "几天？", "九", "30天")), encoding="utf-8")
    made = run(read_questions([path]))

    assert made.unresolved == ("q-1: training.txt 九",)
    assert "q-1: training.txt 九" in report(made)


def test_a_batch_of_answers_scores_as_the_run_does(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """Scoring the written answers gives the figures of asking, but for the search nobody saw."""
    engine = FakeEngine(ALL_RIGHT)
    answers = tmp_path / "answers.jsonl"
    lines = [record(case.id, engine.answer(case.question)) for file in files for case in file.cases]
    answers.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    scored = figures(score_answers(answers, [DOCUMENT], files))
    asked = figures(run(files))

    assert scored == {name: pair for name, pair in asked.items() if name not in asked.keys() - scored.keys()}
    assert asked.keys() - scored.keys() == {"recall@1", "recall@5", "recall@10", "mrr", "ndcg"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('{"id": "q-1"}', r"answers\.jsonl 第 1 行不合批量回答的格式", id="no answer"),
        pytest.param("{", r"answers\.jsonl 第 1 行不合批量回答的格式", id="no JSON"),
        pytest.param(
            '{"id": "q-1", "answer": "x", "refused": false, "citations": []}',
            r"缺 4 道题的回答：q-2、q-3、d-1、d-2",
            id="answers left out",
        ),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(
    files: tuple[QuestionFile, ...], tmp_path: Path, line: str, message: str
) -> None:
    """A malformed line or a question without an answer stops the scoring, by name."""
    answers = tmp_path / "answers.jsonl"
    answers.write_text(line, encoding="utf-8")

    with pytest.raises(CaseError, match=message):
        score_answers(answers, [DOCUMENT], files)


def test_floors(files: tuple[QuestionFile, ...]) -> None:
    """A floor is broken below it, a ceiling above it, and neither holds on nothing."""
    made = run(files, **{"几天？": ("没有说。", None)}).outcomes

    assert broken_floors(made, {"right": 0.75, "wrongly_refused": 0.25, "refused": 1.0}) == []
    assert len(broken_floors(made, {"right": 0.76, "wrongly_refused": 0.24})) == 2
    assert broken_floors(made[:2], {"refused": 0.5}) == ["底线 refused：没有一道题能算出这个指标。"]
    with pytest.raises(CaseError, match="没有叫“rihgt”的指标"):
        broken_floors(made, {"rihgt": 0.5})


def keep(made: Run, path: Path) -> Path:
    """Write a run as the command does."""
    path.write_text(json.dumps(run_record(made)), encoding="utf-8")
    return path


def test_two_runs_are_compared_question_by_question(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """The comparison names what was gained and lost, also where the averages are equal."""
    first = keep(run(files, **{"几天？": ("没有说。", None)}), tmp_path / "a.json")
    second = keep(run(files, **{"多久一次？": ("没有说。", None)}), tmp_path / "b.json")
    comparison = compare_runs(first, second)
    right = next(row for row in comparison.rows if row.measure.name == "right")

    assert [one.case.id for one, _ in comparison.gained] == ["q-1"]
    assert [one.case.id for one, _ in comparison.lost] == ["q-2"]
    assert (right.first, right.second, right.difference.value) == (0.75, 0.75, 0.0)
    assert right.difference.low < 0 < right.difference.high
    assert comparison.warnings == ()
    assert "乙新答对（1 道）：q-1" in comparison_report(comparison)


def test_runs_over_other_questions_are_not_compared_silently(
    files: tuple[QuestionFile, ...], tmp_path: Path
) -> None:
    """Questions only one side has are left out and said; runs without a common one are refused."""
    whole = keep(run(files), tmp_path / "whole.json")
    for name, records in (("part", RECORDS[:2]), ("other", [question("z", "几天？", "一", "30天")])):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
        keep(run(read_questions([path])), tmp_path / f"{name}.json")

    warnings = compare_runs(whole, tmp_path / "part.json").warnings
    assert len(warnings) == 2
    assert "甲还有 3 道题" in warnings[1]
    with pytest.raises(CaseError, match="没有一道相同的题"):
        compare_runs(whole, tmp_path / "other.json")


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    """A file that was not written by a run is refused by name."""
    path = tmp_path / "a.json"
    path.write_text("[]", encoding="utf-8")

    with pytest.raises(CaseError, match=r"a\.json"):
        compare_runs(path, path)


def test_the_commands_end_in_the_right_code(
    tmp_path: Path, files: tuple[QuestionFile, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Run, score and compare work over a real index; 1 is a broken floor, 2 nothing measured."""
    assert files
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "training.txt").write_text(
        "培训办法\n一、培训\n每人每年不少于30天。\n二、检查\n每月一次。\n", "utf-8"
    )
    asked = ["--questions", str(tmp_path / "made-up.jsonl")]
    places = ["--documents", str(documents), "--index", str(tmp_path / "index")]
    kept = tmp_path / "run.json"

    assert main(["run", *places, *asked, "--json", str(kept), "--floor", "right=0"]) == 0
    assert main(["run", *places, *asked, "--floor", "right=1.01"]) == 1
    assert main(["compare", str(kept), str(kept)]) == 0
    assert "逐题比较（5 道共同的题）" in capsys.readouterr().out

    answers = tmp_path / "answers.jsonl"
    cases = json.loads(kept.read_text("utf-8"))["cases"]
    lines = [{"id": case["id"], "answer": "", "refused": True, "citations": []} for case in cases]
    answers.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    scoring = ["score", "--answers", str(answers), *places, *asked]
    assert main([*scoring, "--floor", "refused=1", "--floor", "wrongly_refused=1"]) == 0
    assert main([*scoring, "--floor", "wrongly_refused=0.5"]) == 1
    assert "底线 wrongly_refused：1.000 高于 0.5。" in capsys.readouterr().err

    assert main(["run", *places, "--questions", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("floor", ["rihgt=1", "right=much", "right"])
def test_a_misspelt_floor_is_refused_before_anything_is_asked(
    floor: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A floor must be a known name and a number; the command ends at once with a usage line."""
    with pytest.raises(SystemExit):
        main(["run", "--documents", "x", "--questions", "y", "--floor", floor])

    assert "--floor" in capsys.readouterr().err
