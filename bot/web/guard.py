"""What every response and request goes through: security headers, closed doors, a size limit."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; "
        "frame-src 'none'; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
}
LARGEST_BODY = 1_000_000  # bytes; a question of 10,000 characters is 30,000

_API = re.compile(r"(/en)?/gradio_api(/|$)")
# What a page without files, login, recording or history needs of Gradio's interface. All else is
# closed: uploads work there without any upload field, and a new version may add more doors.
_OPEN = re.compile(
    r"(/en)?/gradio_api/(queue/(join|data)|heartbeat/\w+|startup-events|theme\.css|cancel|reset|app_id)/?"
)
_CLOSED = re.compile(r"(/en)?/(monitoring|login|logout|proxy=|svelte|pwa_icon|manifest\.json)(/|$)|/en/?$")


def is_open(path: str) -> bool:
    """Tell whether a path is part of what this page offers."""
    if _API.match(path):
        return _OPEN.fullmatch(path) is not None
    return _CLOSED.match(path) is None


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer closed paths and large bodies here, pass the rest on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, _with_headers(send))


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if not is_open(scope["path"]):
        return PlainTextResponse("此功能未开放。", status_code=404)
    if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
        return None
    length = Headers(scope=scope).get("content-length", "")
    # Without a length the body could not be limited before it is read.
    if not length.isdigit():
        return PlainTextResponse("请求缺少长度。", status_code=411)
    if int(length) > LARGEST_BODY:
        return PlainTextResponse("内容太长。", status_code=413)
    return None


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers
