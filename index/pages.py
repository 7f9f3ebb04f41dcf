"""What a printed page leaves in a text: page numbers, lines broken at the margin, columns set with blanks.

A copy from a PDF or a scan ends every line at the margin. A paragraph is put together again only where
the text as a whole shows such a margin and the line was full: what follows would not have fitted on it.
"""

import re
from collections import Counter
from collections.abc import Sequence

from index.labels import read_label
from index.table import is_head_cell

PAGE_NUMBER = re.compile(
    r"[-—–－―─~]{1,2}\s?\d{1,3}\s?[-—–－―─~]{1,2}|第\s?\d{1,3}\s?页(?:\s?[,，/／]?\s?共\s?\d{1,3}\s?页)?"
)
NARROWEST, WIDEST = 36, 120  # columns a printed line may take; a Han character takes two
PLAY = 3  # columns by which full lines differ: marks that may not begin a line
INDENT = 4  # columns by which a paragraph's first line is shorter once its indent is gone
LONG = 0.6  # share of the margin from which on a line is no heading and no cell
FEWEST_FULL = 5  # full lines that prove a margin
FULL_SHARE = 0.55  # share of full lines among the long ones: the others end a paragraph
BROKEN_SHARE = 0.6  # share of the full lines that end inside a sentence
BEYOND_SHARE = 0.1  # share of lines that may be longer than the margin: headers, links, lines set narrower
ENDS = re.compile(r"[。！？!?；;：:][”’」』）)】]*$")
WORD = re.compile(r"[A-Za-z0-9.%‰]+[，。；：、）》”]?|[（《“〔(]*.[，。；：、）》”！？,;:)]*")
CELLS = re.compile(r"\s+")
FEWEST_CELLS = 3


def flow(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines with paragraphs whole and cells parted by tabs, and the page numbers left out."""
    numbers = tuple(line for line in lines if PAGE_NUMBER.fullmatch(line))
    kept = tuple(line for line in lines if not PAGE_NUMBER.fullmatch(line)) if numbers else tuple(lines)
    margin = find_margin(kept)
    kept = tuple(_without_gap(line) for line in kept)
    return _with_cells(_joined(kept, margin) if margin else kept), numbers


def _without_gap(line: str) -> str:
    """Return a line with a blank for the tab that only sets a label off its words."""
    before, tab, after = line.partition("\t")
    if not tab or "\t" in after or not after.strip():
        return line
    label = read_label(before)
    return f"{before.rstrip()} {after.lstrip()}" if label and label.length == len(before) else line


def find_margin(lines: Sequence[str]) -> int:
    """Return the columns of a full line, 0 where the lines end with their paragraphs."""
    widths = [width(line) for line in lines if "\t" not in line]
    counts = Counter(columns for columns in widths if NARROWEST <= columns <= WIDEST)
    if sum(counts.values()) < FEWEST_FULL:
        return 0
    margin = max(counts, key=lambda top: (sum(counts[top - play] for play in range(PLAY + 1)), top))
    long = [columns for columns in widths if columns >= LONG * margin]
    full = [line for line in lines if margin - INDENT - PLAY <= width(line) <= margin + PLAY]
    broken = sum(not ENDS.search(line) for line in full)
    proven = (
        len(full) >= FEWEST_FULL
        and len(full) >= FULL_SHARE * len(long)
        and broken >= BROKEN_SHARE * len(full)
        and sum(columns > margin + 2 * PLAY for columns in widths) <= BEYOND_SHARE * len(long)
    )
    return margin if proven else 0


def width(text: str) -> int:
    """Return the columns a text takes: two for a Han character or a full-width mark, one for ASCII."""
    return len(text.encode("gbk", "replace"))


def _joined(lines: Sequence[str], margin: int) -> tuple[str, ...]:
    paragraphs: list[str] = []
    room = 0  # columns left on the line before; a paragraph's first line has less
    for line in lines:
        word = WORD.match(line)
        fits = word is not None and width(word[0]) <= room - PLAY
        if not paragraphs or fits or ENDS.search(paragraphs[-1]) or read_label(line) or "\t" in line:
            paragraphs.append(line)
            room = margin - INDENT - width(line)
            continue
        paragraphs[-1] += (" " if _between_words(paragraphs[-1], line) else "") + line
        room = margin - width(line)
    return tuple(paragraphs)


def _between_words(before: str, after: str) -> bool:
    return bool(re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after))


def _with_cells(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines with tabs in a table's head and rows that were set with blanks."""
    result = list(lines)
    for at, line in enumerate(lines):
        if len(_head(line)) < FEWEST_CELLS:
            continue
        result[at] = "\t".join(_head(line))
        for row in range(at + 1, len(lines)):
            cells = CELLS.split(lines[row])
            # The last columns are often left to be filled in.
            if not 2 <= len(cells) <= len(_head(line)) or not cells[0].isdigit():
                break
            result[row] = "\t".join(cells)
    return tuple(result)


def _head(line: str) -> list[str]:
    """Return the cells of a table's head set with blanks, none where the line is something else."""
    cells = CELLS.split(line) if " " in line and "\t" not in line else []
    return cells if all(is_head_cell(cell) for cell in cells) else []
