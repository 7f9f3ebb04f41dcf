"""``/mcp``: the tools for agents over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.mcp_server import over_http, server
from bot.web.api.clerk import Caller, Clerk
from bot.web.api.route import ProgramRoute, caller_of, home_of
from bot.web.api.tools import tools
from bot.web.programs import error


def router(clerk: Clerk) -> APIRouter:
    """Return the route. It answers while the application's lifespan lasts."""
    running: list[ASGIApp] = []

    @asynccontextmanager
    async def serving(_: FastAPI) -> AsyncIterator[None]:
        async with over_http(server(tools(clerk), _asker, clerk.threads)) as answer:
            running[:] = [answer]
            yield

    routes = APIRouter(route_class=ProgramRoute, lifespan=serving)

    @routes.post("/mcp", include_in_schema=False)
    def answer() -> Response:
        return _Answer(running[0])

    # Each request stands by itself: there is no stream to open and no session to end.
    @routes.api_route("/mcp", methods=["GET", "DELETE"], include_in_schema=False)
    def nothing() -> Response:
        return error(405, "MCP 请用 POST。", "method_not_allowed", headers={"Allow": "POST"})

    return routes


def _asker(request: HTTPConnection) -> tuple[Caller, str]:
    return caller_of(request), home_of(request)


class _Answer(Response):
    """What another application answers."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
