"""One question followed from its understanding to what is shown of the documents."""

from dataclasses import dataclass

from bot.conversation import Question
from bot.extract import Finding
from bot.select import Choice
from index.document import Hit


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What became of a question: the passages found, every candidate with its verdict, best first,
    and what is shown of them. ``reason`` names the sentence a refusal says, None where it is answered.
    """

    question: Question
    hits: tuple[Hit, ...] = ()
    choices: tuple[Choice, ...] = ()
    shown: tuple[Finding, ...] = ()
    reason: str | None = None
