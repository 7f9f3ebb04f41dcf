"""Telling the operators what they have to mend: in the log each time, in their group once an hour."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from index.errors import YoujuError

ONCE_IN = 3600.0  # seconds

logger = logging.getLogger(__name__)


@dataclass
class Operators:
    """``notify`` sends a line to the operators' group."""

    notify: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _told: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, about: str, words: str) -> None:
        """Say what is wrong and what to do. ``about`` is the same for the same trouble. Never raises."""
        logger.error("%s", words)
        with self._lock:
            last = self._told.get(about)
            if last is not None and self.clock() - last < ONCE_IN:
                return
            self._told[about] = self.clock()
        try:
            self.notify(f"有据：{words}")
        except YoujuError as error:
            logger.error("没能通知管理员群：%s", error)
