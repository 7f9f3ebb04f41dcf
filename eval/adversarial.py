"""Whether false sentences of a language model reach the reader, and whether true ones do: outputs made by
rule, with a seed, from what the documents say to the questions, and held against the passages as any
model's are.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.engine import Engine
from bot.generate import generate
from bot.llm_settings import CONTEXT
from bot.material import material
from bot.passage import Source
from eval.distortion import BENT
from eval.faithful import TRUE
from eval.forgery import FALSE
from eval.sentences import Case, Corpus, Forger, Sentence, sentences_of
from index.search import Index

SEED, OUTPUTS = 7, 200
MOST_DROPPED = 0.05  # share of faithful sentences
_SHOWN = 10  # failures printed


@dataclass(frozen=True, slots=True)
class Output:
    """A sentence that a model might have written, by which rule, and the passages it was given."""

    rule: str
    sentence: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The false outputs that were shown and the true ones that were not, of how many."""

    seed: int
    false: int
    true: int
    reached: tuple[Output, ...]
    dropped: tuple[tuple[Output, str], ...]
    kinds: Counter[str]

    @property
    def good(self) -> bool:
        """Whether none reached the reader and few were dropped."""
        return (
            bool(self.false and self.true)
            and not self.reached
            and len(self.dropped) <= MOST_DROPPED * self.true
        )


def measure(index: Index, questions: Sequence[str], outputs: int = OUTPUTS, seed: int = SEED) -> Measured:
    """Make so many false and so many true outputs over the questions, and verify them."""
    drawn = random.Random(seed)  # noqa: S311 - drawn again alike, not a secret
    answered = list(_answered(Engine(index), questions))
    corpus = Corpus.of(index.documents)
    false = _outputs(answered, FALSE | BENT, corpus, outputs, drawn)
    true = _outputs(answered, TRUE, corpus, outputs, drawn)
    reached = tuple(output for output in false if not _reason(output))
    dropped = tuple((output, reason) for output in true if (reason := _reason(output)))
    return Measured(seed, len(false), len(true), reached, dropped, Counter(o.rule for o in (*false, *true)))


def report(measured: Measured) -> Iterator[str]:
    """Yield the figures, then the failures."""
    yield f"随机种子 {measured.seed}"
    yield f"伪造的回答 {measured.false} 份，混到读者面前的 {len(measured.reached)} 份（应为 0）"
    share = len(measured.dropped) / max(measured.true, 1)
    dropped = f"误删的 {len(measured.dropped)} 份，占 {share:.1%}（不超过 {MOST_DROPPED:.0%}）"
    yield f"忠实的回答 {measured.true} 份，{dropped}"
    yield "各种写法：" + "、".join(f"{rule} {count}" for rule, count in sorted(measured.kinds.items()))
    for output in measured.reached[:_SHOWN]:
        yield f"混过去的（{output.rule}）：{output.sentence}"
    for output, reason in measured.dropped[:_SHOWN]:
        yield f"误删的（{output.rule}，{reason}）：{output.sentence}"


def _answered(engine: Engine, questions: Sequence[str]) -> Iterator[tuple[Sentence, tuple[Source, ...]]]:
    """Yield the sentences that answer the questions, each with the passages a model would be given."""
    seen: set[str] = set()
    for text in questions:
        turn, followed = engine.follow(text)
        if turn.answer.refused or turn.question.language == "en":
            continue
        sources = material(followed, CONTEXT // 2)
        shown = [finding for inquiry in followed for finding in inquiry.shown]
        for sentence in sentences_of(shown, sources):
            if sentence.text not in seen:
                seen.add(sentence.text)
                yield sentence, sources


def _outputs(
    answered: Sequence[tuple[Sentence, tuple[Source, ...]]],
    rules: dict[str, Forger],
    corpus: Corpus,
    count: int,
    drawn: random.Random,
) -> list[Output]:
    """Make outputs, the rules in turn, over the sentences in an order that is drawn."""
    order = list(answered)
    drawn.shuffle(order)
    made: list[Output] = []
    places: dict[str, int] = defaultdict(int)
    while len(made) < count:
        before = len(made)
        for rule, forge in rules.items():
            output, places[rule] = _next(rule, forge, order, places[rule], corpus, drawn)
            made += [output] if output and len(made) < count else []
        if len(made) == before:
            break
    return made


def _next(
    rule: str,
    forge: Forger,
    order: Sequence[tuple[Sentence, tuple[Source, ...]]],
    place: int,
    corpus: Corpus,
    drawn: random.Random,
) -> tuple[Output | None, int]:
    while place < len(order):
        sentence, sources = order[place]
        place += 1
        forged = forge(Case(sentence.text, sentence.source.n, sentence.source, sources, corpus, drawn))
        if forged:
            return Output(rule, forged, sources), place
    return None, place


def _reason(output: Output) -> str:
    """Return why the sentence that counts is not shown, empty where it is."""
    last = next(iter([*generate([output.sentence], output.sources)][-1:]), None)
    if last is None:
        return "没有句子"
    if last.left_out:
        return " ".join(filter(None, (last.left_out[0].reason, last.left_out[0].detail)))
    return "" if last.lines else "没有句子"
