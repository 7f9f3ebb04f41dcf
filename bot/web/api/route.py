"""Routes for programs: whatever goes wrong on one is told as JSON, and nothing that was sent is repeated."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from bot.state.errors import Missing, StateError
from bot.web.access import counted_as
from bot.web.api.clerk import Caller, UnansweredError
from bot.web.api.forms import ErrorBody
from bot.web.limits import TooManyAsksError
from bot.web.programs import error, error_body, key_of
from bot.web.site import person_of
from index.errors import YoujuError

ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorBody, "description": "请求读不懂"},
    401: {"model": ErrorBody, "description": "没有密钥，或密钥不对、已经吊销"},
    403: {"model": ErrorBody, "description": "不允许从这里访问"},
    404: {"model": ErrorBody, "description": "没有要找的对话、文件或条目"},
    411: {"model": ErrorBody, "description": "请求没有写长度（Content-Length）"},
    413: {"model": ErrorBody, "description": "请求超过 1 MB"},
    422: {"model": ErrorBody, "description": "字段不对"},
    429: {"model": ErrorBody, "description": "问得太快；Retry-After 是要等的秒数"},
    503: {"model": ErrorBody, "description": "暂时不能回答"},
}
_WRONG = {
    "missing": "没有写",
    "string_too_long": "太长",
    "string_too_short": "是空的",
    "too_long": "太多",
    "too_short": "是空的",
    "string_unicode": "含有不完整的字符",
    "json_invalid": "不是正确的 JSON",
}


class ProgramRoute(APIRoute):
    """A route whose errors are told as ``bot.web.programs`` shapes them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as wrong:
                return _invalid(wrong)
            except HTTPException as wrong:  # of FastAPI itself: a body that it cannot read
                return error(wrong.status_code, "请求的内容读不懂：应为 UTF-8 的 JSON。", "unreadable")
            except YoujuError as wrong:
                status, code = _status(wrong)
                return error(status, said(wrong), code, headers=_headers(wrong))

        return told


def caller_of(request: HTTPConnection) -> Caller:
    """Return who asks."""
    key = key_of(request.scope)
    return Caller(person_of(request).name, counted_as(request), key.per_minute if key else None)


def home_of(request: HTTPConnection) -> str:
    """Return the address that the program reached this site at."""
    return str(request.base_url).rstrip("/")


def said(wrong: YoujuError) -> str:
    """Return an error in words that do not speak of a page."""
    if isinstance(wrong, TooManyAsksError):
        if wrong.seconds:
            return f"问得太快了，请 {wrong.seconds} 秒以后再问。"
        return "同时提的问题太多，请等其中一个答完再问。"
    if isinstance(wrong, Missing):
        return "没有这个对话：它不是用这个密钥开始的，或者已经删除。不写 conversation 就开始新的对话。"
    return str(wrong)


def body_of(wrong: YoujuError) -> dict[str, object]:
    """Return the object that tells of an error in the middle of a stream."""
    status, code = _status(wrong)
    return error_body(status, said(wrong), code)


def not_found(routes: Sequence[BaseRoute], request: Request) -> Response:
    """Return the answer to a path that no route takes, or not with this method."""
    allowed: set[str] = set()
    for route in routes:
        match, _ = route.matches(request.scope)
        if match is Match.PARTIAL:
            allowed |= getattr(route, "methods", None) or set()
    if allowed:
        headers = {"Allow": ", ".join(sorted(allowed))}
        return error(405, "这个地址不接受这种请求方法。", "method_not_allowed", headers=headers)
    return error(404, "没有这个接口：接口的说明在 /api/openapi.json。", "not_found")


def _status(wrong: YoujuError) -> tuple[int, str]:
    if isinstance(wrong, TooManyAsksError):
        return 429, "rate_limit_exceeded"
    if isinstance(wrong, Missing):
        return 404, "not_found"
    if isinstance(wrong, StateError):
        return 503, "state_unavailable"
    return (500, "internal") if isinstance(wrong, UnansweredError) else (503, "unavailable")


def _headers(wrong: YoujuError) -> dict[str, str]:
    # Where it depends on other answers nobody knows when: soon.
    return {"Retry-After": str(wrong.seconds or 1)} if isinstance(wrong, TooManyAsksError) else {}


def _invalid(wrong: RequestValidationError) -> Response:
    """Name the first field that is wrong. What was sent may be anything and is not repeated."""
    first = wrong.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "json_invalid":
        return error(400, "请求的内容不是正确的 JSON。", "invalid_json")
    if not place:  # no field of the body, the body itself
        return error(
            422, "请求的内容应为一个 JSON 对象，并写明 Content-Type: application/json。", "not_an_object"
        )
    trouble = _WRONG.get(first["type"], "格式不对")
    limit = (first.get("ctx") or {}).get("max_length")
    most = f"，最多 {limit}" if limit is not None else ""
    name = place if place.isascii() and len(place) < 100 else ""
    return error(422, f"请求里的 {name or '字段'} {trouble}{most}。", "invalid_request", name or None)
