"""Messages of chat programs from their arrival until their answers have arrived, and what the processes of
a site share to serve them: access tokens, and leases on what only one of them may do.

Writers wait for each other (``Database.writing``), so what a transaction has looked at holds until it ends.
"""

import secrets
import time
from collections.abc import Callable, Collection
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, delete, exists, func, insert, select, update

from bot.state.connection import Database
from bot.state.tables import LEASES, TASKS, TOKENS
from bot.wecom.messages import Inbound
from bot.wecom.settings import Mode
from bot.wecom.task import Task, Token

REFRESH = 15.0  # seconds a process may take to fetch a token before another one tries
_LOOK_AGAIN = 0.05  # seconds
OPEN, ANSWERED, DONE = "open", "answered", "done"

_MESSAGE = TypeAdapter(Inbound)


class StoredInbox:
    """The tasks, tokens and leases of a state database; see ``bot.wecom.task.Inbox``.

    ``clock`` tells the time in seconds since 1970.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def accept(
        self, mode: Mode, message: Inbound, session: str, now: float, at_once: Callable[[int, int], str]
    ) -> Task:
        """Insert the task unless the same message is there, answered already where there is no work."""
        same = and_(TASKS.c.mode == mode.value, TASKS.c.bot == message.bot, TASKS.c.key == message.key)
        with self._database.writing() as connection:
            found = _one(connection, same)
            if found is not None:
                return found
            waits = TASKS.c.state == OPEN
            text = at_once(
                _count(connection, and_(TASKS.c.session == session, waits)), _count(connection, waits)
            )
            row = {
                "mode": mode.value,
                "bot": message.bot,
                "key": message.key,
                "session": session,
                "stream": f"trace_{secrets.token_hex(16)}",  # votes were seen only on names that begin so
                "message": _MESSAGE.dump_json(message).decode(),
                "received": now,
                "state": ANSWERED if text else OPEN,
                "text": text,
                "lease": 0.0,
            }
            connection.execute(insert(TASKS).values(row))
            found = _one(connection, same)
        assert found is not None
        return found

    def next_question(self, modes: Collection[Mode], now: float, lease: float) -> Task | None:
        """Take the oldest open task of a session where no earlier one is open."""
        earlier = TASKS.alias()
        first = ~exists().where(
            earlier.c.session == TASKS.c.session,
            earlier.c.mode == TASKS.c.mode,
            earlier.c.state == OPEN,
            earlier.c.id < TASKS.c.id,
        )
        tries = TASKS.c.tries + 1
        return self._take(and_(TASKS.c.state == OPEN, first), modes, now, lease=now + lease, tries=tries)

    def show(self, task: Task, now: float, lease: float) -> None:
        """Keep what is shown so far."""
        self._hold(task, text=task.text, lease=now + lease)

    def renew(self, task: Task, now: float, lease: float) -> None:
        """Hold a task that was taken for longer."""
        self._hold(task, lease=now + lease)

    def finish(self, task: Task, text: str, asked: int | None) -> Task:
        """Keep the whole answer, unless there is one."""
        with self._database.writing() as connection:
            connection.execute(
                update(TASKS)
                .where(TASKS.c.id == task.id, TASKS.c.state == OPEN)
                .values(text=text, asked=asked, state=ANSWERED, lease=0.0, tries=0)
            )
            found = _one(connection, TASKS.c.id == task.id)
        assert found is not None
        return found

    def next_delivery(self, modes: Collection[Mode], now: float, lease: float) -> Task | None:
        """Take an answered task whose time has come."""
        return self._take(TASKS.c.state == ANSWERED, modes, now, lease=now + lease)

    def sent(self, task: Task, pieces: int) -> None:
        """Note that so many pieces of the answer have arrived."""
        self._change(task, sent=pieces)

    def delivered(self, task: Task) -> None:
        """Note that nothing is left to be sent."""
        self._change(task, state=DONE)

    def postpone(self, task: Task, until: float, failed: bool) -> None:
        """Look at it again later."""
        self._change(task, lease=until, tries=task.tries + failed)

    def forget(self, before: float) -> None:
        """Delete the tasks received before a time."""
        with self._database.writing() as connection:
            connection.execute(delete(TASKS).where(TASKS.c.received < before))

    def by_stream(self, stream: str) -> Task | None:
        """Return the task whose answer goes by this name."""
        with self._database.reading() as connection:
            return _one(connection, TASKS.c.stream == stream)

    def waiting(self) -> int:
        """Count all open tasks."""
        with self._database.reading() as connection:
            return _count(connection, TASKS.c.state == OPEN)

    def token(self, name: str) -> Token | None:
        """Return the token kept under a name."""
        with self._database.reading() as connection:
            row = connection.execute(select(TOKENS).where(TOKENS.c.name == name)).one_or_none()
        return Token(row.value, row.until) if row is not None else None

    def refreshing(self, name: str, stale: str, fetch: Callable[[], Token]) -> Token:
        """Fetch a token, one process at a time; those that waited get what the first one fetched."""
        lock, holder = f"token:{name}", secrets.token_hex(8)
        while not self.hold(lock, holder, REFRESH):
            time.sleep(_LOOK_AGAIN)
        try:
            held = self.token(name)
            # Whoever had the lock before may have fetched it.
            if held is not None and held.value != stale and held.until > self._clock():
                return held
            token = fetch()
            values = {"value": token.value, "until": token.until}
            with self._database.writing() as connection:
                _put(connection, TOKENS, name, values)
            return token
        finally:
            self.hold(lock, holder, 0.0)

    def hold(self, name: str, holder: str, seconds: float) -> bool:
        """Tell whether a holder has a lease now: it had it, nobody has, or the last one's time is over."""
        now = self._clock()
        with self._database.writing() as connection:
            row = connection.execute(select(LEASES).where(LEASES.c.name == name)).one_or_none()
            if row is not None and row.holder != holder and row.until > now:
                return False
            _put(connection, LEASES, name, {"holder": holder, "until": now + seconds})
        return True

    def held(self, name: str) -> bool:
        """Tell whether anybody has a lease now."""
        with self._database.reading() as connection:
            row = connection.execute(select(LEASES).where(LEASES.c.name == name)).one_or_none()
        return row is not None and bool(row.until > self._clock())

    def _take(
        self,
        wanted: Any,  # noqa: ANN401 - a clause
        modes: Collection[Mode],
        now: float,
        **taken: object,
    ) -> Task | None:
        """Take the oldest task of some modes that answers a condition and that nobody holds."""
        ours = TASKS.c.mode.in_([mode.value for mode in modes])
        free = select(TASKS).where(wanted, ours, TASKS.c.lease <= now).order_by(TASKS.c.id).limit(1)
        with self._database.reading() as connection:  # most looks find nothing: they need not wait
            if connection.execute(free).one_or_none() is None:
                return None
        with self._database.writing() as connection:
            row = connection.execute(free).one_or_none()
            if row is None:
                return None
            connection.execute(update(TASKS).where(TASKS.c.id == row.id).values(taken))
        return _task(row)

    def _hold(self, task: Task, **values: object) -> None:
        """Change a task in work, unless somebody else has brought it further meanwhile."""
        state = ANSWERED if task.finished else OPEN
        with self._database.writing() as connection:
            connection.execute(
                update(TASKS).where(TASKS.c.id == task.id, TASKS.c.state == state).values(values)
            )

    def _change(self, task: Task, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(update(TASKS).where(TASKS.c.id == task.id).values(values))


def _put(connection: Connection, table: Any, name: str, values: dict[str, Any]) -> None:  # noqa: ANN401
    """Write a row under a name, in place of the one there."""
    if not connection.execute(update(table).where(table.c.name == name).values(values)).rowcount:
        connection.execute(insert(table).values(name=name, **values))


def _count(connection: Connection, wanted: Any) -> int:  # noqa: ANN401 - a clause
    return int(connection.execute(select(func.count()).select_from(TASKS).where(wanted)).scalar_one())


def _one(connection: Connection, wanted: Any) -> Task | None:  # noqa: ANN401 - a clause
    row = connection.execute(select(TASKS).where(wanted)).one_or_none()
    return _task(row) if row is not None else None


def _task(row: Any) -> Task:  # noqa: ANN401 - a row
    return Task(
        id=row.id,
        mode=Mode(row.mode),
        message=_MESSAGE.validate_json(row.message),
        session=row.session,
        stream=row.stream,
        received=row.received,
        text=row.text,
        finished=row.state != OPEN,
        sent=row.sent,
        tries=row.tries,
        asked=row.asked,
    )
