"""One question looked at, and saved as a case for evaluation."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from bot.cases import UNANSWERABLE, CaseRefusedError, Gold, SavedCase, facts_of
from bot.conversation import Citation, Kind
from bot.web.desk import Desk, back, operators_router, said, shown
from bot.web.links import BETWEEN, citation_link
from index.document import Document

ANSWER, REFUSE = "answer", "refuse"
BLANK = 1  # places that can be added by hand


def router(desk: Desk) -> APIRouter:
    """Return the routes of single questions and of the cases made of them."""
    routes = operators_router()

    @routes.get("/questions/{number:int}")
    def look(request: Request, number: int) -> Response:
        asked = desk.site.state.questions.get(number)
        with desk.site.serving.base() as base:
            question = base.engine.understand(asked.question)
            documents = base.documents
        places = [_place(citation) for citation in _sections(asked.answer.citations)]
        return shown(
            request,
            "operator_question.html",
            asked=asked,
            cited=[(c, citation_link(documents.get(c.document_id), c)) for c in asked.answer.citations],
            places=[*places, *[("", "", "")] * BLANK],
            sources=sorted({document.source for document in documents.values()}),
            kinds=[str(kind) for kind in Kind],
            kind=str(question.kind),
            asked_in=question.language,
            every=len(places) > 1,
        )

    @routes.post("/questions/{number:int}/case")
    def save(
        number: int,
        question: Annotated[str, Form()],
        language: Annotated[str, Form()],
        kind: Annotated[str, Form()],
        expected: Annotated[str, Form()],
        need: Annotated[str, Form()] = "any",
        note: Annotated[str, Form()] = "",
        source: Annotated[list[str], Form()] = [],  # noqa: B006
        path: Annotated[list[str], Form()] = [],  # noqa: B006
        facts: Annotated[list[str], Form()] = [],  # noqa: B006
    ) -> Response:
        desk.site.state.questions.get(number)
        gold: tuple[Gold, ...] = ()
        if expected == ANSWER:
            with desk.site.serving.base() as base:
                gold = _gold(base.documents, source, path, facts)
            if not gold:
                raise CaseRefusedError("没有写出依据：应回答的题至少要有一处文件、条目和要点。请返回补上。")
        if not question.strip() or language not in ("zh", "en") or kind not in list(Kind):
            raise CaseRefusedError("问题、语言或类型没有写全。请返回补上。")
        desk.cases.add(
            SavedCase(
                question.strip(), language, kind if gold else UNANSWERABLE, gold, need == "all", note.strip()
            )
        )
        return back("case", "/operator/cases")

    @routes.get("/cases")
    def cases(request: Request) -> Response:
        return shown(request, "operator_cases.html", cases=desk.cases.all(), said=said(request))

    @routes.get("/cases.jsonl")
    def download() -> Response:
        return Response(
            desk.cases.content(),
            media_type="application/jsonl",
            headers={
                "Content-Disposition": 'attachment; filename="cases.jsonl"',
                "Cache-Control": "no-store",
            },
        )

    return routes


def _sections(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Return the citations of each section together."""
    found: dict[tuple[str, tuple[str, ...]], list[Citation]] = {}
    for citation in citations:
        found.setdefault((citation.source, citation.path), []).append(citation)
    return list(found.values())


def _place(citations: Sequence[Citation]) -> tuple[str, str, str]:
    """Return what the form holds of a section: file, path, and the words cited as facts."""
    first = citations[0]
    facts = "\n".join(" ".join(citation.quote.split()).replace("|", " ") for citation in citations)
    return first.source, BETWEEN.join(first.path), facts


def _gold(
    documents: Mapping[str, Document], sources: Sequence[str], paths: Sequence[str], facts: Sequence[str]
) -> tuple[Gold, ...]:
    """Return the places that were filled in; raise CaseRefusedError where one is not to be found."""
    places = []
    for source, path, written in zip(sources, paths, facts, strict=False):
        groups = facts_of(written)
        if not source.strip() or not groups:  # left blank, or taken out by clearing its facts
            continue
        home = [document for document in documents.values() if document.source == source.strip()]
        known = {
            _same(BETWEEN.join(document.cited_path(section))): document.cited_path(section)
            for document in home
            for section in document.sections
        }
        if not home:
            raise CaseRefusedError(f"没有收录文件“{source.strip()}”。请返回改正。")
        if path.strip() and _same(path) not in known:
            raise CaseRefusedError(
                f"“{source.strip()}”里没有条目“{path.strip()}”。请写成“{BETWEEN.join(next(iter(known.values())))}”这样。"
            )
        places.append(Gold(source.strip(), known.get(_same(path), ()), groups))
    return tuple(places)


def _same(path: str) -> str:
    return "".join(path.split())
