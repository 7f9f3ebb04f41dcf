"""Who may sign in with a password; the only door to argon2."""

import logging
import secrets
import threading
import unicodedata
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from bot.state.connection import Database
from bot.state.errors import Missing, Unacceptable
from bot.state.kept import choice
from bot.state.records import Account, Person, Role, now
from bot.state.tables import ACCOUNTS, SESSIONS

logger = logging.getLogger(__name__)
LONGEST_NAME = 64  # characters
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1_000  # characters
_AT_ONCE = 2  # passwords hashed at a time: each takes 64 MiB and a core


class Accounts:
    """The accounts. Changes of one are seen by the next request of its owner."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock
        self._hasher = PasswordHasher()
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def add(self, name: str, password: str, role: Role) -> None:
        """Add an account. Raises Unacceptable where its name or password will not do or it is there."""
        name = acceptable_name(name)
        row = {"name": name, "role": role.value, "created": self._clock()}
        row["password"] = self._hash(_acceptable_password(name, password))
        with self._database.writing() as connection:
            if connection.scalar(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)) is not None:
                msg = f"已经有账号“{name}”：请换一个名称，或修改它的密码、角色。"
                raise Unacceptable(msg)
            connection.execute(insert(ACCOUNTS).values(row))

    def set_password(self, name: str, password: str) -> None:
        """Change a password and end the sessions. Raises Missing, Unacceptable."""
        name = spelt(name)
        hashed = self._hash(_acceptable_password(name, password))
        with self._database.writing() as connection:
            _change(connection, name, password=hashed)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))

    def set_role(self, name: str, role: Role) -> None:
        """Change what somebody may do, at once. Raises Missing."""
        with self._database.writing() as connection:
            _change(connection, spelt(name), role=role.value)

    def remove(self, name: str) -> None:
        """Remove an account and end its sessions; what its owner asked stays. Raises Missing."""
        name = spelt(name)
        with self._database.writing() as connection:
            if not connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == name)).rowcount:
                raise no_account(name)
            connection.execute(delete(SESSIONS).where(SESSIONS.c.name == name))

    def all(self) -> tuple[Account, ...]:
        """Return the accounts by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).all()
        roles = [choice(Role, row.role, _where(row.name)) for row in rows]
        return tuple(
            Account(row.name, role, row.created) for row, role in zip(rows, roles, strict=True) if role
        )

    def check(self, name: str, password: str) -> Person | None:
        """Return the person where the password is theirs; it takes as long where there is no such name."""
        name = spelt(name)
        with self._database.reading() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).one_or_none()
        nobody = self._nobody  # made for known names too, so that the first call does not tell them apart
        right = self._verify(nobody if row is None else row.password, password)
        if row is None or not right:
            return None
        if self._hasher.check_needs_rehash(row.password):  # the library's parameters have grown since
            hashed = self._hash(password)
            same = (ACCOUNTS.c.name == name, ACCOUNTS.c.password == row.password)
            with self._database.writing() as connection:
                connection.execute(update(ACCOUNTS).where(*same).values(password=hashed))
        return _person(name, row.role)

    def person(self, name: str) -> Person | None:
        """Return who has an account of this name, None where nobody has."""
        name = spelt(name)
        with self._database.reading() as connection:
            role = connection.scalar(select(ACCOUNTS.c.role).where(ACCOUNTS.c.name == name))
        return None if role is None else _person(name, role)

    @cached_property
    def _nobody(self) -> str:
        """What a password for an unknown name is held against."""
        return self._hash(secrets.token_urlsafe())

    def _hash(self, password: str) -> str:
        with self._turn:
            return self._hasher.hash(_bytes(password))

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            with self._turn:
                # None is that long: the empty one takes as long and is nobody's.
                return self._hasher.verify(
                    hashed, _bytes("" if len(password) > LONGEST_PASSWORD else password)
                )
        except VerificationError:
            return False
        except InvalidHashError:
            logger.warning("有一个账号的密码记录读不出来：请用 python -m bot accounts password 重设。")
            return False


def acceptable_name(text: str) -> str:
    """Return a name as it is kept; raise Unacceptable where it will not do."""
    name = spelt(text)
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        shown = ascii(name)[1:40] if name and not name.isprintable() else name[:LONGEST_NAME]
        msg = f"账号名称“{shown}”不能用：应为 1 到 {LONGEST_NAME} 个字，不含换行等看不见的字符。"
        raise Unacceptable(msg)
    return name


def spelt(name: str) -> str:
    """Return a name as names are compared: without space around, accents in one spelling."""
    return unicodedata.normalize("NFC", name.strip())


def _acceptable_password(name: str, password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        msg = f"密码太短：至少 {SHORTEST_PASSWORD} 个字符。"
        raise Unacceptable(msg)
    if len(password) > LONGEST_PASSWORD:
        msg = f"密码太长：至多 {LONGEST_PASSWORD} 个字符。"
        raise Unacceptable(msg)
    if len(set(password)) == 1 or password == name:
        msg = "密码太容易猜：不能与账号名称相同，也不能只用一个字符。"
        raise Unacceptable(msg)
    return password


def _person(name: str, role: str) -> Person | None:
    known = choice(Role, role, _where(name))
    return None if known is None else Person(name, known, signed_in=True)


def _where(name: str) -> str:
    return f"账号 {name} 的角色"


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _change(connection: Connection, name: str, **values: str) -> None:
    if not connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(values)).rowcount:
        raise no_account(name)


def no_account(name: str) -> Missing:
    """Return what to raise where nobody has an account of this name."""
    return Missing(f"没有账号“{name[:LONGEST_NAME]}”：请用 python -m bot accounts list 查看已有的账号。")
