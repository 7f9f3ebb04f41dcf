"""Where training starts: vectors from which words stand near which in the documents.

Positive pointwise mutual information of tokens within a window, reduced by a truncated singular value
decomposition, each vector as long as its token is rare. The same texts give the same vectors.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

WINDOW = 10  # tokens to each side
SMOOTHING = 0.75  # power of a neighbour's frequency; lower it and rare neighbours count more
STRENGTH = 0.5  # power of the singular values; in full, a few directions decide alone
DAMPING = 1e-3  # share of all tokens from which a token counts less and less
SEED = 0


def start_vectors(
    tokens: NDArray[np.int32], starts: NDArray[np.int64], size: int, dimensions: int
) -> NDArray[np.float32]:
    """Return one row a token of the ``size`` there are, zero for those that stand nowhere.

    ``tokens`` are those of all texts in a row; text n is from ``starts[n]`` to ``starts[n + 1]``.
    """
    near = _neighbours(tokens, starts, size)
    frequency = np.bincount(tokens, minlength=size).astype(np.float64)
    information = _information(near)
    vectors = np.zeros((size, dimensions), dtype=np.float32)
    if not information.nnz:  # nothing stands beside anything
        return vectors
    seen = np.flatnonzero(frequency)
    directions = _decompose(information[seen][:, seen], dimensions)
    lengths = np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    share = frequency[seen, None] / max(1.0, frequency.sum())
    vectors[seen, : directions.shape[1]] = directions / lengths * (DAMPING / (DAMPING + share))
    return vectors


def _neighbours(tokens: NDArray[np.int32], starts: NDArray[np.int64], size: int) -> sparse.csr_matrix:
    """Count how often two tokens stand within the window of each other in one text."""
    text = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, WINDOW + 1):
        same = text[distance:] == text[:-distance]
        left, right = tokens[:-distance][same], tokens[distance:][same]
        ones = np.ones(len(left), dtype=np.float32)
        found = sparse.coo_matrix((ones, (left, right)), shape=(size, size)).tocsr()
        total = total + found
    return total + total.T


def _information(near: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return the positive pointwise mutual information of counts."""
    rows = np.asarray(near.sum(axis=1)).ravel()
    smoothed = rows**SMOOTHING
    smoothed /= max(1e-9, smoothed.sum())
    pairs = near.tocoo()
    expected = np.maximum(rows[pairs.row] * smoothed[pairs.col], 1e-12)
    value = np.log(np.maximum(pairs.data / expected, 1e-12))
    kept = value > 0
    shape = near.shape
    return sparse.csr_matrix(
        (value[kept].astype(np.float32), (pairs.row[kept], pairs.col[kept])), shape=shape
    )


def _decompose(matrix: sparse.csr_matrix, dimensions: int) -> NDArray[np.float32]:
    # Late: sklearn takes more than a second, and a wrong option should be told at once.
    from sklearn.utils.extmath import randomized_svd  # type: ignore[import-untyped]

    wanted = min(dimensions, max(1, min(matrix.shape) - 1))
    left, strengths, _ = randomized_svd(matrix, wanted, n_iter=3, random_state=SEED)
    result: NDArray[np.float32] = (left * strengths**STRENGTH).astype(np.float32)
    return result
