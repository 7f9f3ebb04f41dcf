"""How answers leave by the two transports that WeCom calls: an application sends, a bot is polled."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.wecom.api import Api, Remedy, UnreachableError, WecomError
from bot.wecom.desk import Undelivered
from bot.wecom.operators import Operators
from bot.wecom.task import SHOWN_UNTIL, Clock, Task
from bot.wecom.wording import MARK_BYTES, STREAM_BYTES, TEXT_BYTES, fitted, marked, pieces

BETWEEN = 0.5  # seconds between two pieces, without which phones show them in any order
A_MINUTE = 25  # messages to one member; WeCom takes 30 (path/90236)
URL_LIFE = 3600.0  # seconds after a message in which its address takes a late answer (path/101138)
LOOK_IN = 5.0  # seconds after which to see whether an answer was fetched
OPERATOR_WAIT = 60.0  # seconds; somebody has to change a setting first


def undelivered(error: WecomError | UnreachableError, operators: Operators) -> Undelivered:
    """Return when to try again after an error, the operators told where it is for them to mend."""
    if isinstance(error, UnreachableError):
        return Undelivered(str(error), 1.0)
    if error.remedy is Remedy.OPERATOR:
        operators.tell(str(error.code), str(error))
        return Undelivered(str(error), OPERATOR_WAIT)
    return Undelivered(str(error), None if error.remedy is Remedy.DROP else error.wait)


@dataclass(frozen=True)
class ApplicationSink:
    """Sends the pieces of an answer as messages of their own."""

    api: Api
    operators: Operators
    pause: Callable[[float], None] = time.sleep
    clock: Clock = time.time
    _times: dict[str, deque[float]] = field(default_factory=dict)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def ready(self) -> bool:
        """Tell that any process can send."""
        return True

    def show(self, task: Task) -> None:
        """Show nothing: a message sent cannot be changed."""

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send what has not arrived yet. A piece sent twice after a crash arrives once: WeCom sees to it."""
        parts = pieces(task.text, TEXT_BYTES - MARK_BYTES)
        for number, part in enumerate(parts[task.sent :], start=task.sent + 1):
            wait = self._wait(task.message.user)
            if wait:
                return wait
            if number > task.sent + 1:
                self.pause(BETWEEN)
            try:
                self.api.send(task.message.user, marked(part, task.id))
            except (WecomError, UnreachableError) as error:
                raise undelivered(error, self.operators) from error
            if number < len(parts):  # the last one ends the task
                sent(number)
        return 0.0

    def _wait(self, user: str) -> float:
        """Return how long to wait before one more message to a member, and count it where that is not at
        all: what is too much WeCom drops without a word.
        """
        now = self.clock()
        with self._counting:
            for name, old in list(self._times.items()):
                while old and old[0] <= now - 60:
                    old.popleft()
                if not old:
                    del self._times[name]
            times = self._times.setdefault(user, deque())
            if len(times) >= A_MINUTE:
                return times[0] + 60 - now
            times.append(now)
        return 0.0


@dataclass(frozen=True)
class PolledSink:
    """Waits until WeCom has fetched the answer; what it did not fetch is sent by the one late answer."""

    api: Api
    operators: Operators
    clock: Clock = time.time

    def ready(self) -> bool:
        """Tell that any process can answer a poll."""
        return True

    def show(self, task: Task) -> None:
        """Show nothing: WeCom asks for it."""

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send what was not fetched once WeCom no longer asks, and what did not fit one message."""
        del sent  # what was taken is told by whoever WeCom asks
        age = self.clock() - task.received
        if not task.sent and age < SHOWN_UNTIL:
            return min(SHOWN_UNTIL - age, LOOK_IN)
        rest = pieces(task.text, STREAM_BYTES)[task.sent :]
        if not rest:
            return 0.0
        if not task.message.response_url or age > URL_LIFE:
            raise Undelivered("没有能用的回复地址", None)
        try:
            # The address takes one answer: where a call broke off after all had arrived, WeCom refuses
            # the second.
            self.api.respond(task.message.response_url, fitted("\n".join(rest), STREAM_BYTES))
        except (WecomError, UnreachableError) as error:
            raise undelivered(error, self.operators) from error
        return 0.0
