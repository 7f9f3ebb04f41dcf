"""Vectors in memory, compared with a question one by one: for the passages of a scope, and those that
stand aside of the graph.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.embed import Vectors

Span = tuple[int, int]  # first and last-but-one passage number

BLOCK = 20_000  # numbers read at a time
FEW = 5_000  # rows that are picked in 2 ms; to compare 267,000 takes 15 ms, and serves every scope after


class Exact:
    """The vector of every passage, a kilobyte each. Safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        there = database.numbers()
        self._numbers: NDArray[np.int64] = np.array(sorted(there), dtype=np.int64)
        self._vectors: Vectors = np.zeros((0, 0), dtype=np.float32)
        filled = 0
        for start in range(0, max(there, default=-1) + 1, BLOCK):
            block = database.vectors(start, start + BLOCK)
            if not filled:
                self._vectors = np.zeros((len(there), block.shape[1]), dtype=np.float32)
            self._vectors[filled : filled + len(block)] = block
            filled += len(block)
        self._known = np.flatnonzero(np.abs(self._vectors).sum(axis=1))  # a zero vector is near nothing
        # One question is asked of one place after the other, and of the same places as the one before.
        self._scores = lru_cache(maxsize=8)(self._compared)
        self._rows = lru_cache(maxsize=256)(self._inside)

    def nearest(self, vector: Vectors, spans: Sequence[Span], depth: int) -> list[tuple[int, float]]:
        """Return the numbers inside the spans with their cosines, best first, at most ``depth``."""
        rows = self._rows(tuple(spans))
        if not len(rows):
            return []
        few = len(rows) <= FEW
        scores = self._vectors[rows] @ vector if few else self._scores(vector.tobytes())[rows]
        best = np.argpartition(-scores, depth)[:depth] if depth < len(rows) else np.arange(len(rows))
        best = best[np.argsort(-scores[best])]
        return list(zip(self._numbers[rows[best]].tolist(), scores[best].tolist(), strict=True))

    def vectors(self, numbers: Sequence[int]) -> Vectors:
        """Return the unit vectors of these passages, one row each."""
        rows: Vectors = self._vectors[np.searchsorted(self._numbers, np.array(numbers, dtype=np.int64))]
        return rows

    def _compared(self, vector: bytes) -> Vectors:
        scores: Vectors = self._vectors @ np.frombuffer(vector, dtype=np.float32)
        return scores

    def _inside(self, spans: tuple[Span, ...]) -> NDArray[np.int64]:
        borders = np.searchsorted(self._numbers, np.array(spans, dtype=np.int64).reshape(-1, 2))
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(a, b) for a, b in borders)])
        return rows[np.isin(rows, self._known, assume_unique=True)]
