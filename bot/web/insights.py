"""What was asked: how often, what had no answer, what was cited, what people said of the answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.spreadsheet import table
from bot.state.database import State
from bot.web.desk import Desk, operators_router, shown
from bot.web.links import citation_link
from bot.web.pages import language_of
from bot.web.period import CHOICES, Period, period
from bot.web.shown import moment
from index.document import address
from index.errors import YoujuError
from prompts import interface

MOST = 20  # rows of a table on the page
MOST_SAVED = 10_000  # rows of a table in a file
GROUP = ("question", "count", "last")
Rows = tuple[Sequence[str], Sequence[Sequence[str | int]]]  # names of the columns, and what is in them


def router(desk: Desk) -> APIRouter:
    """Return the routes of what was asked."""
    routes = operators_router()
    state = desk.site.state

    @routes.get("/questions")
    def overview(request: Request, start: str = "", end: str = "", days: int = CHOICES[1]) -> Response:
        chosen = period(start, end, days, today())
        feedback = state.feedback.between(chosen.start, chosen.end)
        counts = daily(state, chosen)
        with desk.site.serving.base() as base:
            cited = [
                (citation, citation_link(base.documents.get(citation.document_id), citation), count)
                for citation, count in state.questions.most_cited(chosen.start, chosen.end, MOST)
            ]
        return shown(
            request,
            "operator_questions.html",
            period=chosen,
            choices=CHOICES,
            days=0 if start or end else days,
            counts=counts,
            highest=max(max(asked for _, asked, _ in counts), 1),
            asked=sum(asked for _, asked, _ in counts),
            refused=sum(refused for _, _, refused in counts),
            unanswered=state.questions.unanswered(chosen.start, chosen.end),
            most_asked=state.questions.most_asked(chosen.start, chosen.end, MOST),
            cited=cited,
            feedback=feedback,
            liked=sum(one.good for one in feedback),
            most=MOST,
        )

    @routes.get("/questions/{what}.csv")
    def save(request: Request, what: str, start: str = "", end: str = "", days: int = CHOICES[1]) -> Response:
        chosen = period(start, end, days, today())
        make = TABLES.get(what)
        if make is None:
            raise YoujuError("没有这张表。")
        words = interface(language_of(request))
        head, rows = make(state, chosen, words)
        content = table([words[f"op_csv_{name}"] for name in head], rows)
        name = f"{what}-{chosen.first}-{chosen.last}.csv"
        return Response(
            content.encode("utf-8"),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    return routes


def today() -> date:
    """Return the day it is at the server."""
    return datetime.now().astimezone().date()


def daily(state: State, chosen: Period) -> list[tuple[date, int, int]]:
    """Return every day with how many questions were asked and how many refused."""
    counts = {
        day: (asked, refused) for day, asked, refused in state.questions.daily(chosen.start, chosen.end)
    }
    return [(day, *counts.get(day, (0, 0))) for day in chosen.days]


def _daily_rows(state: State, chosen: Period, _: Mapping[str, str]) -> Rows:
    return ("day", "asked", "refused"), [
        (day.isoformat(), asked, refused) for day, asked, refused in daily(state, chosen)
    ]


def _unanswered_rows(state: State, chosen: Period, _: Mapping[str, str]) -> Rows:
    groups = state.questions.unanswered(chosen.start, chosen.end)
    return GROUP, [(group.question, group.count, moment(group.last)) for group in groups]


def _asked_rows(state: State, chosen: Period, _: Mapping[str, str]) -> Rows:
    groups = state.questions.most_asked(chosen.start, chosen.end, MOST_SAVED)
    return GROUP, [(group.question, group.count, moment(group.last)) for group in groups]


def _cited_rows(state: State, chosen: Period, _: Mapping[str, str]) -> Rows:
    cited = state.questions.most_cited(chosen.start, chosen.end, MOST_SAVED)
    return ("document", "address", "heading", "source", "count"), [
        (citation.document, address(citation.path), citation.heading, citation.source, count)
        for citation, count in cited
    ]


def _feedback_rows(state: State, chosen: Period, words: Mapping[str, str]) -> Rows:
    feedback = state.feedback.between(chosen.start, chosen.end)
    return ("time", "verdict", "reason", "words", "question", "answer", "person"), [
        (
            moment(one.at),
            words["op_good"] if one.good else words["op_bad"],
            words[f"chat_why_{one.reason.name.lower()}"] if one.reason else "",
            one.words,
            one.asked.question,
            one.asked.answer.text,
            one.person,
        )
        for one in feedback
    ]


TABLES: dict[str, Callable[[State, Period, Mapping[str, str]], Rows]] = {
    "daily": _daily_rows,
    "unanswered": _unanswered_rows,
    "asked": _asked_rows,
    "cited": _cited_rows,
    "feedback": _feedback_rows,
}
