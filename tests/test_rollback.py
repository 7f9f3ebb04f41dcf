"""Going back to the generation before, and staying there until a build is asked for."""

import contextlib
import shutil
from pathlib import Path

import pytest

from index import build as pipeline
from index import generation as generations
from index.__main__ import main
from index.build import build
from index.derive import check_stores, write_stores
from index.generation import BuildRunningError
from index.ready import ready_index
from index.rollback import RollBackError, difference, roll_back
from index.search import open_index
from index.settings import Settings
from tests.folders import built, plan


@pytest.fixture(autouse=True)
def stores_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write and check the stores here: two new processes a build would cost seconds a test."""

    def derive(generation: Path, base: Path | None = None) -> None:
        write_stores(*filter(None, [generation, base]))
        check_stores(*filter(None, [generation, base]))

    monkeypatch.setattr(pipeline, "derive", derive)


@pytest.fixture
def site(tmp_path: Path) -> tuple[Path, Path]:
    """Documents and an index of two generations: the second has 新县, another plan-0 and no plan-2."""
    documents, index = tmp_path / "documents", tmp_path / "index"
    shutil.copytree(built()[0], documents)
    shutil.copytree(built()[1], index)
    (documents / "new.txt").write_text(plan("新县"), "utf-8")
    (documents / "plan-0.txt").write_text(plan("青禾县", 2021, 9), "utf-8")
    (documents / "plan-2.txt").unlink()
    build(documents, index)
    return documents, index


def sources(index: Path) -> list[str]:
    """What the current generation holds."""
    with open_index(index) as opened:
        assert opened.search("学法")
        return [document.source for document in opened.documents]


BEFORE = ["plan-0.txt", "plan-1.txt", "plan-2.txt"]
AFTER = ["new.txt", "plan-0.txt", "plan-1.txt"]


def test_going_back_and_forth(site: tuple[Path, Path]) -> None:
    """Back gives the generation before, as it was; back again gives the one that was left."""
    newest = generations.current(site[1])
    older = generations.previous(site[1])

    assert roll_back(site[1]) == older
    assert generations.pinned(site[1]) == older
    assert sources(site[1]) == BEFORE

    assert roll_back(site[1]) == newest
    assert generations.pinned(site[1]) is None
    assert sources(site[1]) == AFTER
    assert generations.previous(site[1]) == older


def test_what_would_change_is_said(site: tuple[Path, Path]) -> None:
    """Before going back one reads which files come back, go, and get their former words."""
    change = difference(site[1])

    assert (change.back, change.gone, change.changed) == (("plan-2.txt",), ("new.txt",), ("plan-0.txt",))
    roll_back(site[1])
    change = difference(site[1])
    assert (change.back, change.gone, change.changed) == (("new.txt",), ("plan-2.txt",), ("plan-0.txt",))


def test_a_sweep_keeps_the_one_left(site: tuple[Path, Path]) -> None:
    """Nothing tidies away the generation that was left: one can still go forward."""
    newest = generations.current(site[1])
    roll_back(site[1])
    with generations.writing(site[1]):
        generations.sweep(site[1])

    assert roll_back(site[1]) == newest


def test_a_start_keeps_to_what_was_gone_back_to(
    site: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A start serves what was gone back to, though the folder holds other files, and says so in a line."""
    settings = Settings(site[0], tmp_path, None)
    roll_back(site[1])
    with ready_index(site[0], site[1], settings) as index:
        assert [document.source for document in index.documents] == BEFORE
    said = capsys.readouterr().err

    assert len(said.splitlines()) == 1
    assert "退回" in said
    assert generations.pinned(site[1])


def test_a_damaged_one_gone_back_to_is_built_anew_at_start(site: tuple[Path, Path], tmp_path: Path) -> None:
    """The pin does not keep a start from mending an index that cannot be opened."""
    (roll_back(site[1]) / "passages.sqlite").write_bytes(b"damage")
    with ready_index(site[0], site[1], Settings(site[0], tmp_path, None)) as index:
        assert [document.source for document in index.documents] == AFTER


