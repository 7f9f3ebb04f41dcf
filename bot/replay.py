"""Earlier questions asked anew, for askers who keep a conversation themselves and send all of it each time.

What a follow-up leans on is the questions before it and the places their answers came from. What the asker
says was answered is not believed: it may have been cut, altered or written by somebody else.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

from bot.conversation import Turn
from bot.engine import Engine
from index.document import Scope

MOST_EARLIER = 6  # questions that are asked anew
_REMEMBERED = 256  # conversations whose turns are kept ready


def replay(
    engine: Engine,
    earlier: Sequence[str],
    scope: Scope = Scope(),  # noqa: B008 - frozen
    known: Sequence[Turn] = (),
) -> list[Turn]:
    """Return the turns of the last few questions, in order; ``known`` are those of the first of them."""
    turns = list(known)
    for question in earlier[-MOST_EARLIER:][len(turns) :]:
        turns.append(engine.ask(question, turns, scope))
    return turns


class Replays:
    """Turns of conversations that others keep, so that each question is asked once. Safe to use from many
    threads; what one asker asked is never used for another.
    """

    def __init__(self) -> None:
        self._turns: OrderedDict[bytes, tuple[Turn, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def history(
        self, engine: Engine, around: Sequence[str], earlier: Sequence[str], scope: Scope
    ) -> list[Turn]:
        """Return the turns before a question. ``around`` is what else they depend on: who asks, which
        index answers.
        """
        recent = earlier[-MOST_EARLIER:]
        with self._lock:
            known = self._turns.get(_key(around, recent, scope), ())
        turns = replay(engine, recent, scope, known)
        if len(known) < len(turns):
            self.keep(around, recent, scope, turns)
        return turns

    def keep(self, around: Sequence[str], asked: Sequence[str], scope: Scope, turns: Sequence[Turn]) -> None:
        """Remember the turns of these questions, the last of which was asked just now."""
        key = _key(around, asked[-MOST_EARLIER:], scope)
        with self._lock:
            self._turns[key] = tuple(turns[-MOST_EARLIER:])
            self._turns.move_to_end(key)
            while len(self._turns) > _REMEMBERED:
                self._turns.popitem(last=False)


def _key(around: Sequence[str], asked: Sequence[str], scope: Scope) -> bytes:
    # A hash: the questions themselves may be long.
    return hashlib.sha256(repr((tuple(around), tuple(asked), scope)).encode()).digest()
