"""The nouns of the state database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversation import Answer, Turn
from index.document import Scope


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
