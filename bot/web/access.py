"""Who asks: found out anew for each request, before any page sees it, and told to all of them."""

import hashlib
import re
import secrets
from urllib.parse import quote

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import SignIn
from bot.state.records import Person, Role
from bot.web.cookies import BROWSER, SESSION, YEAR, give
from bot.web.pages import language_of, page
from bot.web.peer import Peer, peer_of
from bot.web.programs import LOCAL, error, for_programs, given_key, holder
from bot.web.site import NOBODY, Site, person_of
from prompts import interface

# Needed before anybody can sign in, or asked for by machines. They show nothing of documents or people.
_PUBLIC = re.compile(r"/(sign-in(/.*)?|sign-out|language|healthz|readyz|youju/.*|wecom/.*|favicon\.ico)")
_NO_PERSON = re.compile(r"/(healthz|readyz|youju/.*|wecom/.*)")
_OPERATORS = re.compile(r"/(operator(/.*)?|metrics)")
_METRICS = "/metrics"  # collected by a program on this machine, which signs in nowhere
_BROWSER = re.compile(r"[A-Za-z0-9_-]{22}")
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")


class Forbidden(HTTPException):
    """The person who asks may not do that."""

    def __init__(self) -> None:
        super().__init__(status_code=403, detail=interface("zh")["forbidden_title"])


def operator_only(request: Request) -> Person:
    """Return the operator who asks; raise Forbidden where it is somebody else. A FastAPI dependency."""
    person = person_of(request)
    if person.role is not Role.OPERATOR:
        raise Forbidden
    return person


def forbidden(connection: HTTPConnection, _: Exception | None = None) -> Response:
    """Return the answer to whoever may not see a page: a page of its own, JSON to programs."""
    return _message(connection, "forbidden")


def wants_page(connection: HTTPConnection) -> bool:
    """Tell whether somebody looks at what comes back, not a program."""
    looking = connection.scope.get("method") in ("GET", "HEAD")
    return looking and "text/html" in connection.headers.get("accept", "")


def is_name(text: str) -> bool:
    """Tell whether a text that another program sends can be somebody's name."""
    return _NAME.fullmatch(text) is not None


def counted_as(connection: HTTPConnection) -> tuple[str, str]:
    """Return what limits count a request under: a name, and the address where the name proves nothing."""
    person = person_of(connection)
    if person.signed_in:
        return person.name, ""
    address = peer_of(connection.scope).address
    # Without its cookie a browser, or a program, would be somebody new each time.
    return (person.name if _token(connection) else address), address


class Access:
    """ASGI middleware, inside ``Peers``: puts the person into the scope's state.

    Who is not signed in where that is needed gets no further than the page to sign in.
    """

    def __init__(self, app: ASGIApp, site: Site) -> None:
        """Wrap ``app``; ``site`` says how people sign in and keeps their sessions."""
        self._app = app
        self._site = site
        self._access = site.access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its person, or refuse it."""
        if scope["type"] not in ("http", "websocket") or _NO_PERSON.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        person: Person | None
        if for_programs(scope["path"]):
            person = await self._program(connection)
        elif self._access.sign_in in (SignIn.OFF, SignIn.OPEN):
            token = _token(connection)
            if token is None:
                token = secrets.token_urlsafe(16)
                if wants_page(connection):
                    send = _with_cookie(send, connection, token)
            person = _browser_person(token, peer_of(scope))
        else:
            person = await self._proved(connection)
        scope["state"]["person"] = person or NOBODY
        refusal = self._refusal(connection, person)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _program(self, connection: HTTPConnection) -> Person | None:
        """Return which program asks, or who on a page of this site; None where nobody may ask unproved."""
        given = given_key(connection.headers)
        if given is not None:
            key = await run_in_threadpool(self._site.state.keys.holder, given)
            connection.scope["state"]["key"] = key
            return holder(key) if key else None
        if self._access.sign_in is SignIn.OFF:
            return LOCAL
        return None if self._access.sign_in is SignIn.OPEN else await self._proved(connection)

    async def _proved(self, connection: HTTPConnection) -> Person | None:
        """Return who proved to be who, None where nobody did."""
        if self._access.sign_in is SignIn.PROXY:
            name = _named_by_proxy(connection.scope, self._access.header)
            return self._known(name) if name else None
        token = connection.cookies.get(SESSION)
        if not token:
            return None
        sessions = self._site.state.sessions
        if self._access.sign_in is SignIn.ACCOUNTS:
            return await run_in_threadpool(sessions.person, token)
        name = await run_in_threadpool(sessions.name, token)
        return None if name is None else self._known(name)

    def _known(self, name: str) -> Person:
        role = Role.OPERATOR if name in self._access.operators else Role.READER
        return Person(name, role, signed_in=True)

    def _refusal(self, connection: HTTPConnection, person: Person | None) -> Response | None:
        path, peer = connection.scope["path"], peer_of(connection.scope)
        if self._access.sign_in is SignIn.OFF and not peer.direct:
            # A page of another site can send a browser here under a name of its own (DNS rebinding).
            return _message(connection, "here_only")
        if _PUBLIC.fullmatch(path) or (path == _METRICS and peer.local):
            return None
        if person is None:
            return _sign_in_first(connection)
        if _OPERATORS.fullmatch(path) and person.role is not Role.OPERATOR:
            return forbidden(connection)
        return None


def _token(connection: HTTPConnection) -> str | None:
    token = connection.cookies.get(BROWSER, "")
    return token if _BROWSER.fullmatch(token) else None


def _browser_person(token: str, peer: Peer) -> Person:
    """Return the person of a browser. The token opens its conversations, so its name is another one."""
    name = hashlib.sha256(token.encode()).hexdigest()[:24]
    return Person(f"browser:{name}", Role.OPERATOR if peer.local else Role.READER)


def _named_by_proxy(scope: Scope, header: str) -> str | None:
    """Return whom a trusted proxy names; None where another sent the header, or sent it twice."""
    values = [value for name, value in scope["headers"] if name == header.encode("ascii")]
    if not peer_of(scope).proxied or len(values) != 1:
        return None
    try:
        name = values[0].decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    return name if is_name(name) else None


def _sign_in_first(connection: HTTPConnection) -> Response:
    if for_programs(connection.scope["path"]):
        told = interface(language_of(connection))["key_first"]
        return error(401, told, "invalid_api_key", headers={"WWW-Authenticate": "Bearer"})
    if wants_page(connection):
        wanted = quote(f"{connection.url.path}?{connection.url.query}".removesuffix("?"), safe="")
        return RedirectResponse(f"/sign-in?next={wanted}", status_code=303)
    words = interface(language_of(connection))
    return JSONResponse({"error": words["sign_in_first"]}, status_code=401)


def _message(connection: HTTPConnection, name: str) -> Response:
    words = interface(language_of(connection))
    if for_programs(connection.scope["path"]):
        return error(403, words[f"{name}_text"], name)
    if not wants_page(connection):
        return JSONResponse({"error": words[f"{name}_text"]}, status_code=403)
    return page(connection, "message.html", 403, title=words[f"{name}_title"], text=words[f"{name}_text"])


def _with_cookie(send: Send, connection: HTTPConnection, token: str) -> Send:
    cookie = Response()
    give(cookie, connection, BROWSER, token, YEAR)
    header = (b"set-cookie", cookie.headers["set-cookie"].encode("latin-1"))

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return send_with_cookie
