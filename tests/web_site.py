"""A site with real doors and a few bare pages behind them, for the tests of access.

``python -m tests.web_site FOLDER accounts`` serves it on 127.0.0.1.
"""

import sys
from collections.abc import Sequence
from functools import partial
from html import escape
from ipaddress import ip_network
from pathlib import Path
from typing import cast
from unittest.mock import patch

from argon2 import PasswordHasher
from fastapi import Depends, FastAPI, Request, WebSocket
from fastapi.testclient import TestClient
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

import bot.web
from bot.serving import Serving
from bot.settings import Access, SignIn
from bot.state.database import State
from bot.state.records import Role
from bot.web.access import operator_only
from bot.web.front import protect
from bot.web.peer import peer_of
from bot.web.server import serve
from bot.web.site import Site, person_of

STATIC = Path(bot.web.__file__).with_name("static")
WEAK = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
PAGE = {"Accept": "text/html"}
LOOPBACK = ("127.0.0.1", 50000)
PROXY = ("10.9.9.9", 50000)
OUTSIDE = ("10.1.1.1", 50000)


def access(sign_in: SignIn, proxies: Sequence[str] = (), **more: object) -> Access:
    """Return access settings."""
    return Access(sign_in, tuple(ip_network(proxy) for proxy in proxies), **more)  # type: ignore[arg-type]


def state_in(folder: Path) -> State:
    """Return a state database of its own whose passwords are hashed in no time; that is tested elsewhere."""
    with patch("bot.state.accounts.PasswordHasher", WEAK):
        return State(f"sqlite:///{folder / 'state.sqlite'}")


def site_in(
    folder: Path, settings: Access, serving: Serving | None = None, index: Path | None = None
) -> Site:
    """Return a site that keeps its state in a folder; nothing serves where no index is given."""
    return Site(cast("Serving", serving), state_in(folder), index or folder, access=settings)


def guarded(site: Site) -> FastAPI:
    """Return an application of bare pages behind the doors of a site."""
    app = FastAPI()

    @app.get("/")
    def home() -> HTMLResponse:
        return HTMLResponse("<html><head></head><body>home</body></html>")

    @app.get("/who")
    @app.post("/who")
    def who(request: Request) -> dict[str, object]:
        person = person_of(request)
        return {
            "name": person.name,
            "role": person.role,
            "signed_in": person.signed_in,
            "address": peer_of(request.scope).address,
            "scheme": request.url.scheme,
        }

    @app.get("/operator/pages")
    @app.post("/operator/pages")
    def operators() -> str:
        return "for operators"

    @app.get("/kept", dependencies=[Depends(operator_only)])
    def kept() -> str:
        return "for operators"

    @app.get("/d/{document}")
    def document(document: str) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>{escape(document)}</title>")

    @app.get("/broken/{secret}")
    def broken(secret: str) -> str:
        raise ValueError(secret)

    @app.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(person_of(socket).name)
        await socket.close()

    app.mount("/youju", StaticFiles(directory=STATIC))
    protect(app, site)
    return app


def client_of(
    site: Site, client: tuple[str, int] = LOOPBACK, base_url: str = "http://127.0.0.1:7860"
) -> TestClient:
    """Return a browser at an address, with cookies of its own, that follows no redirect by itself."""
    return TestClient(
        guarded(site), base_url, client=client, follow_redirects=False, raise_server_exceptions=False
    )


if __name__ == "__main__":
    # Serves the site of the browser's tests: accounts in a folder, or, where "off" is said, nobody signs in.
    served = site_in(Path(sys.argv[1]), access(SignIn(sys.argv[2])))
    served.state.accounts.add("张三", "long enough 1", Role.OPERATOR)
    serve(guarded(served), "127.0.0.1", 0)
