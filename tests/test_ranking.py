"""Fusion: the features of candidates, their order, and the fitting of its weights."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.__main__ import main
from eval.cases import CaseError, read_questions
from eval.ranking import MEASURES, collect, fit, report
from index.ranking import (
    FEATURES,
    FIRST,
    PARTS,
    UNRANKED,
    Candidates,
    Ranked,
    features,
    listed,
    long_list,
    ranked,
    reordered,
    weights,
)
from index.search import open_index
from tests.folders import COUNTIES, built


def candidates(scores: list[list[float]]) -> Candidates:
    """Candidates with these keyword, word and vector scores, two to a document."""
    count = len(scores)
    columns = np.array(scores, dtype=np.float64).reshape(count, 3).T
    ranks = {
        part: (np.argsort(np.argsort(-column, kind="stable"), kind="stable") + 1).astype(np.float64)
        for part, column in zip(PARTS, columns, strict=True)
    }
    zeros = np.zeros(count)
    return Candidates(
        numbers=np.arange(count) * 7,
        scores={**dict(zip(PARTS, columns, strict=True)), "title": zeros, "headings": zeros},
        ranks=ranks,
        documents=np.arange(count) // 2,
        provisions=np.arange(count),
        lengths=zeros + 100,
        sections=zeros + 10,
        title_lengths=zeros + 8,
    )


SCORES = st.lists(st.lists(st.floats(0, 50), min_size=3, max_size=3), max_size=12)


@given(SCORES)
def test_every_candidate_is_ranked_once(scores: list[list[float]]) -> None:
    """None is lost or doubled, scores fall, and no feature is ever NaN."""
    given_ = candidates(scores)
    found = ranked(given_)

    assert sorted(number for number, _, _ in found) == given_.numbers.tolist()
    falling = [score for _, score, _ in found]
    assert falling == sorted(falling, reverse=True)
    assert np.isfinite(features(given_)).all()


def test_parts_that_agree_are_not_contradicted() -> None:
    """What every part puts first comes first."""
    found = ranked(candidates([[1, 1, 0.1], [9, 9, 0.9], [3, 3, 0.3], [5, 5, 0.5]]))

    assert found[0][0] == 7


def test_a_part_that_did_not_propose_says_nothing() -> None:
    """Its score is weighed all the same, but not told as a rank."""
    given_ = candidates([[1, 1, 0.1], [9, 9, 0.9]])
    given_.ranks["vector"][0] = UNRANKED
    said = {number: why for number, _, why in ranked(given_)}

    assert said[0].keys() == {"keyword", "keyword_rank", "words", "words_rank"}
    assert said[7]["vector_rank"] == 1.0


def test_a_document_counts_by_its_other_provisions() -> None:
    """A passage alone in its document has none; its own rank is not counted twice."""
    rows = features(candidates([[9, 0, 0], [5, 0, 0], [7, 0, 0]]))[:, FEATURES.index("document_keyword")]

    assert rows[2] == 0
    assert rows[0] == pytest.approx(np.sqrt(1 / 12))
    assert rows[1] == pytest.approx(np.sqrt(1 / 10))


def test_the_first_are_put_in_another_order() -> None:
    """Scores of a second look order the head; what was not looked at again stays behind."""
    found: list[Ranked] = [(1, 1.0, {}), (2, 0.9, {}), (3, 0.8, {})]

    again = reordered(found, [0.1, 0.7])
    assert [number for number, _, _ in again] == [2, 1, 3]
    assert again[0][2] == {"reranker": 0.7}


PIECES = candidates([[1.0 + number, 1.0, 0.9 - number / 100] for number in range(40)])


def test_a_long_list_holds_every_provision_once() -> None:
    """The first as they were found, best passage first; behind them all others, by weights of their own."""
    pieces = replace(PIECES, provisions=np.arange(40) // 2)
    order = np.roll(np.arange(40), 3)
    by_length = np.where(np.array(FEATURES) == "vector", 1.0, 0.0)
    rows = long_list(pieces, order, by_length)

    assert rows[:FIRST].tolist() == [37, 38, 0, 2, 4, 6, 8, 10, 12, 14]
    assert rows[FIRST:].tolist() == [16, 18, 20, 22, 24, 26, 28, 30, 32, 34]


def test_a_list_keeps_what_was_said_of_the_first() -> None:
    """Also the word of a second look; scores fall anew."""
    found = ranked(PIECES)
    found = reordered(found, [0.1, 0.9])
    list_ = listed(PIECES, found)

    assert [number for number, _, _ in list_[:FIRST]] == [number for number, _, _ in found[:FIRST]]
    assert list_[0][2]["reranker"] == 0.9
    assert sorted(number for number, _, _ in list_) == PIECES.numbers.tolist()
    assert [score for _, score, _ in list_] == [score for _, score, _ in found]


def test_nothing_found_is_no_list() -> None:
    """Without candidates there is no provision."""
    assert listed(candidates([]), []) == []


@pytest.mark.parametrize(("name", "origin"), [("weights", "fitted_on"), ("long", "long_fitted_on")])
def test_the_weights_are_data_for_every_feature(name: str, origin: str) -> None:
    """The file names each feature and no other, and what it was fitted on."""
    stored = json.loads(Path("index/ranker.json").read_text("utf-8"))

    assert stored[name].keys() == set(FEATURES)
    assert stored[origin]
    assert np.isfinite(weights(name)).all()


def questions(folder: Path, name: str) -> Path:
    """Questions on the three plans, each with the section that answers it."""
    asked = {"评查多少件案卷": ("二", "(二)"), "学法多少次": ("一", "(一)"), "网上受理复议": ("三", "(一)")}
    lines = [
        {
            "id": f"{name}-{number}-{path[0]}",
            "question": f"{county}{question}",
            "lang": "zh",
            "kind": "single",
            "answerable": True,
            "need": "all",
            "gold": [{"doc": f"plan-{number}.txt", "path": path, "facts": [], "optional": False}],
        }
        for number, county in enumerate(COUNTIES)
        for question, path in asked.items()
    ]
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    return path


def test_fitted_weights_are_no_worse_than_the_best_part(tmp_path: Path) -> None:
    """On what they were fitted on they find at least as much; fitting twice gives the same."""
    with open_index(built()[1]) as index:
        sets = collect(index, read_questions([questions(tmp_path, "a")]))

    both = fit(sets)
    fitted = both.near
    assert np.array_equal(fitted, fit(sets).near)
    for each in sets:
        parts = [
            np.mean([p.part for p in each.parts("R@5", lambda one, name=part: -one.candidates.ranks[name])])  # type: ignore[misc]
            for part in PARTS
        ]
        assert np.mean([p.part for p in each.parts("R@5", lambda one: one.rows @ fitted)]) >= max(parts)
    lines = list(report(sets, [], both))
    assert len(lines) == 2 + len(sets) * len(MEASURES) + 1 + len(FEATURES)
    assert lines[2].startswith("| a | 9 | R@5 |")


def test_long_lists_have_weights_of_wide_bases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no base is wide they are those of the best answers; else a table of their own tells them."""
    files = read_questions([questions(tmp_path, "a")])
    with open_index(built()[1]) as index:
        small = fit(collect(index, files))
        monkeypatch.setattr("eval.ranking.WIDE", 1)
        sets = collect(index, files)

    assert np.array_equal(small.long, small.near)
    assert [len(each.long) for each in sets] == [len(files[0].cases), 0]  # as asked, not as understood
    wide = fit(sets)
    assert np.array_equal(wide.near, small.near)
    assert not np.array_equal(wide.long, wide.near)
    assert any(line.startswith("| a | 9 | H@100 | ") for line in report(sets, [], wide))


def test_the_command_writes_the_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints the table and writes a file as ``index.ranking`` reads it."""
    one, other = questions(tmp_path, "a"), questions(tmp_path, "b")
    documents, out = str(built()[0]), tmp_path / "ranker.json"

    command = ["rank", "--set", documents, str(one), "--judge", documents, str(other), "--out", str(out)]
    assert main(command) == 0
    assert "| b' | 9 | MRR@10 |" in capsys.readouterr().out
    stored = json.loads(out.read_text("utf-8"))
    assert stored["weights"].keys() == stored["long"].keys() == set(FEATURES)


def test_questions_whose_answers_are_not_found_cannot_be_fitted_on(tmp_path: Path) -> None:
    """The message names the set."""
    path = questions(tmp_path, "a")
    path.write_text(path.read_text("utf-8").replace("plan-", "other-"), "utf-8")
    with open_index(built()[1]) as index:
        sets = collect(index, read_questions([path]))

    with pytest.raises(CaseError, match="a"):
        fit(sets)
