"""Draft the sections of one numbering: a document's body, or one annex."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.annex import Annex
from index.closing import after_table, colophon, tails
from index.document import HEAD, TAIL
from index.headings import heading_of
from index.labels import Label, fold, read_bare, read_label, read_labels
from index.lines import Line, is_sentence
from index.outline import Candidate, Draft, Placed, arrange, below
from index.table import (
    NOTE,
    flattened_from,
    head_cells,
    is_head_cell,
    is_head_row,
    number_column,
    points,
    read_row_number,
    row_heading,
    row_names,
    tabbed_lines,
)
from index.titles import is_note, is_title, join_words


def draft_sections(
    lines: Sequence[Line], first: int, last: int, listed: frozenset[int], annex: Annex | None
) -> list[Draft]:
    """Return the sections that begin in ``lines[first:last]``, in order.

    ``listed`` are lines that only name annexes; their numbers are no labels.
    """
    if first >= last:
        return []
    body = first + (1 if annex else 0)
    imprint = colophon(lines, body, last) if last == len(lines) else last
    end, last = last, imprint
    columns = head_cells(lines[body:last])
    in_table = columns > 0
    tabbed = tabbed_lines(lines, body, last)
    flattened = flattened_from(lines, body, last)
    found = _candidates(lines, body, last, listed | points(lines, flattened, last), in_table)
    placed = arrange([replace(candidate, tabbed=candidate.line in tabbed) for candidate in found])
    placed = _with_row_names(lines, placed, flattened, last)
    above: tuple[str, ...] = (annex.label.text,) if annex else ()
    head = Draft(above or (HEAD,), "", lines[first].start)
    if annex:
        until = placed[0].candidate.line if placed else last
        head = Draft(above, _annex_title(lines, annex, until), lines[first].start)
    ends = [*(item.candidate.line for item in placed[1:]), last] if placed else []
    extras = [range(item.candidate.line + 1, end) for item, end in zip(placed, ends, strict=True)]
    rows = tabbed | frozenset(range(flattened, last))
    drafts = [head] if not placed or placed[0].candidate.start > head.start else []
    for order, item in enumerate(placed):
        if item.candidate.line in rows or rows.intersection(extras[order]):
            after = after_table(lines, placed, extras[order], order, rows, above)
        else:
            after = tails(lines, placed, extras, order, above)
        own = [at for at in extras[order] if not after or lines[at].start < after[0].start]
        following = placed[order + 1] if order + 1 < len(placed) else None
        heads = bool(own) or bool(following and len(following.path) > len(item.path))
        heading = _heading(lines, item, extras[order], columns, heads)
        drafts += [Draft((*above, *item.path), heading, item.candidate.start), *after]
    if imprint < end and placed and drafts[-1].path != (TAIL,):
        drafts.append(Draft((TAIL,), "", lines[imprint].start))
    return drafts


def _candidates(
    lines: Sequence[Line], first: int, last: int, listed: frozenset[int], in_table: bool
) -> Iterator[Candidate]:
    """Yield the labels at the starts of lines and of a table row's first cells."""
    rows_possible = False
    opened = {
        label.prefix[0]
        for at in range(first, last)
        if (label := read_label(lines[at].text)) and label.prefix and label.number == 1
    }
    chapter = 0  # the last number of a chapter printed without a mark
    column = 0  # where the table's head says the rows' numbers stand
    for at in range(first, last):
        line = lines[at]
        if at in listed:
            continue
        rows_possible = rows_possible or is_head_cell(line.words)
        note = NOTE.match(line.words) if in_table else None
        if note:
            start = line.start + line.text.index(note[1])
            yield Candidate(Label("note", 1, note[1], len(note[0])), at, line.start, start + len(note[0]))
        elif "\t" in line.text:
            column = number_column(line) if is_head_row(line) else column
            yield from _cell_candidates(line, at, column)
        elif rows_possible and (label := read_row_number(line.words)):
            yield Candidate(label, at, line.start, line.end, line.words)
        elif (label := read_bare(line.text)) and (label.number in opened or label.number == chapter + 1 > 1):
            chapter = label.number
            yield Candidate(label, at, line.start, line.start + label.length)
        else:
            for start, label in read_labels(line.text):
                yield Candidate(label, at, line.start + start, line.start + start + label.length)


def _cell_candidates(line: Line, at: int, column: int) -> Iterator[Candidate]:
    """Yield the labels of a row's first cell and, where that is a group's, of the next ones.

    ``column`` is where the rows' numbers stand; a group's name without a number may stand before it.
    """
    offset, begin, found = 0, line.start, 0
    for position, cell in enumerate(line.text.split("\t")):
        if cell.strip():
            label = read_row_number(cell.strip()) or read_label(cell)
            if label is None and position < column:
                offset += len(cell) + 1
                continue
            if label is None:
                return
            start = line.start + offset
            yield Candidate(label, at, begin, start + label.length, cell.strip())
            found += 1
            begin = start + len(cell) + 1
            if found == 3 or label.style == "row":
                return
        offset += len(cell) + 1


def _with_row_names(
    lines: Sequence[Line], placed: Sequence[Placed], first: int, last: int
) -> tuple[Placed, ...]:
    """Add the unnumbered rows (特别加分 …) of a table's groups that have no numbered ones.

    The table's cells stand one a line in ``lines[first:last]``.
    """
    result = []
    for order, item in enumerate(placed):
        result.append(item)
        following = placed[order + 1] if order + 1 < len(placed) else None
        if (
            item.candidate.line < first
            or item.styles[-1] not in ("cn", "cnp")
            or (following and len(following.path) > len(item.path))
        ):
            continue
        until = following.candidate.line if following else last
        for at in row_names(lines, item.candidate.line + 1, until):
            words = lines[at].words
            label = Label("name", 1, re.sub(r"\s", "", words), len(lines[at].text))
            result.append(below(item, label, lines[at].start, at))
    return tuple(result)


def _heading(lines: Sequence[Line], item: Placed, extra: range, columns: int, heads: bool) -> str:
    candidate = item.candidate
    line = lines[candidate.line]
    words = line.text[candidate.end - line.start :]
    if "\t" in line.text:
        cells = [cell.strip() for cell in words.split("\t") if cell.strip()]
        return cells[0].rstrip("。") if cells and len(cells[0]) <= 40 else ""
    if candidate.label.style == "row":
        return row_heading([lines[at].words for at in extra], columns)
    if candidate.label.style in ("note", "name"):
        return ""
    return heading_of(words, item.styles, heads)


def _heads_table(lines: Sequence[Line]) -> bool:
    """Tell whether the first of these lines begins a table's head, so that the line above is a title."""
    return any(line.words.startswith(("序号", "编号")) for line in lines)


def _annex_title(lines: Sequence[Line], annex: Annex, until: int) -> str:
    """Return an annex's title: the words on its own line, or the lines below it up to its content."""
    line = lines[annex.line]
    own = line.text[annex.label.length :].strip()
    if own:
        return own
    parts: list[str] = []
    for at in range(annex.line + 1, min(until, annex.line + 4)):
        words = lines[at].words
        if is_sentence(words) or ":" in fold(words) or "\t" in words or len(words) > 60:
            break
        if parts and is_title(join_words(parts)) and not is_note(words):
            break
        if is_head_cell(words) and not (at == annex.line + 1 and _heads_table(lines[at + 1 : at + 2])):
            break
        parts.append(words)
    return join_words(parts)
