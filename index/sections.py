"""Draft the sections of one numbering: a document's body, or one annex."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.annex import Annex
from index.closing import closing_start, is_clause, speaks_of
from index.document import HEAD, TAIL
from index.headings import heading_of
from index.labels import Label, read_label
from index.lines import Line, is_sentence
from index.outline import Candidate, Placed, arrange, below
from index.table import head_cells, is_head_cell, read_row_number, row_heading, row_names
from index.titles import join_words

_NOTE = re.compile(r"(备注|说明|注|填表说明)[:：]")
_SIBLINGS = 3  # single-paragraph items that show a list's items to be single paragraphs


@dataclass(frozen=True, slots=True)
class Draft:
    """A section's beginning; it ends where the next begins."""

    path: tuple[str, ...]
    heading: str
    start: int


def draft_sections(
    lines: Sequence[Line], first: int, last: int, listed: frozenset[int], annex: Annex | None
) -> list[Draft]:
    """Return the sections that begin in ``lines[first:last]``, in order.

    ``listed`` are lines that only name annexes; their numbers are no labels.
    """
    if first >= last:
        return []
    body = first + (1 if annex else 0)
    columns = head_cells(lines[body:last])
    in_table = columns > 0
    placed = arrange(list(_candidates(lines, body, last, listed, in_table)))
    if in_table:
        placed = _with_row_names(lines, placed, last)
    above: tuple[str, ...] = (annex.label.text,) if annex else ()
    head = Draft(above or (HEAD,), "", lines[first].start)
    if annex:
        until = placed[0].candidate.line if placed else last
        head = Draft(above, _annex_title(lines, annex, until), lines[first].start)
    extras = [
        range(item.candidate.line + 1, following)
        for item, following in zip(placed, [*(p.candidate.line for p in placed[1:]), last], strict=True)
    ]
    drafts = [head] if not placed or placed[0].candidate.start > head.start else []
    for order, item in enumerate(placed):
        heading = _heading(lines, item, extras[order], columns)
        drafts.append(Draft((*above, *item.path), heading, item.candidate.start))
        if not in_table:
            drafts += _tails(lines, placed, extras, order, above)
    return drafts


def _candidates(
    lines: Sequence[Line], first: int, last: int, listed: frozenset[int], in_table: bool
) -> Iterator[Candidate]:
    """Yield the labels at the starts of lines and of a table row's first cells."""
    rows_possible = False
    for at in range(first, last):
        line = lines[at]
        if at in listed:
            continue
        rows_possible = rows_possible or is_head_cell(line.words)
        note = _NOTE.match(line.words) if in_table else None
        if note:
            start = line.start + line.text.index(note[1])
            yield Candidate(Label("note", 1, note[1], len(note[0])), at, line.start, start + len(note[0]))
        elif "\t" in line.text:
            yield from _cell_candidates(line, at)
        elif rows_possible and (label := read_row_number(line.words)):
            yield Candidate(label, at, line.start, line.end, line.words)
        elif label := read_label(line.text):
            yield Candidate(label, at, line.start, line.start + label.length)


def _cell_candidates(line: Line, at: int) -> Iterator[Candidate]:
    """Yield the labels of a row's first cell and, where that is a group's, of the second."""
    offset, begin, found = 0, line.start, 0
    for cell in line.text.split("\t"):
        if cell.strip():
            label = read_row_number(cell.strip()) or read_label(cell)
            if label is None:
                return
            start = line.start + offset
            yield Candidate(label, at, begin, start + label.length, cell.strip())
            found += 1
            begin = start + len(cell) + 1
            if found == 2:
                return
        offset += len(cell) + 1


def _with_row_names(lines: Sequence[Line], placed: Sequence[Placed], last: int) -> tuple[Placed, ...]:
    """Add the unnumbered rows (特别加分 …) of the groups that have no numbered ones."""
    result = []
    for order, item in enumerate(placed):
        result.append(item)
        following = placed[order + 1] if order + 1 < len(placed) else None
        if item.styles[-1] not in ("cn", "cnp") or (following and len(following.path) > len(item.path)):
            continue
        until = following.candidate.line if following else last
        for at in row_names(lines, item.candidate.line + 1, until):
            words = lines[at].words
            label = Label("name", 1, re.sub(r"\s", "", words), len(lines[at].text))
            result.append(below(item, label, lines[at].start, at))
    return tuple(result)


