"""The nouns of a conversation: a question understood, and an answer with its citations."""

from dataclasses import dataclass, field
from enum import StrEnum

from index.document import Scope, address


class Kind(StrEnum):
    """What the asker wants to have in the answer."""

    NUMBER = "number"
    DEADLINE = "deadline"
    FREQUENCY = "frequency"
    WHO = "who"
    WHAT = "what"
    LIST = "list"
    YESNO = "yesno"
    CONDITION = "condition"
    PROCEDURE = "procedure"
    METADATA = "metadata"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood. ``text`` is what was asked, ``search`` is what is looked for:
    simplified, spelling repaired, English turned into Chinese, earlier turns added."""

    text: str
    search: str
    language: str  # "zh" or "en": the frame of the answer
    kind: Kind
    scope: Scope = field(default_factory=Scope)


@dataclass(frozen=True, slots=True)
class Citation:
    """An address and the exact words there. ``quote`` is ``Document.text[start:end]``."""

    n: int
    source: str
    document: str
    document_id: str
    place: str
    path: tuple[str, ...]
    heading: str
    quote: str
    start: int
    end: int
    section_start: int
    section_end: int

    def __str__(self) -> str:
        return f"《{self.document}》{address(self.path)}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown: text with [1] marks, the citations they point to, or a refusal with its reason.

    A streamed answer grows: each snapshot is a whole Answer whose text begins with the text before.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    reason: str | None = None
    suggestions: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, as later turns need them."""

    question: Question
    answer: Answer
