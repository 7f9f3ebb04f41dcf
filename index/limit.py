"""A bound on the time one file may cost: some text always finds the slow path of some pattern."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLongError(Exception):
    """The work inside ``at_most`` took more than it may."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooLongError inside the block after so many seconds of the processor's time.

    Processor time, so that a busy machine refuses nothing. Signals reach the main thread alone:
    in any other there is no bound.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
