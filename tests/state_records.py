"""Turns and answers for the tests of the state, and a clock they can turn."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.conversation import Answer, Citation, Concept, Kind, Question, Turn
from bot.state.database import State
from bot.state.records import Channel, KeptTurn
from index.document import Scope


@dataclass
class Clock:
    """Tells the time it was set to."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.moment

    def forward(self, **amount: float) -> datetime:
        """Turn it on and return the moment after."""
        self.moment += timedelta(**amount)
        return self.moment


def citation(document: str = "云岭县方案", address: str = "一、(一)", n: int = 1) -> Citation:
    """Return a citation of an address."""
    return Citation(
        n, "plan.txt", document, "d1", "云岭县", ("一", "(一)"), address, "", "不少于48学时", 5, 13, 0, 20
    )


def answer(text: str = "不少于48学时。[1]", *citations: Citation, refused: bool = False) -> Answer:
    """Return an answer; one that is not refused cites something."""
    return Answer(text, () if refused else citations or (citation(),), refused, "未写明" if refused else None)


def turn(question: str = "每年培训多少学时？", answered: Answer | None = None) -> Turn:
    """Return a turn with every sort of field filled."""
    understood = Question(
        question,
        question,
        question,
        "zh",
        Kind.NUMBER,
        unit="学时",
        concepts=(Concept(("培训", "教育"), 1.5),),
        scope=Scope(places=("云岭县",), years=(2023, 2024)),
        near=frozenset({("d1", 7)}),
    )
    return Turn(understood, answered or answer())


def log(state: State, question: str, answered: Answer | None = None, person: str = "甲") -> int:
    """Log a question and return its number."""
    return state.questions.add(person, Channel.WEB, question, answered or answer(), "g1")


def said(state: State, owner: str, conversation: str, question: str, answered: Answer | None = None) -> int:
    """Log a question and keep it in a conversation; return its number."""
    number = log(state, question, answered, owner)
    state.conversations.keep(owner, conversation, KeptTurn(number, turn(question, answered)))
    return number
