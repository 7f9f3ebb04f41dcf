"""The vector store: the only door to Chroma.

It holds ids, vectors and the document's number, nothing else: the words are in passages.sqlite, and
the whole folder can be made again from there. Only a build writes into it, in a process of its own,
because a writer that is killed can leave a folder that crashes every process that opens it.
"""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnusableError
from index.generation import REMEDY

COLLECTION = "passages"
BATCH = 5_000  # Chroma takes at most 5,461 records at once
# Neighbours a search looks at. Of 267,000 passages of laws the hundred nearest to 932 questions are found
# to .947 at 200, .976 at 400, .988 at 800, .994 at 1,200 and .996 at 1,600 (3 ms); a graph of more links
# takes two to three times as long to make and gains less. While a graph is looked through, 200 will do.
DEPTH, CHECKED_DEPTH = 1_600, 200
HNSW = {
    "space": "cosine",
    "ef_construction": 100,
    "max_neighbors": 16,
    "ef_search": CHECKED_DEPTH,
    # Every batch goes into the graph's files. By default the last thousand vectors stay in a log that
    # is played back at each opening, slowly, over files it rewrites.
    "sync_threshold": 2,
    "batch_size": 2,
}


def write_vectors(folder: Path, blocks: Iterable[tuple[list[int], list[int], NDArray[np.float32]]]) -> int:
    """Write a new collection from blocks of passage numbers, document numbers and their vectors.

    A zero vector is left out: it is near nothing. Returns how many were written.
    """
    folder.mkdir(parents=True)
    client = _client(folder)
    collection = client.create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={"hnsw": HNSW},
    )
    written = 0
    for passages, documents, vectors in blocks:
        kept = np.flatnonzero(vectors.any(axis=1))
        for start in range(0, len(kept), BATCH):
            rows = kept[start : start + BATCH]
            collection.add(
                ids=[str(passages[row]) for row in rows],
                embeddings=vectors[rows],
                metadatas=[{"document": documents[row]} for row in rows],
            )
        written += len(kept)
    client.close()
    return written


class VectorStore:
    """A collection on disk, opened for reading. Safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "chroma.sqlite3").is_file():  # Chroma would make an empty one in its place
            raise IndexUnusableError(f"向量库不存在。{REMEDY}")
        try:
            self._client = _client(folder)
            self._collection: Any = self._client.get_collection(COLLECTION, embedding_function=None)
            self.count: int = self._collection.count()
        except Exception as error:  # Chroma raises many kinds, some of them from Rust
            raise IndexUnusableError(f"向量库打不开（{error}）。{REMEDY}") from error

    def nearest(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[int, float]]]:
        """Return, for each row, passage numbers with their cosine similarities, best first."""
        limit = min(limit, self.count)
        if not limit or not len(vectors):
            return [[] for _ in vectors]
        try:
            found = self._collection.query(query_embeddings=vectors, n_results=limit, include=["distances"])
        except Exception as error:
            raise IndexUnusableError(f"向量库查询失败（{error}）。{REMEDY}") from error
        return [
            [(int(id_), 1.0 - float(distance)) for id_, distance in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def deepen(self) -> None:
        """Let whoever opens the store from now on search as deep as questions are worth; only in a build."""
        with warnings.catch_warnings():
            # Chroma warns of its own default for a collection without an embedding function.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._collection.modify(configuration={"hnsw": {"ef_search": DEPTH}})

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()


def _client(folder: Path) -> Any:  # noqa: ANN401 - its declared type has no close()
    # Late: it takes more than a second, and most commands never ask for a neighbour.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
