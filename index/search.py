"""Questions to hits: keyword and vector search, fused, inside a scope."""

import json
import os
import threading
from collections.abc import Hashable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from index import generation as generations
from index.database import Database
from index.derive import UNREACHED
from index.document import Document, Hit, Passage, Scope
from index.embed import Embedder, Vectors, open_embedder, searchable
from index.errors import IndexUnusableError, ModelUnavailableError
from index.keyword import BOOSTS, KeywordIndex
from index.models import RERANKED, Reranker
from index.ranking import Candidates, ranked, reordered
from index.report import FileReport
from index.store import VectorStore

DEPTH = 200  # passages each part proposes
SCORED = {"keyword": BOOSTS, "words": {"words": 1.0}, "title": {"title": 1.0}, "headings": {"headings": 1.0}}
EXACT = 10_000  # passages of a narrow scope that are compared one by one: about 30 ms


def open_index(path: Path, reranker: Reranker | None = None) -> "Index":
    """Open the current generation of an index folder; a ``reranker`` takes a second look at the best hits.

    Raises IndexUnusableError, saying what to run, when it is missing, damaged or of another version.
    """
    folder = generations.current(path)
    if folder is None:
        raise IndexUnusableError(f"还没有索引 {path}。{generations.REMEDY}")
    generations.verify(folder)
    if not os.access(folder, os.W_OK):  # both stores lock files even to read
        raise IndexUnusableError(
            f"索引文件夹 {path} 只能读，不能写；检索时要在里面加锁。请修改权限，或把它整个复制到可写的地方。"
        )
    return Index(folder, reranker)


