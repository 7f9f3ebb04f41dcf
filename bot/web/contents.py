"""The outline of a document, for the side of its page: what stands in it, nested as it is numbered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.web.links import anchors
from bot.web.page import shorten
from index.document import Document, Section, address

MOST_ENTRIES = 1_500  # beyond, the deepest sections are left to their chapters
LONGEST_ENTRY = 26  # characters of a section's own words, where it has no heading


@dataclass(slots=True)
class Entry:
    """One section of the outline; ``href`` is its anchor as a link writes it."""

    href: str
    words: str
    children: "list[Entry]" = field(default_factory=list)


def outline(document: Document) -> Sequence[Entry]:
    """Return the sections of a document as a tree, without the items of articles; where there are too many
    sections, without the deepest.
    """
    names = anchors(document)
    listed = [section for section in document.sections if section.article in ((), section.path)]
    deepest = _depth(listed)
    top: list[Entry] = []
    open_entries: list[tuple[int, Entry]] = []  # those that may still get children, with their depths
    for section in listed:
        depth = len(section.path)
        if depth > deepest:
            continue
        while open_entries and open_entries[-1][0] >= depth:
            open_entries.pop()
        entry = Entry(quote(names[section.start], safe=""), _words(document, section))
        (open_entries[-1][1].children if open_entries else top).append(entry)
        open_entries.append((depth, entry))
    return top


def _depth(sections: Sequence[Section]) -> int:
    """Return how deep the outline goes: as deep as the sections, or until there are enough entries."""
    counts = Counter(len(section.path) for section in sections)
    total, deepest = 0, 0
    for depth in sorted(counts):
        total += counts[depth]
        if total > MOST_ENTRIES and deepest:
            break
        deepest = depth
    return deepest


def _words(document: Document, section: Section) -> str:
    if section.heading:
        label = address((*section.path[-1:], "…")).removesuffix("…")  # 一、 with its mark
        between = "" if label.endswith("、") else " "
        return f"{label}{between}{shorten(section.heading, LONGEST_ENTRY)}"
    own = document.text[section.start : min(section.end, section.start + 4 * LONGEST_ENTRY)]
    return shorten(own, LONGEST_ENTRY) or section.path[-1]
