"""What the chat does with conversations: opens, asks, stops, keeps. Knows nothing of how it is shown."""

import logging
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from bot.conversation import Turn
from bot.state.errors import Missing
from bot.state.records import Channel, Conversation, KeptTurn, Person
from bot.web.asking import Asking, Step
from bot.web.limits import Limits, TooManyAsksError
from bot.web.site import Site
from index.document import Scope
from index.errors import YoujuError

MOST_TURNS = 30  # turns that follow-up questions see

logger = logging.getLogger(__name__)


class BusyError(YoujuError):
    """A question is asked where another one is still being answered."""

    def __init__(self) -> None:
        super().__init__("这个对话里还有一个问题正在回答，请等它答完再问。")

    def said(self, words: Mapping[str, str]) -> str:
        """Return what to tell the asker, in the words of ``prompts.interface``."""
        return words["chat_busy"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation as it stands. ``votes`` are the thumbs given, by the turn's number in the log;
    ``running`` is the question still being answered in it; ``trouble`` says why it could not be read.
    """

    conversation: Conversation | None = None
    turns: tuple[KeptTurn, ...] = ()
    votes: dict[int, bool] = field(default_factory=dict)
    running: Asking | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A question as the page sends it: into which conversation, in whose last turn's place (the turn's
    number in the log), inside which scope.
    """

    text: str
    identity: str = ""
    replaces: int | None = None
    scope: Scope = field(default_factory=Scope)


class Talks:
    """Where questions are taken. Safe to use from several threads.

    In one conversation one question is answered at a time: a second window waits.
    """

    def __init__(self, site: Site, limits: Limits) -> None:
        self.site = site
        self._limits = limits
        self._running: dict[tuple[str, str], Asking] = {}
        self._lock = threading.Lock()

    def open(self, person: Person, identity: str) -> Opened:
        """Return a conversation; an empty one where there is none of that name or it cannot be read."""
        try:
            return self._read(person, identity) if identity else Opened()
        except YoujuError as error:
            return Opened(trouble=str(error))

    def _read(self, person: Person, identity: str) -> Opened:
        state = self.site.state
        conversation = state.conversations.get(person.name, identity)
        # Looked at before the turns: what ends in between is seen among them.
        with self._lock:
            running = self._running.get((person.name, identity))
        turns = state.conversations.turns(person.name, identity)
        given = [(turn.asked, state.feedback.of(turn.asked, person.name)) for turn in turns]
        votes = {asked: feedback.good for asked, feedback in given if feedback}
        return Opened(conversation, turns, votes, running)

    def ask(self, person: Person, wish: Wish, counted: tuple[str, str]) -> tuple[Asking, Opened]:
        """Take a question, into a new conversation where it names none; return with it what stands before.

        ``counted`` are the name and address that limits count the question under. Raises YoujuError where
        the question cannot be taken now.
        """
        with ExitStack() as entered:
            try:
                entered.enter_context(self._limits.asking(*counted))
            except TooManyAsksError:
                self.site.meter.turned_away(Channel.WEB)
                raise
            return self._begin(person, wish, entered)

    def _begin(self, person: Person, wish: Wish, entered: ExitStack) -> tuple[Asking, Opened]:
        before = self._place(person, wish)
        key = (person.name, before.conversation.id if before.conversation else "")
        cut = bool(before.turns) and before.turns[-1].asked == wish.replaces
        turns = before.turns[:-1] if cut else before.turns
        standing = Opened(before.conversation, turns, before.votes, trouble=before.trouble)
        effort = _Effort(self, person, wish, standing, cut)
        asking = Asking(wish.text, effort.steps, effort.keep, lambda: self._ended(key))
        with self._lock:
            if key in self._running:
                raise BusyError
            effort.entered = entered.pop_all()
            self._running[key] = asking
        asking.start()
        return asking, standing

    def _place(self, person: Person, wish: Wish) -> Opened:
        """Return the conversation a question goes to, a new one where it names none that is there; without
        one where none can be read or kept.
        """
        conversations = self.site.state.conversations
        try:
            before = self._read(person, wish.identity) if wish.identity else Opened()
        except Missing:
            before = Opened()
        except YoujuError as error:
            return Opened(trouble=str(error))
        try:
            if before.conversation is None:
                return Opened(conversations.start(person.name, wish.scope))
            if before.conversation.scope != wish.scope:
                conversations.choose(person.name, wish.identity, wish.scope)
        except YoujuError as error:
            return replace(before, trouble=str(error))
        return before

    def _ended(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._running.pop(key, None)

    def stop(self, person: Person, identity: str, said: str) -> None:
        """Stop the answer under way in a conversation, ``said`` below what there is of it."""
        with self._lock:
            asking = self._running.get((person.name, identity))
        if asking:
            asking.stop(said)

    def choose(self, person: Person, identity: str, scope: Scope) -> None:
        """Keep the scope chosen for a conversation; where that fails it still holds for what is asked."""
        if not identity:
            return
        try:
            self.site.state.conversations.choose(person.name, identity, scope)
        except YoujuError as error:
            logger.error("提问范围没有保存：%s", error)

    def finish(self, seconds: float) -> bool:
        """Wait until every answer under way is kept, at most so long; tell whether all are."""
        end = time.monotonic() + seconds
        with self._lock:
            running = list(self._running.values())
        waited = [asking.wait(max(0.0, end - time.monotonic())) for asking in running]
        return all(waited)


@dataclass
class _Effort:
    """What answering one question does: ask the engine, then the log and the conversation."""

    talks: Talks
    person: Person
    wish: Wish
    standing: Opened
    cut: bool
    generation: str = ""
    entered: ExitStack = field(default_factory=ExitStack)

    def steps(self) -> Generator[Step, None, None]:
        """Yield what the engine says, from one base to the end."""
        history = [kept.turn for kept in self.standing.turns[-MOST_TURNS:]]
        meter, began = self.talks.site.meter, time.monotonic()
        with self.entered, meter.answering(Channel.WEB), self.talks.site.serving.base() as base:
            self.generation = base.generation
            step, first = Step(documents=base.documents), 0.0
            yield step
            try:
                for turn in base.engine.stream(self.wish.text, history, self.wish.scope):
                    if turn.answer.text:  # a model may have said nothing yet
                        first = first or time.monotonic() - began
                        step = Step(turn, base.documents)
                    yield step
            except Exception:
                meter.failed(Channel.WEB)
                raise
            if step.turn:
                meter.answered(Channel.WEB, step.turn.answer.refused, first, time.monotonic() - began)

    def keep(self, turn: Turn) -> tuple[KeptTurn | None, str]:
        """Log the turn and keep it in its conversation, where it takes the place of the one asked anew."""
        state, owner = self.talks.site.state, self.person.name
        try:
            asked = state.questions.add(owner, Channel.WEB, self.wish.text, turn.answer, self.generation)
            conversation = self.standing.conversation
            if conversation is None:
                return None, self.standing.trouble
            if self.cut:
                state.conversations.cut(owner, conversation.id, len(self.standing.turns))
            kept = KeptTurn(asked, turn)
            state.conversations.keep(owner, conversation.id, kept)
        except YoujuError as error:
            logger.error("回答没有保存：%s", error)
            return None, str(error)
        return kept, ""
