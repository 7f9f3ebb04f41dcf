"""The vector store: the only door to Chroma.

It holds ids, vectors and the document's number, nothing else: the words are in passages.sqlite, and
the whole folder can be made again from there. Only a build writes into it, in a process of its own,
because a writer that is killed can leave a folder that crashes every process that opens it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexUnusableError
from index.generation import REMEDY

COLLECTION = "passages"
BATCH = 5_000  # Chroma takes at most 5,461 records at once
DEEPEST = 200  # neighbours a search looks at; asking for more finds no more of them reliably
HNSW = {
    "space": "cosine",
    "ef_construction": 100,
    "max_neighbors": 16,
    "ef_search": DEEPEST,
    # Every batch goes into the graph's files. By default the last thousand vectors stay in a log that
    # is played back at each opening, slowly, over files it rewrites.
    "sync_threshold": 2,
    "batch_size": 2,
}


def write_vectors(folder: Path, blocks: Iterable[tuple[list[int], list[int], NDArray[np.float32]]]) -> None:
    """Write a new collection from blocks of passage numbers, document numbers and their vectors.

    A zero vector is left out: it is near nothing.
    """
    folder.mkdir(parents=True)
    client = _client(folder)
    collection = client.create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={"hnsw": HNSW},
    )
    for passages, documents, vectors in blocks:
        kept = np.flatnonzero(vectors.any(axis=1))
        for start in range(0, len(kept), BATCH):
            rows = kept[start : start + BATCH]
            collection.add(
                ids=[str(passages[row]) for row in rows],
                embeddings=vectors[rows],
                metadatas=[{"document": documents[row]} for row in rows],
            )
    client.close()


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

    def close(self) -> None:
        """Let go of the folder."""
        self._client.close()


def _client(folder: Path) -> Any:  # noqa: ANN401 - its declared type has no close()
    # Late: it takes more than a second, and most commands never ask for a neighbour.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
