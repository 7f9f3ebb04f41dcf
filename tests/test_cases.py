"""Question files: what is read, and how a slip is named."""

import json
from pathlib import Path

import pytest

from eval.cases import CaseError, conversations, read_questions

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "questions"

GOLD = {"doc": "plan.txt", "path": ["一", "(二)"], "facts": [["30天", "三十天"]], "optional": False}
QUESTION = {
    "id": "a-1",
    "question": "几天？",
    "lang": "zh",
    "kind": "number",
    "answerable": True,
    "need": "all",
    "gold": [GOLD],
}


def write(folder: Path, *records: object, name: str = "set.jsonl") -> Path:
    """Write records as JSON lines."""
    path = folder / name
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return path


def test_a_question_is_read_whole(tmp_path: Path) -> None:
    """Every field of a line arrives in the case; a question alone is its own family."""
    (file,) = read_questions([write(tmp_path, {**QUESTION, "forbidden": ["20天"], "note": "x"})])
    (case,) = file.cases

    assert (case.id, case.family, case.set, case.question) == ("a-1", "a-1", "set", "几天？")
    assert (case.language, case.kind, case.answerable, case.need) == ("zh", "number", True, "all")
    assert case.forbidden == ("20天",)
    assert case.gold[0].source == "plan.txt"
    assert case.gold[0].path == ("一", "(二)")
    assert case.gold[0].facts == (("30天", "三十天"),)


def test_the_turns_of_a_dialogue_stay_together(tmp_path: Path) -> None:
    """Turns share their dialogue's family and form one conversation, in order."""
    turns = [{**QUESTION, "id": f"d-1-{number}"} for number in (1, 2, 3)]
    (file,) = read_questions([write(tmp_path, QUESTION, {"id": "d-1", "turns": turns})])

    grouped = [[case.id for case in turn_cases] for turn_cases in conversations(file.cases)]

    assert grouped == [["a-1"], ["d-1-1", "d-1-2", "d-1-3"]]
    assert {case.family for case in file.cases[1:]} == {"d-1"}


@pytest.mark.parametrize(
    ("record", "field"),
    [
        pytest.param({**QUESTION, "id": ""}, "id", id="empty id"),
        pytest.param({**QUESTION, "answerable": "yes"}, "answerable", id="flag as text"),
        pytest.param({**QUESTION, "need": "some"}, "need", id="unknown need"),
        pytest.param({**QUESTION, "gold": []}, "gold", id="answerable without gold"),
        pytest.param({**QUESTION, "gold": [{**GOLD, "optional": True}]}, "gold", id="only optional gold"),
        pytest.param({**QUESTION, "gold": [{**GOLD, "path": "一"}]}, "gold.0.path", id="path as text"),
        pytest.param({**QUESTION, "gold": [{**GOLD, "facts": [[]]}]}, "gold.0.facts.0", id="empty fact"),
        pytest.param({**QUESTION, "gold": [{**GOLD, "facts": [["a", 3]]}]}, "gold.0.facts.0.1", id="number"),
        pytest.param({"id": "d", "turns": []}, "turns", id="dialogue without turns"),
        pytest.param({"id": "d", "turns": [QUESTION, {}]}, "turns.1.id", id="empty turn"),
        pytest.param([QUESTION], "（整行）", id="a list"),
    ],
)
def test_a_fault_is_named_by_file_line_and_field(tmp_path: Path, record: object, field: str) -> None:
    """The message says which file, which line and which field is at fault."""
    path = write(tmp_path, {**QUESTION, "id": "fine"}, record)

    with pytest.raises(CaseError) as caught:
        read_questions([path])

    assert str(caught.value).startswith(f"set.jsonl 第 2 行，字段 {field}：")


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    """A field left out is reported as missing."""
    record = {key: value for key, value in QUESTION.items() if key != "kind"}

    with pytest.raises(CaseError, match="字段 kind：缺少这个字段"):
        read_questions([write(tmp_path, record)])


def test_broken_json_is_named_by_line(tmp_path: Path) -> None:
    """A line that is no JSON is reported with its number and the place in it."""
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "a"\n', encoding="utf-8")

    with pytest.raises(CaseError, match=r"第 1 行.*不是合法的 JSON"):
        read_questions([path])


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    """An id names one question across all files, since results are paired by it."""
    paths = [write(tmp_path, QUESTION, name="one.jsonl"), write(tmp_path, QUESTION, name="two.jsonl")]

    with pytest.raises(CaseError, match="编号“a-1”重复：one 和 two"):
        read_questions(paths)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00x"], ids=["empty", "blank", "not UTF-8"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file or one in another encoding is refused by name."""
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)

    with pytest.raises(CaseError, match=r"set\.jsonl"):
        read_questions([path])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is refused by name."""
    with pytest.raises(CaseError, match=r"none\.jsonl"):
        read_questions([tmp_path / "none.jsonl"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared questions are not beside this checkout")
def test_the_shared_questions_are_read() -> None:
    """All 150 shared questions pass the schema, dialogues turn by turn."""
    files = read_questions(sorted(SHARED.glob("*.jsonl")))

    assert sum(len(file.cases) for file in files) == 150
