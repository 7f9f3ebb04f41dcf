"""The ways of searching that are set side by side, each run in a process of its own.

``python -m eval.contenders NAME FOLDER``: the folder holds what ``eval.retrieval`` has prepared. What is
found goes to stdout as JSON: for each question the numbers of provisions, best first. The
libraries are those of the extra ``bench``; each is imported where it is used, because what a contender
does not need must not count as its memory.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any

import numpy as np

from eval.processes import most_resident
from index.document import Hit, Scope
from index.embed import open_embedder
from index.keyword import tokens, words
from index.search import Index, open_index

DEEP = 100  # results of a question
CHUNK, OVERLAP = 500, 50  # characters, as in LangChain's tutorial
Search = Callable[[str], list[int]]


@dataclass(frozen=True)
class Task:
    """What every contender is given: provisions to find, whole texts, an index of Youju, questions. ``names``
    are the ids of the documents whose texts they are.

    A provision is an article with its items, or else a section: its document, where it starts and ends
    in the document's text, and the words it is found by.
    """

    folder: Path
    index: Path
    model: str | None
    questions: list[str]
    names: list[str]
    texts: list[str]
    provisions: list[dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> "Task":
        """Read what ``write`` wrote."""
        task = json.loads((folder / "task.json").read_text("utf-8"))
        return cls(folder, Path(task.pop("index")), **task)

    def write(self) -> None:
        """Write it into its folder."""
        task = {**vars(self), "index": str(self.index)}
        del task["folder"]
        (self.folder / "task.json").write_text(json.dumps(task, ensure_ascii=False), "utf-8")


@dataclass(frozen=True)
class Chunk:
    """A stretch of a document's text."""

    document: int
    start: int
    end: int


def youju(task: Task) -> Search:
    """Keywords and vectors, weighed by the ranker."""
    index, number = open_index(task.index), _numbers(task)
    return lambda question: [number(hit) for hit in index.provisions(question, Scope(), DEEP)]


def _one_part(part: str) -> Callable[[Task], Search]:
    def contender(task: Task) -> Search:
        index, number = open_index(task.index), _numbers(task)

        def search(question: str) -> list[int]:
            hits = _by_part(index, part, question)
            return list(dict.fromkeys(map(number, hits)))[:DEEP]

        return search

    return contender


def _by_part(index: Index, part: str, question: str) -> Iterator[Hit]:
    candidates = index.candidates(question, depth=DEEP * 3)
    for row in np.argsort(candidates.ranks[part], kind="stable"):
        yield Hit(index.passage(int(candidates.numbers[row])), 0.0, {})


def _bm25(cut: Callable[[str], list[str]]) -> Callable[[Task], Search]:
    def contender(task: Task) -> Search:
        # Late: of the extra ``bench``.
        import bm25s

        retriever = bm25s.BM25()
        retriever.index([cut(provision["words"]) for provision in task.provisions], show_progress=False)
        retriever.save(str(task.folder / "stored"))
        most = min(DEEP, len(task.provisions))

        def search(question: str) -> list[int]:
            # A term the documents do not have makes the library fail where it is the only one.
            terms = [term for term in cut(question) if term in retriever.vocab_dict]
            if not terms:
                return []
            found, _ = retriever.retrieve([terms], k=most, show_progress=False)
            return [int(number) for number in found[0]]

        return search

    return contender


def langchain_chunks(task: Task) -> Callable[[str], Iterator[Chunk]]:
    """The tutorial's pipeline with our vectors and Chinese words to split at: its chunks, best first."""
    # Late: of the extra ``bench``.
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embedder = open_embedder(task.model)

    class Vectors(Embeddings):
        """The vectors Youju uses."""

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            """Return one row a text."""
            rows: list[list[float]] = embedder.encode(texts).tolist()
            return rows

        def embed_query(self, text: str) -> list[float]:
            """Return the row of a question."""
            row: list[float] = embedder.encode_query(text).tolist()
            return row

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
    whole = [Document(text, metadata={"document": n}) for n, text in enumerate(task.texts)]
    chunks = splitter.split_documents(whole)
    store = Chroma(
        embedding_function=Vectors(),
        persist_directory=str(task.folder / "stored"),
        collection_metadata={"hnsw:space": "cosine"},
    )
    for start in range(0, len(chunks), 5_000):
        store.add_documents(chunks[start : start + 5_000])
    keyword = BM25Retriever.from_documents(chunks, preprocess_func=words)
    keyword.k = DEEP
    near = store.as_retriever(search_kwargs={"k": DEEP})
    both = EnsembleRetriever(retrievers=[keyword, near], weights=[0.5, 0.5])

    def search(question: str) -> Iterator[Chunk]:
        for chunk in both.invoke(question):
            start = chunk.metadata["start_index"]
            yield Chunk(chunk.metadata["document"], start, start + len(chunk.page_content))

    return search


def langchain(task: Task) -> Search:
    """The provisions of which the pipeline's chunks hold at least half."""
    chunks, held = langchain_chunks(task), _held(task)

    def search(question: str) -> list[int]:
        return list(dict.fromkeys(number for chunk in chunks(question) for number in held(chunk)))[:DEEP]

    return search


CONTENDERS: dict[str, Callable[[Task], Search]] = {
    "youju": youju,
    "youju, vectors alone": _one_part("vector"),
    "youju, keywords alone": _one_part("keyword"),
    "BM25, bigrams": _bm25(tokens),
    "BM25, words": _bm25(words),
    "LangChain": langchain,
}


def _numbers(task: Task) -> Callable[[Hit], int]:
    """Return what gives the number of the provision a hit belongs to."""
    starts: dict[int, tuple[list[int], list[int]]] = {}
    names: dict[str, int] = {name: number for number, name in enumerate(task.names)}
    for number, provision in enumerate(task.provisions):
        at, numbers = starts.setdefault(provision["document"], ([], []))
        at.append(provision["start"])
        numbers.append(number)

    def number_of(hit: Hit) -> int:
        at, numbers = starts[names[hit.passage.document.id]]
        return numbers[int(np.searchsorted(at, hit.passage.start, "right")) - 1]

    return number_of


def _held(task: Task) -> Callable[[Chunk], list[int]]:
    """Return what gives the provisions of which a chunk holds at least half."""
    of_document: dict[int, list[int]] = {}
    for number, provision in enumerate(task.provisions):
        of_document.setdefault(provision["document"], []).append(number)

    def held(chunk: Chunk) -> list[int]:
        found = []
        for number in of_document.get(chunk.document, ()):
            one = task.provisions[number]
            shared = min(one["end"], chunk.end) - max(one["start"], chunk.start)
            if shared * 2 >= one["end"] - one["start"]:
                found.append(number)
        return found

    return held


def main(arguments: Sequence[str]) -> int:
    """Make ready, ask every question, and print what was found and what it took."""
    name, folder = arguments
    task = Task.read(Path(folder))
    started = perf_counter()
    search = CONTENDERS[name](task)
    ready = perf_counter() - started
    search("预热")  # what is loaded late is loaded now
    found, seconds = [], []
    for question in task.questions:
        started = perf_counter()
        found.append(search(question))
        seconds.append(perf_counter() - started)
    stored = [path.stat().st_size for path in (task.folder / "stored").rglob("*") if path.is_file()]
    record = {
        "ready": ready,
        "seconds": seconds,
        "disk": sum(stored),
        "memory": most_resident("self") or getrusage(RUSAGE_SELF).ru_maxrss,  # bytes on macOS
        "found": found,
    }
    sys.stdout.write(json.dumps(record) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
