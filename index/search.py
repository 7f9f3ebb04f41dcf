"""Questions to hits: keyword and vector search, fused, inside a scope."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from index import generation as generations
from index.aside import Aside
from index.database import Database, Row
from index.document import Document, Hit, Passage, Scope
from index.embed import Embedder, Vectors, open_embedder, searchable
from index.errors import IndexUnusableError, ModelUnavailableError
from index.exact import Exact
from index.keyword import BOOSTS, KeywordIndex
from index.models import RERANKED, Reranker
from index.ranking import Candidates, Ranked, listed, ranked, reordered
from index.report import FileReport
from index.store import VectorStore

DEPTH = 200  # passages each part proposes
DEPTH_A_PROVISION = 6  # and for every provision wanted: some are cut into several passages
SCORED = {"keyword": BOOSTS, "words": {"words": 1.0}, "title": {"title": 1.0}, "headings": {"headings": 1.0}}
EXACT = 200_000  # passages of a scope that are compared one by one: 12 ms; the graph knows no scopes


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
    """One generation, open for searching. Safe to use from many threads; a context manager.

    ``reranker`` takes a second look at the best hits; None where there is no second look.
    """

    def __init__(self, generation: Path, reranker: Reranker | None = None) -> None:
        self._generation = generation
        self.reranker = reranker
        self._database = Database(generation / "passages.sqlite")
        self._opening = threading.Lock()
        self._store: VectorStore | None = None
        self._keyword = KeywordIndex(generation / "keyword")
        self._inside = lru_cache(maxsize=256)(self._admitted)  # the same places again and again

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

    @property
    def folder(self) -> Path:
        """The index folder the generation belongs to."""
        return self._generation.parents[1]

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Every document, in order of source."""
        return tuple(self._documents.values())

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
        # The keyword index goes on counting some passages that are gone.
        return min(self._keyword.document_frequency(token), self.passage_count)

    def pairs(self) -> Mapping[str, int]:
        """Count the passages that hold each pair of neighbouring Han characters, of all pairs there are."""
        return self._keyword.pairs()

    def passages(self, document: Document, section: int) -> tuple[Passage, ...]:
        """Return the passages of the section at a position of ``document.sections``, in order."""
        numbers = self._by_section.get((self._numbers[document.id], section), ())
        return tuple(self.passage(number) for number in numbers)

    def search(self, query: str, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:  # noqa: B008 - frozen
        """Return at most ``limit`` passages inside the scope, best first, none twice.

        ``why`` holds each part's score and rank, of the parts that found the passage.
        """
        query = encodable(query)
        return self._hits(self._ranked(query, self.candidates(query, scope, max(DEPTH, 2 * limit))), limit)

    def provisions(self, query: str, scope: Scope = Scope(), limit: int = 10) -> list[Hit]:  # noqa: B008 - frozen
        """Return the best passage of at most ``limit`` provisions, which are articles with their items, or
        else sections: the pieces of one must not fill the list. Behind the first the order is one in which
        as little as can be is missed.
        """
        query = encodable(query)
        candidates = self.candidates(query, scope, max(DEPTH, DEPTH_A_PROVISION * limit))
        return self._hits(listed(candidates, self._ranked(query, candidates)), limit)

    def _ranked(self, query: str, candidates: Candidates) -> list[Ranked]:
        found = ranked(candidates)
        if self.reranker is not None and found:
            texts = [searchable(self.passage(number)) for number, _, _ in found[:RERANKED]]
            found = reordered(found, self.reranker.scores(query, texts))
        return found

    def _hits(self, found: Sequence[Ranked], limit: int) -> list[Hit]:
        return [Hit(self.passage(number), score, why) for number, score, why in found[: max(limit, 0)]]

    def candidates(self, query: str, scope: Scope = Scope(), depth: int = DEPTH) -> Candidates:  # noqa: B008 - frozen
        """Return what there is to know of every passage that keywords or vectors propose."""
        inside = self._inside(scope)
        vector = self._encode_query(query)
        found = {
            "keyword": self._settled(self._keyword.search(query, depth, inside)),
            "words": self._settled(self._keyword.search(query, depth, inside, SCORED["words"])),
            "vector": self._settled(self._nearest(vector, depth, inside)),
        }
        proposed = {number for part in found.values() for number, _ in part}
        numbers = sorted(proposed, key=self._places.__getitem__)
        return Candidates.of(
            [(number, self._rows[number][1], self.passage(number)) for number in numbers],
            {part: [number for number, _ in listed] for part, listed in found.items()},
            {"vector": self._cosines(vector, numbers)}
            | {name: self._keyword.scores(query, numbers, boosts) for name, boosts in SCORED.items()},
        )

    def neighbours(self, query: str, limit: int) -> list[tuple[int, float]]:
        """Return the numbers of the passages nearest to a question by their vectors, with the cosines."""
        return self._nearest(self._encode_query(encodable(query)), limit, None)

    def _admitted(self, scope: Scope) -> list[int] | None:
        """Return the numbers of the documents inside a scope, None when that is every one."""
        numbers = [number for number, document in self._documents.items() if scope.admits(document)]
        return None if len(numbers) == len(self._documents) else numbers

    def _settled(self, found: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
        """Put what scores alike in reading order: numbers tell only in which build a passage came in."""
        return sorted(found, key=lambda item: (-round(item[1], 5), self._places[item[0]]))

    def _nearest(self, vector: Vectors, depth: int, inside: Sequence[int] | None) -> list[tuple[int, float]]:
        if not vector.any():
            return []
        if inside is None:
            return self._neighbours(vector, depth)
        spans = [self._spans[document] for document in inside]
        if sum(stop - start for start, stop in spans) <= EXACT:
            return self._exact.nearest(vector, spans, depth)
        # A filter inside Chroma costs a hundred times a search; a wide scope keeps enough neighbours.
        wanted = set(inside)
        near = self._neighbours(vector, depth * 2)
        return [(number, score) for number, score in near if self._rows[number][1] in wanted][:depth]

    def _cosines(self, vector: Vectors, numbers: Sequence[int]) -> dict[int, float]:
        """Return how near each of these passages is."""
        cosines = self._exact.vectors(numbers) @ vector if numbers else vector[:0]
        return dict(zip(numbers, cosines.tolist(), strict=True))

    def _neighbours(self, vector: Vectors, depth: int) -> list[tuple[int, float]]:
        """Search the graph, and compare with the passages that stand aside of it."""
        store, wanted = self._vector_store(), depth
        while True:
            near = store.nearest(vector[None, :], wanted)[0]
            found = {number: score for number, score in near if number in self._rows}
            if not self._aside.gone or len(found) >= depth or wanted >= store.count:
                break
            wanted *= 2  # some of the nearest are of passages that are gone
        if self._aside.compared:
            found.update(self._exact.nearest(vector, self._aside.spans, depth))
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:depth]

    def _vector_store(self) -> VectorStore:
        with self._opening:  # Chroma opened twice at once on one folder disturbs itself
            if self._store is None:
                self._store = VectorStore(self._generation / "chroma")
            return self._store

    @cached_property
    def _aside(self) -> Aside:
        return Aside.read(self._generation)

    @cached_property
    def _exact(self) -> Exact:
        return Exact(self._database)

    @cached_property
    def _encode_query(self) -> Callable[[str], Vectors]:
        """The vector of a question, remembered: it is searched for in one place after the other."""
        return lru_cache(maxsize=64)(self._embedder.encode_query)

    @cached_property
    def _embedder(self) -> Embedder:
        facts = self._database.facts()
        embedder = open_embedder(facts["model"])
        if embedder.name != facts["model_name"]:
            model = facts["model"] or "（自带）"
            raise ModelUnavailableError(f"向量模型 {model} 与建索引时的不同。{generations.REMEDY}")
        return embedder

    @cached_property
    def _documents(self) -> dict[int, Document]:
        return self._database.documents()

    @cached_property
    def _rows(self) -> dict[int, Row]:
        return self._database.passages()

    @cached_property
    def _places(self) -> dict[int, int]:
        """The place of each passage in reading order."""
        return {number: place for place, number in enumerate(self._rows)}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {document.id: number for number, document in self._documents.items()}

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        """First and last-but-one passage number of each document: they are stored side by side."""
        spans: dict[int, tuple[int, int]] = {}
        for number, row in self._rows.items():
            spans[row[1]] = (spans.get(row[1], (number,))[0], number + 1)
        return spans

    @cached_property
    def _by_section(self) -> dict[tuple[int, int], list[int]]:
        homes: dict[tuple[int, int], list[int]] = {}
        for number, (_, owner, section, _, _) in self._rows.items():
            homes.setdefault((owner, section), []).append(number)
        return homes

    def passage(self, number: int) -> Passage:
        """Return the passage of a number as ``candidates`` gives it."""
        id_, owner, section, start, end = self._rows[number]
        return Passage(id_, self._documents[owner], section, start, end)


def encodable(text: str) -> str:
    """Return a text no library stumbles over: bytes the locale could not read spell UTF-8 or nothing."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half of a pair that stands for no byte
        return text.encode("utf-8", "replace").decode()
