"""Questions of programs: taken within limits, answered from one base, logged before the answer is whole."""

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from anyio import CapacityLimiter

from bot.conversation import Turn
from bot.replay import Replays
from bot.state.errors import StateError
from bot.state.records import Channel, Conversation, KeptTurn
from bot.web.asking import Asking, Step
from bot.web.limits import Limits, TooManyAsksError
from bot.web.site import Site
from bot.web.talks import MOST_TURNS
from index.document import Scope
from index.errors import YoujuError


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``name`` owns conversations; questions are counted under ``counted``, a name and the
    address where that proves nothing, and ``per_minute``, None for as often as a person.
    """

    name: str
    counted: tuple[str, str]
    per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A question of a program.

    ``conversation`` is the one it belongs to, "" for a new one, None where the program keeps it itself
    and says what was asked ``earlier``. ``scope`` is where to look, None for where the conversation does.
    """

    text: str
    conversation: str | None = None
    earlier: tuple[str, ...] = ()
    scope: Scope | None = None


class UnansweredError(YoujuError):
    """An error of ours left a question without an answer."""


class Clerk:
    """Takes the questions of programs. Safe to use from many threads."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.replays = Replays()
        # Of their own: the threads that pages are made in must not all wait for answers.
        self.threads = CapacityLimiter(400)
        self._limits = Limits(site.asks_per_minute)
        self._running: set[Asking] = set()
        self._lock = threading.Lock()

    def entered(self, caller: Caller) -> ExitStack:
        """Count what somebody wants for as long as the stack is open. Raises TooManyAsksError."""
        entered = ExitStack()
        try:
            entered.enter_context(self._limits.asking(*caller.counted, caller.per_minute))
        except TooManyAsksError:
            self.site.meter.turned_away(Channel.API)
            raise
        return entered

    def ask(self, caller: Caller, wish: Wish) -> "Effort":
        """Begin to answer a question. Raises TooManyAsksError, Missing where its conversation is not there,
        StateError.
        """
        with self.entered(caller) as entered:
            effort = self._placed(caller, wish)
            effort.entered = entered.pop_all()
        effort.asking = Asking(wish.text, effort.steps, effort.keep, lambda: self._ended(effort.asking))
        with self._lock:
            self._running.add(effort.asking)
        effort.asking.start()
        return effort

    def _placed(self, caller: Caller, wish: Wish) -> "Effort":
        conversations = self.site.state.conversations
        scope = wish.scope or Scope()
        if wish.conversation is None:
            return Effort(self, caller, wish, scope)
        if not wish.conversation:
            return Effort(self, caller, wish, scope, conversations.start(caller.name, scope))
        found = conversations.get(caller.name, wish.conversation)
        turns = conversations.turns(caller.name, found.id)
        if wish.scope is not None and wish.scope != found.scope:
            conversations.choose(caller.name, found.id, wish.scope)
        scope = found.scope if wish.scope is None else wish.scope
        return Effort(self, caller, wish, scope, found, [kept.turn for kept in turns[-MOST_TURNS:]])

    def _ended(self, asking: Asking) -> None:
        with self._lock:
            self._running.discard(asking)

    def finish(self, seconds: float) -> bool:
        """Wait until every answer under way is kept, at most so long; tell whether all are."""
        end = time.monotonic() + seconds
        with self._lock:
            running = list(self._running)
        return all(asking.wait(max(0.0, end - time.monotonic())) for asking in running)


@dataclass
class Effort:
    """What answering one question of a program does. ``asking`` may be watched."""

    clerk: Clerk
    caller: Caller
    wish: Wish
    scope: Scope
    conversation: Conversation | None = None
    history: Sequence[Turn] = ()
    entered: ExitStack = field(default_factory=ExitStack)
    asking: Asking = field(init=False)
    generation: str = ""
    failed: bool = False

    @property
    def identity(self) -> str | None:
        """The id of the conversation, None where the program keeps it itself."""
        return self.conversation.id if self.conversation else None

    def steps(self) -> Generator[Step, None, None]:
        """Yield what the engine says, from one base to the end."""
        site, began = self.clerk.site, time.monotonic()
        with self.entered, site.meter.answering(Channel.API), site.serving.base() as base:
            self.generation = base.generation
            step, first = Step(documents=base.documents), 0.0
            try:
                if self.conversation is None:
                    around, earlier = (self.caller.name, base.generation), self.wish.earlier
                    self.history = self.clerk.replays.history(base.extractive, around, earlier, self.scope)
                for turn in base.engine.stream(self.wish.text, self.history, self.scope):
                    if turn.answer.text:  # a model may have said nothing yet
                        first = first or time.monotonic() - began
                        step = Step(turn, base.documents)
                    yield step
            except Exception:
                self.failed = True
                site.meter.failed(Channel.API)
                raise
            if step.turn:
                site.meter.answered(Channel.API, step.turn.answer.refused, first, time.monotonic() - began)

    def keep(self, turn: Turn) -> tuple[KeptTurn | None, str]:
        """Log the turn, and keep it where the next question looks for it."""
        state, name = self.clerk.site.state, self.caller.name
        try:
            asked = state.questions.add(name, Channel.API, self.wish.text, turn.answer, self.generation)
            kept = KeptTurn(asked, turn)
            if self.conversation is not None:
                state.conversations.keep(name, self.conversation.id, kept)
            elif not self.failed:
                around, questions = (name, self.generation), (*self.wish.earlier, self.wish.text)
                self.clerk.replays.keep(around, questions, self.scope, [*self.history, turn])
        except YoujuError as error:
            return None, str(error)
        return kept, ""

    def whole(self, step: Step) -> KeptTurn:
        """Return the turn that the last step holds. Raises UnansweredError where the engine failed, and
        StateError where the log has no record of the answer.
        """
        if self.failed:
            raise UnansweredError("回答这个问题时系统出了问题，请稍后再试。")
        if step.kept is None:
            raise StateError(f"回答没有存下来，所以没有给出。{step.trouble}")
        return step.kept
