"""``python -m index search --batch``: questions in, the sections found for each out."""

import io
import json
import shutil
from pathlib import Path

import pytest

from index.__main__ import main
from tests.folders import built, plan, write_plans


def lines(path: Path, *records: object) -> str:
    """A file of questions, one JSON value a line."""
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), "utf-8")
    return str(path)


def test_each_question_gives_one_line_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ids come back as they were, under id or qid; each result names its section and quotes it."""
    documents, index = built()
    asked = lines(
        tmp_path / "q.jsonl",
        {"qid": "二", "question": "云溪县评查多少件案卷"},
        {"id": 1, "question": "网上受理"},
    )

    command = ["search", "--documents", str(documents), "--index", str(index)]
    assert main([*command, "-k", "3", "--batch", asked, "--json"]) == 0

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["id"], second["id"]) == ("二", "1")
    assert len(first["results"]) == 3
    best = first["results"][0]
    assert best.keys() == {"source", "document", "path", "text", "score"}
    assert (best["source"], best["path"]) == ("plan-1.txt", ["二", "(二)"])
    assert "50件" in best["text"]
    scores = [result["score"] for result in first["results"]]
    assert scores == sorted(scores, reverse=True)


def test_the_index_is_built_first_where_it_is_missing_or_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the build says stays off stdout, which holds the results alone."""
    documents = write_plans(tmp_path / "documents", ("青禾县",))
    asked = lines(tmp_path / "q.jsonl", {"id": "a", "question": "新县评查案卷"})
    command = ["search", "--documents", str(documents), "--index", str(tmp_path / "index"), "--batch", asked]

    assert main(command) == 0
    (documents / "new.txt").write_text(plan("新县"), "utf-8")
    assert main(command) == 0

    before, after = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "new.txt" not in {result["source"] for result in before["results"]}
    assert after["results"][0]["source"] == "new.txt"


def test_a_long_section_counts_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten pieces of one section do not crowd out the others."""
    documents = write_plans(tmp_path / "documents", ("青禾县",))
    long = "".join(f"第{n}次评查案卷，由司法局抽取行政处罚案卷，逐卷打分，结果通报。" for n in range(150))
    (documents / "long.txt").write_text(f"长县工作方案\n一、评查\n{long}\n二、受理\n网上受理。", "utf-8")
    asked = lines(tmp_path / "q.jsonl", {"id": "a", "question": "评查案卷"})

    command = ["search", "--documents", str(documents), "--index", str(tmp_path / "index")]
    assert main([*command, "--batch", asked]) == 0

    results = json.loads(capsys.readouterr().out)["results"]
    places = [(result["source"], *result["path"]) for result in results]
    assert len(places) == len(set(places))
    assert {"plan-0.txt", "long.txt"} <= {result["source"] for result in results}


def test_one_question_may_be_asked_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same line, with an empty id."""
    assert main(["search", "网上受理", "--index", str(built()[1]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == ""


def test_questions_may_come_through_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``-`` is stdin; a byte order mark and empty lines are no matter."""
    content = '\ufeff\n{"id": "a", "question": "网上受理"}\n\n'.encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    assert main(["search", "--index", str(built()[1]), "--batch", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "a"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"id": "a", "question": "x"}\n{"id"', "第 2 行"),
        (b"[" * 100_000, "第 1 行"),
        (b'["a"]', "第 1 行"),
        (b'{"question": "x"}', "id"),
        (b'{"id": true, "question": "x"}', "id"),
        (b'{"id": "a", "question": " "}', "question"),
        (b'{"id": "a", "question": 1}', "question"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"\n", "一个问题也没有"),
    ],
)
def test_a_bad_line_is_named_before_anything_is_built(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on stderr, exit code 1, and no index."""
    documents = shutil.copytree(built()[0], tmp_path / "documents")
    (tmp_path / "q.jsonl").write_bytes(content)

    command = ["search", "--documents", str(documents), "--index", str(tmp_path / "index")]
    assert main([*command, "--batch", str(tmp_path / "q.jsonl")]) == 1

    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "index").exists()


def test_a_missing_file_of_questions_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its path."""
    assert main(["search", "--index", str(built()[1]), "--batch", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "100000", "²"])
def test_a_count_that_is_none_is_refused(count: str) -> None:
    """Before anything is read."""
    with pytest.raises(SystemExit):
        main(["search", "学法", f"--limit={count}"])
