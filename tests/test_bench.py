"""The bench's own parts; what it measures is printed and never asserted."""

from pathlib import Path

import pytest

from eval.bench import load_of
from eval.bench_load import LOAD_HEADINGS, Loaded, Reply, load_cells, measure_load, trouble_lines
from eval.processes import BenchError, timed
from tests.bases import write_documents


def test_a_command_is_measured() -> None:
    """A command's wall time, peak memory and output come back."""
    spent = timed("index", "--help")

    assert spent.seconds > 0
    assert spent.memory > 1_000_000
    assert "build" in spent.output


def test_the_memory_told_is_the_commands_own() -> None:
    """However much the measuring process holds itself."""
    held = bytearray(b"x" * 400_000_000)

    assert 1_000_000 < timed("index", "--help").memory < len(held)


def test_a_command_that_fails_is_reported_with_its_words(tmp_path: Path) -> None:
    """A failing command stops the bench and its own message is shown."""
    with pytest.raises(BenchError, match=r"python -m index build .*没有成功"):
        timed("index", "build", "--documents", str(tmp_path / "none"), "--index", str(tmp_path / "index"))


def test_questions_are_made_up_where_none_are_given(tmp_path: Path) -> None:
    """A folder without questions is asked about its files by name, at most two hundred, evenly spread."""
    for number in range(300):
        (tmp_path / f"办法{number:03}.txt").touch()
    load = load_of("laws", tmp_path, ())

    assert len(load.questions) == 200
    assert load.questions[0].startswith("办法000")
    assert load.questions[-1].startswith("办法298")


@pytest.mark.parametrize("name", ["", "none"])
def test_an_empty_or_missing_folder_is_refused(tmp_path: Path, name: str) -> None:
    """There is nothing to measure in a folder that is empty or not there."""
    with pytest.raises(BenchError, match="文件夹"):
        load_of("x", tmp_path / name, ())


def test_people_who_ask_at_once_all_get_their_answers(tmp_path: Path) -> None:
    """Asked through the queue as the page asks, every question gets its whole answer, and all are in the log
    of the service that was killed right after.
    """
    documents = write_documents(tmp_path / "documents")
    places = ("--documents", str(documents), "--index", str(tmp_path / "index"))
    questions = ("云岭县执法人员每年培训多少学时？", "青川区受理多少件复议？", "出租车起步价是多少？")
    loaded = measure_load(places, questions, tmp_path / "home", users=4, seconds=1.0)

    assert len(loaded.answered) >= 4
    assert trouble_lines(loaded) == []
    assert loaded.kept == len(loaded.answered)
    assert all(0 < reply.first <= reply.whole <= reply.settled for reply in loaded.answered)
    assert len(load_cells(loaded)) == len(LOAD_HEADINGS)


def test_what_is_lost_is_told() -> None:
    """Answers that did not come are counted by why, and answers that came but were not kept are told."""
    replies = (Reply(0.1, 0.2, 0.3), Reply(trouble="ReadTimeout"), Reply(trouble="ReadTimeout"))
    loaded = Loaded(replies, kept=0, seconds=2.0, memory=1)

    assert trouble_lines(loaded) == ["丢失 2 次：ReadTimeout", "答了 1 次，服务的记录里只有 0 次。"]
    assert load_cells(loaded)[:3] == ("1", "2", "0.5")
