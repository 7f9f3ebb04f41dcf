"""Rows of tokens of unequal length: what texts are once they are cut."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from tokenizers import Tokenizer

BATCH = 2_000  # texts cut into tokens at a time
Tokens = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The tokens of all rows one after the other; row n is from ``starts[n]`` to ``starts[n + 1]``."""

    tokens: Tokens
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int, last: int | None = None) -> Tokens:
        """Return the tokens of a row, or of the rows from ``number`` to before ``last``."""
        end = number + 1 if last is None else last
        return self.tokens[self.starts[number] : self.starts[end]]

    def bags(self, numbers: NDArray[np.integer], size: int) -> sparse.csr_matrix:
        """Return these rows as counts of the ``size`` tokens there are."""
        lengths = self.starts[numbers + 1] - self.starts[numbers]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        places = np.repeat(self.starts[numbers] - starts[:-1], lengths) + np.arange(starts[-1])
        ones = np.ones(len(places), dtype=np.float32)
        return sparse.csr_matrix((ones, self.tokens[places], starts), shape=(len(numbers), size))

    @staticmethod
    def of(rows: Sequence[Tokens]) -> "Rows":
        """Join rows."""
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        joined = np.concatenate(rows) if rows else np.zeros(0)
        return Rows(joined.astype(np.int32), starts.astype(np.int64))

    @staticmethod
    def joined(several: Sequence["Rows"]) -> "Rows":
        """Return all rows one after the other."""
        lengths = np.concatenate([np.diff(rows.starts) for rows in several])
        starts = np.concatenate([[0], np.cumsum(lengths)])
        return Rows(np.concatenate([rows.tokens for rows in several]), starts.astype(np.int64))


def cut(tokenizer: Tokenizer, texts: Iterable[str]) -> Rows:
    """Cut texts into their known tokens, one row a text."""
    tokens, starts = array("i"), [0]
    waiting = list(texts)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False):
            tokens.extend(token for token in encoding.ids if token)
            starts.append(len(tokens))
    return Rows(np.asarray(tokens, dtype=np.int32), np.asarray(starts, dtype=np.int64))
