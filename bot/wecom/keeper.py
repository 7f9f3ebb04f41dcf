"""Holding on to tasks for as long as work on them takes, however silent it is."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from bot.state.errors import StateError
from bot.wecom.task import Clock, Inbox, Task

MONTH = 30 * 24 * 3600.0  # seconds a message is remembered: votes may come after days
HOUR = 3600.0

logger = logging.getLogger(__name__)


@dataclass
class Keeper:
    """Renews the leases of tasks in work, and shows again what is shown of their answers: a platform that
    hears nothing for minutes gives a stream up. ``shown`` shows a task where it can; never raises.
    """

    inbox: Inbox
    clock: Clock
    lease: float
    shown: Callable[[Task], None]
    _held: dict[int, Task] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _forgotten: float = 0.0

    @contextmanager
    def holding(self, task: Task) -> Iterator[None]:
        """Hold a task that was taken until the block has ended."""
        with self._lock:
            self._held[task.id] = task
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(task.id, None)

    def show(self, task: Task) -> None:
        """Keep and show what is known of the answer to a task that is held."""
        with self._lock:
            if self.stopped():
                return
            self._held[task.id] = task
            self.inbox.show(task, self.clock(), self.lease)
            self.shown(task)

    def round(self) -> None:
        """Renew every lease once, and forget what is a month old. Raises StateError."""
        with self._lock:
            for task in () if self.stopped() else self._held.values():
                self.inbox.renew(task, self.clock(), self.lease)
                if not task.finished:
                    self.shown(task)
        if self.clock() - self._forgotten >= HOUR:
            self.inbox.forget(self.clock() - MONTH)
            self._forgotten = self.clock()

    def run(self) -> None:
        """Go round several times within each lease until ``stop``."""
        while not self._stopping.is_set():
            try:
                self.round()
            except StateError as error:
                logger.error("没能续记正在回答的问题：%s", error)
            self._stopping.wait(self.lease / 4)

    def stop(self) -> None:
        """Give up the questions still in work: whoever comes next may answer them at once."""
        with self._lock:
            self._stopping.set()
            for task in self._held.values():
                if not task.finished:  # an answer may be half sent: that one others get after its lease
                    with suppress(StateError):
                        self.inbox.renew(task, self.clock(), 0.0)

    def stopped(self) -> bool:
        """Tell whether the questions in work were given up."""
        return self._stopping.is_set()
