"""The state database as a file: how it is opened, what breaks it, other versions of the program."""

import json
import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.state import migrations
from bot.state.database import State
from bot.state.errors import Missing, StateError
from bot.state.records import Channel, KeptTurn, Reason, Role
from bot.state.tables import ACCOUNTS, CONVERSATIONS, FEEDBACK, QUESTIONS, TURNS
from index.document import Scope
from tests.bases import PLAN
from tests.state_records import answer, log, said, turn

BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the state is."""
    return tmp_path / "state.sqlite"


def execute(path: Path, *statements: str) -> None:
    """Change a database with another program."""
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_state_is_made_where_there_is_none(tmp_path: Path) -> None:
    """The folder is made too, whatever its name; nobody else on the machine may read the file."""
    path = tmp_path / "neu %41?&x=1" / "state.sqlite"
    state = State(str(path))
    log(state, "一问")
    beside = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    state.close()

    assert set(beside) >= {"state.sqlite", "state.sqlite-wal"}
    assert set(beside.values()) == {0o600}
    assert [one.name for one in path.parent.iterdir()] == ["state.sqlite"]


def test_a_url_names_the_same_file_as_a_path(path: Path) -> None:
    """YOUJU_DATABASE may be written either way."""
    state = State(str(path))
    number = log(state, "一问")
    state.close()
    again = State(f"sqlite:///{path}")

    assert again.questions.get(number).question == "一问"
    again.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "写上文件的路径"),
        ("sqlite://", "写上文件的路径"),
        ("sqlite:///:memory:", "写上文件的路径"),
        ("nonsense://x/y", "YOUJU_DATABASE 写得不对"),
        ("://", "YOUJU_DATABASE 写得不对"),
        ("postgresql://someone:secret@localhost/x", r'pip install "psycopg\[binary\]"'),
    ],
)
def test_an_address_that_will_not_do_is_said(url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with YOUJU_DATABASE is one sentence, without the password in it."""
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as where it is not installed
    with pytest.raises(StateError, match=words) as caught:
        State(url)

    assert "secret" not in str(caught.value)


def write_plan(path: Path) -> None:
    """Put a text where the database should be."""
    path.write_text(PLAN * 30, "utf-8")


def cut_off(path: Path) -> None:
    """Leave the first page of a database alone."""
    state = State(str(path))
    for number in range(50):
        log(state, f"第{number}问")
    state.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (write_plan, "state.sqlite 已经损坏，或者不是数据库。请停止服务，用备份"),
        (cut_off, "state.sqlite 已经损坏，或者不是数据库。请停止服务，用备份"),
        (Path.mkdir, "state.sqlite 打不开"),
        (lambda path: path.symlink_to(path.parent / "nowhere" / "x"), "state.sqlite 打不开（路径不存在）"),
    ],
    ids=["text", "cut off", "folder", "broken link"],
)
def test_what_cannot_be_opened_is_said_and_left_alone(
    spoil: Callable[[Path], object], words: str, path: Path
) -> None:
    """The message names the file and the remedy; not a byte of it changes."""
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StateError, match=words):
        State(str(path))

    assert (path.read_bytes() if path.is_file() else None) == before


def test_another_programs_database_is_not_used(path: Path) -> None:
    """Tables of the same names that are not ours are told apart, and none is added beside them."""
    execute(path, "CREATE TABLE accounts (id INT)")
    with pytest.raises(StateError, match=r"state\.sqlite 是别的程序的数据库"):
        State(str(path))

    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("accounts",)]
    connection.close()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("query_only = 1", "state.sqlite 不能写。请检查"),
        ("max_page_count = 1", "state.sqlite 写不进去：磁盘已满。请清理磁盘空间"),
    ],
    ids=["read only", "full"],
)
def test_a_write_that_fails_is_said_and_what_was_there_stays(setting: str, words: str, path: Path) -> None:
    """A disk that is full or read only is one sentence; reading goes on."""
    state = State(str(path))
    id = state.conversations.start("甲").id
    number = said(state, "甲", id, "一问")
    limit(state, setting)
    long = answer("长" * 100_000)

    with pytest.raises(StateError, match=words):
        log(state, "二问", long)
    with pytest.raises(StateError, match=words):
        state.conversations.keep("甲", id, KeptTurn(number, turn("二问", long)))

    assert [kept.asked for kept in state.conversations.turns("甲", id)] == [number]
    assert list(state.questions.between(BEGINNING, END)) == [state.questions.get(number)]
    state.close()


