"""``/documents``: what the base holds, document by document, and what it could not take in."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from bot.serving import Base
from bot.web.links import document_link
from bot.web.page import years
from bot.web.pages import language_of, page
from bot.web.site import Site
from index.document import Document
from index.report import FileReport
from prompts import interface

LONGEST_WORDS = 200  # characters that are looked for
ROWS = 100  # documents on a page
MOST_LEFT_OUT = 200  # files named that were left out


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents are asked for: those that hold the words, of a place, of a year."""

    words: str = ""
    place: str = ""
    year: int = 0

    @classmethod
    def of(cls, words: str, place: str, year: str) -> "Filter":
        """Read what a form sent."""
        return cls(words.strip()[:LONGEST_WORDS], place, _number(year))

    def admits(self, document: Document) -> bool:
        """Tell whether a document is asked for."""
        held = " ".join((document.title, document.issuer, document.number, document.source)).casefold()
        return (
            all(word in held for word in self.words.casefold().split())
            and self.place in ("", document.place)
            and (not self.year or self.year in document.years)
        )

    def address(self, number: int) -> str:
        """Return the address of a page of what is asked for."""
        named = {"text": self.words, "place": self.place, "year": self.year or "", "page": number}
        return f"/documents?{urlencode({name: value for name, value in named.items() if value})}"


@dataclass(frozen=True, slots=True)
class Row:
    """One document as listed: ``taken`` is the day it was indexed, ``problems`` say what to look at,
    ``notes`` what was put right.
    """

    link: str
    document: Document
    years: str
    taken: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def router(site: Site) -> APIRouter:
    """Return the route of the list of documents."""
    routes = APIRouter()

    @routes.get("/documents")
    def documents(
        request: Request, text: str = "", place: str = "", year: str = "", page: str = ""
    ) -> HTMLResponse:
        with site.serving.base() as base:
            return _listed(request, base, Filter.of(text, place, year), _number(page))

    return routes


def _listed(request: Request, base: Base, asked: Filter, number: int) -> HTMLResponse:
    held = base.documents.values()
    found = [document for document in held if asked.admits(document)]
    pages = max(-(-len(found) // ROWS), 1)
    at = min(max(number, 1), pages)
    words = interface(language_of(request))
    reports = {report.source: report for report in base.reports if report.indexed}
    left_out = [report for report in base.reports if not report.indexed]
    return page(
        request,
        "documents.html",
        asked=asked,
        filtered=asked != Filter(),
        rows=[
            _row(document, reports.get(document.source), words)
            for document in found[(at - 1) * ROWS : at * ROWS]
        ],
        found=len(found),
        total=len(held),
        sections=sum(len(document.sections) for document in held),
        places=sorted({document.place for document in held if document.place}),
        years=sorted({year for document in held for year in document.years}, reverse=True),
        number=at,
        pages=pages,
        before=asked.address(at - 1) if at > 1 else "",
        after=asked.address(at + 1) if at < pages else "",
        left_out=left_out[:MOST_LEFT_OUT],
        left_out_count=len(left_out),
    )


def _row(document: Document, report: FileReport | None, words: Mapping[str, str]) -> Row:
    """Put together what is listed of a document; ``report`` is what the build says of its file."""
    problems: list[str] = []
    notes: list[str] = []
    if report is not None:
        problems += report.warnings
        if report.unrepaired:
            problems.append(words["documents_unrepaired"].format(count=report.unrepaired))
        if report.repaired:
            notes.append(words["documents_repaired"].format(count=report.repaired))
        if report.converted:
            notes.append(words["documents_converted"])
    if len(document.sections) < 2:
        problems.append(words["documents_no_sections"])
    return Row(
        document_link(document.id),
        document,
        years(document.years),
        report.taken if report is not None else "",
        tuple(problems),
        tuple(notes),
    )


def _number(text: str) -> int:
    """Read a number of an address; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
