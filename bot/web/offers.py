"""What is offered to ask: drawn from the base that serves, once for each of its generations."""

import threading
from collections.abc import Sequence

from bot.conversation import Turn
from bot.serving import Base
from bot.suggest import first_questions, follow_ups
from index.document import Scope


class DrawnOffers:
    """The questions of a site. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation: str | None = None
        self._first: tuple[str, ...] = ()

    def first(self, base: Base) -> tuple[str, ...]:
        """Return questions to begin with; the first call for a generation takes a second or two."""
        with self._lock:
            if self._generation != base.generation:
                self._first = first_questions(base.engine, tuple(base.documents.values()))
                self._generation = base.generation
            return self._first

    def following(self, base: Base, history: Sequence[Turn], scope: Scope) -> tuple[str, ...]:
        """Return questions that go on from the last turn."""
        return follow_ups(base.engine, history, scope)
