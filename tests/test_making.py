"""Questions as tables and back, and questions proposed from documents."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from bot.cases import CaseBook, Gold, SavedCase
from eval.__main__ import main
from eval.cases import CaseError, read_questions
from eval.check import check
from eval.propose import left_out, proposals, review
from eval.sheet import HEADINGS, read_table, write_table
from index.build import build
from index.document import Document
from index.search import open_index
from tests.bases import write_documents
from tests.evaluations import RECORDS


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, ...]:
    """Return the two documents of the small base."""
    folder = tmp_path_factory.mktemp("base")
    build(write_documents(folder / "documents"), folder / "index")
    with open_index(folder / "index") as index:
        return tuple(index.documents)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_a_table_gives_the_questions_back(tmp_path: Path, ending: str) -> None:
    """Questions, dialogues, several places and wordings of a fact come back as they were."""
    several = {
        **RECORDS[0],
        "id": "q-9",
        "polarity": "yes",
        "gold": [
            {
                "doc": "a.txt",
                "path": ["一", "(二)"],
                "facts": [["30天", "三十天"], ["每年"]],
                "optional": False,
            },
            {"doc": "b.txt", "path": [], "facts": [], "optional": True},
        ],
        "forbidden": ["=1+1", "40天"],
        "question": "'单引号'怎么说？",
    }
    records = [*RECORDS, several]
    path = tmp_path / f"set.{ending}"

    write_table(path, records)

    assert read_table(path) == records


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"question": "几天？ "}, id="white space at the end"),
        pytest.param({"question": "几\x01天？"}, id="a control character"),
        pytest.param({"forbidden": ["a\nb"]}, id="a line break in a wording"),
        pytest.param({"gold": [{**RECORDS[0]["gold"][0], "path": ["1/2"]}]}, id="a stroke in a label"),
        pytest.param({"gold": [{**RECORDS[0]["gold"][0], "facts": [["a|b"]]}]}, id="a bar in a fact"),
        pytest.param({"difficulty": "hard"}, id="a field no column is for"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_a_table_cannot_hold_is_refused(tmp_path: Path, ending: str, changed: dict[str, Any]) -> None:
    """Rather no table than one that gives other questions back."""
    path = tmp_path / f"set.{ending}"

    with pytest.raises(CaseError, match="q-1"):
        write_table(path, [{**RECORDS[0], **changed}])
    assert not path.exists()


def test_only_what_is_taken_is_read(tmp_path: Path) -> None:
    """A row whose 采用 is not 是 is left out."""
    path = tmp_path / "set.csv"
    write_table(path, RECORDS[:2], taken="")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[2][0] = "是"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)

    assert [record["id"] for record in read_table(path)] == ["q-2"]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("编号", "", "第 3 行没有写编号"),
        ("编号", "q-1", "第 3 行：编号“q-1”前面已有一道别的题"),
        ("采用", "√", "“采用”要写“是”或“否”"),
        ("能答", "能", "“能答”要写“是”或“否”"),
    ],
)
def test_a_slip_in_a_table_is_named(tmp_path: Path, column: str, value: str, message: str) -> None:
    """A slip that would drop a question or give it another sense is told with its row."""
    path = tmp_path / "set.csv"
    write_table(path, RECORDS[:2])
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[2][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)

    with pytest.raises(CaseError, match=message):
        read_table(path)


def test_a_table_saved_by_excel_in_chinese_is_read(tmp_path: Path) -> None:
    """Excel saves CSV in the machine's own encoding."""
    path = tmp_path / "set.csv"
    write_table(path, RECORDS)
    path.write_text(path.read_text("utf-8-sig"), encoding="gb18030")

    assert read_table(path) == RECORDS


