"""Tables as files that Excel opens: CSV in UTF-8 that says so, in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"  # without it Excel takes the file for GBK
# What makes a cell a formula; in Chinese and Japanese versions the wide forms do too.
ACTIVE = tuple("=+-@\t\r\n＝＋－＠")


def table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """Return a CSV file of a head and rows; whole numbers stay numbers, all else is text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell if isinstance(cell, int) else harmless(cell) for cell in row] for row in rows)
    return MARK + file.getvalue()


def harmless(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would reckon with it."""
    return f"'{text}" if text.startswith(ACTIVE) else text
