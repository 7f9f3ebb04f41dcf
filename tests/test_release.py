"""Runs kept on disk, gates, reports and checks over a fake engine: what decides a release."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.cases import CaseError, QuestionFile, read_questions
from eval.check import check
from eval.gate import judge_rules, read_rules
from eval.kept import Kept, about, keep, read_kept
from eval.metrics import Judgement
from eval.page import page
from eval.run import Run
from eval.slices import TITLES, sliced
from index.document import Document
from tests.evaluations import DOCUMENT, RECORDS, question, run

HELD = replace(DOCUMENT, place="云岭县", years=(2023, 2024))
REFUSED = ("没有说。", None)


@pytest.fixture
def files(tmp_path: Path) -> tuple[QuestionFile, ...]:
    """Return the questions, read from a file as in earnest."""
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in RECORDS), encoding="utf-8")
    return read_questions([path])


def kept(made: Run, folder: Path, held: Document = HELD) -> Kept:
    """Keep a run in a folder and read it back."""
    keep(made, about([held], {"documents": "资料"}, 1.5), folder)
    return read_kept(folder)


def rules(folder: Path, text: str) -> Path:
    """Write a rule file."""
    path = folder / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_run_folder_gives_the_run_back(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """What was kept is read back the same, with settings and versions; the answers stand in the contract."""
    made = run(files, **{"几天？": ("每年三十天", 1), "多久一次？": REFUSED})
    back = kept(made, tmp_path / "run")

    assert back.run == made
    assert back.about["settings"] == {"documents": "资料"}
    assert {"python", "program", "numpy"} <= back.about["versions"].keys()
    answers = (tmp_path / "run" / "answers.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["id"] for line in answers] == ["q-1", "q-2", "q-3", "d-1", "d-2"]


def test_a_run_is_never_written_over(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """A folder that holds a run is refused, and half a run is not taken for one."""
    kept(run(files), tmp_path / "run")
    with pytest.raises(CaseError, match="已有东西"):
        keep(run(files), {}, tmp_path / "run")

    (tmp_path / "run" / "run.json").unlink()
    with pytest.raises(CaseError, match=r"run\.json"):
        read_kept(tmp_path / "run")


def test_slices_follow_what_was_asked_about(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """Place, year and document are those of the gold places; what must be refused asks of none."""
    back = kept(run(files), tmp_path / "run")
    counts = {
        by: {name: len(found) for name, found in sliced(back.run.outcomes, by, back.holdings).items()}
        for by in TITLES
    }

    assert counts["kind"] == {"number": 4, "unanswerable": 1}
    assert counts["place"] == {"云岭县": 4}
    assert counts["year"] == {"2023": 4, "2024": 4}
    assert counts["document"] == {"training.txt": 4}


LOST_KIND = """
[[rule]]
measure = "right"
drop = 0.3
[[rule]]
measure = "right"
by = "kind"
drop = 0.1
"""


def test_the_gate_stops_one_lost_kind_of_question(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """One kind lost passes the rule on the whole and breaks the rule on kinds; an equal run passes."""
    records = [{**record, "kind": "rare"} if record["id"] == "q-2" else record for record in RECORDS]
    path = tmp_path / "kinds.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    asked = read_questions([path])
    before = kept(run(asked), tmp_path / "before")
    after = kept(run(asked, **{"多久一次？": REFUSED}), tmp_path / "after")
    read = read_rules(rules(tmp_path, LOST_KIND))

    verdicts = judge_rules(read, after, before)

    assert {(v.slice, v.held) for v in verdicts} == {
        ("", True),
        ("number", True),
        ("rare", False),
        ("unanswerable", None),
    }
    assert False not in {verdict.held for verdict in judge_rules(read, before, before)}


def test_the_gate_stops_a_document_that_is_gone(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """A place whose document the later run has no more is judged by what the earlier one held."""
    before = kept(run(files), tmp_path / "before")
    gone = {"几天？": REFUSED, "多久一次？": REFUSED, "培训几天？": REFUSED, "检查呢？": REFUSED}
    keep(run(files, **gone), about([], {}, 1.0), tmp_path / "after")
    read = read_rules(rules(tmp_path, '[[rule]]\nmeasure = "right"\nby = "place"\ndrop = 0.1'))

    verdicts = judge_rules(read, read_kept(tmp_path / "after"), before)

    assert [(verdict.slice, verdict.held) for verdict in verdicts] == [("云岭县", False)]


@pytest.mark.parametrize(
    ("limit", "held"),
    [
        ('measure = "right"\nleast = 0.75', True),
        ('measure = "right"\nleast = 0.76', False),
        ('measure = "right"\nleast = 0.75\nbound = true', False),
        ('measure = "wrongly_refused"\nmost = 0.25', True),
        ('measure = "wrongly_refused"\nmost = 0.24', False),
        ('measure = "wrongly_refused"\nmost = 0.25\nbound = true', False),
        ('measure = "verdict"\nleast = 0', False),
        ('measure = "right"\nleast = 0\nby = "kind"\nonly = "gone"', False),
    ],
)
def test_levels(files: tuple[QuestionFile, ...], tmp_path: Path, limit: str, held: bool) -> None:
    """Floors and ceilings are judged by the value or the worse end; what nothing can be said on fails."""
    back = kept(run(files, **{"几天？": REFUSED}), tmp_path / "run")

    verdicts = judge_rules(read_rules(rules(tmp_path, f"[[rule]]\n{limit}")), back, None)

    assert [verdict.held for verdict in verdicts] == [held]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "要有 \\[\\[rule\\]\\]"),
        ('[[rule]]\nmeasure = "rihgt"\nleast = 1', "没有叫“rihgt”的指标"),
        ('[[rule]]\nmeasure = "right"', "要写一个"),
        ('[[rule]]\nmeasure = "right"\nleast = 1\ndrop = 0', "只能写一个"),
        ('[[rule]]\nmeasure = "right"\nleast = "1"', "least 的值"),
        ('[[rule]]\nmeasure = "right"\nleats = 1', "不认识 leats"),
        ('[[rule]]\nmeasure = "right"\nleast = 1\nby = "colour"', "by 只能是"),
    ],
)
def test_a_slip_in_the_rules_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A rule that says nothing, or the wrong thing, stops the gate and never passes it."""
    with pytest.raises(CaseError, match=message):
        read_rules(rules(tmp_path, text))


