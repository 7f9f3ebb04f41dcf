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
    r"\s*(?:[-—–－―─~]{1,2}\s?\d{1,3}\s?[-—–－―─~]{1,2}"
    r"|第\s?\d{1,3}\s?页(?:\s?[,，/／]?\s?共\s?\d{1,3}\s?页)?)\s*"
)
RUNNING = 40  # characters of a line that is printed again on every page
NARROWEST, WIDEST = 36, 120  # columns a printed line may take; a Han character takes two
PLAY = 3  # columns by which full lines differ: marks that may not begin a line
INDENT = 4  # columns by which a paragraph's first line is shorter once its indent is gone
LONG = 0.6  # share of the margin from which on a line is no heading and no cell
FEWEST_FULL = 5  # full lines that prove a margin
FULL_SHARE = 0.55  # share of full lines among the long ones: the others end a paragraph
BROKEN_SHARE = 0.55  # share of the full lines that end inside a sentence
BEYOND_SHARE = 0.1  # share of lines that may be longer than the margin: headers, links, lines set narrower
INDENTED_SHARE = 0.8  # share of numbered lines with an indent in a text that shows its paragraphs by it
FEWEST_INDENTED = 3
STOPS = re.compile(r"[。！？!?：:][”’」』）)】]*$")
ENDS = re.compile(r"[。！？!?；;：:，,][”’」』）)】]*$")
WORD = re.compile(r"[A-Za-z0-9.%‰]+[，。；：、）》”]?|[（《“〔(]*.[，。；：、）》”！？,;:)]*")
CLAUSE = re.compile(r"(?<=[。；;：:，,])")
CELLS = re.compile(r"\s+")
FEWEST_CELLS = 3


def flow(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the lines with paragraphs whole and cells parted by tabs, and the page numbers left out.

    White space at the lines' ends goes; at their starts it tells where paragraphs begin.
    """
    left_out = _page_marks(lines)
    kept = [_without_gap(line.rstrip()) for at, line in enumerate(lines) if at not in left_out]
    margin = find_margin([line.strip() for line in kept])
    whole = _joined(kept, margin) if margin else [line.strip() for line in kept]
    return tuple(_with_cells(whole)), tuple(lines[at].strip() for at in sorted(left_out))


def find_margin(lines: Sequence[str]) -> int:
    """Return the columns of a full line, 0 where the lines end with their paragraphs."""
    widths = [width(line) for line in lines if "\t" not in line]
    counts = Counter(columns for columns in widths if NARROWEST <= columns <= WIDEST)
    if sum(counts.values()) < FEWEST_FULL:
        return 0
    tops = range(min(counts), max(counts) + 1)
    margin = max(tops, key=lambda top: (sum(counts[top - less] for less in range(INDENT + PLAY + 1)), -top))
    long = [columns for columns in widths if columns >= LONG * margin]
    full = [line for line in lines if margin - INDENT - PLAY <= width(line) <= margin + PLAY]
    broken = sum(not re.search("[；;]$", line) and not STOPS.search(line) for line in full)
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


def _page_marks(lines: Sequence[str]) -> frozenset[int]:
    """Return the lines that hold a page's number, or what is printed again beside each of them."""
    numbers = {at for at, line in enumerate(lines) if PAGE_NUMBER.fullmatch(line)}
    beside = [at for number in numbers for at in (number - 1, number + 1) if 0 <= at < len(lines)]
    again = Counter(lines[at].strip() for at in beside)
    running = {
        at
        for at in beside
        if 1 < again[words := lines[at].strip()] >= len(numbers) / 2
        and len(words) < RUNNING
        and not ENDS.search(words)
        and not read_label(words)
    }
    return frozenset(numbers | running)


def _joined(lines: Sequence[str], margin: int) -> list[str]:
    indented = _shows_indents(lines)
    paragraphs: list[str] = []
    room = 0  # columns left on the line before; a paragraph's first line has less
    for line in lines:
        words = line.strip()
        word = WORD.match(words)
        fits = word is not None and width(word[0]) <= room - 2 * PLAY
        begins = not paragraphs or fits or "\t" in line or _numbers(words, paragraphs[-1])
        if not begins and STOPS.search(paragraphs[-1]):
            # A sentence ended with the line; only an indent would tell whether the paragraph did.
            goes_on = indented and line == words and (ENDS.search(words) or width(words) >= margin - PLAY)
            begins = not goes_on or paragraphs[-1].endswith(("：", ":"))
        if begins:
            paragraphs.append(words)
            room = margin - INDENT - width(words)
        else:
            paragraphs[-1] += (" " if _between_words(paragraphs[-1], words) else "") + words
            room = margin - width(words)
    return paragraphs


def _numbers(words: str, before: str) -> bool:
    """Tell whether a line begins with a label that does not go on with a list inside the text before it."""
    label = read_label(words)
    if label is None:
        return False
    inside = (read_label(piece) for piece in CLAUSE.split(before)[1:])
    return not any(
        other and (other.style, other.number + 1) == (label.style, label.number) for other in inside
    )


def _shows_indents(lines: Sequence[str]) -> bool:
    numbered = [line for line in lines if read_label(line)]
    indented = sum(line[0].isspace() for line in numbered)
    return indented >= max(FEWEST_INDENTED, INDENTED_SHARE * len(numbered))


def _between_words(before: str, after: str) -> bool:
    return bool(re.search(r"[A-Za-z]$", before) and re.match(r"[A-Za-z]", after))


def _without_gap(line: str) -> str:
    """Return a line with a blank for the tab that only sets a label off its words."""
    before, tab, after = line.partition("\t")
    if not tab or "\t" in after or not after.strip():
        return line
    label = read_label(before)
    return f"{before.rstrip()} {after.lstrip()}" if label and label.length == len(before) else line


def _with_cells(lines: Sequence[str]) -> list[str]:
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
    return result


def _head(line: str) -> list[str]:
    """Return the cells of a table's head set with blanks, none where the line is something else."""
    cells = CELLS.split(line) if " " in line and "\t" not in line else []
    return cells if all(is_head_cell(cell) for cell in cells) else []
