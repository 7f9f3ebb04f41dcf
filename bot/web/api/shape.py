"""Nouns as programs get them: JSON objects, each place with its permanent link.

``home`` is the address of this site, before the path of every link.
"""

from collections.abc import Mapping
from typing import Any

from bot.conversation import Answer, Citation
from bot.render import record
from bot.state.records import KeptTurn
from bot.web.links import anchor, citation_link, document_link, section_at, section_link
from index.document import Document, Hit, Section, address


def answered(
    kept: KeptTurn, conversation: str | None, documents: Mapping[str, Document] | None, home: str
) -> dict[str, Any]:
    """Return a turn: the object of the contract of ``ask --batch``, and what a program needs to go on."""
    return shown(str(kept.asked), kept.turn.answer, conversation, documents, home)


def shown(
    identity: str,
    answer: Answer,
    conversation: str | None,
    documents: Mapping[str, Document] | None,
    home: str,
) -> dict[str, Any]:
    """Return an answer that may still grow; its number is not known before its end."""
    body = record(identity, answer)
    for cited, citation in zip(body["citations"], answer.citations, strict=True):
        cited |= _citation(citation, (documents or {}).get(citation.document_id), home)
    return body | {"conversation": conversation, "suggestions": list(answer.suggestions)}


def link(citation: Citation, documents: Mapping[str, Document] | None, home: str) -> str:
    """Return where the words of a citation stand."""
    return home + citation_link((documents or {}).get(citation.document_id), citation)


def _citation(citation: Citation, document: Document | None, home: str) -> dict[str, Any]:
    at = section_at(document, citation.start) if document and document.sections else None
    return {
        "document_id": citation.document_id,
        "section": anchor(document, at) if document and at else "",
        "start": citation.start,
        "end": citation.end,
        "link": home + citation_link(document, citation),
    }


def passage(hit: Hit, home: str) -> dict[str, Any]:
    """Return a passage with its score."""
    found = hit.passage
    document = found.document
    return {
        "document_id": document.id,
        "source": document.source,
        "document": document.title,
        "path": list(document.cited_path(found.home)),
        "address": address(found.home.path),
        "heading": found.home.heading,
        "section": anchor(document, found.home),
        "text": found.text,
        "start": found.start,
        "end": found.end,
        "score": hit.score,
        "link": home + section_link(document, found.home),
    }


def document(one: Document, home: str) -> dict[str, Any]:
    """Return what is known of a document."""
    return {
        "id": one.id,
        "source": one.source,
        "part": one.part,
        "title": one.title,
        "issuer": one.issuer,
        "place": one.place,
        "years": list(one.years),
        "number": one.number,
        "date": one.date,
        "sections": len(one.sections),
        "link": home + document_link(one.id),
    }


def outline(one: Document, home: str) -> list[dict[str, Any]]:
    """Return the sections of a document, without their text."""
    return [_section(one, section, home) for section in one.sections]


def opened(one: Document, name: str, home: str) -> dict[str, Any] | None:
    """Return the section of a name with its text, None where the document has none of that name."""
    found = next((section for section in one.sections if anchor(one, section) == name), None)
    if found is None:
        return None
    depth = len(found.path)
    below = [s for s in one.sections if len(s.path) == depth + 1 and s.path[:depth] == found.path]
    return _section(one, found, home) | {
        "document": document(one, home),
        "trail": list(one.trail(found)),
        "text": one.section_text(found),
        "below": [anchor(one, section) for section in below],
    }


def _section(one: Document, section: Section, home: str) -> dict[str, Any]:
    return {
        "section": anchor(one, section),
        "path": list(section.path),
        "address": address(section.path),
        "heading": section.heading,
        "start": section.start,
        "end": section.end,
        "link": home + section_link(one, section),
    }
