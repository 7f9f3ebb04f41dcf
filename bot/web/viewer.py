"""``/d/<document>``: a whole document, at the clause a link points to, cleaned or as its file has it."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from bot.serving import Base
from bot.web.contents import outline
from bot.web.links import document_link
from bot.web.original import Original
from bot.web.page import shorten, years
from bot.web.pages import language_of, page
from bot.web.pieces import Layers
from bot.web.sheet import Part, cleaned_parts, raw_parts
from bot.web.site import Site
from index.document import Document
from prompts import interface

LARGE = 300  # sections from which on the browser draws only those in sight
_QUOTE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")


def router(site: Site) -> APIRouter:
    """Return the routes of a document's page."""
    routes = APIRouter()

    @routes.get("/d/{document_id}")
    def document(request: Request, document_id: str, text: str = "", q: str = "") -> HTMLResponse:
        with site.serving.base() as base:
            found = base.documents.get(document_id)
            if found is None:
                return _elsewhere(request, site, base, document_id)
            return _shown(request, base, found, raw=text == "raw", quoted=_quote(q, found))

    @routes.get("/d/{document_id}/original.txt")
    def original(request: Request, document_id: str) -> Response:
        with site.serving.base() as base:
            found = base.documents.get(document_id)
            if found is None:
                return _elsewhere(request, site, base, document_id)
            name = quote(f"{found.source.rsplit('/', 1)[-1].rsplit('.', 1)[0]}.txt", safe="")
            headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
            return Response(found.raw.encode("utf-8", "replace"), 200, headers, "text/plain; charset=utf-8")

    return routes


def _quote(q: str, document: Document) -> tuple[int, int] | None:
    """Read which characters to mark; None where the words name none of the document's."""
    named = _QUOTE.fullmatch(q)
    start, end = (int(named[1]), int(named[2])) if named else (0, 0)
    return (start, end) if start < end <= len(document.text) else None


def _shown(
    request: Request, base: Base, document: Document, *, raw: bool, quoted: tuple[int, int] | None
) -> HTMLResponse:
    original = Original.of(base, document)
    if raw:
        marked = original.raw_quote(*quoted) if quoted else None
        layers = Layers(original.raw_marks, marked)
        parts = raw_parts(document, document.raw, original.bounds, original.left_out, layers)
    else:
        parts = cleaned_parts(document, Layers(original.cleaned_marks, quoted))
    home = document_link(document.id)
    kept = f"q={quoted[0]}-{quoted[1]}" if quoted else ""
    return page(
        request,
        "document.html",
        document=document,
        years=years(document.years),
        siblings=[(document_link(other.id), other) for other in original.siblings if other is not document],
        report=original.report,
        raw=raw,
        parts=_linked(parts),
        outline=outline(document),
        large=len(document.sections) > LARGE,
        quoted=quoted is not None,
        home=home,
        cleaned_link=f"{home}?{kept}" if kept else home,
        raw_link=f"{home}?text=raw{'&' + kept if kept else ''}",
    )


def _linked(parts: Iterator[Part]) -> Iterator[tuple[Part, str]]:
    """Put beside each section its anchor as a link writes it."""
    return ((part, quote(part.anchor, safe="")) for part in parts)


def _elsewhere(request: Request, site: Site, base: Base, document_id: str) -> HTMLResponse:
    """Say where a document is that the index does not hold: replaced by another version, or nowhere."""
    known = site.state.seen.source(document_id)
    words = interface(language_of(request))
    if known is None:
        return page(request, "message.html", 404, title=words["missing_title"], text=words["viewer_unknown"])
    source, part = known
    present = [document for document in base.documents.values() if document.source == source]
    present = [document for document in present if document.part == part] or present
    if not present:
        text = words["viewer_removed"].format(source=shorten(source, 80))
        return page(request, "message.html", 404, title=words["missing_title"], text=text)
    links = [(document_link(document.id), document) for document in present]
    return page(request, "replaced.html", 404, source=source, links=links)
