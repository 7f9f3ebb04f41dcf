"""One message to be answered, as it is kept from its arrival until its answer has arrived."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from bot.wecom.messages import Inbound
from bot.wecom.settings import Mode

SHOWN_UNTIL = 330.0  # seconds after a message; the platform stops looking at its stream after 360
KEPT_UNTIL = 24 * 3600.0  # seconds after a message; later no reply is taken


@dataclass(frozen=True, slots=True)
class Task:
    """A message with what is known of its answer.

    ``stream`` names the answer to the platform. ``received`` is in seconds since 1970. ``text`` is what
    is shown so far, the whole answer once ``finished``; ``sent`` counts the pieces of it that have
    arrived, ``tries`` the attempts in vain: to answer it, then to send the answer. ``asked`` is its number
    in the log of questions.
    """

    id: int
    mode: Mode
    message: Inbound
    session: str
    stream: str
    received: float
    text: str = ""
    finished: bool = False
    sent: int = 0
    tries: int = 0
    asked: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token with the time (seconds since 1970) from which it is not used any more."""

    value: str
    until: float


def session_of(mode: Mode, message: Inbound) -> str:
    """Return the name of a talk: one person with one bot, in a group or alone."""
    place = f"group:{message.chat}:{message.user}" if message.chat else f"single:{message.user}"
    kind = "app" if mode is Mode.APPLICATION else "bot"
    return f"wecom:{kind}:{message.bot}:{place}"


class Inbox(Protocol):
    """Keeps tasks for all processes of a site. What a call has returned from outlives a crash."""

    def accept(
        self, mode: Mode, message: Inbound, session: str, now: float, at_once: Callable[[int, int], str]
    ) -> Task:
        """Return the task of a message, made where this delivery is its first.

        ``at_once`` is then asked what to say without any work, empty for nothing; it is told how many
        tasks of the session, and how many in all, wait for an answer.
        """
        ...

    def next_question(self, modes: Collection[Mode], now: float, lease: float) -> Task | None:
        """Take the oldest task of these modes nobody is answering, of a session where no earlier one is
        open; nobody else gets it for ``lease`` seconds.
        """
        ...

    def show(self, task: Task, now: float, lease: float) -> None:
        """Keep what is shown so far, and hold the task for another ``lease`` seconds; do nothing where
        the answer is whole.
        """
        ...

    def renew(self, task: Task, now: float, lease: float) -> None:
        """Hold a task for another ``lease`` seconds."""
        ...

    def finish(self, task: Task, text: str, asked: int | None) -> Task:
        """Keep the whole answer. The first one counts: a second leaves it as it is."""
        ...

    def next_delivery(self, modes: Collection[Mode], now: float, lease: float) -> Task | None:
        """Take a task of these modes whose answer is whole and still to be sent, and whose time has come."""
        ...

    def sent(self, task: Task, pieces: int) -> None:
        """Note that so many pieces of the answer have arrived."""
        ...

    def delivered(self, task: Task) -> None:
        """Note that nothing is left to be sent."""
        ...

    def postpone(self, task: Task, until: float, failed: bool) -> None:
        """Look at it again later, after a failed try or without one."""
        ...

    def forget(self, before: float) -> None:
        """Forget the messages received before a time, whatever has become of them."""
        ...

    def by_stream(self, stream: str) -> Task | None:
        """Return the task whose answer goes by this name."""
        ...

    def waiting(self) -> int:
        """Count all tasks that wait for an answer."""
        ...


Clock = Callable[[], float]
