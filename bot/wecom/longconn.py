"""An AI bot over one long connection that we open: messages come in, pictures of answers go out.

The only door to websockets. Source: path/101463 and section 2.7 of the specification.
"""

import json
import logging
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unanswered
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from bot.wecom.callback import frame
from bot.wecom.crypto import EnvelopeError
from bot.wecom.desk import Desk, Undelivered
from bot.wecom.messages import LONGEST_BODY, Sort, from_bot
from bot.wecom.operators import Operators
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.task import Task
from bot.wecom.wording import STREAM_BYTES, fitted
from prompts import wecom

HEARTBEAT = 30.0  # seconds; the server drops a silent connection
ACKNOWLEDGED = 5.0  # seconds a frame waits for its acknowledgement
SUBSCRIBED = 10.0  # seconds the subscription may take
PINGS_UNANSWERED = 2
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between two connections
REFUSED_PAUSE = 300.0  # seconds after a wrong secret
ALARM_AFTER = 5  # connections in vain
STALE = (846605, 846608)  # the exchange is over: the answer goes as a message of its own
NOT_YET = (846609, 6000)  # not subscribed yet, two frames at once

logger = logging.getLogger(__name__)


class State(StrEnum):
    """How the connection stands."""

    DOWN = "down"
    READY = "ready"  # subscribed, not only connected
    REPLACED = "replaced"  # another program has taken it: taking it back would start a war
    CLOSED = "closed"


