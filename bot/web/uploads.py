"""Files on their way in: uploaded, looked at as a build would read them, published or discarded."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.library import Library
from bot.outline import outline
from bot.staging import UploadError
from bot.web.desk import back, operators_router, shown, wants_json
from bot.web.pages import language_of
from bot.web.receive import receive
from prompts import interface

MOST_SECTIONS = 1_000  # of a document, shown in its outline


def router(library: Library) -> APIRouter:
    """Return the routes of files that wait to be published."""
    routes = operators_router()

    @routes.post("/upload")
    async def upload(request: Request, replaces: str = "") -> Response:
        received = await receive(request, library, replaces)
        if not received.staged and not received.problems:
            raise UploadError("没有收到文件：请先选好文件再上传。")
        status = 413 if received.too_large else 422 if received.problems else 200
        if wants_json(request):
            names = [staged.name for staged in received.staged]
            return JSONResponse({"staged": names, "problems": received.problems}, status)
        if received.problems:
            return await run_in_threadpool(
                shown, request, "operator_problem.html", status, problems=received.problems
            )
        return back("uploaded")

    @routes.get("/staged/{identity}")
    def look(request: Request, identity: str) -> Response:
        staged = library.staging.get(identity)
        documents = [
            (document, outline(document, MOST_SECTIONS), len(document.sections) - MOST_SECTIONS)
            for document in library.staging.preview(identity).documents
        ]
        return shown(
            request,
            "operator_staged.html",
            staged=staged,
            documents=documents,
            effect=library.effects([staged])[0],
        )

    @routes.post("/publish")
    def publish(request: Request, chosen: Annotated[list[str], Form()] = []) -> Response:  # noqa: B006
        _need(request, chosen)
        published = library.publish(chosen)
        if published.problems:
            return shown(request, "operator_problem.html", 422, problems=published.problems)
        return back("published")

    @routes.post("/discard")
    def discard(request: Request, chosen: Annotated[list[str], Form()] = []) -> Response:  # noqa: B006
        _need(request, chosen)
        for identity in chosen:
            library.staging.discard(identity)
        return back("discarded")

    return routes


def _need(request: Request, chosen: list[str]) -> None:
    if not chosen:
        raise UploadError(interface(language_of(request))["op_choose_first"])
