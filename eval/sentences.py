"""The true sentences that the outputs of a language model are made from, and what the rules may draw from."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.clauses import words_of
from bot.conversation import inner
from bot.extract import Finding
from bot.passage import Source
from bot.words import bigrams, fold
from index.document import Document

_PLACES = ("合肥市", "芜湖市", "成都市", "晋城市", "长治市", "郑州市", "苏州市", "海淀区", "浙江省", "四川省")

_ALIKE = 0.5  # share of its pairs of characters


@dataclass(frozen=True, slots=True)
class Sentence:
    """A true sentence and the passage it stands in."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the documents hold to take the place of something else."""

    places: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "Corpus":
        """Return the places and titles of the documents."""
        held = sorted({d.place for d in documents if d.place})
        return cls((*held, *_PLACES), tuple(sorted({inner(d.title) for d in documents})))


@dataclass(frozen=True, slots=True)
class Case:
    """A true sentence, the number of the passage it stands in, and what a rule may draw from."""

    text: str
    n: int
    source: Source
    sources: Sequence[Source]
    corpus: Corpus
    drawn: random.Random


Forger = Callable[[Case], str]  # empty where the rule does not apply


def sentences_of(shown: Sequence[Finding], sources: Sequence[Source]) -> Iterator[Sentence]:
    """Yield the sentences of the findings shown that stand in a passage."""
    for finding in shown:
        for unit in finding.units:
            source = next((source for source in sources if unit in source.units), None)
            text = words_of(unit.text).rstrip("。；;：:. ")
            if source and len(text) > 8 and not unit.is_heading and "|" not in text and len(text) < 160:
                yield Sentence(text, source)


def alike(text: str, source: Source) -> bool:
    """Tell whether a passage may say the same: passages often do, of another place."""
    said = set(bigrams(fold(text)))
    return len(said & set(bigrams(fold("".join(unit.text for unit in source.units))))) >= _ALIKE * len(said)


def marked(text: str, n: int) -> str:
    """Return a sentence with its mark."""
    return f"{text}[{n}]。"
