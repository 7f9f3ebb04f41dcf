"""A site with a tiny real index, to change: its documents, its index, what serves it, its library.

``python -m tests.sites FOLDER`` serves its operators' pages and those of its documents, behind the real
doors, on a free port of 127.0.0.1.
"""

import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

import bot.web
from bot.library import Library
from bot.serving import Serving
from bot.state.database import State
from bot.state.records import Person, Role
from bot.web import viewer
from bot.web.front import protect
from bot.web.operator import router
from bot.web.server import serve
from bot.web.site import Site
from index.build import build
from index.derive import check_stores, write_stores
from index.document import Document
from index.report import BuildReport, Progress
from index.search import open_index
from tests.folders import built

STATIC = Path(bot.web.__file__).with_name("static")


@dataclass
class SmallSite:
    """A copy of the plans, indexed and served. ``noted`` are the sources that came to serve, swap by swap."""

    home: Path
    serving: Serving
    noted: list[list[str]] = field(default_factory=list)

    @property
    def documents(self) -> Path:
        """The documents folder."""
        return self.home / "documents"

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.home / "index"

    def library(self) -> Library:
        """Open the library, as a start of the site does."""
        return Library(self.documents, self.index, self.home / "library", self.serving, swapped=self.note)

    def note(self, documents: Iterable[Document]) -> None:
        """Note what serves now."""
        self.noted.append([document.source for document in documents])

    def answering(self) -> list[str]:
        """The sources that answer now."""
        with self.serving.base() as base:
            return [document.source for document in base.documents.values()]

    def tree(self) -> dict[str, bytes]:
        """Every file of the documents folder, hidden ones too, with its bytes."""
        files = (path for path in self.documents.rglob("*") if path.is_file())
        return {path.relative_to(self.documents).as_posix(): path.read_bytes() for path in files}


@contextmanager
def small_site(home: Path) -> Iterator[SmallSite]:
    """Open a site in a folder of its own."""
    documents, index = built()
    shutil.copytree(documents, home / "documents")
    shutil.copytree(index, home / "index")
    serving = Serving.of(open_index(home / "index"))
    try:
        yield SmallSite(home, serving)
    finally:
        rebuilt()
        serving.close()


def rebuilt() -> None:
    """Wait until no rebuild runs."""
    for thread in threading.enumerate():
        if thread.name == "rebuild":
            thread.join(120)
            assert not thread.is_alive()


def build_here(
    documents: Path, index: Path, model: str | None, progress: Callable[[Progress], None]
) -> BuildReport:
    """Build as ``build_apart`` does, in this process: the new ones cost seconds a test."""
    return build(documents, index, model, progress)


def derive_here(generation: Path, base: Path | None = None) -> None:
    """Write and check the stores in this process."""
    write_stores(*filter(None, [generation, base]))
    check_stores(*filter(None, [generation, base]))


def web_site(small: SmallSite, state: State, folder: bool = True) -> Site:
    """The same site as the web has it."""
    return Site(small.serving, state, small.index, small.documents if folder else None)


def operators_app(site: Site, role: Role = Role.OPERATOR) -> FastAPI:
    """The operators' pages alone, with the files they use, as somebody of a role sees them."""
    app = FastAPI()
    app.mount("/youju", StaticFiles(directory=STATIC), name="static")
    app.include_router(router(site))
    app.add_middleware(_As, person=Person("王五", role, signed_in=True))
    return app


class _As:
    """ASGI middleware in the place of ``bot.web.access``: everybody is one person."""

    def __init__(self, app: ASGIApp, person: Person) -> None:
        self._app = app
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["person"] = self._person
        await self._app(scope, receive, send)


if __name__ == "__main__":
    with small_site(Path(sys.argv[1])) as opened:
        site = web_site(opened, State(str(opened.home / "state.sqlite")))
        pages = FastAPI()
        pages.mount("/youju", StaticFiles(directory=STATIC), name="static")
        for routes in (router(site), viewer.router(site)):
            pages.include_router(routes)
        protect(pages, site)
        serve(pages, "127.0.0.1", 0)
