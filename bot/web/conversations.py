"""The routes of conversations: the list at the side, what is copied, exported and said of an answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from bot.conversation import Citation
from bot.export import markdown, word
from bot.render import plain
from bot.state.errors import Missing, Unacceptable
from bot.state.records import Conversation, KeptTurn, Reason
from bot.web.evidence import evidence
from bot.web.links import citation_link
from bot.web.pages import language_of, page
from bot.web.site import Site, person_of
from index.errors import YoujuError
from prompts import interface

MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
}
LONGEST_TITLE = 100
LONGEST_WORDS = 2000  # of what is said of an answer


class Vote(BaseModel):
    """A thumb: up or down, and of one that points down why."""

    good: bool
    reason: Reason | None = None
    words: str = Field("", max_length=LONGEST_WORDS)


class Title(BaseModel):
    """The name a person gives a conversation."""

    title: str = Field(min_length=1, max_length=LONGEST_TITLE)


def router(site: Site) -> APIRouter:
    """Return the routes. Each sees only what belongs to the person who asks for it."""
    routes = APIRouter(prefix="/conversations")
    kept = site.state.conversations

    def turn_of(request: Request, identity: str, asked: int) -> tuple[int, KeptTurn] | None:
        """Return a turn and its position in the conversation, from one."""
        turns = kept.turns(person_of(request).name, identity)
        return next(((n, turn) for n, turn in enumerate(turns, 1) if turn.asked == asked), None)

    @routes.get("")
    def listed(request: Request, search: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
        """Return the person's conversations as a piece of a page, those that hold the words searched for;
        one in which nothing was asked yet is not listed.
        """
        words, trouble = " ".join(search.split()), ""
        found: tuple[Conversation, ...] = ()
        try:
            found = tuple(one for one in kept.of(person_of(request).name, words) if one.title)
        except YoujuError as error:
            trouble = str(error)
        groups = grouped(found, datetime.now(UTC))
        return page(request, "talks.html", groups=groups, words=words, trouble=trouble)

    @routes.post("/{identity}/title")
    def rename(request: Request, identity: str, title: Title) -> Response:
        try:
            kept.rename(person_of(request).name, identity, " ".join(title.title.split()))
        except YoujuError as error:
            return _refused(error)
        return Response(status_code=204)

    @routes.delete("/{identity}")
    def delete(request: Request, identity: str) -> Response:
        try:
            kept.delete(person_of(request).name, identity)
        except YoujuError as error:
            return _refused(error)
        return Response(status_code=204)

    @routes.get("/{identity}/export.{kind}")
    def exported(request: Request, identity: str, kind: Literal["docx", "md"]) -> Response:
        """Return a conversation as a file; its citations lead back to this site."""
        owner, language = person_of(request).name, language_of(request)
        here = str(request.base_url).rstrip("/")
        try:
            title = kept.get(owner, identity).title
            turns = [one.turn for one in kept.turns(owner, identity)]
        except YoujuError as error:
            return _refused(error)
        with site.serving.base() as base:

            def link(citation: Citation) -> str:
                return here + citation_link(base.documents.get(citation.document_id), citation)

            write = word if kind == "docx" else markdown
            content: str | bytes = write(title, turns, link, language)
        name = quote(f"{title or 'youju'}.{kind}", safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
        return Response(content, 200, headers, MEDIA[kind])

    @routes.get("/{identity}/turns/{asked}/plain")
    def copied(request: Request, identity: str, asked: int) -> Response:
        """Return an answer with its citations as text to paste."""
        try:
            found = turn_of(request, identity, asked)
        except YoujuError as error:
            return _refused(error)
        return PlainTextResponse(plain(found[1].turn.answer)) if found else _missing()

    @routes.get("/{identity}/turns/{asked}/evidence")
    def cards(request: Request, identity: str, asked: int) -> Response:
        """Return the citations of an answer as a piece of a page."""
        try:
            found = turn_of(request, identity, asked)
        except YoujuError as error:
            return _refused(error)
        if not found:
            return _missing()
        number, turn = found[0], found[1].turn
        words = interface(language_of(request))
        with site.serving.base() as base:
            html = evidence(number, turn.question.text, turn.answer, base.documents, words)
        return HTMLResponse(html, headers={"Cache-Control": "no-store"})

    @routes.post("/{identity}/turns/{asked}/feedback")
    def vote(request: Request, identity: str, asked: int, given: Vote) -> Response:
        person = person_of(request).name
        try:
            if not turn_of(request, identity, asked):
                return _missing()
            reason = None if given.good else given.reason
            site.state.feedback.give(asked, person, given.good, reason, given.words.strip())
            site.meter.judged(given.good)
        except YoujuError as error:
            return _refused(error)
        return Response(status_code=204)

    return routes


def grouped(found: Sequence[Conversation], now: datetime) -> list[tuple[str, list[Conversation]]]:
    """Return conversations, last changed first, under the words for the days they were changed on."""
    today = now.astimezone().date()
    groups: dict[str, list[Conversation]] = {}
    for conversation in found:
        days = (today - conversation.changed.astimezone().date()) // timedelta(days=1)
        name = next((n for n, d in (("today", 0), ("yesterday", 1), ("week", 7)) if days <= d), "earlier")
        groups.setdefault(f"chat_{name}", []).append(conversation)
    return list(groups.items())


def _missing() -> JSONResponse:
    return JSONResponse({"error": "没有这一轮问答，可能已经删除或重新回答过。"}, status_code=404)


def _refused(error: YoujuError) -> JSONResponse:
    status = {Missing: 404, Unacceptable: 422}.get(type(error), 503)
    return JSONResponse({"error": str(error)}, status_code=status)
