"""One open long connection: frames go out and are acknowledged, frames come in. The only door to websockets.

Source: path/101463. Whoever reads never waits for an answer: that would be waiting for itself.
"""

import json
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Unanswered
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from bot.wecom.messages import LONGEST_BODY
from index.errors import YoujuError

OPENED = 10.0  # seconds opening may take
ACKNOWLEDGED = 5.0  # seconds a frame waits for its acknowledgement
SETTLED = 200  # answers that are whole and remembered

logger = logging.getLogger(__name__)

Body = Mapping[str, Any]


class LineDownError(YoujuError):
    """The connection is gone, or does not answer: what became of the frame nobody knows."""


class NotTakenError(YoujuError):
    """WeCom did not take a frame, with its ``code``."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        super().__init__(f"{code}：{said[:200]}")


@dataclass
class _Picture:
    """The newest picture of a growing answer, which waits while the one before is on its way."""

    flying: bool = False
    waiting: Body | None = None


class Line:
    """A connection opened; raises LineDownError where it cannot be. ``received`` gets what comes in, as
    (frame, request), from a thread of its own. A frame waits ``patience`` seconds for its acknowledgement.
    """

    def __init__(
        self, url: str, received: Callable[[Body, str], None], patience: float = ACKNOWLEDGED
    ) -> None:
        local = not url.startswith("wss:")
        try:
            opened = connect(
                url,
                open_timeout=OPENED,
                ping_interval=None,  # WeCom has a ping of its own
                close_timeout=0.2,  # the other side may have gone without a word
                max_size=LONGEST_BODY,
                proxy=None if local else True,
            )
            self._open = ExitStack()
            self._socket = self._open.enter_context(opened)
        except (OSError, WebSocketException, ImportError) as error:  # SOCKS needs a library of its own
            words = f"连不上企业微信的长连接（{type(error).__name__}），请检查网络和代理。"
            raise LineDownError(words) from error
        self._received = received
        self._patience = patience
        self._acks: dict[str, Future[Body]] = {}
        self._pictures: dict[str, _Picture] = {}
        self._settled: deque[str] = deque(maxlen=SETTLED)
        self._changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, name="wecom-reader", daemon=True)
        self.reader.start()

    def exchange(
        self, command: str, body: Body | None = None, request: str = "", patience: float = 0.0
    ) -> None:
        """Send a frame and wait for its acknowledgement, as long as the line waits unless ``patience`` says
        how long. Raises NotTakenError, LineDownError.
        """
        request = request or uuid.uuid4().hex
        future: Future[Body] = Future()
        with self._changed:
            self._acks[request] = future
        try:
            self.send(command, body, request)
            reply = future.result(patience or self._patience)
        except Unanswered as error:
            raise LineDownError("企业微信没有确认收到") from error
        finally:
            with self._changed:
                self._acks.pop(request, None)
        if reply.get("errcode"):
            raise NotTakenError(int(reply["errcode"]), str(reply.get("errmsg", "")))

    def send(self, command: str, body: Body | None, request: str) -> None:
        """Send a frame; raises LineDownError. Frames hold secrets: none is ever logged."""
        frame: dict[str, Any] = {"cmd": command, "headers": {"req_id": request}}
        if body is not None:
            frame["body"] = body
        try:
            self._socket.send(json.dumps(frame, ensure_ascii=False))
        except (ConnectionClosed, OSError) as error:
            raise LineDownError("与企业微信的长连接断了") from error

    def show(self, request: str, body: Body) -> None:
        """Send a picture of a growing answer as soon as the one before has arrived; a newer one replaces
        one that waits, and none comes after the whole answer. Never raises: that will be sent in any case.
        """
        with self._changed:
            if request in self._settled:
                return
            picture = self._pictures.setdefault(request, _Picture())
            picture.waiting = body
            if not picture.flying:
                self._next(request, picture)

    def settle(self, request: str) -> None:
        """Let no picture come after the whole answer, nor be acknowledged in its place."""
        with self._changed:
            self._settled.append(request)
            picture = self._pictures.get(request, _Picture())
            picture.waiting = None
            self._changed.wait_for(lambda: not picture.flying, self._patience)
            self._pictures.pop(request, None)

    def drop(self) -> None:
        """Close without waiting for the other side."""
        self._open.close()

    def _next(self, request: str, picture: _Picture) -> None:
        body, picture.waiting = picture.waiting, None
        picture.flying = body is not None
        self._changed.notify_all()
        if body is not None:
            try:
                self.send("aibot_respond_msg", body, request)
            except LineDownError:
                picture.flying = False

    def _read(self) -> None:
        try:
            for text in self._socket:
                self._dispatch(text)
        except (ConnectionClosed, OSError) as error:
            logger.info("企业微信的长连接断开：%s", type(error).__name__)
        finally:
            with self._changed:
                for future in self._acks.values():
                    future.set_exception(LineDownError("与企业微信的长连接断了"))
                self._acks.clear()

    def _dispatch(self, text: str | bytes) -> None:
        try:
            frame = json.loads(text)
            request = str(frame["headers"]["req_id"])
        except (ValueError, KeyError, TypeError, RecursionError):
            logger.warning("企业微信的长连接上来了看不懂的内容，已略过。")
            return
        if "cmd" in frame:
            self._received(frame, request)
            return
        with self._changed:
            picture = self._pictures.get(request)
            if picture is not None and picture.flying:
                self._next(request, picture)
            elif (future := self._acks.pop(request, None)) is not None:
                future.set_result(frame)
