"""Text laid out for a terminal, where a Chinese character is two columns wide."""

import re
import unicodedata

WIDTH = 100  # columns
# A run of Latin letters and digits stays whole, no line ends with an opening mark, and none begins with a
# closing one or a +1.34.
_PIECE = re.compile(r"[（《“]*(?:[!-~]+|[^\n])[，。；：、？！）》”…=]*(?: [+-][0-9.]+[，。]?)?")


def columns(text: str) -> int:
    """Return how many columns the text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Return the text filled with spaces to a width, on its left where it is aligned ``right``."""
    gap = " " * max(0, width - columns(text))
    return gap + text if right else text + gap


def clipped(text: str, width: int) -> str:
    """Return as much of the text as fits, with … where something is left out."""
    if columns(text) <= width:
        return text
    while columns(text) > width - 2:
        text = text[:-1]
    return f"{text}…"


def paragraph(label: str, text: str, indent: int) -> list[str]:
    """Return the text in lines that fit, all of them indented, with the label before the first."""
    lines = [padded(label, indent)]
    for piece in _PIECE.findall(text):
        if columns(lines[-1] + piece.rstrip()) > WIDTH:
            lines.append(" " * indent)
            piece = piece.lstrip()
        lines[-1] += piece
    return [line.rstrip() for line in lines]
