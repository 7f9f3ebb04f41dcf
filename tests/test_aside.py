"""A large base that has changed little: its stores are carried on, and nobody can tell from the answers."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from index import aside, previous
from index import build as pipeline
from index import generation as generations
from index.aside import Aside
from index.build import build
from index.derive import check_stores, write_stores
from index.embed import SHIPPED
from index.search import open_index
from tests.folders import built, plan

QUESTIONS = ("学法几次", "临江县评查多少件", "复议怎样申请", "第3县会前学法", "统一登记")
Change = Callable[[Path], object]


@pytest.fixture
def bases(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Carry on the stores of small bases too; the list tells the base of each build that did."""
    used: list[str] = []

    def derive(generation: Path, base: Path | None = None) -> None:
        if base is not None:
            used.append(base.name)
        write_stores(*filter(None, [generation, base]))
        check_stores(*filter(None, [generation, base]))

    monkeypatch.setattr(aside, "LEAST", 0)
    monkeypatch.setattr(aside, "SHARE", 100.0)
    monkeypatch.setattr(pipeline, "derive", derive)
    return used


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the plans and of their index, to change."""
    documents, index = built()
    shutil.copytree(documents, tmp_path / "documents")
    shutil.copytree(index, tmp_path / "index")
    return tmp_path / "documents", tmp_path / "index"


def adding(number: int) -> Change:
    """One plan more."""
    return lambda folder: (folder / f"a{number}.txt").write_text(
        plan(f"第{number}县", 2010 + number), "utf-8"
    )


def changing(name: str, meetings: int) -> Change:
    """Another number in a plan."""
    return lambda folder: (folder / name).write_text(plan("青禾县", 2021, meetings), "utf-8")


def removing(name: str) -> Change:
    """One plan less."""
    return lambda folder: (folder / name).unlink()


def renaming(name: str, to: str) -> Change:
    """The same bytes by another name."""
    return lambda folder: (folder / name).rename(folder / to)


def found(index: Path) -> list[list[tuple[str, str]]]:
    """What each question finds: all of it, best first."""
    with open_index(index) as opened:
        return [
            [(hit.passage.document.source, hit.passage.id) for hit in opened.search(question, limit=200)]
            for question in QUESTIONS
        ]


ADDITIONS = [[adding(0)], [adding(1), adding(2), adding(3)], [adding(4)]]
MIXTURES = [
    [[adding(0)], [removing("a0.txt")]],
    [[changing("plan-0.txt", 9)], [adding(1)], [changing("plan-0.txt", 3)]],
    [[renaming("plan-1.txt", "z.txt")], [removing("plan-2.txt"), adding(5)], [renaming("z.txt", "b.txt")]],
    [[adding(n)] for n in range(3)] + [[removing("a0.txt"), removing("a2.txt")]],
]


def test_an_index_that_grew_is_the_index_made_at_once(
    site: tuple[Path, Path], bases: list[str], tmp_path: Path
) -> None:
    """Files added build by build give the same hits in the same order as all of them at once."""
    for changes in ADDITIONS:
        for change in changes:
            change(site[0])
        build(*site)
    build(site[0], tmp_path / "afresh")

    assert len(bases) == len(ADDITIONS)
    assert found(site[1]) == found(tmp_path / "afresh")


@pytest.mark.parametrize("sequence", MIXTURES)
def test_whatever_came_and_went_the_same_is_found(
    sequence: list[list[Change]], site: tuple[Path, Path], bases: list[str], tmp_path: Path
) -> None:
    """After additions, changes, removals and renamings the same passages are found, the nearest by vectors
    in the same order. Only how rare a word is counts what is gone, until the stores are written anew.
    """
    for changes in sequence:
        for change in changes:
            change(site[0])
        build(*site)
    build(site[0], tmp_path / "afresh")

    assert len(bases) == len(sequence)
    for grown, afresh in zip(found(site[1]), found(tmp_path / "afresh"), strict=True):
        assert set(grown) == set(afresh)
    with open_index(site[1]) as one, open_index(tmp_path / "afresh") as other:
        for question in QUESTIONS:
            ranks = [
                {hit.passage.id: hit.why.get("vector_rank") for hit in opened.search(question, limit=200)}
                for opened in (one, other)
            ]
            assert ranks[0] == ranks[1]
            assert one.document_frequency("学法") <= one.passage_count


def test_a_generation_carried_on_leaves_the_one_before_as_it_was(
    site: tuple[Path, Path], bases: list[str]
) -> None:
    """The large files are shared, and no byte of the older generation changes by building, opening or
    asking the newer one.
    """
    before = generations.current(site[1])
    assert before is not None
    bytes_before = {path: path.read_bytes() for path in before.rglob("*") if path.is_file()}
    for change in (adding(0), removing("plan-0.txt"), adding(1)):
        change(site[0])
        build(*site)
        found(site[1])
        if before.exists():
            generations.verify(before)
            shared = [path for path in before.rglob("*") if path.is_file() and path.stat().st_nlink > 1]
            assert {"data_level0.bin", "link_lists.bin"} <= {path.name for path in shared}
            assert all(bytes_before[path] == path.read_bytes() for path in shared)

    now = generations.current(site[1])
    assert now is not None
    generations.verify(now)
    assert bases


def test_where_files_cannot_be_shared_they_are_copied(
    site: tuple[Path, Path], bases: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file system without second names costs disk, no answer."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    adding(0)(site[0])
    build(*site)

    assert bases
    assert "a0.txt" in {source for hits in found(site[1]) for source, _ in hits}


def test_the_gone_do_not_crowd_out_the_nearest(site: tuple[Path, Path], bases: list[str]) -> None:
    """Where the nearest vectors of the graph are of passages that are gone, the search looks further."""
    for change in (adding(1), removing("plan-0.txt"), removing("plan-1.txt")):
        change(site[0])
        build(*site)
    with open_index(site[1]) as opened:
        hits = opened.search("学法", limit=opened.passage_count)

        assert len([hit for hit in hits if "vector" in hit.why]) == opened.passage_count
    assert len(bases) == 3
    assert {hit.passage.document.source for hit in hits} == {"plan-2.txt", "a1.txt"}


@pytest.mark.parametrize("lost", ["aside.json", "chroma", "keyword"])
def test_a_damaged_base_is_not_carried_on(lost: str, site: tuple[Path, Path], bases: list[str]) -> None:
    """With a store lost both are written anew, from the passages that are whole."""
    folder = generations.current(site[1])
    assert folder is not None
    path = folder / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    adding(0)(site[0])
    build(*site)

    assert bases == []
    assert "a0.txt" in {source for hits in found(site[1]) for source, _ in hits}


def test_another_model_has_stores_of_its_own(
    site: tuple[Path, Path], bases: list[str], tmp_path: Path
) -> None:
    """Its vectors are in no graph of the model before, though every passage has the number it had."""
    model = tmp_path / "model"
    shutil.copytree(SHIPPED, model)
    settings = model / "config_sentence_transformers.json"
    settings.write_text(json.dumps({"prompts": {"query": "", "document": "年度法治政府 "}}), "utf-8")

    build(*site, model=str(model))
    build(site[0], tmp_path / "at once", str(model))

    assert not bases
    assert found(site[1]) == found(tmp_path / "at once")


def test_what_other_code_reads_has_stores_of_its_own(
    site: tuple[Path, Path], bases: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is read again and numbers are given anew: the same number may be another passage."""
    monkeypatch.setattr(previous, "pipeline_digest", lambda: "another")
    removing("plan-0.txt")(site[0])
    adding(0)(site[0])

    build(*site)
    build(site[0], tmp_path / "at once")

    assert not bases
    assert found(site[1]) == found(tmp_path / "at once")


def test_stores_are_written_anew_when_much_has_changed() -> None:
    """Small bases always, large ones when a tenth, or 20,000, is new or gone."""
    large = Aside(graph=aside.LEAST)

    assert large.worth_keeping
    assert not Aside(graph=aside.LEAST - 1).worth_keeping
    assert large.after(set(range(10_000)), set(range(9_500))).gone == 500
    assert large.after(set(range(10_000)), set(range(500, 10_500))).worth_keeping
    assert not large.after(set(range(10_000)), set(range(500, 10_501))).worth_keeping
    assert not Aside(graph=1_000_000, added=tuple(range(20_001))).worth_keeping


def test_what_was_added_and_went_again_is_nothing(tmp_path: Path) -> None:
    """A passage that came after the graph was made and goes leaves no trace; the record reads back."""
    grown = Aside(graph=3, unreached=(2,)).after({0, 1, 2}, {0, 1, 2, 3})
    shrunk = grown.after({0, 1, 2, 3}, {0, 1})
    shrunk.write(tmp_path)

    assert grown == Aside(3, 0, (2,), (3,))
    assert grown.compared == (2, 3)
    assert shrunk == Aside(3, 1) == Aside.read(tmp_path)