def _heading(lines: Sequence[Line], item: Placed, extra: range, columns: int) -> str:
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
    return heading_of(words, item.styles)


def _annex_title(lines: Sequence[Line], annex: Annex, until: int) -> str:
    """Return an annex's title: the words on its own line, or the lines below it up to its content."""
    line = lines[annex.line]
    own = line.text[annex.label.length :].strip()
    if own:
        return own
    parts = []
    for at in range(annex.line + 1, min(until, annex.line + 4)):
        words = lines[at].words
        if is_sentence(words) or is_head_cell(words) or "\t" in words or len(words) > 60:
            break
        parts.append(words)
    return join_words(parts)


def _tails(
    lines: Sequence[Line],
    placed: Sequence[Placed],
    extras: Sequence[range],
    order: int,
    above: tuple[str, ...],
) -> list[Draft]:
    """Return the sections that a section's trailing paragraphs make: its parent's words, or 文末."""
    extra = list(extras[order])
    if not extra:
        return []
    drafts = []
    at_end = order == len(placed) - 1
    closing = None
    if at_end and not above:
        closing = closing_start(lines, extra, "article" in placed[order].styles)
    owned = [at for at in extra if closing is None or at < closing]
    depth, start = _owner(lines, placed, extras, order, owned)
    if depth < len(placed[order].path) and start is not None:
        if depth:
            drafts.append(Draft((*above, *placed[order].path[:depth]), "", lines[start].start))
        elif above or not at_end:
            drafts.append(Draft(above, "", lines[start].start)) if above else None
        else:
            closing = start if closing is None else min(start, closing)
    if closing is not None:
        drafts.append(Draft((TAIL,), "", lines[closing].start))
    return drafts


def _owner(
    lines: Sequence[Line],
    placed: Sequence[Placed],
    extras: Sequence[range],
    order: int,
    owned: Sequence[int],
) -> tuple[int, int | None]:
    """Return how many labels of the path own the trailing paragraphs, and the first such line."""
    item = placed[order]
    depth = len(item.path)
    if not owned or not _ends_list(placed, order):
        return depth, None
    siblings = _siblings(placed, order)
    uniform = {len(extras[earlier]) for earlier in siblings}
    base = uniform.pop() if len(uniform) == 1 else -1
    if base not in (0, 1) or len(owned) <= base:
        return depth, None
    tail = owned[base:]
    clauses = base == 0 and siblings and all(_is_clause(lines, placed[s]) for s in siblings)
    if "article" in item.styles[:-1]:
        return item.styles.index("article") + 1, tail[0]
    if clauses:
        return depth - 1, tail[0]
    if len(siblings) < _SIBLINGS:
        return depth, None
    words = " ".join(lines[at].words for at in tail)
    own = _text(lines, item, extras[order][:base])
    others = [_text(lines, placed[s], extras[s]) for s in siblings]
    if speaks_of(words, own, others):
        return depth, None
    return depth - 1, tail[0]


def _text(lines: Sequence[Line], item: Placed, extra: Sequence[int]) -> str:
    return " ".join([lines[item.candidate.line].words, *(lines[at].words for at in extra)])


def _is_clause(lines: Sequence[Line], item: Placed) -> bool:
    return is_clause(lines[item.candidate.line].words)


def _siblings(placed: Sequence[Placed], order: int) -> list[int]:
    """Return the earlier items of the list that ends at an item, in reading order."""
    item = placed[order]
    siblings: list[int] = []
    for earlier in range(order - 1, -1, -1):
        other = placed[earlier]
        if len(other.path) < len(item.path):
            break
        if len(other.path) == len(item.path):
            if other.candidate.label.number > item.candidate.label.number:
                break
            siblings.append(earlier)
    return siblings[::-1]


def _ends_list(placed: Sequence[Placed], order: int) -> bool:
    """Tell whether no later item goes on with the item's list."""
    item = placed[order]
    if order + 1 == len(placed):
        return True
    following = placed[order + 1]
    if len(following.path) != len(item.path):
        return len(following.path) < len(item.path)
    return following.candidate.label.number == 1
