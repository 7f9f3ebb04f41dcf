"""The index that answers now. Another one takes its place between two questions, never within one."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from bot.engine import Engine
from bot.llm import Llm
from bot.suggest import first_questions
from bot.writer import ModelEngine
from index.document import Document
from index.report import FileReport
from index.search import Index


@dataclass(frozen=True)
class Base:
    """One generation opened for answering, with its documents by id and the build's word on each file."""

    index: Index
    engine: Engine | ModelEngine
    documents: Mapping[str, Document]
    generation: str

    @classmethod
    def of(cls, index: Index, llm: Llm | None = None) -> "Base":
        """Open a base on an index, whose answers a model writes where there is one."""
        documents = {document.id: document for document in index.documents}
        engine = Engine(index)
        return cls(index, ModelEngine(engine, llm) if llm else engine, documents, index.name)

    @property
    def extractive(self) -> Engine:
        """The engine that answers without a model: for what is asked on nobody's behalf."""
        return self.engine.extractive if isinstance(self.engine, ModelEngine) else self.engine

    @cached_property
    def first_questions(self) -> tuple[str, ...]:
        """Questions drawn from the documents that the base answers, to begin with."""
        return first_questions(self.extractive, tuple(self.documents.values()))

    @cached_property
    def reports(self) -> tuple[FileReport, ...]:
        """What the build said of every file, those left out included."""
        return self.index.reports


@dataclass
class _Lease:
    base: Base
    users: int = 0
    retired: bool = False


@dataclass
class Serving:
    """Hands out the base that serves. Safe to use from many threads.

    Whoever answers holds a base until the answer is whole; one that was replaced is closed when the
    last of them lets go.
    """

    _lease: _Lease
    _llm: Llm | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, index: Index, llm: Llm | None = None) -> "Serving":
        """Serve an index, with answers that a model writes where there is one."""
        return cls(_Lease(Base.of(index, llm)), llm)

    @contextmanager
    def base(self) -> Iterator[Base]:
        """Hold the base that serves now."""
        with self._lock:
            lease = self._lease
            lease.users += 1
        try:
            yield lease.base
        finally:
            with self._lock:
                lease.users -= 1
                idle = lease.retired and not lease.users
            if idle:
                lease.base.index.close()

    def replace(self, index: Index) -> None:
        """Serve another index from the next question on."""
        fresh = _Lease(Base.of(index, self._llm))  # takes a while; nobody waits for it
        with self._lock:
            old, self._lease = self._lease, fresh
            old.retired = True
            idle = not old.users
        if idle:
            old.base.index.close()

    def close(self) -> None:
        """Close the index that serves; to be called when nobody asks any more."""
        self._lease.base.index.close()
