"""Permanent links: where a document, a section and a quote are found on this site, today and in a year.

A link is made of the document's id, which is made of its bytes, and of the section's address in it, so
that it holds for as long as the file stays as it is, however often the index is built anew.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from bot.conversation import Citation
from index.document import HEAD, Document, Section

BETWEEN = "·"  # stands between the labels of a path
_SPACE = re.compile(r"\s+")
_PART = re.compile(r".+-\d+")  # the id of one of several documents in a file


def document_link(document_id: str) -> str:
    """Return the address of a document's page."""
    return f"/d/{quote(document_id, safe='')}"


def section_link(document: Document, section: Section) -> str:
    """Return the address of a section of a document; it can be pasted anywhere as it stands."""
    return f"{document_link(document.id)}#{quote(anchor(document, section), safe='')}"


def citation_link(document: Document | None, citation: Citation) -> str:
    """Return the address where the citation's words stand marked in their document.

    ``document`` is the one cited, None where no index at hand holds it any more: its page then leads
    to the file's present version.
    """
    home = document_link(citation.document_id)
    if document is None or document.id != citation.document_id or not document.sections:
        path = citation.path[1:] if _PART.fullmatch(citation.document_id) else citation.path
        return f"{home}#{quote(_joined(path), safe='')}"
    section = section_at(document, citation.start)
    return f"{home}?q={citation.start}-{citation.end}#{quote(anchor(document, section), safe='')}"


def anchor(document: Document, section: Section) -> str:
    """Return the section's anchor on its document's page, unique there: the labels of its path.

    A second section of the same path gets ``~2`` behind it, a third ``~3``. Raises KeyError when the
    section is not the document's.
    """
    return anchors(document)[section.start]


def section_at(document: Document, offset: int) -> Section:
    """Return the section that holds the character at an offset of the document's text."""
    return document.sections[max(bisect_right(_starts(document), offset) - 1, 0)]


@lru_cache(maxsize=32)
def anchors(document: Document) -> Mapping[int, str]:
    """Return the anchors of a document's sections, by where the sections start, in reading order."""
    given: dict[int, str] = {}
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for section in document.sections:
        name = plain = _joined(section.path)
        while name in taken:  # a label may look like a number given here
            counts[plain] = counts.get(plain, 1) + 1
            name = f"{plain}~{counts[plain]}"
        taken.add(name)
        given[section.start] = name
    return MappingProxyType(given)


@lru_cache(maxsize=32)
def _starts(document: Document) -> tuple[int, ...]:
    return tuple(section.start for section in document.sections)


def _joined(path: tuple[str, ...]) -> str:
    return _SPACE.sub("", BETWEEN.join(path)) or HEAD
