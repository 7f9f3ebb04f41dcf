"""The keys of programs, as they are kept."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.state.database import State
from bot.state.errors import Missing, Unacceptable
from bot.state.keys import MARK
from tests.state_records import Clock

START = Clock().moment


def test_only_a_hash_of_a_key_is_kept(state: State, tmp_path: Path) -> None:
    """Whoever reads the database cannot ask with what stands there."""
    key = state.keys.add("dify", 60)

    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as database:
        kept = "\n".join(database.iterdump())

    assert "dify" in kept
    assert key not in kept
    assert key.removeprefix(MARK) not in kept
    assert len(key.removeprefix(MARK)) >= 43  # 256 bits


def test_a_key_opens_under_its_name_until_it_is_revoked(state: State) -> None:
    """The holder is known by the key alone, and a revoked key is nobody's from then on."""
    key, other = state.keys.add("dify", 60), state.keys.add("脚本-1")

    found = state.keys.holder(key)
    assert found is not None
    assert (found.name, found.per_minute, found.created) == ("dify", 60, START)
    assert state.keys.holder(f"{key}x") is None

    state.keys.revoke("dify")

    assert state.keys.holder(key) is None
    assert state.keys.holder(other) is not None
    assert [one.name for one in state.keys.all()] == ["脚本-1"]


def test_the_last_use_is_known_to_the_minute(state: State, clock: Clock) -> None:
    """A key never used says so; using it again within a minute writes nothing."""
    key = state.keys.add("dify")
    assert state.keys.all()[0].used is None

    state.keys.holder(key)
    clock.forward(seconds=59)
    state.keys.holder(key)
    assert state.keys.all()[0].used == START

    clock.forward(seconds=1)
    state.keys.holder(key)
    assert state.keys.all()[0].used == START + timedelta(minutes=1)


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "@local", "x" * 65, "a\nb", "a\ud800"])
def test_names_that_will_not_do(state: State, name: str) -> None:
    """A name is a word: it stands in logs, and no key can pass for what asks without one."""
    with pytest.raises(Unacceptable):
        state.keys.add(name)


def test_a_name_has_one_key(state: State) -> None:
    """A second key of a name would make the first one's use invisible."""
    state.keys.add("dify")

    with pytest.raises(Unacceptable, match="revoke dify"):
        state.keys.add(" dify ")


@pytest.mark.parametrize("often", [0, -1, 10_001])
def test_how_often_is_a_sensible_number(state: State, often: int) -> None:
    """A limit that lets nothing through, or everything, is a slip."""
    with pytest.raises(Unacceptable):
        state.keys.add("dify", often)


def test_revoking_what_is_not_there_is_told(state: State) -> None:
    """A misspelt name does not look like success."""
    with pytest.raises(Missing, match="没有密钥"):
        state.keys.revoke("dify")
