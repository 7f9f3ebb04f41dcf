"""What every response and request goes through: security headers, closed doors, a size limit, no orders
from other sites.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.origin import same_origin
from bot.web.programs import error, for_programs

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
        "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; connect-src 'self'; "
        "frame-src 'none'; form-action 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers keep the origin of our own forms back as well.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
LARGEST_BODY = 1_000_000  # bytes; a question of 10,000 characters is 30,000
CALLBACKS = "/wecom/"
UPLOADS = "/operator/upload"  # and every path below
LARGEST_UPLOAD = 200 * 1024 * 1024 + LARGEST_BODY  # bytes of all files sent at once, with what wraps them
# What a body too large is read to, and thrown away: browsers show the refusal only after their last byte.
MOST_DRAINED = 5 * LARGEST_UPLOAD

_CORS = "access-control-"
_API = re.compile(r"(/en)?/gradio_api(/|$)")
# What a page without files, login, recording or history needs of Gradio's interface. All else is
# closed: uploads work there without any upload field, and a new version may add more doors.
_OPEN = re.compile(
    r"(/en)?/gradio_api/(queue/(join|data)|heartbeat/\w+|startup-events|theme\.css|cancel|reset|app_id)/?"
)
_CLOSED = re.compile(r"(/en)?/((monitoring|login|logout|svelte|pwa_icon|manifest\.json)(/|$)|proxy=)|/en/?$")


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
        """Answer what is closed, too large or from another site here, pass the rest on."""
        if scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None:
            if refusal.status_code == 413:
                await _drain(receive)
            await refusal(scope, receive, with_headers(send))
        else:
            await self._app(scope, receive, with_headers(send))


def _refusal(scope: Scope) -> Response | None:
    if not is_open(scope["path"]):
        return _refused(scope, 404, "此功能未开放。", "not_found")
    # A callback looks at itself: whatever is not WeCom's gets one and the same refusal.
    if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"].startswith(CALLBACKS):
        return None
    headers = Headers(scope=scope)
    if not same_origin(headers):
        told = "这个请求是别的网站发来的，没有执行。如果经过反向代理，请让代理原样传递 Host。"
        return _refused(scope, 403, told, "cross_site")
    length = headers.get("content-length", "")
    # Without a length the body could not be limited before it is read.
    if not re.fullmatch("[0-9]{1,15}", length):
        return _refused(scope, 411, "请求缺少长度。", "length_required")
    largest = largest_body(scope["path"])
    if int(length) > largest:
        return _refused(scope, 413, f"内容太长，最多 {largest // 1_000_000} MB。", "too_large")
    return None


def _refused(scope: Scope, status: int, told: str, code: str) -> Response:
    if for_programs(scope["path"]):
        return error(status, told, code)
    return PlainTextResponse(told, status_code=status)


def largest_body(path: str) -> int:
    """Return how many bytes may be sent to a path at once."""
    uploads = path == UPLOADS or path.startswith(f"{UPLOADS}/")
    return LARGEST_UPLOAD if uploads else LARGEST_BODY


async def _drain(receive: Receive) -> None:
    """Read a body to its end, or to where reading on would be a service to nobody."""
    drained = 0
    while drained < MOST_DRAINED:
        message = await receive()
        drained += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return


def with_headers(send: Send) -> Send:
    """Return a ``send`` that puts the security headers on each response."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            # Gradio lets pages of any site read it once it is not asked for as localhost.
            for name in [name for name in headers if name.startswith(_CORS)]:
                del headers[name]
        await send(message)

    return send_with_headers
