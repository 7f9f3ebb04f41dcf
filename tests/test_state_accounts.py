"""Accounts, sessions and failed attempts to sign in."""

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select, update

from bot.state.database import State
from bot.state.errors import Missing, Unacceptable
from bot.state.records import Account, Person, Role
from bot.state.tables import ACCOUNTS, SESSIONS
from tests.state_records import Clock

PASSWORD = "correct horse"


@pytest.fixture
def state(state: State) -> State:
    """A state with one account."""
    state.accounts.add("张三", PASSWORD, Role.READER)
    return state


@pytest.mark.parametrize(
    ("name", "password", "person"),
    [
        ("张三", PASSWORD, Person("张三", Role.READER, signed_in=True)),
        (" 张三 ", PASSWORD, Person("张三", Role.READER, signed_in=True)),
        ("张三", PASSWORD + " ", None),
        ("张三", "", None),
        ("李四", PASSWORD, None),
        ("张三' OR 1=1 --", PASSWORD, None),
        ("张\ud800三\x00", "\ud800", None),
        ("张三", "长" * 100_000, None),
    ],
)
def test_only_the_right_password_opens(name: str, password: str, person: Person | None, state: State) -> None:
    """The person is told where name and password belong together, and nothing else is."""
    assert state.accounts.check(name, password) == person


@pytest.mark.parametrize("name", ["张三", "李四", ""])
def test_an_unknown_name_is_checked_like_a_known_one(
    name: str, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each attempt costs one verification against a hash of the same parameters: its time tells nothing."""
    parameters = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, password: bytes) -> bool:
        parameters.append(extract_parameters(hashed))
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)

    assert state.accounts.check(name, "wrong password") is None
    assert parameters == [extract_parameters(PasswordHasher().hash("x"))]


def test_a_weaker_hash_is_made_anew(state: State) -> None:
    """When the library's parameters have grown, the next sign-in brings the account up."""
    old = PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)
    kept = select(ACCOUNTS.c.password)
    with state._database.writing() as connection:
        connection.execute(update(ACCOUNTS).values(password=old))

    assert state.accounts.check("张三", "wrong password") is None
    with state._database.reading() as connection:
        assert connection.scalar(kept) == old

    assert state.accounts.check("张三", PASSWORD) is not None
    with state._database.reading() as connection:
        new = connection.scalar(kept)

    assert new is not None
    assert extract_parameters(new) == extract_parameters(PasswordHasher().hash("x"))
    assert state.accounts.check("张三", PASSWORD) is not None


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("", PASSWORD, "1 到 64 个字"),
        ("  ", PASSWORD, "1 到 64 个字"),
        ("名" * 65, PASSWORD, "1 到 64 个字"),
        ("张\n三", PASSWORD, "看不见"),
        ("张\u200b三", PASSWORD, "看不见"),
        ("李四", "1234567", "至少 8"),
        ("李四", "", "至少 8"),
        ("李四", "a" * 1_001, "至多 1000"),
        ("李四", "        ", "容易猜"),
        ("administrator", "administrator", "容易猜"),
        ("张三", PASSWORD, "已经有账号"),
    ],
)
def test_what_will_not_do_is_said(name: str, password: str, words: str, state: State) -> None:
    """A name or password that cannot be taken is refused with what would do, and nothing is added."""
    with pytest.raises(Unacceptable, match=words) as caught:
        state.accounts.add(name, password, Role.READER)

    assert PASSWORD not in str(caught.value)
    assert [account.name for account in state.accounts.all()] == ["张三"]


def test_accounts_are_listed(state: State, clock: Clock) -> None:
    """Name, role and day of every account, without the password."""
    state.accounts.add("Li", PASSWORD, Role.OPERATOR)

    assert state.accounts.all() == (
        Account("Li", Role.OPERATOR, clock()),
        Account("张三", Role.READER, clock()),
    )


def test_a_role_changes_at_once(state: State) -> None:
    """A session that is open has the new role from the next request on."""
    token = state.sessions.open("张三")
    state.accounts.set_role("张三", Role.OPERATOR)

    assert state.sessions.person(token) == Person("张三", Role.OPERATOR, signed_in=True)


@pytest.mark.parametrize("change", ["password", "remove", "close_all"])
def test_sessions_end_with_what_opened_them(change: str, state: State) -> None:
    """A new password, or no account any more, ends every session of that name and no other."""
    state.accounts.add("李四", PASSWORD, Role.READER)
    mine, others = [state.sessions.open("张三") for _ in range(2)], state.sessions.open("李四")
    if change == "password":
        state.accounts.set_password("张三", "another password")
    elif change == "remove":
        state.accounts.remove("张三")
    else:
        state.sessions.close_all("张三")

    assert [state.sessions.person(token) for token in mine] == [None, None]
    assert state.sessions.person(others) is not None


def test_a_removed_account_does_not_come_back_with_its_sessions(state: State) -> None:
    """Whoever gets the same name later has nothing of the one before."""
    token = state.sessions.open("张三")
    state.accounts.remove("张三")
    state.accounts.add("张三", "new password", Role.OPERATOR)

    assert state.sessions.person(token) is None
    assert state.accounts.check("张三", PASSWORD) is None


