"""``python -m bot accounts``: what whoever runs the server types, and what comes of it."""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import accounts_command
from bot.state.database import State
from bot.state.errors import Missing, Unacceptable
from bot.state.records import Person, Role

PASSWORD = "correct horse"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty state."""
    opened = State(str(tmp_path / "state.sqlite"))
    yield opened
    opened.close()


class Terminal(io.StringIO):
    """Standard input where somebody types."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def accounts(state: State, *words: str) -> str:
    """Run the command as a program that has it would, and return what it prints."""
    parser = argparse.ArgumentParser(prog="python -m bot")
    accounts_command.add_parser(parser.add_subparsers(required=True))
    return accounts_command.run(parser.parse_args(["accounts", *words]), state)


def typing(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    """Let these be typed at the prompts, and nothing more."""
    typed = iter(passwords)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(accounts_command, "getpass", lambda _: next(typed))


def test_an_account_from_beginning_to_end(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Added, listed, given another role and password, removed: each takes effect and says so."""
    assert "还没有账号" in accounts(state, "list")

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSWORD}\r\nignored\n"))

    assert "已添加账号“张三”" in accounts(state, "add", "张三", "--role", "operator")
    assert state.accounts.check("张三", PASSWORD) == Person("张三", Role.OPERATOR, signed_in=True)
    assert accounts(state, "list").startswith("张三\toperator\t20")

    accounts(state, "role", "张三", "reader")

    assert state.accounts.person("张三") == Person("张三", Role.READER, signed_in=True)

    token = state.sessions.open("张三")
    typing(monkeypatch, "another one", "another one")

    assert "重新登录" in accounts(state, "password", "张三")
    assert state.sessions.person(token) is None
    assert state.accounts.check("张三", "another one") is not None

    token = state.sessions.open("张三")

    assert "已删除账号“张三”" in accounts(state, "remove", "张三")
    assert state.sessions.person(token) is None
    assert state.accounts.all() == ()


def test_a_role_is_reader_unless_said(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody becomes an operator by a word left out."""
    typing(monkeypatch, PASSWORD, PASSWORD)
    accounts(state, "add", "张三")

    assert state.accounts.person("张三") == Person("张三", Role.READER, signed_in=True)


def test_passwords_typed_differently_add_nothing(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip at the prompt is found before it locks somebody out."""
    typing(monkeypatch, PASSWORD, "correct hose")
    with pytest.raises(Unacceptable, match="两次输入的密码不同"):
        accounts(state, "add", "张三")

    assert state.accounts.all() == ()


@pytest.mark.parametrize(
    ("words", "message"),
    [(("add", "张\t三"), "不能用"), (("password", "李四"), "没有账号“李四”")],
)
def test_no_password_is_asked_for_in_vain(
    words: tuple[str, ...], message: str, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be done whatever the password is said before it is typed."""
    typing(monkeypatch)
    with pytest.raises((Missing, Unacceptable), match=message):
        accounts(state, *words)


@pytest.mark.parametrize("given", [b"", b"short\n", b"\xff\xfe12345678\n"])
def test_a_bad_password_on_standard_input_is_said(
    given: bytes, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing, too little, or bytes that are no text: one sentence each, and no account."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
    with pytest.raises(Unacceptable, match=r"密码.*(至少|UTF-8)"):
        accounts(state, "add", "张三")

    assert state.accounts.all() == ()


def test_an_unknown_role_is_a_mistake_of_typing(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    """The roles there are stand in the message."""
    with pytest.raises(SystemExit):
        accounts(state, "role", "张三", "admin")

    assert "reader 或 operator" in capsys.readouterr().err