def test_a_spreadsheet_runs_nothing_of_a_question(tmp_path: Path) -> None:
    """Words that look like a formula stay words in both kinds of table, and come back unchanged."""
    evil = {**RECORDS[0], "question": '=HYPERLINK("http://x","y")'}
    for ending in ("csv", "xlsx"):
        write_table(tmp_path / f"set.{ending}", [evil])
        assert read_table(tmp_path / f"set.{ending}")[0]["question"] == evil["question"]

    cell = load_workbook(tmp_path / "set.xlsx").active.cell(2, HEADINGS.index("问题") + 1)
    assert cell.data_type == "s"
    assert "'=HYPERLINK" in (tmp_path / "set.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "编号,问题\n1,几天", "缺这些列"),
        ("a.xlsx", "no workbook", "读不了"),
        ("a.txt", "x", "只认"),
        ("a.jsonl", "{", "读不了"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    """What is no table, or lacks columns, is refused with its name."""
    (tmp_path / name).write_text(content, encoding="utf-8")

    with pytest.raises(CaseError, match=message):
        read_table(tmp_path / name)


def test_the_export_of_the_page_is_a_table(tmp_path: Path) -> None:
    """Cases that operators saved in the page go into Excel and come back as questions."""
    book = CaseBook(tmp_path / "cases.jsonl")
    book.add(SavedCase("几天？", "zh", "number", (Gold("a.txt", ("一",), (("30天",),)),), note="投诉"))
    book.add(SavedCase("工资多少？", "zh", "unanswerable"))

    assert main(["convert", str(book.path), str(tmp_path / "cases.xlsx")]) == 0
    assert main(["convert", str(tmp_path / "cases.xlsx"), str(tmp_path / "back.jsonl")]) == 0

    back = read_questions([tmp_path / "back.jsonl"])[0].cases
    assert [replace(case, set="back") for case in read_questions([book.path])[0].cases] == list(back)
    assert [(case.id, case.answerable) for case in back] == [("site-0001", True), ("site-0002", False)]


@pytest.mark.parametrize(
    ("question", "text", "fact"),
    [
        ("每人每年参加培训不少于多少学时？", "每人每年参加培训不少于48学时,培训情况记入档案", ("48学时",)),
        ("每年至少接受几次培训？", "每年至少接受一次培训", ("一次",)),
        ("全年培训多少期？", "全年培训6期,全年培训6期以上的3家", ("6期",)),
        ("全年培训多少期？", "全年培训6期;全年培训7期", ()),
    ],
)
def test_the_figure_left_out_is_the_fact(question: str, text: str, fact: tuple[str, ...]) -> None:
    """What a question leaves out of its sentence is what must be answered; nothing where unclear."""
    assert tuple(left_out(question, text)) == fact


def test_proposals_fit_the_documents(tmp_path: Path, documents: tuple[Document, ...]) -> None:
    """Every proposal with a fact passes the check; the same seed gives the same proposals."""
    records = proposals(documents, 0, 1)
    path = tmp_path / "set.jsonl"
    write_table(path, [record for record in records if record["gold"][0]["facts"]])

    assert check(read_questions([path]), documents) == ()
    assert any(["48学时"] in record["gold"][0]["facts"] for record in records)
    assert proposals(documents, 3, 1) == records[:3]
    assert len({record["question"] for record in records}) == len(records) > 4


def test_a_person_takes_mends_and_drops(documents: tuple[Document, ...]) -> None:
    """Y takes, e mends, n drops, q stops; what has no fact is not taken."""
    records = proposals(documents, 0, 1)[:4]
    records[3]["gold"][0]["facts"] = []
    answers = iter(["n", "e", "改过的问题？", "48学时|四十八学时；每年", "y", "y"])
    shown: list[str] = []

    taken = list(
        review([records[0], records[1], records[2], records[3]], lambda _: next(answers), shown.append)
    )

    assert taken[0]["question"] == "改过的问题？"
    assert taken[0]["gold"][0]["facts"] == [["48学时", "四十八学时"], ["每年"]]
    assert records[3] not in taken
    assert "没有写事实，没有采用" in shown[-1]
    assert list(review(records, lambda _: "q", shown.append)) == []


def test_the_commands_propose_and_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proposals are written, gone through, and what was decided is not asked again."""
    places = ["--documents", str(write_documents(tmp_path / "documents")), "--index", str(tmp_path / "index")]
    proposed, taken = tmp_path / "proposed.jsonl", tmp_path / "taken.jsonl"
    assert main(["propose", *places, "--out", str(proposed), "--most", "4"]) == 0
    count = len(proposed.read_text("utf-8").splitlines())

    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return {"采": "e", "问": "", "事": "某个事实"}[prompt[0]]

    monkeypatch.setattr("builtins.input", answer)
    assert main(["review", str(proposed), "--out", str(taken)]) == 0
    first = len(asked)
    assert main(["review", str(proposed), "--out", str(taken)]) == 0

    kept: list[dict[str, Any]] = [json.loads(line) for line in taken.read_text("utf-8").splitlines()]
    assert len(kept) == count == 4
    assert len(asked) == first == 12
