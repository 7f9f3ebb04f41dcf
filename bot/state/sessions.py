"""Who is signed in, and who tries too often to be."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update

from bot.state.accounts import LONGEST_NAME, Accounts, spelt
from bot.state.connection import Database
from bot.state.records import Person, now
from bot.state.tables import FAILURES, SESSIONS

IDLE = timedelta(hours=12)  # without a request a session ends after so long
LONGEST = timedelta(days=30)  # and after so long it always does
_TOUCH = timedelta(minutes=1)  # how exactly the last use is known
WINDOW = timedelta(minutes=15)  # failures are counted for so long
MOST_OF_NAME, MOST_OF_ADDRESS = 5, 30  # failures within it, of one name from one address, and of all names


class Sessions:
    """Sessions by their tokens, of which only a hash is kept, and failed attempts to sign in."""

    def __init__(self, database: Database, accounts: Accounts, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock

    def open(self, person_name: str) -> str:
        """Begin a session of somebody who has proved a name; return its token, of 256 random bits."""
        token, moment = secrets.token_urlsafe(32), self._clock()
        row = {"token": _hashed(token), "name": spelt(person_name), "opened": moment, "used": moment}
        over = or_(SESSIONS.c.used <= moment - IDLE, SESSIONS.c.opened <= moment - LONGEST)
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(over))
            connection.execute(insert(SESSIONS).values(row))
        return token

    def name(self, token: str) -> str | None:
        """Return the name that was proved when a session began, None where it is over.

        For those whom another service vouches for, who need not have an account here.
        """
        moment, hashed = self._clock(), _hashed(token)
        alive = and_(
            SESSIONS.c.token == hashed, SESSIONS.c.used > moment - IDLE, SESSIONS.c.opened > moment - LONGEST
        )
        with self._database.reading() as connection:
            row = connection.execute(select(SESSIONS.c.name, SESSIONS.c.used).where(alive)).one_or_none()
        if row is None:
            return None
        if moment - row.used >= _TOUCH:
            with self._database.writing() as connection:
                connection.execute(update(SESSIONS).where(SESSIONS.c.token == hashed).values(used=moment))
        return str(row.name)

    def person(self, token: str) -> Person | None:
        """Return whose session it is, with the role the account has now; None where the session is over
        or there is no such account.
        """
        name = self.name(token)
        return None if name is None else self._accounts.person(name)

    def close(self, token: str) -> None:
        """End a session."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.token == _hashed(token)))

    def close_all(self, name: str) -> None:
        """End all sessions of a name."""
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.name == spelt(name)))

    def failed(self, name: str, address: str) -> None:
        """Count a failed attempt to sign in."""
        moment = self._clock()
        row = {"name": _counted(name), "address": address, "at": moment}
        with self._database.writing() as connection:
            connection.execute(delete(FAILURES).where(FAILURES.c.at <= moment - WINDOW))
            connection.execute(insert(FAILURES).values(row))

    def blocked(self, name: str, address: str) -> int:
        """Return after how many seconds the next attempt may be made, 0 where it may be made now."""
        moment = self._clock()
        recent = and_(FAILURES.c.address == address, FAILURES.c.at > moment - WINDOW)
        of_name = and_(recent, FAILURES.c.name == _counted(name))
        waits = [0.0]
        with self._database.reading() as connection:
            for counted, most in ((of_name, MOST_OF_NAME), (recent, MOST_OF_ADDRESS)):
                # The next attempt is free when fewer than the most are left in the window.
                latest = select(FAILURES.c.at).where(counted).order_by(FAILURES.c.at.desc())
                at = connection.scalar(latest.offset(most - 1).limit(1))
                if at is not None:
                    waits.append((at + WINDOW - moment).total_seconds())
        return -int(-max(waits) // 1)  # rounded up

    def cleared(self, name: str, address: str) -> None:
        """Forget the failures of a name from an address: the right password was given."""
        mine = and_(FAILURES.c.name == _counted(name), FAILURES.c.address == address)
        with self._database.writing() as connection:
            connection.execute(delete(FAILURES).where(mine))


def _counted(name: str) -> str:
    """Return the name that failures are counted under."""
    return spelt(name)[:LONGEST_NAME]


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
