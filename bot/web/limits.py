"""How often one person may ask, so that everybody gets an answer."""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from index.errors import YoujuError

WINDOW = 60.0  # seconds
RUNNING = 3  # questions of one person being answered at once
# Many people share one address behind a gateway; one who only pretends to be many has it as well.
PEOPLE_BEHIND_ADDRESS = 20


class TooManyAsksError(YoujuError):
    """Somebody asks more than their share. ``seconds`` is how long to wait, 0 until an answer is whole."""

    def __init__(self, seconds: int) -> None:
        super().__init__("问得太快了，请稍等一会儿再问。")
        self.seconds = seconds

    def said(self, words: Mapping[str, str]) -> str:
        """Return what to tell the asker, in the words of ``prompts.interface``."""
        if self.seconds:
            return words["asking_too_fast"].format(seconds=self.seconds)
        return words["asking_too_many_at_once"].format(running=RUNNING)


@dataclass
class _Account:
    asked: deque[float] = field(default_factory=deque)
    running: int = 0


class Limits:
    """Counts the questions of each person within the last minute. Safe to use from many threads."""

    def __init__(self, asks_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Let each person ask so often; ``clock`` tells seconds."""
        self._asks = asks_per_minute
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, name: str, address: str = "", per_minute: int | None = None) -> Iterator[None]:
        """Count a question for as long as it is answered; raise TooManyAsksError instead of taking it.

        ``address`` is given where a name proves nothing: new names from it do not help for long then.
        ``per_minute`` is given where somebody may ask more or less often than a person; as much more or
        less may be answered at once.
        """
        shares = {f"name {name}": 1.0 if per_minute is None else per_minute / self._asks}
        if address:
            shares[f"address {address}"] = PEOPLE_BEHIND_ADDRESS
        with self._lock:
            self._enter(shares)
        try:
            yield
        finally:
            with self._lock:
                for key in shares:
                    self._accounts[key].running -= 1

    def _enter(self, shares: Mapping[str, float]) -> None:
        now = self._clock()
        self._forget(now)
        for key, share in shares.items():
            account = self._accounts.get(key)
            if account is None:
                continue
            if len(account.asked) >= round(self._asks * share):
                # Rounding may make a little more of the window than it is.
                seconds = min(account.asked[0] + WINDOW - now, WINDOW)
                raise TooManyAsksError(math.ceil(seconds))
            if account.running >= RUNNING * share:
                raise TooManyAsksError(0)
        for key in shares:
            account = self._accounts.setdefault(key, _Account())
            account.asked.append(now)
            account.running += 1

    def _forget(self, now: float) -> None:
        for key, account in list(self._accounts.items()):
            # The same sum as in the wait that is told, so that rounding never leaves 0 seconds to wait.
            while account.asked and account.asked[0] + WINDOW <= now:
                account.asked.popleft()
            if not account.asked and not account.running:
                del self._accounts[key]
