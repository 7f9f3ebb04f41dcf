"""The one core behind all transports: a message is kept before anything is done about it, answered by a
worker, and its answer sent until it has arrived. Never twice, never lost.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from bot.state.records import Reason
from bot.wecom.answering import Said
from bot.wecom.keeper import Keeper
from bot.wecom.messages import Inbound, Sort
from bot.wecom.settings import Mode
from bot.wecom.task import KEPT_UNTIL, Clock, Inbox, Task, session_of
from index.errors import YoujuError
from prompts import wecom

LEASE = 60.0  # seconds a worker that has died keeps its task from the others
PACE = 0.3  # seconds before the first snapshot of an answer is shown, and between two
ANSWERING, DELIVERING = 2, 2  # threads
OPEN_AT_MOST = 3  # messages of one session in work; the platform's own limit (path/100719)
WAITING_AT_MOST = 500
LONGEST_PAUSE = 300.0  # seconds between two attempts to send
LOOK_AGAIN = 1.0  # seconds after which a worker looks for what other processes took in
MOST_TRIES = 3  # a question that has ended the process so often is not tried again
_REASONS = {1: Reason.BESIDE, 2: Reason.INCOMPLETE, 3: Reason.WRONG}

logger = logging.getLogger(__name__)


class Undelivered(YoujuError):
    """An answer has not arrived. ``wait`` is how many seconds to wait before the next try; None gives up."""

    def __init__(self, said: str, wait: float | None) -> None:
        self.wait = wait
        super().__init__(said)


class Sink(Protocol):
    """Sends answers by one transport."""

    def ready(self) -> bool:
        """Tell whether this process can send now; where not, questions are left to one that can."""
        ...

    def show(self, task: Task) -> None:
        """Show an unfinished answer where the transport can; never raises, it will be shown again."""
        ...

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send a whole answer from the piece after the last that has arrived, telling ``sent`` how many have.

        Returns 0 when nothing is left to do, else in how many seconds to look again. Raises Undelivered.
        """
        ...


class Limit(Protocol):
    """Says how often one person may ask."""

    def __call__(self, person: str) -> bool:
        """Note one question, and tell whether it was one too many."""
        ...


class Answers(Protocol):
    """Knows what to say to a message."""

    def greeting(self) -> str:
        """Return what is said to somebody who opens the chat."""
        ...

    def answers(self, mode: Mode, message: Inbound, session: str) -> Iterator[Said]:
        """Yield what to show for a message, growing; the last one is whole. Never raises."""
        ...


class Votes(Protocol):
    """Keeps what people think of answers."""

    def give(self, asked: int, person: str, good: bool, reason: Reason | None, words: str) -> None:
        """Keep a vote in place of the one before."""
        ...

    def withdraw(self, asked: int, person: str) -> None:
        """Forget a vote."""
        ...


