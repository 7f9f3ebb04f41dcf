"""What the operators' pages share: what they work on, who may see them, how errors are told."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, APIRouter

from bot.cases import CaseBook
from bot.library import Library
from bot.rebuild import BusyError
from bot.staging import NotStagedError, TooLargeError
from bot.state.errors import Missing
from bot.web.access import operator_only
from bot.web.pages import language_of, page
from bot.web.shown import moment, size
from bot.web.site import Site
from index.errors import YoujuError
from prompts import interface

STATUS: dict[type[YoujuError], int] = {BusyError: 409, NotStagedError: 404, Missing: 404, TooLargeError: 413}


@dataclass(frozen=True)
class Desk:
    """What operators work on. ``library`` is None where the site has no folder of documents."""

    site: Site
    library: Library | None
    cases: CaseBook

    @classmethod
    def of(cls, site: Site) -> "Desk":
        """Open the desk of a site; what operators do is kept in a folder beside the index."""
        home = site.index.with_name(f"{site.index.name}-library")
        library = None
        if site.folder is not None:
            noted = site.state.seen.note
            library = Library(site.folder, site.index, home, site.serving, site.model, noted)
        return cls(site, library, CaseBook(home / "cases.jsonl"))


class TellingRoute(APIRoute):
    """A route whose YoujuErrors are told as they stand: on a page, as JSON to programs."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's handler with the telling around it."""
        handler = super().get_route_handler()

        async def telling(request: Request) -> Response:
            try:
                return await handler(request)
            except YoujuError as error:
                return problem(request, error)

        return telling


def operators_router() -> APIRouter:
    """Return a router for pages that operators alone may see."""
    return APIRouter(
        prefix="/operator",
        route_class=TellingRoute,
        dependencies=[Depends(operator_only)],
        default_response_class=Response,
    )


def shown(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """Return a page of a template that can also write moments and sizes."""
    return page(request, template, status, moment=moment, size=size, **values)


def problem(request: Request, error: YoujuError) -> Response:
    """Tell what went wrong, in the words of the error."""
    status = STATUS.get(type(error), 422)
    if wants_json(request):
        return JSONResponse({"error": str(error)}, status)
    return shown(request, "operator_problem.html", status, problems=[str(error)])


def wants_json(request: Request) -> bool:
    """Tell whether a script of our pages asks, which shows the answer by itself."""
    return "application/json" in request.headers.get("accept", "")


def back(what: str, to: str = "/operator") -> Response:
    """Go back to a page that says what is done, by the name of a sentence of the interface."""
    return RedirectResponse(f"{to}?done={what}", status_code=303)


def said(request: Request) -> str:
    """Return the sentence on what is done, "" where there is none."""
    words = interface(language_of(request))
    return words.get(f"op_done_{request.query_params.get('done', '')}", "")
