"""``python -m bot keys``: what whoever runs the server types, and what comes of it."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import keys_command
from bot.state.database import State
from bot.state.errors import Missing, Unacceptable


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state."""
    opened = State(str(tmp_path / "state.sqlite"))
    yield opened
    opened.close()


def keys(state: State, *words: str) -> str:
    """Run the command as a program that has it would, and return what it prints."""
    parser = argparse.ArgumentParser(prog="python -m bot")
    keys_command.add_parser(parser.add_subparsers(required=True))
    return keys_command.run(parser.parse_args(["keys", *words]), state)


def test_a_key_from_beginning_to_end(state: State) -> None:
    """Added and shown once, listed without it, revoked: each takes effect and says so."""
    assert "还没有密钥" in keys(state, "list")

    key = keys(state, "add", "dify", "--per-minute", "120").splitlines()[-1]
    found = state.keys.holder(key)
    listed = keys(state, "list")

    assert found is not None
    assert found.per_minute == 120
    assert listed.startswith("dify\t每分钟 120 次\t20")
    assert listed.endswith("用过")
    assert key not in listed
    assert "已吊销密钥“dify”" in keys(state, "revoke", "dify")
    assert state.keys.holder(key) is None


def test_a_key_without_a_number_asks_as_often_as_a_person(state: State) -> None:
    """The list says so, and that it was not used yet."""
    keys(state, "add", "脚本")

    assert "每分钟与每个人相同" in keys(state, "list")
    assert "还没有用过" in keys(state, "list")


def test_what_cannot_be_done_is_an_error(state: State) -> None:
    """A bad name and a key that is not there end the command with their reason."""
    with pytest.raises(Unacceptable):
        keys(state, "add", "a b")
    with pytest.raises(Missing):
        keys(state, "revoke", "dify")
