"""What is there for other programs: which paths, how a program proves which one it is, how it is told that
something is wrong.
"""

import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Scope

from bot.state.keys import MARK
from bot.state.records import ApiKey, Person, Role

# On this machine where nobody signs in. No key has such a name.
LOCAL = Person("api:@local", Role.READER)
_PATHS = re.compile(r"/(api|v1|mcp)(/.*)?")


def for_programs(path: str) -> bool:
    """Tell whether a path is there for programs."""
    return _PATHS.fullmatch(path) is not None


def given_key(headers: Headers) -> str | None:
    """Return the key that a request carries. A bearer token of another kind is none: programs on this
    machine must often send something, and a proxy its own.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and token.startswith(MARK) else None


def holder(key: ApiKey) -> Person:
    """Return the person that a key's program asks as."""
    return Person(f"api:{key.name}", Role.READER, signed_in=True)


def key_of(scope: Scope) -> ApiKey | None:
    """Return the key that a request was let in with, None where it was let in without one."""
    key = scope.get("state", {}).get("key")
    assert key is None or isinstance(key, ApiKey)
    return key


def error(
    status: int,
    message: str,
    code: str,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return what a program is told instead of an answer, in the shape that OpenAI's clients read.

    ``message`` is for people, ``code`` for the program, ``param`` names the field that is wrong.
    """
    return JSONResponse(error_body(status, message, code, param), status, dict(headers or {}))


def error_body(status: int, message: str, code: str, param: str | None = None) -> dict[str, object]:
    """Return the object that tells what is wrong."""
    kind = "server_error" if status >= 500 else _KINDS.get(status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
