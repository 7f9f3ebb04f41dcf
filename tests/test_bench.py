"""The bench's own parts; what it measures is printed and never asserted."""

from pathlib import Path

import pytest

from eval.bench import BenchError, load_of, timed


def test_a_command_is_measured() -> None:
    """A command's wall time, peak memory and output come back."""
    spent = timed("index", "--help")

    assert spent.seconds > 0
    assert spent.memory > 1_000_000
    assert "build" in spent.output


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