def test_a_build_that_is_asked_for_lets_go(site: tuple[Path, Path]) -> None:
    """A build follows the folder again; from there one goes back to what served before it."""
    older = roll_back(site[1])
    build(*site)

    assert generations.pinned(site[1]) is None
    assert sources(site[1]) == AFTER
    assert generations.previous(site[1]) == older
    assert len(list((site[1] / "generations").iterdir())) == 2
    assert not (site[1] / generations.PIN).exists()


def test_a_build_without_change_lets_go_too(site: tuple[Path, Path]) -> None:
    """Where the folder is as it was then, nothing is built and the next start follows the folder."""
    roll_back(site[1])
    shutil.rmtree(site[0])
    shutil.copytree(built()[0], site[0])

    assert not build(*site).fresh
    assert generations.pinned(site[1]) is None
    assert sources(site[1]) == BEFORE


def test_a_build_that_fails_leaves_the_pin(site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that dies on the way changes neither what serves nor what one can go forward to."""
    newest = generations.current(site[1])
    older = roll_back(site[1])

    def failing(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(generations, "seal", failing)
    with pytest.raises(Exception, match="disk full"):
        build(*site)

    assert generations.pinned(site[1]) == older
    assert generations.previous(site[1]) == newest


@pytest.mark.parametrize("steps", range(5))
@pytest.mark.parametrize("forward", [False, True])
def test_dying_on_the_way_back_leaves_one_or_the_other(
    steps: int, forward: bool, site: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After dying at any flush to the disk the index is whole, and a build and a way back still work."""
    if forward:
        roll_back(site[1])
    before = generations.current(site[1])
    flush = generations._sync
    flushed: list[Path] = []

    def dying(path: Path) -> None:
        if len(flushed) == steps:
            raise KeyboardInterrupt
        flushed.append(path)
        flush(path)

    with monkeypatch.context() as patch:
        patch.setattr(generations, "_sync", dying)
        with contextlib.suppress(KeyboardInterrupt):
            roll_back(site[1])
    switched = generations.current(site[1]) != before

    assert sources(site[1]) == (AFTER if switched == forward else BEFORE)
    assert (generations.pinned(site[1]) is not None) == (switched != forward)
    assert generations.previous(site[1]) not in (None, generations.current(site[1]))
    build(*site)
    assert sources(site[1]) == AFTER
    assert generations.pinned(site[1]) is None


def test_nothing_to_go_back_to(tmp_path: Path) -> None:
    """After one build, or none, there is none before: it is said, and nothing changes."""
    shutil.copytree(built()[1], tmp_path / "index")
    for index in (tmp_path / "index", tmp_path / "none"):
        with pytest.raises(RollBackError, match="没有上一版"):
            roll_back(index)
    with pytest.raises(RollBackError, match="没有上一版"):
        difference(tmp_path / "index")


def test_a_damaged_one_is_not_gone_back_to(site: tuple[Path, Path]) -> None:
    """What serves stays when the generation before does not hold what was sealed."""
    newest = generations.current(site[1])
    older = generations.previous(site[1])
    assert older is not None
    (older / "passages.sqlite").write_bytes(b"damage")
    with pytest.raises(RollBackError, match="现在的索引不变"):
        roll_back(site[1])
    with pytest.raises(RollBackError, match="已损坏"):
        difference(site[1])

    assert generations.current(site[1]) == newest
    assert generations.pinned(site[1]) is None


def test_not_while_a_build_runs(site: tuple[Path, Path]) -> None:
    """Going back while another process writes is refused."""
    with generations.writing(site[1]), pytest.raises(BuildRunningError):
        roll_back(site[1])


def test_the_command(site: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m index rollback`` says what changed, that it stays, and how to follow the folder again."""
    assert main(["rollback", "--index", str(site[1])]) == 0
    said = capsys.readouterr().out

    assert "恢复：plan-2.txt" in said
    assert "去掉：new.txt" in said
    assert "换回：plan-0.txt" in said
    assert "index build" in said
    assert sources(site[1]) == BEFORE
    assert main(["rollback", "--index", str(site[1])]) == 0
    assert "index build" not in capsys.readouterr().out
    assert sources(site[1]) == AFTER
