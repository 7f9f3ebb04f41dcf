"""A clock that stands until it is moved."""

import threading


class Clock:
    """Seconds since 1970, as tests want them."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            return self._now

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds
