"""A line in the log for every request, and for every event an audit asks after: who, what, when, how it
ended. Never the words of a question, a query string, a cookie or a token.
"""

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.logs import Fact, note
from bot.web.access import wants_page
from bot.web.guard import with_headers
from bot.web.meter import Meter
from bot.web.peer import peer_of
from bot.web.programs import error, for_programs
from bot.web.site import NOBODY, person_of

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OWN_FILES = "/youju/{path}"
# What pages are drawn with, the same for everybody, some fifty with each page: only counted.
_FILES = {_OWN_FILES, "/assets/{path:path}", "/static/{path:path}", "/theme.css", "/favicon.ico"}
# Written whole, not from a template: whatever broke, this must not break as well.
_BROKEN = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>出错了</title>'
    "<h1>出错了 Something went wrong</h1><p>系统出了问题，不是您的操作有误。请稍后再试；"
    '如果一直这样，请把编号 {id} 告诉管理员。</p><p><a href="/">回到问答 Back</a></p>'
)

logger = logging.getLogger(__name__)


class Journal:
    """ASGI middleware, directly inside ``Peers``: logs and counts each request under a number of its own.

    An error nobody caught is answered with a page that gives the number, and goes on to the server.
    """

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        """Wrap ``app``; count in ``meter``."""
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then write down what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        scope["state"]["number"] = number
        started = time.monotonic()
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            if not status:
                await _broken(HTTPConnection(scope), number)(scope, receive, with_headers(watch))
            raise
        finally:
            self._write(scope, status, round((time.monotonic() - started) * 1000))

    def _write(self, scope: Scope, status: int, milliseconds: int) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = route_of(scope)
        self._meter.requested(method, route, status)
        level = logging.ERROR if status >= 500 else logging.INFO
        if route in _FILES and status < 400:
            return
        facts = _who(HTTPConnection(scope))
        note(logger, level, "request", **facts, method=method, route=route, status=status, ms=milliseconds)


def record(connection: HTTPConnection, event: str, *, failed: bool = False, **facts: Fact) -> None:
    """Log an event of a request that an audit asks after: a sign-in, an upload, a roll-back.

    ``failed`` events stand out. Facts are names and numbers, never words of a question or secrets.
    """
    note(logger, logging.WARNING if failed else logging.INFO, event, **_who(connection), **facts)


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered; "other" where none of ours did."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str) and path:
        return path
    path = scope["path"]  # of these two, who answers is not noted
    return "/" if path == "/" else _OWN_FILES if path.startswith("/youju/") else "other"


def _who(connection: HTTPConnection) -> dict[str, Fact]:
    scope = connection.scope
    person = person_of(connection)
    return {
        "id": scope["state"].get("number"),
        "person": person.name if person is not NOBODY else None,
        "address": peer_of(scope).address,
    }


def _broken(connection: HTTPConnection, number: str) -> Response:
    if wants_page(connection):
        return HTMLResponse(_BROKEN.format(id=number), status_code=500)
    told = f"系统出了问题，请稍后再试。编号 {number}"
    if for_programs(connection.scope["path"]):
        return error(500, told, "internal")
    return JSONResponse({"error": told}, status_code=500)
