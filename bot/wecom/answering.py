"""What a message gets for an answer: a command's, or the engine's in the session's conversation."""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.conversation import Turn
from bot.serving import Base, Serving
from bot.state.database import State
from bot.state.records import Channel, Conversation, KeptTurn
from bot.wecom.messages import Inbound, Sort, addressed
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.wording import Link, harmless, markdown, plain
from index.document import Scope
from index.errors import YoujuError
from prompts import wecom

HISTORY = 10  # turns a follow-up question is understood from
_SCOPE = re.compile(r"范围(?:[\s:：]+(.+))?")
_EVERYTHING = frozenset("全部 所有 不限".split())
_PLACES_NAMED = 20

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """What is shown for a message so far, and its number in the log of questions where it has one."""

    text: str
    asked: int | None = None


@dataclass(frozen=True)
class Answering:
    """Answers messages. ``link`` gives a citation's address on the web page, empty where there is none;
    ``examples`` are questions the base answers.
    """

    serving: Serving
    state: State
    settings: WecomSettings
    link: Callable[[Base], Link]
    examples: Callable[[], tuple[str, ...]]

    def question(self, message: Inbound) -> str:
        """Return what a message asks: its words without the bot's name, else the words it quotes."""
        return addressed(message.text, self.settings.bot_name) or message.quote.strip()

    def greeting(self) -> str:
        """Return what is said to somebody who opens the chat."""
        examples = "\n".join(f"· {text}" for text in self.examples()[:3])
        return harmless(wecom()["greeting"].format(examples=examples))

    def answers(self, mode: Mode, message: Inbound, session: str) -> Iterator[Said]:
        """Yield what to show for a message, growing; the last one is whole. Never raises."""
        try:
            text = self.question(message)
            command = (
                self._command(text, session) if message.sort is not Sort.UNREADABLE else wecom()["unreadable"]
            )
            if command:
                yield Said(harmless(command))
            else:
                yield from self._asked(mode, message, session, text)
        except Exception as error:
            logger.error("回答企业微信的问题时出错：%s: %s", type(error).__name__, error)
            logger.debug("出错的位置", exc_info=True)
            yield Said(wecom()["failed"])

    def _asked(self, mode: Mode, message: Inbound, session: str, text: str) -> Iterator[Said]:
        write = plain if mode is Mode.APPLICATION else markdown
        conversation = self._conversation(session)
        kept = self.state.conversations.turns(session, conversation.id)
        history = [one.turn for one in kept][-HISTORY:]
        with self.serving.base() as base:
            link = self.link(base)
            turn: Turn | None = None
            for turn in base.engine.stream(text, history, conversation.scope):
                if turn.answer.text:  # a model may have said nothing yet
                    yield Said(write(turn.answer, link))
            if turn is None:
                raise YoujuError("没有得到回答")
            asked = self.state.questions.add(
                f"wecom:{message.user}", Channel.WECOM, text, turn.answer, base.generation
            )
        self.state.conversations.keep(session, conversation.id, KeptTurn(asked, turn))
        yield Said(write(turn.answer, link), asked)

    def _conversation(self, session: str) -> Conversation:
        """Return the session's newest conversation, a new one where it has none."""
        kept = self.state.conversations.of(session)
        return kept[0] if kept else self.state.conversations.start(session)

    def _command(self, text: str, session: str) -> str:
        """Do what a command says and return what to answer; empty where it is a question."""
        if not text:
            return wecom()["empty"].format(example=self._example())
        if text in ("帮助", "help", "?", "？"):
            return self._help()
        if text in ("新话题", "新对话"):
            self.state.conversations.start(session, self._conversation(session).scope)
            return wecom()["fresh"]
        found = _SCOPE.fullmatch(text)
        return self._scope((found[1] or "").strip(), session) if found else ""

    def _help(self) -> str:
        with self.serving.base() as base:
            holdings = base.engine.holdings
            return wecom()["help"].format(
                example=self._example(), documents=len(holdings.documents), places=_places(base)
            )

    def _scope(self, name: str, session: str) -> str:
        conversation = self._conversation(session)
        if not name:
            chosen = "、".join(conversation.scope.places) or wecom()["scope_everything"]
            return wecom()["scope_now"].format(scope=chosen)
        if name in _EVERYTHING:
            self.state.conversations.choose(session, conversation.id, Scope())
            return wecom()["scope_all"]
        with self.serving.base() as base:
            # The places a question would be understood to name.
            places = base.engine.understand(name).scope.places
            if not places:
                return wecom()["scope_unknown"].format(name=name[:30], places=_places(base))
        self.state.conversations.choose(session, conversation.id, Scope(places=places))
        return wecom()["scope_set"].format(scope="、".join(places))

    def _example(self) -> str:
        return next(iter(self.examples()), "")


def _places(base: Base) -> str:
    places = base.engine.holdings.places
    more = "等" if len(places) > _PLACES_NAMED else ""
    return "、".join(places[:_PLACES_NAMED]) + more