@dataclass
class Desk:
    """Takes messages in and sees to their answers. ``sinks`` are the transports in use."""

    inbox: Inbox
    answering: Answers
    votes: Votes
    sinks: Mapping[Mode, Sink]
    too_often: Limit
    clock: Clock = time.time
    pace: float = PACE
    lease: float = LEASE
    _work: threading.Condition = field(default_factory=threading.Condition)
    _closing: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)

    @cached_property
    def keeper(self) -> Keeper:
        """Holds the tasks in work."""
        return Keeper(self.inbox, self.clock, self.lease, self._show)

    def receive(self, mode: Mode, message: Inbound) -> Task:
        """Take a message in and return its task, the same for every delivery of it. Takes milliseconds."""
        session = session_of(mode, message)
        # Before the database is locked: the questions in it may still have to be found.
        greeting = self.answering.greeting() if message.sort is Sort.ENTER else ""
        task = self.inbox.accept(
            mode,
            message,
            session,
            self.clock(),
            lambda own, all_: greeting or self._refusal(message, own, all_),
        )
        with self._work:
            self._work.notify_all()
        return task

    def _refusal(self, message: Inbound, open_here: int, open_in_all: int) -> str:
        """Return why a question must wait, empty where it need not."""
        if open_in_all >= WAITING_AT_MOST:
            return wecom()["full"]
        if open_here >= OPEN_AT_MOST:
            return wecom()["three"]
        return wecom()["often"] if self.too_often(f"wecom:{message.user}") else ""

    def vote(self, message: Inbound) -> None:
        """Keep what somebody thinks of an answer; the last vote counts."""
        task = self.inbox.by_stream(message.stream)
        if task is None or task.asked is None:
            return
        person = f"wecom:{message.user}"
        if message.vote == "taken back":
            self.votes.withdraw(task.asked, person)
        elif message.vote:
            reason = next((_REASONS[n] for n in message.reasons if n in _REASONS), None)
            if message.vote == "bad" and reason is None:
                reason = Reason.OTHER
            self.votes.give(task.asked, person, message.vote == "good", reason, message.text)

    def start(self) -> None:
        """Begin to work. What an earlier process left undone comes first."""
        runs = [self._answer_next] * ANSWERING + [self._deliver_next] * DELIVERING
        self._threads = [
            threading.Thread(target=self._forever, args=(run,), name=f"wecom-{number}", daemon=True)
            for number, run in enumerate(runs)
        ]
        keeper = threading.Thread(target=self.keeper.run, name="wecom-keeper", daemon=True)
        for thread in (*self._threads, keeper):
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what is in work; what waits is kept for the next start."""
        with self._work:
            self._closing = True
            self._work.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.keeper.stop()

    def _forever(self, run: Callable[[], bool]) -> None:
        while not self._closing:
            try:
                busy = run()
            except Exception as error:
                logger.error("企业微信的消息处理出错，稍后再试：%s: %s", type(error).__name__, error)
                logger.debug("出错的位置", exc_info=True)
                busy = False
            if not busy:
                with self._work:
                    if not self._closing:
                        self._work.wait(LOOK_AGAIN)

    def _answer_next(self) -> bool:
        """Answer one message; return whether there was one."""
        task = self.inbox.next_question(self._ready(), self.clock(), self.lease)
        if task is None:
            return False
        if task.tries >= MOST_TRIES:
            logger.error("一个企业微信的问题几次没有答完，不再重试。")
            self.inbox.finish(task, wecom()["failed"], None)
            return True
        before = f"{wecom()['interrupted']}\n" if task.text else ""
        said, due = None, time.monotonic() + self.pace
        with self.keeper.holding(task):
            for said in self.answering.answers(task.mode, task.message, task.session):
                if said.asked is None and time.monotonic() >= due:
                    self.keeper.show(replace(task, text=said.text))
                    due = time.monotonic() + self.pace
        if self.keeper.stopped():  # given up already, and perhaps failed because all is being closed
            return False
        assert said is not None
        self.inbox.finish(task, before + said.text, said.asked)
        with self._work:
            self._work.notify_all()
        return True

    def _show(self, task: Task) -> None:
        self.sinks[task.mode].show(task)

    def _ready(self) -> list[Mode]:
        return [mode for mode, sink in self.sinks.items() if sink.ready()]

    def _deliver_next(self) -> bool:
        """Send one answer; return whether there was one."""
        task = self.inbox.next_delivery(self._ready(), self.clock(), self.lease)
        if task is None:
            return False
        try:
            with self.keeper.holding(task):
                again = self.sinks[task.mode].deliver(task, lambda pieces: self.inbox.sent(task, pieces))
        except Undelivered as error:
            self._failed(task, error)
        except Exception as error:
            logger.debug("出错的位置", exc_info=True)
            self._failed(task, Undelivered(f"{type(error).__name__}: {error}", LOOK_AGAIN))
        else:
            if again:
                self.inbox.postpone(task, self.clock() + again, failed=False)
            else:
                self.inbox.delivered(task)
        return True

    def _failed(self, task: Task, error: Undelivered) -> None:
        """Try again later, for a day."""
        if error.wait is None or self.clock() - task.received > KEPT_UNTIL:
            logger.error("一条企业微信的回答没有送到，不再重试：%s", error)
            self.inbox.delivered(task)
        else:
            pause = min(error.wait * 2 ** min(task.tries, 20), LONGEST_PAUSE)
            logger.warning("企业微信的回答没有送到，%.0f 秒后再试：%s", pause, error)
            self.inbox.postpone(task, self.clock() + pause, failed=True)