class _Refused(Exception):
    """WeCom's word that a frame was not taken."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        super().__init__(f"{code}：{said[:200]}")


@dataclass
class _Picture:
    """The newest picture of an answer that waits while the one before is on its way."""

    busy: bool = False
    waiting: Mapping[str, Any] | None = None


@dataclass
class LongConnection:
    """Keeps the connection up and sends answers over it. ``lease`` tells whether this process is the one
    of the site that may hold it, and is asked again and again while it does.
    """

    settings: WecomSettings
    operators: Operators
    lease: Callable[[], bool]
    heartbeat: float = HEARTBEAT
    state: State = State.DOWN
    _desk: Desk | None = None
    _socket: ClientConnection | None = None
    _acks: dict[str, "Future[Mapping[str, Any]]"] = field(default_factory=dict)
    _pictures: dict[str, _Picture] = field(default_factory=dict)  # of answers that still grow
    _flying: dict[str, _Picture] = field(default_factory=dict)  # those not acknowledged yet
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    # Taking a message in writes to the disk: not for the thread that reads. One keeps their order.
    _intake: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "wecom-intake"))

    def start(self, desk: Desk) -> None:
        """Connect, and stay connected until ``stop``."""
        self._desk = desk
        self._threads = [threading.Thread(target=self._stay, name="wecom-connection", daemon=True)]
        self._threads[0].start()

    def stop(self) -> None:
        """Close the connection."""
        self._stopping.set()
        self._drop()
        for thread in self._threads:
            thread.join(ACKNOWLEDGED)
        self._intake.shutdown(wait=False, cancel_futures=True)
        self.state = State.CLOSED

    def show(self, task: Task) -> None:
        """Show the newest picture of an answer as soon as the one before has arrived."""
        with self._lock:
            picture = self._pictures.setdefault(task.message.request, _Picture())
            picture.waiting = frame(task.stream, task.text or wecom()["waiting"], finish=False)
            if picture.busy or self.state is not State.READY:
                return
            self._next_picture(task.message.request, picture)

    def deliver(self, task: Task, sent: Callable[[int], None]) -> float:
        """Send the whole answer: into its exchange, or as a message of its own where that is over."""
        if self.state is not State.READY:
            raise Undelivered("与企业微信的长连接还没有接通", FIRST_PAUSE)
        with (
            self._lock
        ):  # no picture may come after the whole answer, nor its acknowledgement be taken for that
            picture = self._pictures.pop(task.message.request, _Picture())
            self._lock.wait_for(lambda: not picture.busy, ACKNOWLEDGED)
        try:
            self._exchange(
                "aibot_respond_msg", frame(task.stream, task.text, finish=True), task.message.request
            )
        except _Refused as error:
            if error.code in NOT_YET:
                raise Undelivered(str(error), FIRST_PAUSE) from error
            self._send_instead(task, error)
        sent(1)
        return 0.0

    def _send_instead(self, task: Task, first: _Refused) -> None:
        if first.code not in STALE:
            self.operators.tell(str(first.code), f"企业微信没有收下一条回答（{first}）。")
            raise Undelivered(str(first), None) from first
        text = fitted(task.text, STREAM_BYTES)
        chat = task.message.chat or task.message.user
        body = {"chatid": chat, "msgtype": "markdown", "markdown": {"content": text}}
        try:
            self._exchange("aibot_send_msg", body, uuid.uuid4().hex)
        except _Refused as error:
            raise Undelivered(str(error), None) from error

    def _exchange(self, command: str, body: Mapping[str, Any] | None, request: str) -> None:
        """Send a frame and wait for its acknowledgement. Raises _Refused, Undelivered."""
        future: Future[Mapping[str, Any]] = Future()
        with self._lock:
            self._acks[request] = future
        try:
            self._send(command, body, request)
            reply = future.result(SUBSCRIBED if command == "aibot_subscribe" else ACKNOWLEDGED)
        except (ConnectionClosed, OSError, Unanswered) as error:
            # What became of it nobody knows: the same frame again changes nothing.
            raise Undelivered("企业微信没有确认收到", FIRST_PAUSE) from error
        finally:
            with self._lock:
                if self._acks.get(request) is future:
                    del self._acks[request]
        code = reply.get("errcode", 0)
        if code:
            raise _Refused(int(code), str(reply.get("errmsg", "")))

    def _send(self, command: str, body: Mapping[str, Any] | None, request: str) -> None:
        socket = self._socket
        if socket is None:
            raise OSError("no connection")
        frame_: dict[str, Any] = {"cmd": command, "headers": {"req_id": request}}
        if body is not None:
            frame_["body"] = body
        socket.send(json.dumps(frame_, ensure_ascii=False))

    def _next_picture(self, request: str, picture: _Picture) -> None:
        """Send the picture that waits; under the lock."""
        body, picture.waiting = picture.waiting, None
        picture.busy = body is not None and self._pictures.get(request) is picture
        if picture.busy:
            self._flying[request] = picture
        else:
            self._flying.pop(request, None)
        self._lock.notify_all()
        if body is None or not picture.busy:
            return
        try:
            self._send("aibot_respond_msg", body, request)
        except (ConnectionClosed, OSError):
            picture.busy = False  # the whole answer will come over the next connection
            self._flying.pop(request, None)

    def _stay(self) -> None:
        """Connect again whenever the connection ends, however it ends."""
        failures = 0
        while not self._stopping.is_set():
            if not self.lease():
                self._stopping.wait(FIRST_PAUSE * 5)
                continue
            pause = self._once()
            if self.state is State.REPLACED:
                self.operators.tell(
                    "replaced",
                    "智能机器人的长连接被另一个程序占用了。请停掉多余的那个程序，再重启本服务；"
                    "在那以前不会抢回连接。",
                )
                return
            failures = 0 if pause is None else failures + 1
            if failures == ALARM_AFTER:
                self.operators.tell(
                    "connection", "连续几次连不上企业微信，请检查网络、代理和 YOUJU_WECOM_WS_URL。"
                )
            wait = pause or min(FIRST_PAUSE * 2.0 ** min(failures, 6), LONGEST_PAUSE)
            self._stopping.wait(wait * random.uniform(0.8, 1.2))  # noqa: S311 - spreads reconnections, no secret

    def _once(self) -> float | None:
        """Hold one connection; return how long to wait after it failed, 0 for the usual, else None."""
        try:
            reader = self._subscribed()
        except _Refused as error:
            self.operators.tell("subscribe", refused(error))
            return REFUSED_PAUSE
        except Undelivered as error:
            logger.warning("%s", error)
            return 0.0
        self.state = State.READY
        self._beat(reader)
        self._drop()
        reader.join(ACKNOWLEDGED)
        if self.state is State.READY:
            self.state = State.DOWN
        return None

    def _subscribed(self) -> threading.Thread:
        """Open a connection, subscribe, and return its reader. Raises _Refused, Undelivered."""
        local = not self.settings.ws_url.startswith("wss:")
        try:
            socket = connect(
                self.settings.ws_url,
                open_timeout=SUBSCRIBED,
                ping_interval=None,
                close_timeout=1,
                max_size=LONGEST_BODY,
                proxy=None if local else True,
            )
        except (OSError, InvalidHandshake, InvalidURI) as error:
            words = f"连不上企业微信的长连接（{type(error).__name__}），请检查网络和代理。"
            raise Undelivered(words, FIRST_PAUSE) from error
        with self._lock:
            self._socket, self._pictures, self._flying = socket, {}, {}
        reader = threading.Thread(target=self._read, args=(socket,), name="wecom-reader", daemon=True)
        reader.start()
        secret = {"bot_id": self.settings.bot_id, "secret": self.settings.bot_secret}
        try:
            self._exchange("aibot_subscribe", secret, uuid.uuid4().hex)
        except (_Refused, Undelivered):
            self._drop()
            raise
        return reader

    def _beat(self, reader: threading.Thread) -> None:
        """Keep the connection alive until it ends; give it up where nothing comes back."""
        missed = 0
        while reader.is_alive() and self.state is State.READY and not self._stopping.is_set():
            reader.join(self.heartbeat)
            if not reader.is_alive() or self.state is not State.READY or self._stopping.is_set():
                return
            if not self.lease():
                return
            try:
                self._exchange("ping", None, uuid.uuid4().hex)
                missed = 0
            except (Undelivered, _Refused):
                missed += 1
                if missed >= PINGS_UNANSWERED:
                    return

    def _read(self, socket: ClientConnection) -> None:
        """Hand on what comes in. Never waits for an answer: that would wait for itself."""
        try:
            for text in socket:
                self._dispatch(text)
        except (ConnectionClosed, OSError) as error:
            logger.info("企业微信的长连接断开：%s", type(error).__name__)

    def _dispatch(self, text: str | bytes) -> None:
        try:
            said = json.loads(text)
            request = str(said["headers"]["req_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            logger.warning("企业微信的长连接上来了看不懂的内容，已略过。")
            return
        if "cmd" in said:
            self._intake.submit(self._taken_in, said, request)
            return
        with self._lock:
            future = self._acks.pop(request, None)
            if future is None and request in self._flying:
                self._next_picture(request, self._flying[request])
        if future is not None:
            future.set_result(said)

    def _taken_in(self, said: Mapping[str, Any], request: str) -> None:
        try:
            self._take_in(said, request)
        except Exception as error:
            logger.error("没能收下企业微信的一条消息：%s: %s", type(error).__name__, error)
            logger.debug("出错的位置", exc_info=True)

    def _take_in(self, said: Mapping[str, Any], request: str) -> None:
        assert self._desk is not None
        try:
            inbound = replace(from_bot(said.get("body") or {}), request=request)
        except EnvelopeError:
            logger.warning("企业微信的长连接上来了看不懂的消息，已略过。")
            return
        if inbound.bot != self.settings.bot_id:
            logger.warning("消息不是发给这个机器人的，已略过。")
        elif inbound.sort is Sort.REPLACED:
            self.state = State.REPLACED
            self._drop()
        elif inbound.sort is Sort.FEEDBACK:
            self._desk.vote(inbound)
        elif inbound.sort is Sort.ENTER:
            body = {"msgtype": "text", "text": {"content": self._desk.answering.greeting()}}
            with self._lock:
                self._try(lambda: self._send("aibot_respond_welcome_msg", body, request))
        elif inbound.sort in (Sort.QUESTION, Sort.UNREADABLE):
            task = self._desk.receive(Mode.LONG_CONNECTION, inbound)
            if not task.finished:
                self.show(task)

    def _try(self, send: Callable[[], None]) -> None:
        try:
            send()
        except (ConnectionClosed, OSError) as error:
            logger.warning("企业微信的长连接断开，欢迎语没有送出：%s", type(error).__name__)

    def _drop(self) -> None:
        with self._lock:
            socket, self._socket = self._socket, None
        if socket is not None:
            # Not a polite close: the other side may have gone without a word.
            socket.close_timeout = 0.2
            socket.close()


def refused(error: _Refused) -> str:
    """Say that the secret is wrong, and where it is set."""
    return f"企业微信不接受智能机器人的登录（{error}）。请核对 YOUJU_WECOM_BOT_ID 和 YOUJU_WECOM_BOT_SECRET。"


def trial(settings: WecomSettings) -> str:
    """Subscribe once and close again; return what is wrong, empty where nothing is."""
    connection = LongConnection(settings, Operators(logger.info), lambda: True)
    try:
        connection._subscribed()
    except _Refused as error:
        return refused(error)
    except Undelivered as error:
        return str(error)
    finally:
        connection.stop()
    return ""
