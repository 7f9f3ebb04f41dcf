"""An AI bot over one long connection that we open: it stays up, takes messages in and sends answers."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.state.errors import StateError
from bot.wecom.callback import frame
from bot.wecom.crypto import EnvelopeError
from bot.wecom.desk import LOOK_AGAIN, Desk, Undelivered
from bot.wecom.line import ACKNOWLEDGED, Body, Line, LineDownError, NotTakenError
from bot.wecom.messages import Inbound, Sort, from_bot
from bot.wecom.operators import Operators
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.subscription import refused, subscribe
from bot.wecom.task import Task
from bot.wecom.wording import STREAM_BYTES, pieces
from prompts import wecom

HEARTBEAT = 30.0  # seconds; the server drops a silent connection
PINGS_UNANSWERED = 2
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two connections
REFUSED_PAUSE = 300.0  # seconds after a wrong secret
ALARM_AFTER = 5  # connections in vain
OVER = (846605, 846608)  # the exchange is over: the answer goes as a message of its own
NOT_YET = (846609, 6000)  # not subscribed yet; two frames at once
UNWANTED = 40201  # WeCom does not let these words through
# A message of its own that is sent again is there twice, unlike an answer: its acknowledgement is waited for.
OWN_MESSAGE = 30.0  # seconds

logger = logging.getLogger(__name__)


class State(StrEnum):
    """How the connection stands."""

    DOWN = "down"
    READY = "ready"  # subscribed, not only connected
    REPLACED = "replaced"  # another program has taken it: taking it back would start a war


@dataclass
class LongConnection:
    """Keeps the connection up and sends answers over it. ``lease`` tells whether this process is the one
    of the site that may hold it, and is asked again and again while it does; ``release`` lets it go.
    """

    settings: WecomSettings
    operators: Operators
    lease: Callable[[], bool]
    release: Callable[[], object]
    heartbeat: float = HEARTBEAT
    first_pause: float = FIRST_PAUSE
    patience: float = ACKNOWLEDGED
    state: State = State.DOWN
    _desk: Desk | None = None
    _line: Line | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    # Taking a message in writes to the disk: not for the thread that reads. A single one keeps their order.
    _intake: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "wecom-intake"))

    def start(self, desk: Desk) -> None:
        """Connect, and stay connected until ``stop``."""
        self._desk = desk
        self._thread = threading.Thread(target=self._stay, name="wecom-connection", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection; what has come in is kept, and another process may connect at once."""
        self._stopping.set()
        self._drop()
        if self._thread is not None:
            self._thread.join(ACKNOWLEDGED)
        self._intake.shutdown()
        with suppress(StateError):  # it runs out by itself
            self.release()

    def ready(self) -> bool:
        """Tell whether this process holds the connection."""
        return self._line is not None and self.state is State.READY

    def show(self, task: Task) -> None:
        """Show the newest picture of a growing answer."""
        line = self._line
        if line is not None and self.state is State.READY:
            line.show(task.message.request, frame(task.stream, task.text or wecom()["waiting"], finish=False))

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send the whole answer; what does not fit its first message follows in others."""
        line = self._line
        if line is None or self.state is not State.READY:
            raise Undelivered("与企业微信的长连接还没有接通", FIRST_PAUSE)
        parts = pieces(task.text, STREAM_BYTES)
        try:
            if not task.sent:
                self._answer(line, task, parts[0])
                sent(1)
            for number, part in enumerate(parts[max(task.sent, 1) :], start=max(task.sent, 1) + 1):
                self._send(line, task, part)
                sent(number)
        except LineDownError as error:
            raise Undelivered(str(error), FIRST_PAUSE) from error
        except NotTakenError as error:
            if error.code in NOT_YET:
                raise Undelivered(str(error), FIRST_PAUSE) from error
            if error.code == UNWANTED:
                self._apologise(line, task)
            self.operators.tell(str(error.code), f"企业微信没有收下一条回答（{error}）。")
            raise Undelivered(str(error), None) from error
        return 0.0

    def _answer(self, line: Line, task: Task, text: str) -> None:
        """Send into the exchange of a message, or as a message of its own where that is over."""
        line.settle(task.message.request)
        try:
            line.exchange("aibot_respond_msg", frame(task.stream, text, finish=True), task.message.request)
        except NotTakenError as error:
            if error.code not in OVER:
                raise
            self._send(line, task, text)

    def _apologise(self, line: Line, task: Task) -> None:
        """Say that there is no answer, once, so that nobody waits for it."""
        try:
            self._answer(line, task, wecom()["failed"])
        except (LineDownError, NotTakenError) as error:
            logger.warning("没能说明一条回答发不出去：%s", error)

    def _send(self, line: Line, task: Task, text: str) -> None:
        """Send a message of its own."""
        chat = task.message.chat or task.message.user
        body = {"chatid": chat, "msgtype": "markdown", "markdown": {"content": text}}
        line.exchange("aibot_send_msg", body, patience=max(OWN_MESSAGE, self.patience))

    def _stay(self) -> None:
        """Connect again whenever the connection ends, however it ends."""
        failures = 0
        while not self._stopping.is_set():
            pause = self.first_pause * min(2.0**failures, LONGEST_PAUSE)
            try:
                if not self.lease():
                    self._stopping.wait(self.first_pause * 5)
                    continue
                self._once()
                failures = 0
            except NotTakenError as error:
                self.operators.tell("subscribe", refused(error))
                pause = REFUSED_PAUSE
            except LineDownError as error:
                failures += 1
                logger.warning("%s", error)
            except Exception as error:
                failures += 1
                logger.error("长连接出错，稍后再连：%s: %s", type(error).__name__, error)
                logger.debug("出错的位置", exc_info=True)
            if failures == ALARM_AFTER:
                words = "连续几次连不上企业微信，请检查网络、代理和 YOUJU_WECOM_WS_URL。"
                self.operators.tell("connection", words)
            if self.state is State.REPLACED:
                words = "智能机器人的长连接被另一个程序占用了，不会抢回。请停掉多余的程序，再重启本服务。"
                self.operators.tell("replaced", words)
                while not self._stopping.wait(self.heartbeat):
                    with suppress(StateError):
                        self.lease()  # or another process of the site would take it back
                return
            # Spread, so that many do not come back at the same moment.
            self._stopping.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret

    def _once(self) -> None:
        """Subscribe and keep the connection alive until it ends. Raises NotTakenError, LineDownError."""
        self._line = line = Line(self.settings.ws_url, self._received, self.patience)
        try:
            subscribe(line, self.settings)
            if self.state is State.DOWN:  # not replaced already
                self.state = State.READY
            self._beat(line)
        finally:
            if self.state is State.READY:
                self.state = State.DOWN
            self._drop()
            line.reader.join(ACKNOWLEDGED)

    def _beat(self, line: Line) -> None:
        """Return when the connection has ended, or is given up because nothing comes back."""
        missed = 0
        while missed < PINGS_UNANSWERED:
            line.reader.join(self.heartbeat)
            over = not line.reader.is_alive() or self._stopping.is_set() or self.state is not State.READY
            if over or not self.lease():
                return
            try:
                line.exchange("ping")
                missed = 0
            except (LineDownError, NotTakenError):
                missed += 1

    def _received(self, said: Body, request: str) -> None:
        """Sort out what has come in; called by the thread that reads."""
        try:
            inbound = replace(from_bot(said.get("body") or {}), request=request)
            if inbound.bot != self.settings.bot_id:
                raise EnvelopeError
        except EnvelopeError:
            logger.warning("企业微信的长连接上来了看不懂的消息，已略过。")
            return
        if inbound.sort is Sort.REPLACED:  # before the end of the connection is noticed
            self.state = State.REPLACED
            self._drop()
        elif not self._stopping.is_set():
            self._intake.submit(self._take_in, inbound)

    def _take_in(self, inbound: Inbound) -> None:
        """Take a message in, which nobody sends again; what goes wrong with one must not cost the next."""
        while True:
            try:
                self._act(inbound)
            except StateError as error:
                logger.error("没能记下企业微信的一条消息，马上再试：%s", error)
                if not self._stopping.wait(LOOK_AGAIN):
                    continue
            except Exception as error:
                logger.error("没能收下企业微信的一条消息：%s: %s", type(error).__name__, error)
                logger.debug("出错的位置", exc_info=True)
            return

    def _act(self, inbound: Inbound) -> None:
        sort, desk, line = inbound.sort, self._desk, self._line
        assert desk is not None
        if sort is Sort.FEEDBACK:
            desk.vote(inbound)
        elif sort is Sort.ENTER and line is not None:
            body = {"msgtype": "text", "text": {"content": desk.answering.greeting()}}
            line.send("aibot_respond_welcome_msg", body, inbound.request)
        elif sort in (Sort.QUESTION, Sort.UNREADABLE):
            task = desk.receive(Mode.LONG_CONNECTION, inbound)
            if not task.finished:
                self.show(task)

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.drop()
