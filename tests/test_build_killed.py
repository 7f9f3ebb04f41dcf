"""A build killed at any moment leaves the generation before it serving."""

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import build as pipeline
from index import generation as generations
from index.build import build
from index.errors import BuildFailedError
from index.generation import BuildRunningError
from index.search import open_index
from tests.folders import built, plan, write_plans

KILLS = int(os.environ.get("KILLS", "6"))
ROOT = Path(__file__).resolve().parents[1]


ANEW = "from index.__main__ import main; main()"
CARRIED_ON = "from index import aside; aside.LEAST, aside.SHARE = 0, 100.0; " + ANEW


def start_build(documents: Path, index: Path, code: str = ANEW) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own; by ``code`` the stores of a small base are carried on."""
    return subprocess.Popen(
        [sys.executable, "-c", code, "build", "--documents", documents, "--index", index],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def children(index: Path) -> list[int]:
    """Processes that still write a generation of this index."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:  # gone in the meantime
                continue
            if b"index.derive" in command and os.fsencode(index) in command:
                found.append(int(entry.name))
    return found


@pytest.mark.parametrize("code", [ANEW, CARRIED_ON], ids=["anew", "carried on"])
def test_a_killed_build_leaves_the_old_index(code: str, tmp_path: Path) -> None:
    """After each SIGKILL the index opens, answers from one whole version, and the next build clears up."""
    documents = write_plans(tmp_path / "documents")
    index = tmp_path / "index"
    seconds = time.monotonic()
    build(documents, index)
    seconds = time.monotonic() - seconds
    whole = {tuple(sorted(path.name for path in documents.iterdir()))}
    chance = random.Random(7)
    for number in range(KILLS):
        (documents / f"more-{number}.txt").write_text(plan(f"第{number}县", 2030 + number), "utf-8")
        whole.add(tuple(sorted(path.name for path in documents.iterdir())))
        process = start_build(documents, index, code)
        # Spread over the whole build, its start-up included; now and then it is done before.
        time.sleep((number + chance.random()) / KILLS * (seconds + 1.0))
        process.send_signal(signal.SIGKILL)
        process.wait()

        with open_index(index) as opened:
            assert tuple(sorted(document.source for document in opened.documents)) in whole
            assert opened.search("政府常务会议学法几次", limit=1)[0].passage.document.source
    deadline = time.monotonic() + 20
    while children(index) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert children(index) == []  # the helpers of a killed build end by themselves

    build(documents, index)

    assert len(list((index / "generations").iterdir())) <= 2
    assert sorted(path.name for path in index.iterdir()) == ["CURRENT", "generations", "lock"]
    with open_index(index) as opened:
        assert len(opened.documents) == 3 + KILLS


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the plans and their index, with one plan more to take in."""
    documents, index = built()
    shutil.copytree(documents, tmp_path / "documents")
    shutil.copytree(index, tmp_path / "index")
    (tmp_path / "documents" / "new.txt").write_text(plan("新县"), "utf-8")
    return tmp_path / "documents", tmp_path / "index"


@pytest.mark.parametrize("step", ["begin", "seal", "publish", "sweep"])
def test_a_build_that_dies_at_a_step_leaves_a_whole_index(
    step: str, site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure before the switch leaves the old generation, one after it the new; the next build works."""
    documents, index = site
    before = generations.current(index)
    call = getattr(generations, step)
    calls: list[str] = []

    def dying(*arguments: Path) -> object:
        calls.append(step)
        if step == "sweep" and len(calls) == 1:
            return call(*arguments)  # the sweep before the work; the one after it dies
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(generations, step, dying)
        with pytest.raises(OSError if step == "sweep" else BuildFailedError, match="disk full"):
            build(documents, index)

    assert (generations.current(index) == before) == (step != "sweep")
    with open_index(index) as opened:
        assert opened.search("学法")
    with generations.writing(index):  # the lock has gone with the failed build
        generations.sweep(index)
    assert generations.current(index) in list((index / "generations").iterdir())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘已满"),
        (sqlite3.OperationalError("database or disk is full"), "disk is full"),
        (MemoryError(), "MemoryError"),
    ],
)
@pytest.mark.parametrize("step", ["_embed", "write_database", "derive"])
def test_whatever_stops_a_build_is_one_line(
    step: str, error: Exception, words: str, site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or no memory, met by any library, is a sentence that says the old index still serves."""

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, step, failing)
    with pytest.raises(BuildFailedError, match=words) as caught:
        build(*site)

    assert "原来的索引不变" in str(caught.value)
    assert list((site[1] / "generations").iterdir()) == [generations.current(site[1])]
    with open_index(site[1]) as opened:
        assert opened.search("学法")


def test_nothing_is_locked_where_nothing_has_changed(site: tuple[Path, Path]) -> None:
    """While another builds, or in a folder nobody may write, an unchanged index is found to be so."""
    (site[0] / "new.txt").unlink()
    with generations.writing(site[1]):
        assert not build(*site).fresh

        (site[0] / "new.txt").write_text(plan("新县"), "utf-8")
        with pytest.raises(BuildRunningError):
            build(*site)


def test_a_crash_of_the_store_is_told_and_changes_nothing(
    site: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the process that writes the stores crashes, the build says so and the old index serves."""
    before = generations.current(site[1])
    crash = tmp_path / "crash"
    crash.mkdir()
    (crash / "sitecustomize.py").write_text(
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(crash))
    with pytest.raises(BuildFailedError, match="原来的索引不变"):
        build(*site)

    assert generations.current(site[1]) == before
