"""Contrastive learning of token vectors: what belongs together is drawn near, the rest pushed away.

A text is the mean of its tokens' vectors, scaled to length one. Of a batch each question must prefer
its own answer to all others (InfoNCE); the gradient is worked out here by hand, as it is two lines, so
that numpy on one core does what a deep-learning library needs four for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from index.train.pairs import Pairs

Vectors = NDArray[np.float32]
FIRST_MOMENT, SECOND_MOMENT = 0.9, 0.999
TINY = 1e-8
AT_ONCE = 256  # rows updated at a time; they stay in the processor's cache
FEWEST = 40  # steps; few pairs are learnt in smaller batches
SMALLEST = 32  # pairs of a batch
NEVER = np.float32(-1e4)  # score of what is no negative


@dataclass(frozen=True, slots=True)
class Plan:
    """How to learn: pairs a step, how sharply the best is preferred, the highest step, times over all.

    ``sizes`` are the first dimensions that must do alone, each with the same weight.
    ``together`` articles that follow each other come into one batch: they are the hardest to tell apart.
    """

    batch: int = 1024
    temperature: float = 0.05
    rate: float = 8e-3
    passes: int = 1
    sizes: tuple[int, ...] = (256,)
    together: int = 8
    rising: int = 50  # steps until the highest


class Learner:
    """Vectors being learnt. ``vectors`` are those of the tokens, made of their ``own`` parts."""

    def __init__(self, own: Vectors, made_of: sparse.csr_matrix) -> None:
        self.own = own.copy()
        self._made_of = made_of
        self._back = made_of.T.tocsr()
        self.vectors: Vectors = made_of @ self.own
        self.forget()

    def forget(self) -> None:
        """Start the moments of the steps anew."""
        self._first = np.zeros_like(self.own)
        self._second = np.zeros_like(self.own)
        self._steps = 0

    def step(self, gradient: Vectors, rate: float) -> None:
        """Move against a gradient of the vectors (Adam)."""
        gradient = self._back @ gradient
        self._steps += 1
        rate /= 1 - FIRST_MOMENT**self._steps
        scale = 1 - SECOND_MOMENT**self._steps
        for start in range(0, len(self.own), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            slope, first, second = gradient[rows], self._first[rows], self._second[rows]
            first *= FIRST_MOMENT
            first += (1 - FIRST_MOMENT) * slope
            second *= SECOND_MOMENT
            second += (1 - SECOND_MOMENT) * slope * slope
            self.own[rows] -= rate * first / (np.sqrt(second / scale) + TINY)
        self.vectors = self._made_of @ self.own


def learn(learner: Learner, pairs: Pairs, plan: Plan, seed: int, tell: Callable[[float], None]) -> None:
    """Go over the pairs, of which there may be none; ``tell`` is given the share done."""
    if not len(pairs.article):
        return
    chance = np.random.default_rng(seed)
    fitting = max(SMALLEST, len(pairs.article) // FEWEST)
    plan = replace(plan, batch=min(plan.batch, fitting, len(pairs.article)))
    steps = plan.passes * (len(pairs.article) // plan.batch)
    size = len(learner.own)
    learner.forget()
    for step in range(steps):
        at = step % (steps // plan.passes)
        if at == 0:
            order = _order(pairs.article, plan.together, chance)
        chosen = order[at * plan.batch : (at + 1) * plan.batch]
        asked, answers = pairs.asked.bags(chosen, size), pairs.answers.bags(chosen, size)
        article = pairs.article[chosen]
        same = article[:, None] == article[None]
        np.fill_diagonal(same, False)
        slopes = gradient(asked @ learner.vectors, answers @ learner.vectors, same, plan)
        learner.step(
            asked.T.tocsr() @ slopes[0] + answers.T.tocsr() @ slopes[1], plan.rate * ease(step, steps, plan)
        )
        tell((step + 1) / steps)


def ease(step: int, steps: int, plan: Plan) -> float:
    """Return which part of the highest rate a step takes: rising at first, then falling to the end."""
    rising = min(plan.rising, max(1, steps // 4))
    return min(1.0, (step + 1) / rising) * max(0.02, 1 - step / steps)


def gradient(
    asked: Vectors, answers: Vectors, barred: NDArray[np.bool_], plan: Plan
) -> tuple[Vectors, Vectors]:
    """Return the slopes of the loss by the sums of both sides; answer n belongs to question n.

    ``barred`` marks the pairs that are no negatives. There may be more answers than questions.
    """
    slope_asked, slope_answers = np.zeros_like(asked), np.zeros_like(answers)
    own = np.arange(len(asked))
    for size in plan.sizes:
        left, left_length = _unit(asked[:, :size])
        right, right_length = _unit(answers[:, :size])
        scores = left @ right.T / np.float32(plan.temperature)
        scores[barred] = NEVER
        pull = _softmax(scores)
        back = _softmax(np.ascontiguousarray(scores[:, : len(asked)].T)).T
        pull[own, own] -= 1
        back[own, own] -= 1
        pull[:, : len(asked)] += back
        pull /= 2 * len(asked) * plan.temperature * len(plan.sizes)
        slope_asked[:, :size] += _through_unit(pull @ right, left, left_length)
        slope_answers[:, :size] += _through_unit(pull.T @ left, right, right_length)
    return slope_asked, slope_answers


def _order(article: NDArray[np.int64], together: int, chance: np.random.Generator) -> NDArray[np.int64]:
    sorted_ = np.argsort(article, kind="stable")
    blocks = np.array_split(sorted_, max(1, len(sorted_) // together))
    return np.concatenate([blocks[number] for number in chance.permutation(len(blocks))])


def _softmax(scores: Vectors) -> Vectors:
    powers: Vectors = np.exp(scores - scores.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _unit(rows: Vectors) -> tuple[Vectors, Vectors]:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return rows / lengths, lengths


def _through_unit(slope: Vectors, unit: Vectors, lengths: Vectors) -> Vectors:
    result: Vectors = (slope - (slope * unit).sum(axis=1, keepdims=True) * unit) / lengths
    return result
