"""The state database as a file: opening it, several users of it, what breaks it."""

from pathlib import Path

import pytest

from bot.state.database import State
from bot.state.errors import StateError
from tests.bases import PLAN


def test_a_state_is_made_where_there_is_none(tmp_path: Path) -> None:
    """The folder is made too, and nobody else on the machine may read the file."""
    path = tmp_path / "neu %41?" / "state.sqlite"
    state = State(str(path))
    state.check()
    state.close()

    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["state.sqlite"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "存成文件"),
        ("sqlite:///:memory:", "存成文件"),
        ("nonsense://x/y", "YOUJU_DATABASE"),
        ("://", "YOUJU_DATABASE"),
        ("postgresql+psycopg2://u:secret@127.0.0.1:1/x", "pip install psycopg2"),
    ],
)
def test_an_address_that_will_not_do_is_said(url: str, words: str) -> None:
    """What is wrong with YOUJU_DATABASE is one sentence, without the password in it."""
    with pytest.raises(StateError, match=words) as caught:
        State(url)

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """The message names the file; not a byte of it changes."""
    path = tmp_path / "plan.txt"
    path.write_text(PLAN, "utf-8")
    with pytest.raises(StateError, match=r"plan\.txt 已经损坏，或者不是数据库"):
        State(str(path))

    assert path.read_text("utf-8") == PLAN
