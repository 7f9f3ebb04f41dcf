"""The nouns of the state database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.conversation import Answer, Turn
from index.document import Scope


def now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


class Role(StrEnum):
    """What a person may do: readers ask, operators also keep the documents and see what was asked."""

    READER = "reader"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. ``name`` owns conversations; a browser nobody signed in with has a name of its own.

    ``signed_in`` tells whether the name was proved.
    """

    name: str
    role: Role
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of one person: its title, the scope chosen for it, when it last changed (UTC)."""

    id: str
    owner: str
    title: str
    scope: Scope
    changed: datetime


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn as kept: ``asked`` is its number in the log of questions, which feedback goes by."""

    asked: int
    turn: Turn


class Channel(StrEnum):
    """Where a question came from."""

    WEB = "web"
    WECOM = "wecom"
    API = "api"


class Reason(StrEnum):
    """What a thumb down says, as the asker chooses it."""

    BESIDE = "答非所问"
    INCOMPLETE = "不完整"
    WRONG = "有误"
    CITATION = "引用不对"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the log with its answer. ``generation`` is the index it was answered from."""

    id: int
    at: datetime
    person: str
    channel: Channel
    question: str
    answer: Answer
    generation: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person says of one answer: good or not, why, in own words. One for each, the last counts."""

    asked: Asked
    at: datetime
    person: str
    good: bool
    reason: Reason | None
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are alike: how often they were asked, when last (UTC), their numbers in the log,
    newest first. ``question`` is one of them as it was asked.
    """

    question: str
    count: int
    last: datetime
    ids: tuple[int, ...]


class Day(NamedTuple):
    """How many questions one day brought, and how many of them were refused."""

    date: date
    asked: int
    refused: int


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in; ``created`` in UTC."""

    name: str
    role: Role
    created: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key that a program asks with; the key itself is not kept. Moments in UTC.

    ``per_minute`` is how often it may ask, None for as often as a person; ``used`` is when it was used
    last, to the minute, None while it was not.
    """

    name: str
    per_minute: int | None
    created: datetime
    used: datetime | None
