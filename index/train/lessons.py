"""Learning from questions that people asked and the texts that answered them.

Wrong answers are drawn at random from the documents and from what the vectors themselves took for an
answer. A text nearly equal to a right one, such as another version of the same law, is never a wrong one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.train.contrast import Learner, Plan, Vectors, ease, gradient
from index.train.log import Asked
from index.train.pairs import LONGEST, Shelf
from index.train.rows import Rows, Tokens, cut

STEPS_A_QUESTION = 80  # times a question is looked at
FEWEST, MOST = 20, 300  # steps
WRONG = 512  # texts at random in each step
MISTAKEN = 2  # texts a question that the vectors took for an answer
REACH = 200  # how far down its own list a mistake is looked for
ALIKE = 0.9  # cosine from which a text says the same
ANSWER_SHARE = 0.3  # how often an answer in somebody's own words asks in place of the question
KEPT = 0.8  # share of the tokens of a question that is kept
PLAN = Plan(batch=128, rate=2e-3, rising=20)


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Questions and answers in tokens; ``right`` are the numbers of each question's texts in ``pool``."""

    questions: Rows
    answers: Rows
    right: tuple[tuple[int, ...], ...]
    pool: Rows


def lessons(log: Sequence[Asked], shelf: Shelf, tokenizer: Tokenizer) -> Lessons:
    """Cut a log into tokens; the pool holds all articles and the texts the log itself gives."""
    whole = [np.concatenate([shelf.subject(n), shelf.text(n)]) for n in range(len(shelf.first) - 1)]
    texts = cut(tokenizer, (text for asked in log for text in asked.texts))
    right: list[tuple[int, ...]] = []
    at = 0
    for asked in log:
        own = range(len(whole) + at, len(whole) + at + len(asked.texts))
        right.append((*asked.articles, *own))
        at += len(asked.texts)
    pool = Rows.of([row[: 2 * LONGEST] for row in [*whole, *(texts.row(n) for n in range(len(texts)))]])
    questions = cut(tokenizer, (asked.question for asked in log))
    return Lessons(questions, cut(tokenizer, (asked.answer for asked in log)), tuple(right), pool)


def practise(learner: Learner, given: Lessons, plan: Plan, seed: int, tell: Callable[[float], None]) -> None:
    """Learn from questions; ``tell`` is given the share done."""
    chance = np.random.default_rng(seed)
    size = len(learner.own)
    number = [n for n in range(len(given.right)) if given.right[n] and len(given.questions.row(n))]
    batch = min(plan.batch, len(number))
    steps = int(np.clip(STEPS_A_QUESTION * len(number) // max(1, batch), FEWEST, MOST))
    taken = _mistakes(learner, given, number)
    learner.forget()
    for step in range(steps):
        chosen = chance.choice(number, batch, replace=False)
        right = [int(chance.choice(given.right[n])) for n in chosen]
        mistaken = [
            int(m) for n in chosen for m in chance.choice(taken[n].wrong, MISTAKEN) if len(taken[n].wrong)
        ]
        drawn = chance.integers(0, len(given.pool), WRONG).tolist()
        texts = np.asarray([*right, *mistaken, *drawn])
        barred = np.stack([np.isin(texts, taken[n].right) for n in chosen])
        np.fill_diagonal(barred, False)
        asked = Rows.of([_spoken(given, int(n), chance) for n in chosen]).bags(np.arange(batch), size)
        answers = given.pool.bags(texts, size)
        slopes = gradient(asked @ learner.vectors, answers @ learner.vectors, barred, plan)
        learner.step(
            asked.T.tocsr() @ slopes[0] + answers.T.tocsr() @ slopes[1], plan.rate * ease(step, steps, plan)
        )
        tell((step + 1) / steps)


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """What the vectors took for an answer: what is right, or says the same, and what is wrong."""

    right: NDArray[np.int64]
    wrong: NDArray[np.int64]


def _mistakes(learner: Learner, given: Lessons, number: Sequence[int]) -> dict[int, _Taken]:
    size = len(learner.own)
    texts = _unit(given.pool.bags(np.arange(len(given.pool)), size) @ learner.vectors)
    taken = {}
    for n in number:
        question = _unit(given.questions.bags(np.asarray([n]), size) @ learner.vectors)[0]
        scores = texts @ question
        reach = min(REACH, len(scores))
        best = np.argpartition(-scores, reach - 1)[:reach]
        alike = np.flatnonzero((texts @ texts[list(given.right[n])].T).max(axis=1) >= ALIKE)
        right = np.union1d(alike, given.right[n])
        taken[n] = _Taken(right, np.setdiff1d(best, right))
    return taken


def _spoken(given: Lessons, number: int, chance: np.random.Generator) -> Tokens:
    """Return a question as it is learnt: now and then its answer, or a part of it, some tokens left out."""
    tokens = given.questions.row(number)
    answer = given.answers.row(number)
    if len(answer) and chance.random() < ANSWER_SHARE:
        start = int(chance.integers(0, max(1, len(answer) - LONGEST // 4))) if chance.random() < 0.5 else 0
        tokens = answer[start : start + LONGEST // 2]
    kept = tokens[chance.random(len(tokens)) < KEPT]
    return kept if len(kept) else tokens


def _unit(rows: Vectors) -> Vectors:
    result: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return result