def limit(state: State, setting: str) -> None:
    """Give SQLite a setting that makes it fail as it does on such a disk."""
    with state._database.engine.connect() as connection:  # the only one there is: all that follows use it
        connection.exec_driver_sql(f"PRAGMA {setting}")


def read_only(state: State, path: Path) -> None:
    """Take away the right to write."""
    limit(state, "query_only = 1")


def gone(state: State, path: Path) -> None:
    """Delete the file under the program, which goes on writing into what nobody will find."""
    path.unlink()


def replaced(state: State, path: Path) -> None:
    """Put another file in its place."""
    path.with_name("backup").write_bytes(path.read_bytes())
    path.with_name("backup").rename(path)


@pytest.mark.parametrize(
    ("spoil", "words"), [(read_only, "不能写"), (gone, "被移走或替换了"), (replaced, "被移走或替换了")]
)
def test_the_check_finds_what_would_lose_writes(
    spoil: Callable[[State, Path], None], words: str, path: Path
) -> None:
    """Whoever asks whether the service is ready hears of it before a user does."""
    state = State(str(path))
    state.check()
    spoil(state, path)
    with pytest.raises(StateError, match=rf"state\.sqlite.*{words}"):
        state.check()

    state.close()


def test_a_busy_database_is_said(path: Path) -> None:
    """Another program that keeps the lock is named as the cause."""
    state = State(str(path))
    limit(state, "busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StateError, match="一直被别的程序占用。请关掉"):
        log(state, "一问")

    other.execute("ROLLBACK")
    other.close()

    assert state.questions.get(log(state, "二问")).question == "二问"
    state.close()


def test_a_new_database_that_another_program_makes_is_waited_for(path: Path) -> None:
    """Two programs of a site that are started at once both open the file, whoever makes it."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ended = threading.Timer(0.3, other.close)
    ended.start()

    State(str(path)).close()

    ended.join()


def test_a_later_version_is_refused(path: Path) -> None:
    """An older program leaves a newer database alone and says what to do."""
    State(str(path)).close()
    execute(path, "UPDATE state_schema SET version = 99")
    with pytest.raises(StateError, match=r"第 99 版，本程序只认到第 1 版.*升级"):
        State(str(path))


def test_an_earlier_version_is_brought_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step runs once, in order, and what was kept stays."""
    state = State(str(path))
    number = log(state, "一问")
    state.close()
    steps = (
        ("ALTER TABLE questions ADD COLUMN tone VARCHAR(8)",),
        ("UPDATE questions SET tone = '平'", "ALTER TABLE questions ADD COLUMN seen INTEGER DEFAULT 7"),
    )
    monkeypatch.setattr(migrations, "STEPS", steps)
    for _ in range(2):
        state = State(str(path))

        assert state.questions.get(number).question == "一问"
        with state._database.reading() as connection:
            assert connection.execute(text("SELECT tone, seen FROM questions")).all() == [("平", 7)]
            assert connection.scalar(text("SELECT version FROM state_schema")) == 3
        state.close()


def test_a_step_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database is of one version or the other, never of half of one."""
    State(str(path)).close()
    before = path.read_bytes()
    bad = (("ALTER TABLE questions ADD COLUMN tone VARCHAR(8)", "ALTER TABLE nowhere ADD COLUMN x INTEGER"),)
    monkeypatch.setattr(migrations, "STEPS", bad)
    with pytest.raises(StateError, match="no such table: nowhere"):
        State(str(path))

    monkeypatch.undo()
    State(str(path)).close()
    with sqlite3.connect(path) as connection:
        assert "tone" not in str(connection.execute("SELECT sql FROM sqlite_schema").fetchall())
    connection.close()
    assert len(before) == path.stat().st_size


def test_what_later_versions_write_is_read(path: Path) -> None:
    """Fields that are not known yet are passed over, those that are not there have their defaults."""
    state = State(str(path))
    id = state.conversations.start("甲", Scope(years=(2024,))).id
    number = said(state, "甲", id, "一问")
    expected = state.conversations.turns("甲", id), state.questions.get(number)
    with state._database.writing() as connection:
        for table, column in ((TURNS, "turn"), (QUESTIONS, "answer"), (CONVERSATIONS, "scope")):
            content = json.loads(connection.scalar(text(f"SELECT {column} FROM {table.name}")))
            answered = content.get("answer", content)
            for gone in ("seconds", "suggestions", "places", "documents"):
                answered.pop(gone, None)
            content["later"] = answered["later"] = {"deep": [1]}
            for one in answered.get("citations", ()):
                one["later"] = None
            connection.execute(update(table).values({column: json.dumps(content)}))

    assert (state.conversations.turns("甲", id), state.questions.get(number)) == expected
    assert state.conversations.get("甲", id).scope == Scope(years=(2024,))
    state.close()


def test_what_cannot_be_read_is_left_out(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One bad row hides itself alone; the warning says where it stands and not what was asked."""
    state = State(str(path))
    id = state.conversations.start("甲", Scope(years=(2024,))).id
    numbers = [said(state, "甲", id, f"秘密{n}") for n in range(4)]
    for number in numbers:
        state.feedback.give(number, "甲", False, Reason.WRONG, "")
    state.accounts.add("甲", "correct horse", Role.READER)
    state.accounts.add("乙", "correct horse", Role.READER)
    with state._database.writing() as connection:
        first, second, third = numbers[0], numbers[1], numbers[2]
        spoiled = TURNS.c.asked == second
        connection.execute(update(TURNS).where(spoiled).values(turn='{"question": {"text": "秘密1"}}'))
        connection.execute(update(QUESTIONS).where(QUESTIONS.c.id == first).values(answer="秘密[1"))
        connection.execute(update(QUESTIONS).where(QUESTIONS.c.id == third).values(channel="telepathy"))
        connection.execute(update(FEEDBACK).where(FEEDBACK.c.question == numbers[3]).values(reason="later"))
        connection.execute(update(CONVERSATIONS).values(scope="[]"))
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == "甲").values(role="later"))
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == "乙").values(password="later"))
    with caplog.at_level(logging.WARNING):
        kept = [turn.asked for turn in state.conversations.turns("甲", id)]
        logged = [asked.id for asked in state.questions.between(BEGINNING, END)]
        said_of = [(one.asked.id, one.reason) for one in state.feedback.between(BEGINNING, END)]

        assert state.conversations.get("甲", id).scope == Scope()
        assert state.accounts.person("甲") is None
        assert state.accounts.check("甲", "correct horse") is None
        assert state.accounts.check("乙", "correct horse") is None
        assert [account.name for account in state.accounts.all()] == ["乙"]
        assert [count for _, count in state.questions.most_cited(BEGINNING, END, 9)] == [4]
        with pytest.raises(Missing):
            state.questions.get(first)

    assert kept == [numbers[0], numbers[2], numbers[3]]
    assert logged == [numbers[3], second]
    assert said_of == [(numbers[3], None), (second, Reason.WRONG)]
    assert f"第 {first} 号问题的回答读不出来" in caplog.text
    assert "秘密" not in caplog.text

    state.conversations.cut("甲", id, 2)  # as many as are seen

    assert [turn.asked for turn in state.conversations.turns("甲", id)] == [numbers[0], numbers[2]]
    state.close()


@pytest.mark.parametrize("words", ["\ud800", "a\x00b", "\U0001f600", "'; DROP TABLE turns; --", "", "\r\n\t"])
def test_whatever_is_asked_can_be_kept(words: str, path: Path) -> None:
    """What no database stores becomes �, everything else comes back as it was."""
    state = State(str(path))
    shown = words.replace("\ud800", "\ufffd")
    id = state.conversations.start(words).id
    number = said(state, words, id, words, answer(words))
    state.feedback.give(number, words, False, Reason.OTHER, words)

    asked = state.questions.add(words, Channel.API, words, answer(words), words)
    found = state.feedback.of(number, words)

    assert state.conversations.turns(words, id)[0].turn == turn(shown, answer(shown))
    assert state.questions.get(asked).question == shown.replace("\x00", "\ufffd")
    assert state.questions.get(asked).answer.text == shown
    assert found is not None
    assert found.words == shown.replace("\x00", "\ufffd")
    assert state.conversations.of(words, words)[0].id == id
    state.close()
