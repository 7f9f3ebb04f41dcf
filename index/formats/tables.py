"""An HTML table to lines: one row a line, its cells joined by tabs, spans filled in.

A cell that spans several rows is said again in each of them, so that every row can be read and found
on its own (a responsible office that stands once for five tasks is true of all five). A bare number is
not repeated: the numbers of rows and the points of a group must not multiply.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

BARE_NUMBER = re.compile(r"[（(]?[\d一二三四五六七八九十]+(?:\.\d+)?[)）]?[、.．]?(?:分|%)?")
WIDEST = 100  # columns and rows a span may claim; pages with wrong spans claim thousands
SHORT = 2  # characters: a cell written downwards, one or two a line, is one word


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's words on one line, and how many rows and columns it covers."""

    text: str
    rows: int = 1
    columns: int = 1

    @classmethod
    def of(cls, lines: list[str], attributes: Mapping[str, str | None]) -> "Cell":
        """Make a cell of the lines found in a ``td`` and its attributes."""
        together = all(len(line) <= SHORT for line in lines)
        text = ("" if together else " ").join(line.replace("\t", " ") for line in lines)
        return cls(text, _span(attributes.get("rowspan")), _span(attributes.get("colspan")))


class Table:
    """The rows of a table in the order they are met."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []

    def start_row(self) -> None:
        """Begin a row; cells added from now on belong to it."""
        self._rows.append([])

    def add(self, cell: Cell) -> None:
        """Add a cell to the row."""
        if not self._rows:
            self.start_row()
        self._rows[-1].append(cell)

    def lines(self) -> list[str]:
        """Return one line a row that holds any word, trailing empty cells cut."""
        lines = []
        above: dict[int, tuple[str, int]] = {}  # column -> words and rows still to fill from above
        for row in self._rows:
            column = 0
            words: dict[int, str] = {}
            below: dict[int, tuple[str, int]] = {}
            for cell in row:
                while column in above:
                    column += 1
                # Far out a cell keeps its words only: spans there would pile up, row after row.
                spans = column < WIDEST
                for offset in range(cell.columns if spans else 1):
                    text = cell.text if not offset else ""
                    words[column + offset] = text
                    if cell.rows > 1 and spans:
                        below[column + offset] = ("" if BARE_NUMBER.fullmatch(text) else text, cell.rows - 1)
                column += cell.columns if spans else 1
            own = any(words.values())
            for column, (text, left) in above.items():
                words.setdefault(column, text)
                if left > 1:
                    below.setdefault(column, (text, left - 1))
            above = below
            if own:
                width = max(words) + 1
                lines.append("\t".join(words.get(column, "") for column in range(width)).rstrip("\t "))
        return lines


def _span(value: str | None) -> int:
    number = int(value) if value and re.fullmatch(r"\d{1,6}", value.strip()) else 1
    return min(max(number, 1), WIDEST)
