"""The state database: one for a site, SQLite by default, PostgreSQL by its URL."""

from collections.abc import Callable
from datetime import datetime

from bot.state.accounts import Accounts
from bot.state.connection import Database
from bot.state.conversations import Conversations
from bot.state.feedback import FeedbackBook
from bot.state.inbox import StoredInbox
from bot.state.keys import Keys
from bot.state.questions import Questions
from bot.state.records import now
from bot.state.seen import Seen
from bot.state.sessions import Sessions


class State:
    """Everything kept. Safe from many threads and several processes; what a call has written is there
    after a crash. Every call raises StateError where the database cannot be read or written.

    ``url`` is SQLAlchemy's, or the path of an SQLite file, made with its folder where there is none.
    ``clock`` tells the time, UTC.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = now) -> None:
        self._database = Database(url)
        self.conversations = Conversations(self._database, clock)
        self.questions = Questions(self._database, clock)
        self.feedback = FeedbackBook(self._database, clock)
        self.accounts = Accounts(self._database, clock)
        self.sessions = Sessions(self._database, self.accounts, clock)
        self.keys = Keys(self._database, clock)
        self.seen = Seen(self._database)
        self.inbox = StoredInbox(self._database)

    def check(self) -> None:
        """Raise StateError where the database cannot be read and written."""
        self._database.check()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
