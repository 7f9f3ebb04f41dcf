"""The nouns of a conversation: a question understood, and an answer with its citations."""

from dataclasses import dataclass, field
from enum import StrEnum

from index.document import Scope


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


def inner(title: str) -> str:
    """Return a title as it is written inside 《》: a title within it takes single marks (GB/T 15834)."""
    return title.translate({ord("《"): "〈", ord("》"): "〉"})


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing the question is about: the asker's word first, then official words for the same.

    ``weight`` is the word's rarity among the indexed passages (inverse document frequency); ``known``
    tells whether any form may stand in them at all.
    """

    forms: tuple[str, ...]
    weight: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    ``text`` is what was asked; ``wording`` the same simplified and with its spelling repaired, names
    left out; ``search`` is what is looked for: the official words, English turned into Chinese,
    earlier turns added. ``unit`` is the unit a figure is asked in (天, 学时, 分, % …).
    ``near`` are the sections the turn before was answered from, as (document id, start), where the
    question leans on it. ``missing_places`` and ``missing_titles`` are named but not held: only a text
    that mentions them may answer. ``address`` holds the labels of the clause named (附件2, 第6项), as
    ``bot.addresses`` spells them: only what lies there answers. ``figures`` are figures the asker takes
    for granted. ``everywhere`` tells that every place is asked about. ``outside`` is what is named and
    held, but lies outside the scope that was chosen. ``note`` tells the asker how a misspelt name was read,
    which place was kept from the turn before, or which place asked about is not held or lies outside.
    ``variants`` are other wordings that are searched for as well.
    """

    text: str
    wording: str
    search: str
    language: str  # "zh" or "en": the frame of the answer
    kind: Kind
    unit: str = ""
    concepts: tuple[Concept, ...] = ()
    scope: Scope = field(default_factory=Scope)
    missing_places: tuple[str, ...] = ()
    missing_titles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    address: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    everywhere: bool = False
    outside: tuple[str, ...] = ()
    near: frozenset[tuple[str, int]] = frozenset()
    note: str = ""
    variants: tuple[str, ...] = ()

    @property
    def chinese(self) -> str:
        """The words it is compared with a text by: its own, or the Chinese for those of an English one."""
        return self.wording if self.language == "zh" else self.search


@dataclass(frozen=True, slots=True)
class Citation:
    """An address and the exact words there. ``quote`` is ``Document.text[start:end]``.

    ``path`` is unique in the file (a file of several documents puts the document's short name first);
    ``address`` is how officials write the place inside the document: 十、(二十七).
    """

    n: int
    source: str
    document: str
    document_id: str
    place: str
    path: tuple[str, ...]
    address: str
    heading: str
    quote: str
    start: int
    end: int
    section_start: int
    section_end: int

    def __str__(self) -> str:
        return f"《{inner(self.document)}》{self.address}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence of a language model that was not shown: why (a word of ``prompts/explain.toml``), and what
    in it could not be found again.
    """

    sentence: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a language model did for an answer: its name, the sentences left out, and what went wrong with
    it, empty where nothing did.
    """

    model: str
    left_out: tuple[LeftOut, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown: text with [1] marks, the citations they point to, or a refusal with its reason.

    A streamed answer grows: each snapshot's text begins with the text before. ``draft`` tells of the
    language model that was asked, None where none was.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    reason: str | None = None
    suggestions: tuple[str, ...] = ()
    seconds: float = 0.0
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, as later turns need them."""

    question: Question
    answer: Answer
