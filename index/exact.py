"""Vectors in memory, compared with a question one by one: for the passages of a scope, and those that
stand aside of the graph.
"""

from collections.abc import Iterable

import numpy as np

from index.database import STORED, Database
from index.embed import Vectors

Span = tuple[int, int]  # first and last-but-one passage number

BLOCK = 20_000  # rows read at a time


class Exact:
    """The vector of every passage, half a kilobyte each. Safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        last = max(database.numbers(), default=-1)
        blocks = [database.stored_vectors(start, start + BLOCK) for start in range(0, last + 1, BLOCK)]
        blocks = [block for block in blocks if block[0]]
        self._numbers = np.array([number for numbers, _ in blocks for number in numbers], dtype=np.int64)
        self._vectors = np.concatenate([vectors for _, vectors in blocks] or [np.zeros((0, 0), dtype=STORED)])
        lengths = [np.linalg.norm(vectors.astype(np.float32), axis=1) for _, vectors in blocks]
        self._lengths = np.concatenate(lengths or [np.zeros(0, dtype=np.float32)])

    def nearest(self, vector: Vectors, spans: Iterable[Span], depth: int) -> list[tuple[int, float]]:
        """Return the numbers inside the spans with their cosines, best first, at most ``depth``."""
        borders = np.searchsorted(self._numbers, np.array(list(spans), dtype=np.int64).reshape(-1, 2))
        rows = np.concatenate(
            [np.arange(first, end) for first, end in borders] or [np.zeros(0, dtype=np.int64)]
        )
        rows = rows[self._lengths[rows] > 0]  # a zero vector is near nothing
        if not len(rows):
            return []
        scores = self._vectors[rows].astype(np.float32) @ vector / self._lengths[rows]
        best = np.argsort(-scores, kind="stable")[:depth]
        return list(zip(self._numbers[rows[best]].tolist(), scores[best].tolist(), strict=True))
