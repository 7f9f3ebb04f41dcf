"""``/api/search`` and ``/api/documents``: what the documents say, as it stands in them."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from bot.web.api import shape
from bot.web.api.clerk import Clerk
from bot.web.api.forms import (
    LONGEST_QUESTION,
    MOST_HITS,
    Documents,
    Name,
    Opened,
    OpenedSection,
    Passages,
    Search,
    Within,
    Year,
)
from bot.web.api.route import ERRORS, ProgramRoute, caller_of, home_of
from bot.web.documents import Filter
from bot.web.programs import error
from index.document import Document, Scope
from index.search import encodable

MOST_DOCUMENTS = 200
_FURTHEST = 10_000_000
_NO_DOCUMENT = "现在的索引里没有这份文件：它可能已经换成新的版本，请从 /api/documents 里找。"
_NO_SECTION = "这份文件里没有这个条目：条目的名称见 /api/documents/文件编号 里的 section。"


def router(clerk: Clerk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(route_class=ProgramRoute, tags=["原文"], responses=ERRORS)

    def found(request: Request, query: str, scope: Scope, limit: int) -> dict[str, Any]:
        home = home_of(request)
        with clerk.entered(caller_of(request)), clerk.site.serving.base() as base:
            hits = base.index.search(encodable(query), scope, limit)
            return {"passages": [shape.passage(hit, home) for hit in hits]}

    @routes.post("/api/search", response_model=Passages, summary="检索", operation_id="search")
    def search(request: Request, wanted: Search) -> Response:
        """返回与问题最相关的原文段落和得分，不作回答。"""
        return JSONResponse(found(request, wanted.query, wanted.scope.scope(), wanted.limit))

    @routes.get("/api/search", response_model=Passages, summary="检索（GET）", operation_id="search_by_get")
    def search_by_get(
        request: Request,
        query: Annotated[str, Query(min_length=1, max_length=LONGEST_QUESTION, description="要查的内容")],
        place: Annotated[list[Name], Query(max_length=50, description="地方，可写多个")] = [],  # noqa: B006
        year: Annotated[list[Year], Query(max_length=50, description="年份，可写多个")] = [],  # noqa: B006
        document: Annotated[list[Name], Query(max_length=50, description="文件编号，可写多个")] = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=MOST_HITS, description="至多返回几段")] = 10,
    ) -> Response:
        """与 POST 相同，参数写在网址里。"""
        within = Within(places=place, years=year, documents=document)
        return JSONResponse(found(request, query, within.scope(), limit))

    @routes.get("/api/documents", response_model=Documents, summary="文件列表", operation_id="documents")
    def documents(
        request: Request,
        text: Annotated[Name, Query(description="标题、机关、文号、文件名里的字")] = "",
        place: Annotated[Name, Query(description="地方")] = "",
        year: Annotated[int, Query(ge=0, le=9999, description="年份，0 为不限")] = 0,
        offset: Annotated[int, Query(ge=0, le=_FURTHEST, description="从第几份起")] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_DOCUMENTS, description="至多返回几份")] = 50,
    ) -> Response:
        """返回收录的文件，可以按字、地方、年份筛选。"""
        wanted, home = Filter(text, place, year), home_of(request)
        with clerk.site.serving.base() as base:
            held = [one for one in base.documents.values() if wanted.admits(one)]
        listed = [shape.document(one, home) for one in held[offset : offset + limit]]
        return JSONResponse({"total": len(held), "documents": listed})

    def held(document_id: str) -> Document | None:
        with clerk.site.serving.base() as base:
            return base.documents.get(document_id)

    identity = Path(description="文件编号，即列表、依据和检索结果里的 id 或 document_id", max_length=200)

    @routes.get(
        "/api/documents/{document_id}", response_model=Opened, summary="打开文件", operation_id="document"
    )
    def document(request: Request, document_id: Annotated[str, identity]) -> Response:
        """返回一份文件的信息和条目，不含原文。"""
        one, home = held(document_id), home_of(request)
        if one is None:
            return error(404, _NO_DOCUMENT, "not_found", "document_id")
        return JSONResponse({"document": shape.document(one, home), "sections": shape.outline(one, home)})

    @routes.get(
        "/api/documents/{document_id}/sections/{section:path}",
        response_model=OpenedSection,
        summary="打开条目",
        operation_id="section",
    )
    def section(
        request: Request,
        document_id: Annotated[str, identity],
        section: Annotated[str, Path(description="条目的名称，例如 一·(一)", max_length=500)],
    ) -> Response:
        """返回一个条目的原文、上级标题和下级条目的名称。"""
        one = held(document_id)
        if one is None:
            return error(404, _NO_DOCUMENT, "not_found", "document_id")
        opened = shape.opened(one, section, home_of(request))
        if opened is None:
            return error(404, _NO_SECTION, "not_found", "section")
        return JSONResponse(opened)

    return routes
