"""A document as a page shows it: sections, paragraphs, table rows, and pieces of text with their marks.

Pure: it takes texts and places apart and knows no HTML, so that the template escapes every word. Both
texts of a document are laid out here: the cleaned one, whose lines are paragraphs and table rows, and
the raw one, whose lines stand as they are.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.web.links import anchors
from bot.web.pieces import Cutter, Layers, Piece
from index.document import Document, Section, address
from index.labels import read_label
from index.lines import Line, split_lines
from index.table import is_head_row

LONGEST_TITLE = 60  # characters of a line that is a title of its own section
LONGEST_LABEL = 24  # characters before a heading in the line it stands in
MOST_COLUMNS = 12  # of a table that is set in columns; more stand as they come
WIDTH_STEP = 5  # percent: widths of columns are classes of the style sheet


class Row(NamedTuple):
    """A row of a table, or the part of one that a section holds: its cells, and the names of their
    columns where the table's head tells them. ``skipped`` columns stand before, ``free`` ones behind.
    """

    cells: Sequence[Sequence[Piece]]
    names: Sequence[str]
    head: bool
    skipped: int
    free: int


class Block(NamedTuple):
    """A title, a paragraph, a raw line, one that was left out, or rows of a table with the widths of its
    columns in percent.
    """

    kind: str  # title, text, raw, out, rows
    pieces: Sequence[Piece] = ()
    rows: Sequence[Row] = ()
    widths: Sequence[int] = ()


class Part(NamedTuple):
    """One section as shown."""

    anchor: str
    address: str
    level: int  # of its title among the page's headings
    in_table: bool
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class _Table:
    """Lines with tabs that follow one another: how their columns are set."""

    start: int
    end: int
    columns: int
    names: tuple[str, ...]
    widths: tuple[int, ...]


def cleaned_parts(document: Document, layers: Layers) -> Iterator[Part]:
    """Yield the sections of a document's cleaned text."""
    cut = Cutter(document.text, layers)
    for section, part in _parts(document):
        lines = [line for line in _lines(document.text, section.start, section.end) if line.words]
        blocks = list(_blocks(document, section, lines, cut))
        yield part._replace(blocks=blocks, in_table=all(block.kind == "rows" for block in blocks))


def raw_parts(
    document: Document, raw: str, bounds: Sequence[int], left_out: Collection[int], layers: Layers
) -> Iterator[Part]:
    """Yield the sections of a document's raw text.

    ``bounds`` tell where each section begins in it and where the last one ends, ``left_out`` where the
    lines begin that the cleaned text does not hold.
    """
    cut = Cutter(raw, layers)
    for number, (_, part) in enumerate(_parts(document)):
        lines = [line for line in _lines(raw, bounds[number], bounds[number + 1]) if line.words]
        blocks = [
            Block("out" if line.start in left_out else "raw", cut(line.start, line.start + len(line.text)))
            for line in lines
        ]
        yield part._replace(blocks=blocks)


def _parts(document: Document) -> Iterator[tuple[Section, Part]]:
    names = anchors(document)
    for section in document.sections:
        level = min(len(section.path) + 1, 6)
        yield section, Part(names[section.start], address(section.path), level, False, ())


def _lines(text: str, start: int, end: int) -> list[Line]:
    """Return the lines of a stretch of text, with their places in the whole."""
    return [Line(start + line.start, start + line.end, line.text) for line in split_lines(text[start:end])]


def _blocks(document: Document, section: Section, lines: Sequence[Line], cut: Cutter) -> Iterator[Block]:
    tables = _tables(document)
    starts = [table.start for table in tables]
    rows: list[Row] = []
    for number, line in enumerate(lines):
        table = tables[at] if (at := bisect_right(starts, line.start) - 1) >= 0 else None
        if table and line.start < table.end:
            rows.append(_row(document, line, table, cut))
            following = lines[number + 1].start if number + 1 < len(lines) else table.end
            if following >= table.end:
                yield Block("rows", rows=rows, widths=table.widths)
                rows = []
            continue
        lead = _lead(section, line) if number == 0 else 0
        title = lead == len(line.text.rstrip()) and len(line.words) <= LONGEST_TITLE
        yield Block("title" if title else "text", cut.stripped(line.start, line.start + len(line.text), lead))


def _lead(section: Section, line: Line) -> int:
    """Return how many characters of a section's first line are its label and heading; of an article
    without a heading, its label.
    """
    if not section.heading:
        label = read_label(line.text) if section.article == section.path else None
        return label.length if label else 0
    at = line.text.find(section.heading)
    if not 0 <= at <= LONGEST_LABEL:
        return 0
    end = at + len(section.heading)
    return end + 1 if line.text[end : end + 1] in ("。", "：", ":") else end


def _row(document: Document, line: Line, table: _Table, cut: Cutter) -> Row:
    begin = document.text.rfind("\n", 0, line.start) + 1
    skipped = document.text.count("\t", begin, line.start)
    head = line.start == table.start and bool(table.names)
    cells: list[list[Piece]] = []
    start = line.start
    for cell in line.text.removesuffix("\t").split("\t"):
        cells.append(cut.stripped(start, start + len(cell)))
        start += len(cell) + 1
    names = [""] * len(cells) if head else [*table.names, *[""] * table.columns][skipped:]
    return Row(cells, names, head, skipped, max(table.columns - skipped - len(cells), 0))


@lru_cache(maxsize=32)
def _tables(document: Document) -> tuple[_Table, ...]:
    """Return the tables of a document's text, which may go on from one section into the next."""
    if "\t" not in document.text:
        return ()
    tables: list[list[Line]] = []
    end = -1
    for line in split_lines(document.text):
        if "\t" in line.text:
            if line.start != end:
                tables.append([])
            tables[-1].append(line)
            end = line.end
    return tuple(_table(lines) for lines in tables)


def _table(lines: Sequence[Line]) -> _Table:
    rows = [line.text.split("\t") for line in lines]
    columns = max(map(len, rows))
    head = [cell.strip() for cell in rows[0]] if is_head_row(lines[0]) else []
    widths: tuple[int, ...] = ()
    if columns <= MOST_COLUMNS:
        # The square root lets a long column have more room but not all of it.
        longest = [
            max(min(len(row[at].strip()), 100) if at < len(row) else 0 for row in rows)
            for at in range(columns)
        ]
        shares = [max(length, 2) ** 0.5 for length in longest]
        widths = tuple(max(round(100 * share / sum(shares) / WIDTH_STEP), 1) * WIDTH_STEP for share in shares)
    return _Table(lines[0].start, lines[-1].end, columns, tuple(head), widths)