class Index:
    """One generation, open for searching. Safe to use from many threads; a context manager."""

    def __init__(self, generation: Path, reranker: Reranker | None = None) -> None:
        self._generation = generation
        self._reranker = reranker
        self._database = Database(generation / "passages.sqlite")
        self._opening = threading.Lock()
        self._store: VectorStore | None = None
        self._keyword = KeywordIndex(generation / "keyword")

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every file."""
        self._database.close()
        if self._store is not None:
            self._store.close()

    @property
    def name(self) -> str:
        """The generation's name; another build gives another."""
        return self._generation.name

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Every document, in order of source."""
        return self._database.documents()

    @property
    def reports(self) -> tuple[FileReport, ...]:
        """What the build said of every file."""
        return self._database.reports()

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return len(self._rows)

    def document_frequency(self, token: str) -> int:
        """Count the passages that hold a token as ``index.keyword.tokens`` makes them."""
        return self._keyword.document_frequency(token)

    def passages(self, document: Document, section: int) -> tuple[Passage, ...]:
        """Return the passages of the section at a position of ``document.sections``, in order."""
        numbers = self._by_section.get((self._numbers[document.id], section), ())
        return tuple(self.passage(number) for number in numbers)

    def search(self, query: str, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:  # noqa: B008 - frozen
        """Return at most ``limit`` passages inside the scope, best first, none twice.

        ``why`` holds each part's score and rank, of the parts that found the passage.
        """
        query = encodable(query)
        found = ranked(self.candidates(query, scope, max(DEPTH, limit)))
        if self._reranker is not None and found:
            texts = [searchable(self.passage(number)) for number, _, _ in found[:RERANKED]]
            found = reordered(found, self._reranker.scores(query, texts))
        return [Hit(self.passage(number), score, why) for number, score, why in found[: max(limit, 0)]]

    def candidates(self, query: str, scope: Scope = Scope(), depth: int = DEPTH) -> Candidates:  # noqa: B008 - frozen
        """Return what there is to know of every passage that keywords or vectors propose."""
        inside = self._inside(scope)
        vector = self._embedder.encode_query(query)
        found = {
            "keyword": self._keyword.search(query, depth, inside),
            "words": self._keyword.search(query, depth, inside, SCORED["words"]),
            "vector": self._nearest(vector, depth, inside),
        }
        numbers = sorted({number for part in found.values() for number, _ in part})
        return Candidates.of(
            [(number, self._rows[number][1], self.passage(number)) for number in numbers],
            {part: [number for number, _ in proposed] for part, proposed in found.items()},
            {"vector": self._cosines(vector, numbers)}
            | {name: self._keyword.scores(query, numbers, boosts) for name, boosts in SCORED.items()},
        )

    def provisions(self, query: str, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:  # noqa: B008 - frozen
        """Return at most ``limit`` passages as ``search`` does, but only the best of each provision, which is
        an article with its items, or else a section: the pieces of one must not fill the list.
        """
        best: dict[tuple[Document, Hashable], Hit] = {}
        for hit in self.search(query, scope, limit * 3):
            best.setdefault((hit.passage.document, hit.passage.home.article or hit.passage.section), hit)
        return list(best.values())[: max(limit, 0)]

    def _inside(self, scope: Scope) -> list[int] | None:
        """Return the numbers of the documents inside a scope, None when that is every one."""
        numbers = [number for number, document in enumerate(self.documents) if scope.admits(document)]
        return None if len(numbers) == len(self.documents) else numbers

    def _nearest(self, vector: Vectors, depth: int, inside: Sequence[int] | None) -> list[tuple[int, float]]:
        if not vector.any():
            return []
        if inside is None:
            return self._neighbours(vector, depth)
        spans = [self._spans[document] for document in inside]
        if sum(stop - start for start, stop in spans) <= EXACT:
            return self._exact(vector, spans, depth)
        # A filter inside Chroma costs a hundred times a search; a wide scope keeps enough neighbours.
        wanted = set(inside)
        near = self._neighbours(vector, depth * 2)
        return [(number, score) for number, score in near if self._rows[number][1] in wanted][:depth]

    def _cosines(self, vector: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """Return how near each of these passages is."""
        vectors = [self._database.vectors(number, number + 1)[0] for number in numbers]
        cosines = np.array(vectors, dtype=np.float32).reshape(len(numbers), len(vector)) @ vector
        return dict(zip(numbers, cosines.tolist(), strict=True))

    def _neighbours(self, vector: Vectors, depth: int) -> list[tuple[int, float]]:
        """Search the graph, and compare with the few passages that no search of the graph reaches."""
        found = dict(self._vector_store().nearest(vector[None, :], depth)[0])
        numbers, vectors = self._unreached
        found.update(zip(numbers, (vectors @ vector).tolist() if numbers else (), strict=True))
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:depth]

    def _exact(
        self, vector: Vectors, spans: Sequence[tuple[int, int]], depth: int
    ) -> list[tuple[int, float]]:
        found: list[tuple[int, float]] = []
        for start, stop in spans:
            scores = self._database.vectors(start, stop) @ vector
            found += [(start + int(row), float(scores[row])) for row in np.argsort(-scores)[:depth]]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:depth]

    def _vector_store(self) -> VectorStore:
        with self._opening:  # Chroma opened twice at once on one folder disturbs itself
            if self._store is None:
                self._store = VectorStore(self._generation / "chroma")
            return self._store

    @cached_property
    def _unreached(self) -> tuple[list[int], Vectors]:
        numbers: list[int] = json.loads((self._generation / UNREACHED).read_text("utf-8"))
        vectors = [self._database.vectors(number, number + 1)[0] for number in numbers]
        return numbers, np.array(vectors, dtype=np.float32)

    @cached_property
    def _embedder(self) -> Embedder:
        facts = self._database.facts()
        embedder = open_embedder(facts["model"])
        if embedder.name != facts["model_name"]:
            model = facts["model"] or "（自带）"
            raise ModelUnavailableError(f"向量模型 {model} 与建索引时的不同。{generations.REMEDY}")
        return embedder

    @cached_property
    def _rows(self) -> list[tuple[str, int, int, int, int]]:
        return self._database.passages()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {document.id: number for number, document in enumerate(self.documents)}

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        """First and last-but-one passage number of each document: they are stored side by side."""
        spans = [(0, 0)] * len(self.documents)
        for number, (_, owner, _, _, _) in enumerate(self._rows):
            start = spans[owner][0] if spans[owner][1] else number
            spans[owner] = (start, number + 1)
        return spans

    @cached_property
    def _by_section(self) -> dict[tuple[int, int], list[int]]:
        homes: dict[tuple[int, int], list[int]] = {}
        for number, (_, owner, section, _, _) in enumerate(self._rows):
            homes.setdefault((owner, section), []).append(number)
        return homes

    def passage(self, number: int) -> Passage:
        """Return the passage of a number as ``candidates`` gives it."""
        id_, owner, section, start, end = self._rows[number]
        return Passage(id_, self.documents[owner], section, start, end)


def encodable(text: str) -> str:
    """Return a text no library stumbles over: bytes the locale could not read spell UTF-8 or nothing."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a pair that stands for no byte
        return text.encode("utf-8", "replace").decode()