def test_no_regression_needs_the_same_questions(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """Without an earlier run of the same questions nobody can say that nothing was lost."""
    back = kept(run(files), tmp_path / "run")
    read = read_rules(rules(tmp_path, LOST_KIND))
    other = replace(back, run=replace(back.run, questions={"made-up": "changed"}))

    with pytest.raises(CaseError, match="--against"):
        judge_rules(read, back, None)
    with pytest.raises(CaseError, match="题目文件不同"):
        judge_rules(read, back, other)


def test_a_scorer_that_always_says_right_fails(
    files: tuple[QuestionFile, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate of a wrong answer is broken; with a scorer that calls all right it would hold."""
    wrong = {"几天？": ("每月一次", 2), "多久一次？": ("每月一次", 1)}
    floor = read_rules(rules(tmp_path, '[[rule]]\nmeasure = "right"\nleast = 0.9'))

    assert judge_rules(floor, kept(run(files, **wrong), tmp_path / "honest"), None)[0].held is False

    yes = Judgement(True, True, True, False, (), (), (), 1, 1, 0, 0, ())
    monkeypatch.setattr("eval.run.judge", lambda *_: yes)
    assert judge_rules(floor, kept(run(files, **wrong), tmp_path / "flattered"), None)[0].held is True


def test_the_page_stands_alone_and_escapes(files: tuple[QuestionFile, ...], tmp_path: Path) -> None:
    """The report loads nothing, runs nothing, shows misses with their gold address, and escapes answers."""
    before = kept(run(files), tmp_path / "before")
    after = kept(run(files, **{"几天？": ("<script>alert(1)</script>", 1)}), tmp_path / "after")

    html = page(after, before)

    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search(r"src=|href=\"(?!#)|url\((?!#)|@import|https?:", html)
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert "缺事实：30天" in html
    assert "training.txt 一" in html
    assert "新答错（1 道）" in html
    assert html.count("<svg") == 2


def test_check_names_what_does_not_fit(tmp_path: Path) -> None:
    """A file, place or fact that is not there, a forbidden fact and a question asked twice are told."""
    lines = [
        question("q-1", "几天？", "一", "30天"),
        question("q-2", "几天？", "一", "40天"),
        question("q-3", "多少？", "九", "30天"),
        {**question("q-4", "多久？", "二", "每月一次"), "forbidden": ["每月"]},
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    faults = check(read_questions([path]), [DOCUMENT])

    assert faults == (
        "set q-2：“training.txt” 一 里没有这个事实：40天",
        "set q-3：“training.txt”里没有条目 九",
        "set q-4：错误说法“每月”就在应答的事实里，怎样答都会算错",
        "set q-2：和 q-1 问的一样",
    )
    assert check(read_questions([path]), []) != ()


def test_the_commands_of_a_release(
    files: tuple[QuestionFile, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run, compare, report, gate and check work from the command line; a broken gate ends in 1."""
    assert files
    documents = tmp_path / "documents"
    documents.mkdir()
    text = "培训办法\n一、培训\n每人每年不少于30天。\n二、检查\n每月一次。\n"
    (documents / "training.txt").write_text(text, encoding="utf-8")
    places = ["--documents", str(documents), "--index", str(tmp_path / "index")]
    asked = ["--questions", str(tmp_path / "made-up.jsonl")]
    one, other = str(tmp_path / "one"), str(tmp_path / "other")

    assert main(["run", *places, *asked, "--out", one]) == 0
    assert main(["run", *places, *asked, "--out", other, "--off", "关键词检索", "向量检索"]) == 0
    assert read_kept(Path(other)).about["settings"]["off"] == ["关键词检索", "向量检索"]
    capsys.readouterr()
    assert main(["compare", one, other, "--by", "kind", "document"]) == 0
    assert "设置不同：off：无 → 关键词检索、向量检索" in capsys.readouterr().out
    assert main(["report", one, "--against", other]) == 0
    assert "评测报告：one" in (tmp_path / "one" / "report.html").read_text("utf-8")
    strict = str(rules(tmp_path, '[[rule]]\nmeasure = "right"\nleast = 1.1'))
    assert main(["gate", one, "--rules", strict]) == 1
    lenient = str(rules(tmp_path, '[[rule]]\nmeasure = "right"\nleast = 0'))
    assert main(["gate", one, "--rules", lenient]) == 0
    assert main(["check", str(tmp_path / "made-up.jsonl"), *places]) == 0
    assert "不能发布" in capsys.readouterr().out
