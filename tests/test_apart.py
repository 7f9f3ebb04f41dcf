"""A build in a process of its own: the same report, its progress, and its errors in its own words."""

import shutil
from pathlib import Path

import pytest

from index import generation as generations
from index.apart import build_apart
from index.errors import YoujuError
from index.report import Progress, Stage, Status
from index.search import open_index
from tests.folders import built, plan


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the plans and of their index, with one plan more to take in."""
    documents, index = tmp_path / "documents", tmp_path / "index"
    shutil.copytree(built()[0], documents)
    shutil.copytree(built()[1], index)
    (documents / "new.txt").write_text(plan("新县"), "utf-8")
    return documents, index


def test_it_builds_and_tells(site: tuple[Path, Path]) -> None:
    """The new generation serves, the report is whole, and every stage was told to its end."""
    told: list[Progress] = []
    report = build_apart(*site, None, told.append)

    assert report.fresh
    assert {file.source: file.status for file in report.files}["new.txt"] is Status.ADDED
    assert report.generation == str(generations.current(site[1]).name)  # type: ignore[union-attr]
    assert {progress.stage for progress in told if progress.done == progress.total} == set(Stage)
    with open_index(site[1]) as index:
        assert "new.txt" in [document.source for document in index.documents]


def test_an_error_comes_in_its_own_words(site: tuple[Path, Path]) -> None:
    """What stops the build is the sentence the build says, and the index stays."""
    before = generations.current(site[1])
    shutil.rmtree(site[0])
    with pytest.raises(YoujuError, match="没有文档文件夹"):
        build_apart(*site, None, lambda _: None)

    assert generations.current(site[1]) == before


def test_a_crash_is_told(site: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process dies, that is said, and the index stays."""
    before = generations.current(site[1])
    (tmp_path / "crash").mkdir()
    (tmp_path / "crash" / "sitecustomize.py").write_text(
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "crash"))
    with pytest.raises(YoujuError, match="原来的索引不变"):
        build_apart(*site, None, lambda _: None)

    assert generations.current(site[1]) == before
