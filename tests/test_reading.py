"""Reading comprehension turned into documents and questions of ours."""

import gzip
import json
from pathlib import Path

import pytest

from bot.engine import Engine
from eval.__main__ import main
from eval.cases import Case, read_questions
from eval.reading import DOCUMENTS, ReadingError, read_items, write_material
from eval.run import run_cases
from index.build import build
from index.search import Index, open_index

RIVER = "白水河长九十公里。河上有三座桥。最老的桥建于1921年。渡口早已停用。每年六月涨水。"
MILL = "李家磨坊由李大山开办。磨坊用水力推磨。每天磨面两百斤。磨坊1958年关门。后来改成仓库。"
UNBROKEN = "原告诉称二人结婚后生育一女并且购买了房屋一套"


def record(identity: str, passage: str, kind: str, question: str, *answers: str) -> dict[str, object]:
    """A line of the source."""
    return {"id": identity, "passage": passage, "type": kind, "question": question, "answers": list(answers)}


RECORDS = (
    record("r1", RIVER, "span", "最老的桥建于哪年？", "1921年", "建于1921年", "1921年"),
    record("r2", RIVER, "yesno", "渡口停用了吗？"),
    record("m1", MILL, "span", "磨坊由谁开办？", "李大山"),
    record("m2", MILL, "unanswerable", "桥有几座？"),
    record("u1", UNBROKEN, "span", "生育了什么？", "一女"),
)


def write_source(path: Path, *records: object) -> Path:
    """Write a source file and return it."""
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    path.write_bytes(gzip.compress(lines.encode()))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two passages of sentences and one without."""
    return write_source(tmp_path / "two.jsonl.gz", *RECORDS)


def cases_of(folder: Path) -> dict[str, Case]:
    """The questions written, by id."""
    (file,) = read_questions([folder / "two.jsonl"])
    return {case.id: case for case in file.cases}


def opened(folder: Path) -> Index:
    """An index of the documents written."""
    build(folder / DOCUMENTS, folder / "index", None)
    return open_index(folder / "index")


def test_a_passage_becomes_a_document_and_its_questions_cases(source: Path, tmp_path: Path) -> None:
    """Each passage stands in a file under a title; an answer's wordings are one fact, each once."""
    assert write_material(source, tmp_path / "out", 2) == (2, 4)
    cases = cases_of(tmp_path / "out")
    gold = cases["r1"].gold[0]
    text = (tmp_path / "out" / DOCUMENTS / gold.source).read_text(encoding="utf-8")
    title, passage = text.splitlines()

    assert passage == RIVER
    assert cases["r1"].question == f"《{title}》中，最老的桥建于哪年？"
    assert (gold.path, gold.facts) == ((), (("1921年", "建于1921年"),))
    assert (cases["r2"].kind, cases["r2"].answerable, cases["r2"].gold[0].facts) == ("yesno", True, ())
    assert (cases["m2"].answerable, cases["m2"].gold, cases["m2"].need) == (False, (), "none")


def test_a_passage_without_sentences_is_left_out(source: Path, tmp_path: Path) -> None:
    """A passage that is one long sentence says nothing about choosing one: three are too many to ask for."""
    with pytest.raises(ReadingError, match="只有 2 篇，不够 3 篇"):
        write_material(source, tmp_path / "out", 3)


def test_the_choice_is_the_same_each_time(source: Path, tmp_path: Path) -> None:
    """The seed is fixed, and the order of the source's lines does not matter."""
    (tmp_path / "turned").mkdir()
    turned = write_source(tmp_path / "turned" / source.name, *reversed(RECORDS))
    write_material(source, tmp_path / "one", 1)
    write_material(turned, tmp_path / "other", 1)

    assert cases_of(tmp_path / "one").keys() == cases_of(tmp_path / "other").keys()


def test_a_question_is_put_to_its_passage_alone(source: Path, tmp_path: Path) -> None:
    """The title narrows the scope to one document and adds nothing to what is asked."""
    write_material(source, tmp_path / "out", 2)
    case = cases_of(tmp_path / "out")["r1"]
    with opened(tmp_path / "out") as index:
        engine = Engine(index)
        with_title, without = engine.understand(case.question), engine.understand("最老的桥建于哪年？")
        named = [document.source for document in index.documents if with_title.scope.admits(document)]

    assert named == [case.gold[0].source]
    assert with_title.concepts == without.concepts


def test_what_is_written_can_be_run(source: Path, tmp_path: Path) -> None:
    """Every gold place exists, and the plainly stated answers are found."""
    write_material(source, tmp_path / "out", 2)
    with opened(tmp_path / "out") as index:
        run = run_cases(Engine(index), index, read_questions([tmp_path / "out" / "two.jsonl"]))

    assert run.unresolved == ()
    assert {o.case.id for o in run.outcomes if o.judgement.right} >= {"r1", "m1"}


def test_nothing_is_written_over(source: Path, tmp_path: Path) -> None:
    """A folder that holds anything is left as it is."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("留着", encoding="utf-8")

    with pytest.raises(ReadingError, match="不是空的"):
        write_material(source, tmp_path / "out", 1)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "content",
    [
        b"no gzip",
        gzip.compress(b"no json\n"),
        gzip.compress(b"[]\n"),
        gzip.compress(b'{"id": "a"}\n'),
        gzip.compress(json.dumps(record("a", RIVER, "span", "", "答")).encode()),
        gzip.compress(json.dumps(record("a", RIVER, "span", "问", "答"))[:-5].encode())[:-9],
    ],
)
def test_a_source_of_another_form_is_refused(content: bytes, tmp_path: Path) -> None:
    """What is no gzip, no JSON lines or lacks a field is said to be that, with the file's name."""
    (tmp_path / "odd.jsonl.gz").write_bytes(content)

    with pytest.raises(ReadingError, match=r"odd\.jsonl\.gz"):
        read_items(tmp_path / "odd.jsonl.gz")


def test_the_command_writes_the_material(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how much it wrote; too little to choose from ends in one line."""
    arguments = ["reading", "--source", str(source), "--out", str(tmp_path / "out"), "--passages"]

    assert main([*arguments, "3"]) == 2
    assert "不够 3 篇" in capsys.readouterr().err
    assert main([*arguments, "2"]) == 0
    assert "2 篇文章和 4 道题" in capsys.readouterr().out
