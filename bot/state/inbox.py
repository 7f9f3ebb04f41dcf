"""Messages of chat programs from their arrival until their answers have arrived, for all processes.

Whoever takes a task sets its lease by a comparison and a write in one statement, so that two never get
the same on any database.
"""

import secrets
import time
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Boolean,
    Column,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.wecom.messages import Inbound
from bot.wecom.settings import Mode
from bot.wecom.task import Task, Token

REFRESH = 15.0  # seconds a process may take to fetch a token before another one tries
_LOOK_AGAIN = 0.05  # seconds
OPEN, ANSWERED, DONE = "open", "answered", "done"

METADATA = MetaData()
TASKS = Table(
    "wecom_tasks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("bot", String(128), nullable=False),
    Column("key", String(512), nullable=False),
    Column("session", String(512), nullable=False),
    Column("stream", String(64), nullable=False, unique=True),
    Column("message", Text, nullable=False),
    Column("received", Float, nullable=False),
    Column("state", String(16), nullable=False, default=OPEN),
    Column("lease", Float, nullable=False, default=0.0),
    Column("text", Text, nullable=False, default=""),
    Column("sent", Integer, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
    Column("asked", Integer),
    Column("late", Boolean, nullable=False, default=False),
    UniqueConstraint("mode", "bot", "key"),
    Index("wecom_tasks_work", "state", "lease"),
    Index("wecom_tasks_session", "session", "state"),
)
TOKENS = Table(
    "wecom_tokens",
    METADATA,
    Column("name", String(256), primary_key=True),
    Column("value", Text, nullable=False, default=""),
    Column("until", Float, nullable=False, default=0.0),
    Column("lease", Float, nullable=False, default=0.0),
)
LEASES = Table(
    "leases",
    METADATA,
    Column("name", String(256), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Float, nullable=False),
)
_MESSAGE = TypeAdapter(Inbound)


class StoredInbox:
    """The tasks, tokens and leases of a state database; see ``bot.wecom.task.Inbox``."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def accept(
        self, mode: Mode, message: Inbound, session: str, now: float, lease: float
    ) -> tuple[Task, bool]:
        """Insert the task unless the same message is there: the database decides, not a look before."""
        row = {
            "mode": mode.value,
            "bot": message.bot,
            "key": message.key[:512],
            "session": session[:512],
            "stream": f"trace_{secrets.token_hex(16)}",  # votes were seen only on names that begin so
            "message": _MESSAGE.dump_json(message).decode(),
            "received": now,
            "lease": now + lease,
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(TASKS).values(row))
            fresh = True
        except IntegrityError:
            fresh = False
        same = and_(TASKS.c.mode == row["mode"], TASKS.c.bot == row["bot"], TASKS.c.key == row["key"])
        found = self._one(same)
        assert found is not None
        return found, fresh

    def release(self, task: Task) -> None:
        """Let the workers have a task."""
        self._change(task, lease=0.0)

    def next_question(self, now: float, lease: float) -> Task | None:
        """Take the oldest open task of a session where no earlier one is open."""
        earlier = TASKS.alias()
        first = ~exists().where(
            earlier.c.session == TASKS.c.session, earlier.c.state == OPEN, earlier.c.id < TASKS.c.id
        )
        return self._take(and_(TASKS.c.state == OPEN, first), now, lease)

    def show(self, task: Task, text: str, now: float, lease: float) -> None:
        """Keep what is shown so far."""
        self._change(task, text=text, lease=now + lease)

    def finish(self, task: Task, text: str, asked: int | None) -> Task:
        """Keep the whole answer, unless there is one."""
        with self._engine.begin() as connection:
            connection.execute(
                update(TASKS)
                .where(TASKS.c.id == task.id, TASKS.c.state == OPEN)
                .values(text=text, asked=asked, state=ANSWERED, lease=0.0)
            )
        found = self._one(TASKS.c.id == task.id)
        assert found is not None
        return found

    def next_delivery(self, now: float, lease: float) -> Task | None:
        """Take an answered task whose time has come."""
        return self._take(TASKS.c.state == ANSWERED, now, lease)

    def sent(self, task: Task, pieces: int) -> None:
        """Note that so many pieces of the answer have arrived."""
        self._change(task, sent=pieces)

    def delivered(self, task: Task) -> None:
        """Note that nothing is left to be sent."""
        self._change(task, state=DONE)

    def postpone(self, task: Task, until: float, failed: bool) -> None:
        """Look at it again later."""
        self._change(task, lease=until, tries=task.tries + failed)

    def spend_late_answer(self, task: Task) -> bool:
        """Take the one late answer where it is still free."""
        with self._engine.begin() as connection:
            done = connection.execute(
                update(TASKS).where(TASKS.c.id == task.id, TASKS.c.late.is_(False)).values(late=True)
            )
            return bool(done.rowcount)

    def by_stream(self, stream: str) -> Task | None:
        """Return the task whose answer goes by this name."""
        return self._one(TASKS.c.stream == stream)

    def open_of(self, session: str) -> int:
        """Count the open tasks of a session."""
        return self._count(and_(TASKS.c.session == session, TASKS.c.state == OPEN))

    def waiting(self) -> int:
        """Count all open tasks."""
        return self._count(TASKS.c.state == OPEN)

    def token(self, name: str) -> Token | None:
        """Return the token kept under a name."""
        wanted = select(TOKENS.c.value, TOKENS.c.until).where(TOKENS.c.name == name)
        with self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return Token(row.value, row.until) if row is not None and row.value else None

    def refreshing(self, name: str, stale: str, fetch: Callable[[], Token]) -> Token:
        """Fetch a token, one process at a time; those that waited get what the first one fetched."""
        while not self._lock(name, self._clock()):
            time.sleep(_LOOK_AGAIN)
        token = None
        try:
            held = self.token(name)
            # Whoever had the lock before may have fetched it.
            fresh = held is not None and held.value != stale and held.until > self._clock()
            token = held if fresh and held is not None else fetch()
        finally:
            self._unlock(name, token)
        return token

    def hold(self, name: str, holder: str, seconds: float) -> bool:
        """Tell whether a holder has a lease now: it had it, nobody has, or the last one's time is over."""
        now = self._clock()
        values = {"holder": holder, "until": now + seconds}
        with self._engine.begin() as connection:
            free = (LEASES.c.holder == holder) | (LEASES.c.until <= now)
            if connection.execute(update(LEASES).where(LEASES.c.name == name, free).values(values)).rowcount:
                return True
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(LEASES).values(name=name, **values))
        except IntegrityError:
            return False
        return True

    def _lock(self, name: str, now: float) -> bool:
        with self._engine.begin() as connection:
            taken = update(TOKENS).where(TOKENS.c.name == name, TOKENS.c.lease <= now)
            if connection.execute(taken.values(lease=now + REFRESH)).rowcount:
                return True
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(TOKENS).values(name=name, lease=now + REFRESH))
        except IntegrityError:
            return False
        return True

    def _unlock(self, name: str, token: Token | None) -> None:
        values: dict[str, Any] = {"lease": 0.0}
        if token is not None:
            values |= {"value": token.value, "until": token.until}
        with self._engine.begin() as connection:
            connection.execute(update(TOKENS).where(TOKENS.c.name == name).values(values))

    def _take(self, wanted: Any, now: float, lease: float) -> Task | None:  # noqa: ANN401 - a clause
        """Take the oldest task that answers a condition and that nobody holds."""
        while True:
            with self._engine.begin() as connection:
                row = connection.execute(
                    select(TASKS).where(wanted, TASKS.c.lease <= now).order_by(TASKS.c.id).limit(1)
                ).one_or_none()
                if row is None:
                    return None
                # Again in the same statement as the write: another process may have been faster.
                mine = and_(TASKS.c.id == row.id, TASKS.c.lease == row.lease, TASKS.c.state == row.state)
                if connection.execute(update(TASKS).where(mine).values(lease=now + lease)).rowcount:
                    return _task(row)

    def _change(self, task: Task, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(TASKS).where(TASKS.c.id == task.id).values(values))

    def _one(self, wanted: Any) -> Task | None:  # noqa: ANN401 - a clause
        with self._engine.connect() as connection:
            row = connection.execute(select(TASKS).where(wanted)).one_or_none()
            return _task(row) if row is not None else None

    def _count(self, wanted: Any) -> int:  # noqa: ANN401 - a clause
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(TASKS).where(wanted)).scalar_one())


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
