"""Side by side with other ways of searching, and the law questions rewritten."""

import gzip
import json
from pathlib import Path

import pytest

from eval import contenders
from eval.__main__ import main
from eval.cases import read_questions
from eval.retrieval import provisions, side_by_side, task_of
from index.build import build
from index.search import open_index
from tests.folders import built
from tests.test_ranking import questions

LAW = """某某法
第一章 总则
第一条 为了规范检索，制定本法。
第二条 检索应当包括下列内容：
（一）关键词检索，以词语为准；
（二）向量检索，以意思为准。
第二章 附则
第三条 本法自公布之日起施行。
"""


def test_an_article_is_one_provision(tmp_path: Path) -> None:
    """With its items; the provisions of a document tile its text."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "law.txt").write_text(LAW, "utf-8")
    build(tmp_path / "documents", tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        held = provisions(index)
        text = index.documents[0].text

    article = next(one for one in held if one.path[-1:] == ("第二条",))
    assert "向量检索" in article.words
    assert "".join(text[one.start : one.end] for one in held) == text


def test_the_tables_name_every_contender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that need no further library run here; each has its figures, and the baseline no difference."""
    pytest.importorskip("bm25s")
    chosen = ("youju", "youju, keywords alone", "youju, vectors alone", "BM25, bigrams")
    monkeypatch.setattr("eval.retrieval.CONTENDERS", {name: contenders.CONTENDERS[name] for name in chosen})

    lines = list(side_by_side(built()[0], [questions(tmp_path, "a")], None, most=4, files=2))
    rows = [line for line in lines if line.startswith("| ") and line[2:].split(" |")[0] in chosen]
    assert [row[2:].split(" |")[0] for row in rows] == [*chosen, *chosen]
    assert any(line.startswith("\n4 questions") for line in lines)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the tutorial's package announces its end
def test_langchains_chunks_count_for_what_they_hold(tmp_path: Path) -> None:
    """The tutorial's pipeline runs; a chunk counts for each provision of which it holds half."""
    pytest.importorskip("langchain_classic")
    with open_index(built()[1]) as index:
        held = provisions(index)
        task = task_of(index, held, tmp_path, None, [])
    found = contenders.langchain(task)("云溪县评查多少件案卷")

    assert any("50件" in held[number].words for number in found[:10])


def test_law_questions_become_question_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An article is found by law and label whatever the file is called; no article is in both halves."""
    documents, source = tmp_path / "documents", tmp_path / "stard"
    documents.mkdir()
    source.mkdir()
    (documents / "任意名称.txt").write_text(LAW, "utf-8")
    corpus = [
        {"id": "某某法@2020-01-01#第一条", "text": "为了规范检索，制定本法。"},
        {"id": "某某法@2020-01-01#第二条", "text": "检索应当包括下列内容：（一）关键词检索，以词语为准；"},
        {"id": "某某法@2020-01-01#第三条", "text": "本法自公布之日起施行。"},
        {"id": "别的法@2020-01-01#第一条", "text": "别的法的第一条。"},
    ]
    with gzip.open(source / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join(json.dumps(one, ensure_ascii=False) for one in corpus))
    gold = {"a": corpus[1]["id"], "b": corpus[1]["id"], "c": corpus[2]["id"], "d": corpus[3]["id"]}
    (source / "qrels.tsv").write_text(
        "qid\tdocid\trel\n" + "".join(f"{q}\t{article}\t1\n" for q, article in gold.items()), "utf-8"
    )
    asked = [{"qid": q, "question": f"问题{q}？"} for q in gold]
    (source / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)), "utf-8")

    command = ["stard", "--source", str(source), "--documents", str(documents)]
    assert main([*command, "--index", str(tmp_path / "index"), "--out", str(tmp_path / "out")]) == 0

    assert "left out 1" in capsys.readouterr().out
    written = {path.stem: path for path in (tmp_path / "out").iterdir() if path.read_text("utf-8")}
    halves = {name: read_questions([path])[0].cases for name, path in written.items()}
    places = {case.id: case.gold[0].path[-1] for cases in halves.values() for case in cases}
    assert places == {"a": "第二条", "b": "第二条", "c": "第三条"}
    of_article: dict[str, set[str]] = {}
    for name, cases in halves.items():
        for case in cases:
            of_article.setdefault(places[case.id], set()).add(name)
    assert all(len(names) == 1 for names in of_article.values())


def test_a_folder_without_the_benchmark_is_said(tmp_path: Path) -> None:
    """Exit code 2, the folder named."""
    documents, index = built()
    command = ["stard", "--source", str(tmp_path), "--documents", str(documents), "--index", str(index)]
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
