"""The operators' pages: the documents of the site; with those of files on their way in and of insights."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from bot.folder import FolderError
from bot.library import Library
from bot.shelf import Held, Standing
from bot.web import cases, insights, uploads
from bot.web.desk import Desk, back, operators_router, said, shown
from bot.web.receive import MOST
from bot.web.site import Site
from index.load import FORMATS, LARGEST, printable

PER_PAGE = 50
PROBLEMS = (Standing.LEFT_OUT, Standing.WAITING, Standing.GONE)
TAKEN = {
    "formats": "、".join(sorted(suffix[1:] for suffix in FORMATS)),
    "accept": ",".join(sorted(FORMATS)),
    "megabytes": LARGEST // 1024 // 1024,
    "most": MOST,
}


def router(site: Site) -> APIRouter:
    """Return the routes of the operators' pages."""
    desk = Desk.of(site)
    routes = APIRouter()
    routes.include_router(insights.router(desk))
    routes.include_router(cases.router(desk))
    if desk.library is None:
        routes.include_router(_closed())
    else:
        routes.include_router(uploads.router(desk.library))
        routes.include_router(_documents(desk.library))
    return routes


def _closed() -> APIRouter:
    routes = operators_router()

    @routes.get("")
    def explain(request: Request) -> Response:
        return shown(request, "operator_closed.html")

    return routes


def _documents(library: Library) -> APIRouter:
    routes = operators_router()

    @routes.get("")
    def overview(request: Request, q: str = "", show: str = "", page: int = 1) -> Response:
        held = library.held()
        found = [one for one in held if _wanted(one, q, show)]
        pages = max(1, -(-len(found) // PER_PAGE))
        page = min(max(page, 1), pages)
        return shown(
            request,
            "operator.html",
            said=said(request),
            made=library.made(),
            former=library.former(),
            rolled_back=library.rolled_back(),
            work=library.work,
            answering=sum(bool(one.documents) for one in held),
            documents=sum(len(one.documents) for one in held),
            waiting=sum(one.standing in (Standing.WAITING, Standing.GONE) for one in held),
            effects=library.effects(library.staging.all()),
            files=found[(page - 1) * PER_PAGE : page * PER_PAGE],
            q=q,
            show=show,
            page=page,
            pages=pages,
            taken=TAKEN,
        )

    @routes.get("/replace")
    def choose(request: Request, source: str) -> Response:
        return shown(request, "operator_replace.html", source=_one(library, source).source, taken=TAKEN)

    @routes.get("/remove")
    def sure(request: Request, source: str) -> Response:
        return shown(request, "operator_remove.html", held=_one(library, source))

    @routes.post("/remove")
    def remove(source: Annotated[str, Form()]) -> Response:
        library.remove(source)
        return back("removed")

    @routes.post("/rebuild")
    def rebuild() -> Response:
        library.rebuild()
        return back("rebuilding")

    @routes.get("/progress")
    def progress() -> Response:
        work = library.work
        told = {"running": work.running, "stage": work.stage, "done": work.done, "total": work.total}
        return JSONResponse({**told, "failed": work.failed, "words": work.words})

    @routes.get("/rollback")
    def compare(request: Request) -> Response:
        rolled_back = library.rolled_back()
        change = library.difference()
        return shown(request, "operator_rollback.html", difference=change, rolled_back=rolled_back)

    @routes.post("/rollback")
    def roll_back() -> Response:
        library.roll_back()
        return back("rolled_back" if library.rolled_back() else "rolled_forward")

    @routes.get("/kept")
    def kept(request: Request) -> Response:
        return shown(request, "operator_kept.html", kept=library.kept())

    @routes.post("/restore")
    def restore(chosen: Annotated[str, Form()]) -> Response:
        library.restore(chosen)
        return back("restored")

    return routes


def _wanted(held: Held, words: str, show: str) -> bool:
    if show == "problems" and held.standing not in PROBLEMS and not (held.report and held.report.warnings):
        return False
    names = [held.source, *(document.title for document in held.documents)]
    return any(words.strip().lower() in name.lower() for name in names)


def _one(library: Library, source: str) -> Held:
    found = next((held for held in library.held() if held.source == source and held.size is not None), None)
    if found is None:
        raise FolderError(f"文件夹里没有“{printable(source)}”，可能已经移除。请刷新页面。")
    return found
