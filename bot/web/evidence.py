"""Citations as HTML for the panel beside the answers: the quote in its section, with what stands around it.

Written like ``bot.web.page``: one line each, every word escaped.
"""

from collections.abc import Mapping

from bot.conversation import Answer, Citation, inner
from bot.web.escape import escape
from bot.web.links import citation_link
from bot.web.page import Words, card_id, shorten
from index.document import Document, Section

LONGEST_SECTION = 4000  # characters of a section that are shown whole; of a longer one what is near the quote
NEAR = 1200  # characters shown before and after the quote of a longer one
LONGEST_NEIGHBOUR = 160  # characters of a neighbour that stands open
NEIGHBOUR_SHOWN = 1200  # characters of a neighbour shown when it is opened


def evidence(
    turn: int, question: str, answer: Answer, documents: Mapping[str, Document], words: Words
) -> str:
    """Return a turn's citation cards, one block each, the first one open."""
    title = f'<p class="evidence-of">{escape(shorten(question.strip(), 40))}</p>'
    cards = [
        card(turn, citation, documents.get(citation.document_id), words, opened=place == 0)
        for place, citation in enumerate(answer.citations)
    ]
    return "\n\n".join([title, *cards])


def card(turn: int, citation: Citation, document: Document | None, words: Words, opened: bool = False) -> str:
    """Return one citation: where it stands, and its words highlighted inside their section, the sections
    before and after it around them.
    """
    heading = f'<span class="heading">{escape(citation.heading)}</span>' if citation.heading else ""
    source = "，".join(part for part in (citation.place, citation.source) if part)
    held = document if _stands(citation, document) else None
    before, after = _neighbours(citation, held, words) if held else ("", "")
    gone = "" if held else f'<p class="gone">{escape(words["chat_document_changed"])}</p>'
    return (
        f'<details class="card" id="{card_id(turn, citation.n)}"{" open" if opened else ""}>'
        f'<summary><span class="number">{citation.n}</span><span class="where">'
        f'<span class="title">《{escape(inner(citation.document))}》</span>'
        f'<span class="address">{escape(citation.address)}</span>{heading}'
        f'<span class="snippet">{escape(shorten(citation.quote, 60))}</span></span></summary>'
        f'<div class="section" tabindex="0" role="region" title="{escape(str(citation))}">'
        f"{gone}{before}{section_html(citation, held)}{after}</div>"
        f'<p class="source">{escape(source)}</p>'
        f'<p class="card-actions">{_actions(turn, citation, held, words)}</p></details>'
    )


def _actions(turn: int, citation: Citation, document: Document | None, words: Words) -> str:
    link = (
        f'<a class="original" href="{escape(citation_link(document, citation))}" target="_blank" '
        f'rel="noopener noreferrer">{escape(words["chat_original"])}</a>'
        if document
        else ""
    )
    copied = f"{citation}：“{' '.join(citation.quote.split())}”"
    return (
        f'{link}<button type="button" class="copy-citation" value="{escape(copied)}">'
        f"{escape(words['chat_copy_citation'])}</button>"
        f'<a class="back" href="#turn-{turn}">{escape(words["chat_back"])}</a>'
    )


def _stands(citation: Citation, document: Document | None) -> bool:
    """Tell whether the document still says the quote where it is cited from."""
    return document is not None and document.text[citation.start : citation.end] == citation.quote


def _neighbours(citation: Citation, document: Document, words: Words) -> tuple[str, str]:
    """Return the sections before and after the cited one, dimmed; a long one is folded."""
    begin, end = _bounds(citation)
    before = [section for section in document.sections if section.end <= begin and section.start < begin]
    after = [section for section in document.sections if section.start >= end and section.end > end]
    return (
        _neighbour(document, before[-1], words["chat_before"]) if before else "",
        _neighbour(document, after[0], words["chat_after"]) if after else "",
    )


def _neighbour(document: Document, section: Section, label: str) -> str:
    text = document.section_text(section).strip()
    if not text:
        return ""
    shown = _lines(text[:NEIGHBOUR_SHOWN] + ("……" if len(text) > NEIGHBOUR_SHOWN else ""), 0, 0)
    if len(text) <= LONGEST_NEIGHBOUR:
        return f'<div class="around">{shown}</div>'
    said = f"{label}：{shorten(text, 30)}"
    return f'<details class="around"><summary>{escape(said)}</summary>{shown}</details>'


def _bounds(citation: Citation) -> tuple[int, int]:
    return max(0, min(citation.section_start, citation.start)), max(citation.section_end, citation.end)


def section_html(citation: Citation, document: Document | None) -> str:
    """Return the cited section line by line, the quote in ``mark``; the quote alone where the
    document does not hold it at that place (an index rebuilt meanwhile).
    """
    if document is None or not _stands(citation, document):
        return _lines(citation.quote, 0, len(citation.quote))
    begin, end = _bounds(citation)
    cut_before = cut_after = ""
    if end - begin > LONGEST_SECTION:
        nearer, further = max(begin, citation.start - NEAR), min(end, citation.end + NEAR)
        cut_before = "<p>……</p>" if nearer > begin else ""
        cut_after = "<p>……</p>" if further < end else ""
        begin, end = nearer, further
    shown = _lines(document.text[begin:end], citation.start - begin, citation.end - begin)
    return f'<div class="cited">{cut_before}{shown}{cut_after}</div>'


def _lines(text: str, start: int, end: int) -> str:
    """Return text as paragraphs and table rows, the characters from start to end marked."""
    parts: list[str] = []
    position = 0
    for line in text.split("\n"):
        cells = line.split("\t")
        shown: list[str] = []
        for cell in cells:
            shown.append(_marked(cell, start - position, end - position))
            position += len(cell) + 1  # the tab or the line end behind it
        if not line.strip():
            continue
        if len(cells) > 1:
            row = "".join(f"<span>{cell}</span>" for cell in shown)
            parts.append(f'<div class="row">{row}</div>')
        else:
            parts.append(f"<p>{shown[0]}</p>")
    return "".join(parts)


def _marked(text: str, start: int, end: int) -> str:
    """Return escaped text with the characters from start to end, where it has any of them, marked.
    White space at the edges goes: the page indents by itself.
    """
    left = len(text) - len(text.lstrip())
    right = len(text.rstrip())
    start, end = max(start, left), min(end, right)
    if start >= end:
        return escape(text.strip())
    before, quote, after = text[left:start], text[start:end], text[end:right]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"
