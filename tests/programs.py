"""A running service for the tests of other programs: a real index or a fake engine, real doors, real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from bot.llm import Llm
from bot.serving import Serving
from bot.settings import Access, SignIn
from bot.web.api.routes import router
from bot.web.front import protect
from bot.web.site import Site
from index.build import build
from index.search import open_index
from tests.bases import write_documents
from tests.page_fakes import FakeEngine, FakeServing
from tests.sites import small_site
from tests.web_site import access, state_in
from tests.wecom_emulator.serving import served

QUESTION = "青禾县常务会议每年学法不少于几次？"
FACT = "县政府常务会议每年学法不少于4次，由司法局负责。"
FOLLOW_UP = "云溪县呢？"
FOLLOWED = "不少于5次"


@dataclass
class Running:
    """A service at an address."""

    url: str
    site: Site

    def key(self, name: str = "office", per_minute: int | None = None) -> str:
        """Make a key."""
        return self.site.state.keys.add(name, per_minute)

    def client(self, key: str = "", **more: Any) -> httpx.Client:  # noqa: ANN401 - httpx's options
        """A program that talks to it, with a key where one is given."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, **more)


def program_app(site: Site) -> FastAPI:
    """Return what is there for programs behind the doors of a site, without pages."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(router(site))
    protect(app, site)
    return app


@contextmanager
def real_service(
    folder: Path, sign_in: SignIn = SignIn.OFF, asks_per_minute: int = 10_000
) -> Iterator[Running]:
    """Serve the three plans of the index tests."""
    with small_site(folder) as small:
        yield from _running(folder, small.serving, small.index, access(sign_in), asks_per_minute)


@contextmanager
def model_service(folder: Path, llm: Llm) -> Iterator[Running]:
    """Serve two documents with a language model that writes the answers."""
    build(write_documents(folder / "documents"), folder / "index")
    serving = Serving.of(open_index(folder / "index"), llm)
    try:
        yield from _running(folder, serving, folder / "index", access(SignIn.OFF), 10_000)
    finally:
        serving.close()


@contextmanager
def fake_service(
    folder: Path, engine: FakeEngine, sign_in: SignIn = SignIn.OFF, asks_per_minute: int = 10_000
) -> Iterator[Running]:
    """Serve an engine whose answers grow slowly, fail or refuse, by the words of the question."""
    serving: Any = FakeServing(engine)
    yield from _running(folder, serving, folder, access(sign_in), asks_per_minute)


def _running(
    folder: Path, serving: Serving, index: Path, settings: Access, asks_per_minute: int
) -> Iterator[Running]:
    state = state_in(folder)
    site = Site(serving, state, index, asks_per_minute=asks_per_minute, access=settings)
    try:
        with served(program_app(site)) as url:
            yield Running(url, site)
    finally:
        state.close()
