"""One question being answered, in a thread of its own: the answer is finished and kept whether or not
anybody still looks at it.
"""

import logging
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from bot.conversation import Answer, Kind, Question, Turn
from bot.state.records import KeptTurn
from index.document import Document
from prompts import sentences

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """How far an answer is: ``turn`` is None while nothing has come yet.

    At the end ``done`` holds, ``kept`` is the turn with its number in the log, or None and ``trouble``
    says why it was not kept. ``documents`` are those it is answered from.
    """

    turn: Turn | None = None
    documents: Mapping[str, Document] | None = None
    done: bool = False
    kept: KeptTurn | None = None
    trouble: str = ""


Steps = Callable[[], Generator[Step, None, None]]
Keeper = Callable[[Turn], tuple[KeptTurn | None, str]]


class Asking:
    """A question being answered. Several may watch it, from the start or from the middle.

    ``steps`` yields what the engine says; ``keep`` keeps a turn and returns it, or why that failed; it
    is called once: for the whole turn, for what there was when it was stopped, or for what tells that it
    failed. ``ended`` is called after that.
    """

    def __init__(self, text: str, steps: Steps, keep: Keeper, ended: Callable[[], None]) -> None:
        self.text = text
        self._steps, self._keep, self._ended = steps, keep, ended
        self._latest = Step()
        self._settled = False
        self._changed = threading.Condition()
        # Not a daemon: an answer that is under way when the server ends is finished and kept.
        self._thread = threading.Thread(target=self._run, name="asking")

    def start(self) -> "Asking":
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self, said: str) -> None:
        """Keep what there is so far as the answer, ``said`` below it, and throw away what still comes."""
        latest = self._latest
        turn = latest.turn or self._turn(Answer(""))
        text = f"{turn.answer.text}\n{said}".strip()
        self._settle(replace(latest, turn=replace(turn, answer=replace(turn.answer, text=text))))

    def _turn(self, answer: Answer) -> Turn:
        return Turn(Question(self.text, "", "", "zh", Kind.WHAT), answer)

    def wait(self, seconds: float) -> bool:
        """Wait for the end at most so long; tell whether it came."""
        with self._changed:
            return self._changed.wait_for(lambda: self._latest.done, seconds)

    def watch(self, seconds: float) -> Generator[Step, None, None]:
        """Yield how far it is: at once, then at most once in so many seconds, and always the end."""
        shown: Step | None = None
        while shown is None or not shown.done:
            with self._changed:
                self._changed.wait_for(lambda: self._latest is not shown)  # noqa: B023 - waited for here
                shown = self._latest
            yield shown
            if not shown.done:
                self.wait(seconds)

    def _run(self) -> None:
        last = Step()
        try:
            with closing(self._steps()) as steps:
                for last in steps:
                    with self._changed:
                        if self._settled:
                            return
                        if last != self._latest:
                            self._latest = last
                            self._changed.notify_all()
        except Exception as error:
            logger.error("回答问题时出错：%s: %s", type(error).__name__, error)
            logger.debug("出错的位置", exc_info=True)
            last = replace(last, turn=None)
        # What failed is kept as well: the question can be asked anew, and operators see it.
        self._settle(
            last if last.turn else replace(last, turn=self._turn(Answer(sentences()["broken"], refused=True)))
        )

    def _settle(self, last: Step) -> None:
        """Keep the turn and tell everybody that this is the end, unless that was done already."""
        with self._changed:
            if self._settled:
                return
            self._settled = True
        assert last.turn
        kept, trouble = self._keep(last.turn)
        self._ended()
        with self._changed:
            self._latest = replace(last, done=True, kept=kept, trouble=trouble)
            self._changed.notify_all()
