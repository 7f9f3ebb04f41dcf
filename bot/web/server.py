"""Serving the web application at an address until it is interrupted."""

import contextlib
import logging
import socket
import sys

import uvicorn
from fastapi import FastAPI

from bot.web.page import NAME
from index.errors import YoujuError


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve the application until it is interrupted, and print its address once it answers.

    Raises YoujuError when the address cannot be used; port 0 takes any free one.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    server = _Server(config, address=_address(host, listener.getsockname()[1]))
    # Pages that stay open are cut off at the end; what uvicorn says about that helps nobody.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not server.should_exit)
    with listener, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that says where it is once it serves."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"{NAME}已启动：{self._address}\n按 Ctrl-C 退出。\n")
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
