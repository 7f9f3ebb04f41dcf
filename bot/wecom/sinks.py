"""How answers leave by the two transports that WeCom calls: an application sends, a bot is polled."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.wecom.api import Api, Remedy, UnreachableError, WecomError
from bot.wecom.desk import Undelivered
from bot.wecom.operators import Operators
from bot.wecom.task import SHOWN_UNTIL, Clock, Inbox, Task
from bot.wecom.wording import STREAM_BYTES, TEXT_BYTES, fitted, pieces

BETWEEN = 0.5  # seconds between two pieces, without which phones show them in any order
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

    def show(self, task: Task) -> None:
        """Show nothing: a message sent cannot be changed."""

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send what has not arrived yet. A piece sent twice after a crash arrives once: WeCom sees to it."""
        parts = pieces(task.text, TEXT_BYTES)
        for number, part in enumerate(parts[task.sent :], start=task.sent + 1):
            if number > task.sent + 1:
                self.pause(BETWEEN)
            try:
                self.api.send(task.message.user, part)
            except (WecomError, UnreachableError) as error:
                raise undelivered(error, self.operators) from error
            if number < len(parts):  # the last one ends the task
                sent(number)
        return 0.0


@dataclass(frozen=True)
class PolledSink:
    """Waits until WeCom has fetched the answer; where it has stopped asking, sends it once by itself."""

    api: Api
    inbox: Inbox
    operators: Operators
    clock: Clock = time.time

    def show(self, task: Task) -> None:
        """Show nothing: WeCom asks for it."""

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Return at once where the answer was fetched, else look again when WeCom no longer asks."""
        age = self.clock() - task.received
        if task.sent:
            return 0.0
        if age < SHOWN_UNTIL:
            return SHOWN_UNTIL - age
        url = task.message.response_url
        # Taken before it is used: what became of a call that breaks off nobody knows, and it takes one.
        if not url or not self.inbox.spend_late_answer(task):
            return 0.0
        try:
            self.api.respond(url, fitted(task.text, STREAM_BYTES))
        except (WecomError, UnreachableError) as error:
            raise Undelivered(str(error), None) from error
        sent(1)
        return 0.0
