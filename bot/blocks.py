"""The text of an answer as what it is made of: paragraphs, items of a list, tables."""

import re
from dataclasses import dataclass

_ITEM = re.compile(r"\s*[-•·*]\s+")
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, without its mark."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equally many cells, the first of them the heads."""

    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Item | Table


def blocks(text: str) -> list[Block]:
    """Cut an answer's text into its blocks, in order. White space around lines and cells goes, words stay."""
    found: list[Block] = []
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        words = line.strip()
        if len(rows) == 1 and _RULE.fullmatch(words):
            continue
        if words.startswith("| ") and words.endswith(" |"):
            rows.append([cell.strip() for cell in words[1:-1].split(" | ")])
            continue
        if rows:
            found.append(_table(rows))
            rows = []
        item = _ITEM.match(line)
        if item and words:
            found.append(Item(line[item.end() :].strip()))
        elif words:
            found.append(Paragraph(words))
    return found


def _table(rows: list[list[str]]) -> Table:
    width = max(map(len, rows))
    return Table(tuple((*row, *[""] * (width - len(row))) for row in rows))
