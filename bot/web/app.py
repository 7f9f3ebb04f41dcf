"""The whole web application, put together: pages, routes, the chat, and what stands in front of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from bot.web import conversations, documents, front, operator, viewer
from bot.web.api import routes as api
from bot.web.chat import mount
from bot.web.events import Events, Offers
from bot.web.limits import Limits
from bot.web.page import NAME
from bot.web.server import PATIENCE
from bot.web.shell import MOUNTS, Shell
from bot.web.site import Site
from bot.web.talks import Talks
from prompts import interface

STATIC = Path(__file__).with_name("static")
PAGES = (api, conversations, documents, operator, viewer)


def build_app(site: Site, offers: Offers, channels: Sequence[APIRouter] = ()) -> FastAPI:
    """Return the application that serves a site. Not to be called where an event loop runs.

    ``offers`` is what the chat offers to ask, ``channels`` are routes of other ways to ask.
    """

    # Inside a loop, because Gradio opens one for each lock it makes outside and never closes it.
    async def assembled() -> FastAPI:
        return _assemble(site, offers, channels)

    return asyncio.run(assembled())


def _assemble(site: Site, offers: Offers, channels: Sequence[APIRouter]) -> FastAPI:
    talks = Talks(site, Limits(site.asks_per_minute))

    @asynccontextmanager
    async def ending(_: FastAPI) -> AsyncIterator[None]:
        yield
        # Whoever stops the service closes the state after this: what is under way is kept before.
        await run_in_threadpool(talks.finish, PATIENCE)

    app = FastAPI(title=NAME, lifespan=ending, docs_url=None, redoc_url=None, openapi_url=None)
    for module in PAGES:
        app.include_router(module.router(site))
    for channel in channels:
        app.include_router(channel)
    app.mount("/youju", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Shell)  # innermost; what is added after it stands around it
    front.protect(app, site)
    # The longest path first: what is mounted at / takes everything.
    for language, path in sorted(MOUNTS.items(), key=lambda entry: -len(entry[1])):
        words = interface(language)
        app = mount(app, Events(talks, offers, words), words, path)
    return app
