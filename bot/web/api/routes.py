"""Everything that is there for programs, put together, and the document that describes it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from bot.web.api import agents, completions, holdings, questions
from bot.web.api.clerk import Clerk
from bot.web.api.route import not_found
from bot.web.page import NAME
from bot.web.server import PATIENCE
from bot.web.site import Site

_ABOUT = (
    "问政策，答有据：回答都摘自收录的文件，每条依据与原文一字不差；没有依据就不回答。\n\n"
    "除了在本机、没有开启登录时，每个请求都要带密钥：`Authorization: Bearer 密钥`。"
    "密钥由管理员用 `python -m bot keys add 名称` 添加。"
)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def router(site: Site) -> APIRouter:
    """Return everything that is there for programs."""
    clerk = Clerk(site)

    @asynccontextmanager
    async def ending(_: FastAPI) -> AsyncIterator[None]:
        yield
        # Whoever stops the service closes the state after this: what is under way is kept before.
        await run_in_threadpool(clerk.finish, PATIENCE)

    routes = APIRouter(lifespan=ending)
    parts = [module.router(clerk) for module in (questions, holdings, completions)]
    described = [route for part in parts for route in part.routes]
    for part in (*parts, agents.router(clerk)):
        routes.include_router(part)

    @cache
    def document() -> dict[str, Any]:
        description = get_openapi(title=NAME, version="1", description=_ABOUT, routes=described)
        description.setdefault("components", {})["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer", "description": "密钥，以 yj- 开头"}
        }
        return description | {"security": [{"key": []}]}

    @routes.get("/api/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        return JSONResponse(document())

    for path in ("/api", "/api/{rest:path}", "/v1", "/v1/{rest:path}"):

        @routes.api_route(path, methods=_METHODS, include_in_schema=False)
        def elsewhere(request: Request) -> Response:
            return not_found(described, request)

    return routes
