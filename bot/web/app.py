"""The whole web application, put together: pages, routes, the chat, and what stands in front of them."""

import asyncio
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.web import conversations
from bot.web.chat import Suggestions, mount
from bot.web.guard import Guard
from bot.web.page import NAME
from bot.web.shell import MOUNTS, Shell
from bot.web.site import Site
from bot.web.talks import Talks

STATIC = Path(__file__).with_name("static")


def build_app(site: Site, talks: Talks, suggestions: Suggestions) -> FastAPI:
    """Return the application that serves a site. Not to be called where an event loop runs.

    ``talks`` takes the questions of the chat; ``suggestions`` is what it offers to ask.
    """

    # Inside a loop, because Gradio opens one for each lock it makes outside and never closes it.
    async def assembled() -> FastAPI:
        return _assemble(site, talks, suggestions)

    return asyncio.run(assembled())


def _assemble(site: Site, talks: Talks, suggestions: Suggestions) -> FastAPI:
    app = FastAPI(title=NAME, docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(conversations.router(site))
    app.mount("/youju", StaticFiles(directory=STATIC), name="static")
    # The last one added is the outermost.
    app.add_middleware(Shell)
    app.add_middleware(Guard)
    # The longest path first: what is mounted at / takes everything.
    for language, path in sorted(MOUNTS.items(), key=lambda entry: -len(entry[1])):
        app = mount(app, talks, suggestions, language, path)
    return app
