"""Turn a file's clean text into documents whose sections tile it.

text -> documents in the file -> body and annexes -> labels -> sections -> paragraphs to their owners.
"""

from collections.abc import Sequence
from dataclasses import replace

from index.annex import find_annexes, find_contents
from index.document import Document, Section
from index.labels import Label, read_label
from index.lines import Line, split_lines
from index.metadata import Metadata, describe
from index.outline import Draft
from index.sections import draft_sections
from index.titles import document_kind, find_titles

_ROOTS = ("cn", "part", "book", "chapter", "article")  # shapes a new document's numbering starts with
_SHORTEST_TITLE = 7  # characters; 工作方案 alone is a heading
_TITLE_REACH = 25  # lines between a document's title and its first number


def parse(loaded_source: str, sha256: str, raw: str, text: str) -> tuple[Document, ...]:
    """Return the documents of a file, in order; one where the file is not plainly several.

    ``text`` is the cleaned text, one block a line; it may be anything. The documents' texts joined
    are ``text``.
    """
    lines = split_lines(text)
    starts = _document_starts(lines)
    several = len(starts) > 1
    documents: list[Document] = []
    for order, (first, last) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True), start=1):
        offset = lines[first].start if lines else 0
        end = lines[last - 1].end if lines else 0
        own_text = text[offset:end]
        own_lines = split_lines(own_text)
        sections = _sections(own_lines)
        preamble = next(
            (n for n, line in enumerate(own_lines) if sections and line.start >= sections[0].end), 40
        )
        annex = next((section.start for section in sections if section.path[0].startswith("附")), None)
        body = next((n for n, line in enumerate(own_lines) if line.start == annex), None)
        about = describe([line.text for line in own_lines], preamble, body)
        if several:
            about = _own(about, [line.words for line in own_lines[:preamble]], documents)
        documents.append(
            Document(
                id=f"{sha256[:16]}-{order}" if several else sha256[:16],
                source=loaded_source,
                part="",
                title=about.title or loaded_source.rsplit("/", 1)[-1].rsplit(".", 1)[0],
                issuer=about.issuer,
                place=about.place,
                years=about.years,
                number=about.number,
                date=about.date,
                raw=raw,
                text=own_text,
                sections=sections,
            )
        )
    if not several:
        return tuple(documents)
    parts = _part_names([document.title for document in documents])
    return tuple(replace(document, part=part) for document, part in zip(documents, parts, strict=True))


def _document_starts(lines: Sequence[Line]) -> list[int]:
    """Return the first lines of the documents: a title line whose numbering starts again at one."""
    starts = [0]
    contents = find_contents(lines)
    labels = {
        at: label for at, line in enumerate(lines) if at not in contents and (label := read_label(line.text))
    }
    annexes = find_annexes(lines)
    first_annex = min((a.line for a in annexes.begun if a.line not in contents), default=len(lines))
    numbered = 0  # root labels beyond the first seen since the last start
    at = 0
    while at < first_annex:
        label = labels.get(at)
        if label is not None:
            numbered += label.style in _ROOTS and label.number > 1
        elif numbered and (end := _new_title(lines, at)) is not None and _starts_anew(labels, end):
            starts.append(at)
            numbered = 0
            at = end
            continue
        at += 1
    return starts


def _new_title(lines: Sequence[Line], at: int) -> int | None:
    """Return the line after the title that starts at a line, None where none does."""
    titles = find_titles([line.words for line in lines[at : at + 6]])
    if not titles or titles[0][0] != 0 or len(titles[0][2]) < _SHORTEST_TITLE:
        return None
    return at + titles[0][1]


def _starts_anew(labels: dict[int, Label], after: int) -> bool:
    """Tell whether the next label is the first of a document's numbering."""
    first = next((label for at in range(after, after + _TITLE_REACH) if (label := labels.get(at))), None)
    if first is None or first.style not in _ROOTS or first.number != 1:
        return False
    alike = (label for at, label in labels.items() if at >= after and label.style == first.style)
    next(alike)
    second = next(alike, None)
    return second is not None and second.number == first.number + 1


def _sections(lines: Sequence[Line]) -> tuple[Section, ...]:
    """Return the sections that tile the lines."""
    if not lines:
        return ()
    annexes = find_annexes(lines)
    contents = find_contents(lines)
    begun = [annex for annex in annexes.begun if annex.line not in contents]
    listed = annexes.listed | contents
    ends = [*(annex.line for annex in begun), len(lines)]
    drafts = draft_sections(lines, 0, ends[0], listed, None)
    for annex, last in zip(begun, ends[1:], strict=True):
        drafts += draft_sections(lines, annex.line, last, listed, annex)
    return _tile(drafts, lines[-1].end)


def _tile(drafts: Sequence[Draft], length: int) -> tuple[Section, ...]:
    """Return the drafts as sections, each ending where the next begins."""
    ends = [*(draft.start for draft in drafts[1:]), length]
    return tuple(
        Section(draft.path, draft.heading, draft.start, end)
        for draft, end in zip(drafts, ends, strict=True)
        if end > draft.start
    )


def _own(about: Metadata, head: Sequence[str], before: Sequence[Document]) -> Metadata:
    """Return what one of a file's documents says of itself, filled from the first where it is silent.

    The notice above the first document forwards them all, so the title nearest the text is the
    document's own. They were published together: issuer, place and date hold for all.
    """
    titles = find_titles(head)
    about = replace(about, title=titles[-1][2]) if titles else about
    if not before:
        return about
    first = before[0]
    return replace(
        about,
        issuer=about.issuer or first.issuer,
        place=about.place or first.place,
        date=about.date or first.date,
    )


def _part_names(titles: Sequence[str]) -> list[str]:
    """Return a short name for each document, unique in the file: its kind, its title, or 第N份."""
    for names in ([document_kind(title) for title in titles], [title[:20] for title in titles]):
        if all(names) and len(set(names)) == len(names):
            return list(names)
    return [f"第{order}份" for order in range(1, len(titles) + 1)]
