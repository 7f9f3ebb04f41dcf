"""The tables of the state database. A column added later needs a step in ``bot.state.migrations``."""

import re
from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# What no database can store as text: NUL, and halves of characters that a browser's JSON may hold.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class Words(TypeDecorator[str]):
    """Text from outside; characters that cannot be stored become �."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is stored."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)


class Moment(TypeDecorator[datetime]):
    """A moment. Kept in UTC, because SQLite forgets the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC; raise ValueError where its time zone is not said."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment without a time zone: {value}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData()

SCHEMA = Table(
    "state_schema",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("checked", Moment),
)
CONVERSATIONS = Table(
    "conversations",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("owner", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("named", Boolean, nullable=False),  # by hand: the first question does not name it any more
    Column("scope", Words, nullable=False),
    Column("changed", Moment, nullable=False),
    Index("conversations_of", "owner", "changed"),
)
TURNS = Table(
    "turns",
    METADATA,
    Column("conversation", ForeignKey(CONVERSATIONS.c.number, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("asked", Integer, nullable=False),
    Column("words", Words, nullable=False),  # question and answer, folded, to be searched
    Column("turn", Words, nullable=False),
)
QUESTIONS = Table(
    "questions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("person", Words, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("question", Words, nullable=False),
    Column("key", Words, nullable=False),  # as alike questions are compared, see bot.state.alike
    Column("refused", Boolean, nullable=False),
    Column("answer", Words, nullable=False),
    Column("generation", Words, nullable=False),
)
CITED = Table(
    "cited",
    METADATA,
    Column("question", ForeignKey(QUESTIONS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),  # among the answer's citations
    Column("document", Words, nullable=False),
    Column("address", Words, nullable=False),
)
FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("question", ForeignKey(QUESTIONS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("person", Words, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("good", Boolean, nullable=False),
    Column("reason", String(16)),
    Column("words", Words, nullable=False),
)
ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("name", Words, primary_key=True),
    Column("password", Words, nullable=False),  # Argon2's hash
    Column("role", String(16), nullable=False),
    Column("created", Moment, nullable=False),
)
SESSIONS = Table(
    "sessions",
    METADATA,
    Column("token", String(64), primary_key=True),  # SHA-256 of it
    Column("name", Words, nullable=False, index=True),
    Column("opened", Moment, nullable=False),
    Column("used", Moment, nullable=False),
)
KEYS = Table(  # of programs, see bot.state.keys
    "api_keys",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # SHA-256 of it
    Column("per_minute", Integer),
    Column("created", Moment, nullable=False),
    Column("used", Moment),
)
FAILURES = Table(
    "sign_in_failures",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False),
    Column("address", Words, nullable=False, index=True),
    Column("at", Moment, nullable=False),
)
SEEN = Table(
    "seen_documents",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("source", Words, nullable=False),
    Column("part", Words, nullable=False),
)
TASKS = Table(  # messages of chat programs, see bot.state.inbox
    "chat_tasks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("bot", Words, nullable=False),
    Column("key", Words, nullable=False),  # the same for every delivery of a message
    Column("session", Words, nullable=False),
    Column("stream", String(64), nullable=False, unique=True),
    Column("message", Words, nullable=False),
    Column("received", Float, nullable=False),  # seconds since 1970, as the platform counts
    Column("state", String(16), nullable=False),
    Column("lease", Float, nullable=False),  # until when somebody holds it, or it is to be left alone
    Column("text", Words, nullable=False, default=""),
    Column("sent", Integer, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
    Column("asked", Integer),
    UniqueConstraint("mode", "bot", "key"),
    Index("chat_tasks_work", "state", "lease"),
    Index("chat_tasks_session", "session", "state"),
)
TOKENS = Table(
    "access_tokens",
    METADATA,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False, default=""),
    Column("until", Float, nullable=False, default=0.0),
)
LEASES = Table(  # what only one process of a site may do at a time
    "leases",
    METADATA,
    Column("name", Words, primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Float, nullable=False),
)