@pytest.mark.parametrize(
    ("steps", "alive"),
    [
        ([11.9], True),
        ([12.0], False),
        ([11.0, 11.0, 11.0], True),
        ([10.0] * 71, True),
        ([10.0] * 72, False),
    ],
)
def test_a_session_ends_with_disuse_and_with_age(
    steps: list[float], alive: bool, state: State, clock: Clock
) -> None:
    """Twelve hours without a request end it, thirty days in any case."""
    token = state.sessions.open("张三")
    for hours in steps:
        clock.forward(hours=hours)
        person = state.sessions.person(token)

    assert (person is not None) == alive


def test_use_is_noted_once_a_minute(state: State, clock: Clock) -> None:
    """A page that asks for many things writes once."""
    token, begun = state.sessions.open("张三"), clock()
    used = []
    for seconds in (59, 1, 59):
        clock.forward(seconds=seconds)
        state.sessions.person(token)
        with state._database.reading() as connection:
            used.append(connection.scalar(select(SESSIONS.c.used)))

    assert used == [begun, begun + timedelta(minutes=1), begun + timedelta(minutes=1)]


def test_sessions_that_are_over_are_swept(state: State, clock: Clock) -> None:
    """The table does not grow with every day's sign-ins."""
    for _ in range(3):
        state.sessions.open("张三")
    clock.forward(hours=12)
    token = state.sessions.open("张三")
    with state._database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(SESSIONS)) == 1

    assert state.sessions.name(token) == "张三"


def test_a_name_proved_elsewhere_needs_no_account(state: State) -> None:
    """Who was vouched for by another service has a name here and no role."""
    token = state.sessions.open("王五@example")

    assert state.sessions.name(token) == "王五@example"
    assert state.sessions.person(token) is None


def test_a_closed_session_is_over(state: State) -> None:
    """Signing out ends this session alone."""
    token, other = state.sessions.open("张三"), state.sessions.open("张三")
    state.sessions.close(token)

    assert state.sessions.person(token) is None
    assert state.sessions.person(other) is not None


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 100_000])
def test_a_token_nobody_gave_is_nobodys(token: str, state: State) -> None:
    """Whatever a cookie holds."""
    assert state.sessions.person(token) is None


def test_the_token_itself_is_not_kept(state: State, tmp_path: Path) -> None:
    """Who reads the database cannot use the sessions in it, nor learn a password."""
    token = state.sessions.open("张三")
    state.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert len(token) >= 43  # 256 bits
    assert token.encode() not in kept
    assert PASSWORD.encode() not in kept
    assert b"$argon2id$" in kept


def test_guessing_is_stopped(state: State, clock: Clock) -> None:
    """Five failures of a name from an address block both together until the first is 15 minutes old."""
    for _ in range(5):
        assert state.sessions.blocked("张三", "10.0.0.1") == 0
        state.sessions.failed("张三", "10.0.0.1")
        clock.forward(minutes=1)

    assert state.sessions.blocked("张三", "10.0.0.1") == 600
    assert state.sessions.blocked("张三", "10.0.0.2") == 0
    assert state.sessions.blocked("李四", "10.0.0.1") == 0

    clock.forward(minutes=9, seconds=59.5)

    assert state.sessions.blocked("张三", "10.0.0.1") == 1

    clock.forward(seconds=0.5)

    assert state.sessions.blocked("张三", "10.0.0.1") == 0


def test_guesses_under_other_spellings_of_a_name_count(state: State) -> None:
    """What signs in as the same person is counted as the same person."""
    for spelling in ("张三", " 张三", "张三 ", "\t张三", "张三\n"):
        state.sessions.failed(spelling, "10.0.0.1")

    assert state.sessions.blocked("  张三  ", "10.0.0.1") == 900


def test_guessing_names_is_stopped(state: State) -> None:
    """Thirty failures from one address block it for every name, and no other address."""
    for number in range(30):
        state.sessions.failed(f"名{number}", "10.0.0.1")

    assert state.sessions.blocked("张三", "10.0.0.1") == 900
    assert state.sessions.blocked("张三", "10.0.0.2") == 0


def test_the_right_password_clears_the_failures(state: State) -> None:
    """Who signs in after four slips has five again."""
    for _ in range(5):
        state.sessions.failed("张三", "10.0.0.1")
    state.sessions.failed("李四", "10.0.0.1")
    state.sessions.cleared("张三", "10.0.0.1")

    assert state.sessions.blocked("张三", "10.0.0.1") == 0


@pytest.mark.parametrize("call", ["set_password", "set_role", "remove"])
def test_an_unknown_account_is_said(call: str, state: State) -> None:
    """Changing an account that is not there names it."""
    arguments = {"set_password": (PASSWORD,), "set_role": (Role.READER,), "remove": ()}[call]
    with pytest.raises(Missing, match="没有账号“李四”"):
        getattr(state.accounts, call)("李四", *arguments)
