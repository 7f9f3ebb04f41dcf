"""The keys that programs ask with, of which only a hash is kept."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from bot.state.accounts import LONGEST_NAME, spelt
from bot.state.connection import Database
from bot.state.errors import Missing, Unacceptable
from bot.state.records import ApiKey, now
from bot.state.tables import KEYS

MARK = "yj-"  # how every key begins: what begins otherwise is meant for somebody else
MOST_PER_MINUTE = 10_000
_TOUCH = timedelta(minutes=1)  # how exactly the last use is known
_NAME = re.compile(r"[\w.-]+")


class Keys:
    """The keys. One that is revoked is worth nothing to the next request."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def add(self, name: str, per_minute: int | None = None) -> str:
        """Make a key for a program and return it, of 256 random bits; nobody can see it again.

        Raises Unacceptable where the name or the number will not do or the name is taken.
        """
        name = _acceptable_name(name)
        if per_minute is not None and not 0 < per_minute <= MOST_PER_MINUTE:
            msg = f"每分钟次数 {per_minute} 不对：应为 1 到 {MOST_PER_MINUTE} 的整数。"
            raise Unacceptable(msg)
        key = f"{MARK}{secrets.token_urlsafe(32)}"
        row = {"name": name, "key": _hashed(key), "per_minute": per_minute, "created": self._clock()}
        with self._database.writing() as connection:
            if connection.scalar(select(KEYS.c.name).where(KEYS.c.name == name)) is not None:
                msg = f"已经有密钥“{name}”：请换一个名称，或先用 python -m bot keys revoke {name} 吊销它。"
                raise Unacceptable(msg)
            connection.execute(insert(KEYS).values(row))
        return key

    def all(self) -> tuple[ApiKey, ...]:
        """Return the keys by name."""
        columns = (KEYS.c.name, KEYS.c.per_minute, KEYS.c.created, KEYS.c.used)
        with self._database.reading() as connection:
            return tuple(ApiKey(*row) for row in connection.execute(select(*columns).order_by(KEYS.c.name)))

    def holder(self, key: str) -> ApiKey | None:
        """Return whose key it is, and note that it is used; None where it is none or revoked."""
        moment, mine = self._clock(), KEYS.c.key == _hashed(key)
        with self._database.reading() as connection:
            row = connection.execute(select(KEYS).where(mine)).one_or_none()
        if row is None:
            return None
        if row.used is None or moment - row.used >= _TOUCH:
            with self._database.writing() as connection:
                connection.execute(update(KEYS).where(mine).values(used=moment))
        return ApiKey(row.name, row.per_minute, row.created, row.used)

    def revoke(self, name: str) -> None:
        """End a key at once; what was asked with it stays. Raises Missing."""
        name = spelt(name)
        with self._database.writing() as connection:
            if not connection.execute(delete(KEYS).where(KEYS.c.name == name)).rowcount:
                shown = name[:LONGEST_NAME]
                msg = f"没有密钥“{shown}”：请用 python -m bot keys list 查看已有的密钥。"
                raise Missing(msg)


def _acceptable_name(text: str) -> str:
    name = spelt(text)
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        msg = f"密钥名称不能用：应为 1 到 {LONGEST_NAME} 个汉字、字母、数字，或者 . _ -。"
        raise Unacceptable(msg)
    return name


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
