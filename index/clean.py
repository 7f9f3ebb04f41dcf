"""Loaded text -> clean text: damage undone, simplified script, page chrome left out."""

import re
import unicodedata
from dataclasses import dataclass

from index.chrome import split_chrome
from index.pages import flow
from index.repair import repair
from index.script import is_traditional, to_simplified

LINE_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Zero-width, bidirectional and other control characters: invisible, they only break search.
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Radicals and compatibility ideographs that PDF tools put for the ordinary character.
LOOKALIKES = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file's text after cleaning: one block a line, no blank lines, no white space at line ends.

    ``repaired`` counts damaged characters restored, ``unrepaired`` those shown as ``□``.
    ``chrome`` holds the lines left out. ``converted`` tells that the text was traditional.
    """

    text: str
    repaired: int
    unrepaired: int
    chrome: tuple[str, ...]
    converted: bool


def clean(text: str) -> Cleaned:
    """Clean one file's text. Pure: nothing but the text decides. Clean text comes back as it is."""
    # White space at line starts still tells where paragraphs begin.
    lines, chrome = flow(_lines(_visible(text)))
    repaired = repair("\n".join(lines))
    converted = is_traditional(repaired.text)
    simplified = to_simplified(repaired.text) if converted else repaired.text
    lines = _lines(_visible(simplified))
    while True:  # a paragraph put together may bring chrome to the edge, and the other way round
        kept, site = split_chrome(tuple(line.strip() for line in lines))
        flowing, numbers = flow(kept)
        chrome += site + numbers
        if flowing == lines:
            break
        lines = flowing
    return Cleaned("\n".join(lines), repaired.repaired, repaired.unrepaired, chrome, converted)


def _visible(text: str) -> str:
    visible = INVISIBLE.sub("", LINE_BREAKS.sub("\n", text))
    return LOOKALIKES.sub(lambda m: unicodedata.normalize("NFKC", m.group()), visible)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line.strip())
