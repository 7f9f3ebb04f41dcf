"""Bringing the index up to date while it serves: in a process of its own, watched from any request."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.serving import Serving
from index import rollback
from index.apart import build_apart
from index.document import Document
from index.errors import YoujuError
from index.report import Progress, summary
from index.search import open_index

logger = logging.getLogger(__name__)


class BusyError(YoujuError):
    """Another change of the documents or of the index is under way."""

    def __init__(self) -> None:
        super().__init__("正在更新索引或改动文件，请等它完成后再操作。这次什么也没有改。")


@dataclass(frozen=True, slots=True)
class Work:
    """The rebuild that runs, or else the last one.

    ``stage`` is what is being done, ``done`` of ``total`` files or passages of it. ``words`` are its outcome,
    empty before there is one; ``failed`` tells that the index that was there still serves. ``ended`` is UTC.
    """

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    failed: bool = False
    words: str = ""
    ended: datetime | None = None


class Rebuilder:
    """Makes the index that serves, one change at a time. Safe to use from many threads.

    ``swapped`` is told the documents of each index that comes to serve.
    """

    def __init__(
        self,
        documents: Path,
        index: Path,
        model: str | None,
        serving: Serving,
        swapped: Callable[[Iterable[Document]], None],
    ) -> None:
        self._documents = documents
        self._index = index
        self._model = model
        self._serving = serving
        self._swapped = swapped
        self._alone = threading.Lock()
        self.work = Work()

    def after(self, change: Callable[[], bool]) -> None:
        """Change the folder while nobody else does; where that changed anything, rebuild in the background.

        Raises BusyError, and whatever ``change`` raises.
        """
        self._claim()
        try:
            changed = change()
        except BaseException:
            self._alone.release()
            raise
        if not changed:
            self._alone.release()
            return
        self.work = Work(running=True)
        threading.Thread(target=self._run, name="rebuild", daemon=True).start()

    def roll_back(self) -> None:
        """Serve the generation before. Raises BusyError, RollBackError, or what ``open_index`` raises; what
        serves stays then.
        """
        self._claim()
        try:
            rollback.roll_back(self._index)
            try:
                self._serve()
            except BaseException:
                rollback.roll_back(self._index)
                raise
            self.work = Work()  # what the last rebuild came to is no longer what serves
        finally:
            self._alone.release()

    def _claim(self) -> None:
        if not self._alone.acquire(blocking=False):
            raise BusyError

    def _run(self) -> None:
        try:
            report = build_apart(self._documents, self._index, self._model, self._follow)
            with self._serving.base() as base:
                serves = base.generation
            if report.generation != serves:
                self._serve()
            self.work = Work(words=summary(report), ended=datetime.now(UTC))
        except YoujuError as error:
            self._fail(str(error))
        except Exception as error:
            logger.exception("rebuilding failed")
            self._fail(f"更新索引时出错（{type(error).__name__}），原来的索引不变。请把日志交给维护者。")
        finally:
            self._alone.release()

    def _follow(self, progress: Progress) -> None:
        self.work = replace(self.work, stage=str(progress.stage), done=progress.done, total=progress.total)

    def _fail(self, words: str) -> None:
        self.work = Work(failed=True, words=words, ended=datetime.now(UTC))

    def _serve(self) -> None:
        with self._serving.base() as base:
            reranker = base.index.reranker
        self._serving.replace(open_index(self._index, reranker))
        with self._serving.base() as base:
            try:
                self._swapped(base.documents.values())
            except YoujuError as error:  # it serves all the same
                logger.error("the documents that serve were not noted: %s", error)
