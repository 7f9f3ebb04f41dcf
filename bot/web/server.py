"""Serving the web application at an address until it is told to stop, answers begun being finished."""

import asyncio
import logging
import signal
import socket
import sys
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.page import NAME
from index.errors import YoujuError

PATIENCE = 30  # seconds that answers begun may take to end once the service is told to stop
# How long a thread that reckons an answer may keep the one that sends all answers waiting, in seconds. With
# Python's 0.005 and fifty answers at once, one in twenty took twice as long.
SWITCHING = 0.001
# A page that is open holds this connection for as long; nobody waits for anything to come through it.
_IDLE = "/gradio_api/heartbeat/"


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve the application until it is told to stop, and print its address once it answers.

    Raises YoujuError when the address cannot be used; port 0 takes any free one. SIGTERM and SIGINT let
    the answers begun be finished, for ``PATIENCE`` seconds at most; a second one ends the process at once.
    """
    listener = _listen(host, port)
    stopping = Stopping(app)
    config = uvicorn.Config(
        stopping,
        log_level="warning",
        log_config=None,  # bot.logs decides
        access_log=False,
        server_header=False,
        proxy_headers=False,  # bot.web.peer decides whom to believe
        timeout_graceful_shutdown=PATIENCE,
    )
    server = _Server(config, stopping, _address(host, listener.getsockname()[1]))
    # Pages that stay open are cut off at the end; what uvicorn says about that helps nobody.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
    sys.setswitchinterval(SWITCHING)
    with listener:
        server.run(sockets=[listener])


class Stopping:
    """ASGI middleware around everything: when the service stops and nothing is being answered any more,
    what only idles is cut off. Not before: to Gradio that is how a page says that it was closed.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app
        self._running = 0
        self._told = False
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Cut off what idles as soon as nothing else runs; to be called in the event loop."""
        self._told = True
        self._settle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; tell one that idles, when it is time, that its browser is gone."""
        if scope["type"] == "http" and _IDLE in scope["path"]:
            await self._idle(scope, receive, send)
            return
        self._running += scope["type"] != "lifespan"
        try:
            await self._app(scope, receive, send)
        finally:
            self._running -= scope["type"] != "lifespan"
            self._settle()

    def _settle(self) -> None:
        if self._told and not self._running:
            self._stop.set()

    async def _idle(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone: Message = {"type": "http.disconnect"}

        async def receive_or_stop() -> Message:
            if self._stop.is_set():
                return gone
            received = asyncio.ensure_future(receive())
            stopped = asyncio.ensure_future(self._stop.wait())
            try:
                await asyncio.wait({received, stopped}, return_when=asyncio.FIRST_COMPLETED)
                return received.result() if received.done() else gone
            finally:
                received.cancel()
                stopped.cancel()

        await self._app(scope, receive_or_stop, send)


class _Server(uvicorn.Server):
    """A server that says where it is once it serves, and stops as ``serve`` promises."""

    def __init__(self, config: uvicorn.Config, stopping: Stopping, address: str) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _say(f"{NAME}已启动：{self._address}\n按 Ctrl-C 退出。")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as it is called
        # Not uvicorn's: that one sends the signal again at the end, which would end the process before
        # the index and the state are closed, and lets a second SIGTERM wait as well.
        if self.should_exit:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.server_state.tasks:
            _say(f"正在退出：等正在写的回答写完，最多 {PATIENCE} 秒；再按一次 Ctrl-C 立即退出。")
        self._stopping.stop()
        await super().shutdown(sockets)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except (OSError, OverflowError) as error:
        listener.close()
        raise YoujuError(
            f"无法在 {host} 的 {port} 端口提供网页（{_trouble(error)}）。"
            "请换一个端口，例如 --port 7861，或先关闭占用它的程序。"
        ) from error
    return listener


def _trouble(error: Exception) -> str:
    known = {98: "端口已被占用", 48: "端口已被占用", 13: "没有权限", 99: "本机没有这个地址"}
    number = getattr(error, "errno", None)
    return known.get(number, "地址或端口无效") if isinstance(number, int) else "地址或端口无效"


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
