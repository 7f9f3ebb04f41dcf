"""A web page to its document's text: one block a line, table rows as tabs, site furniture left out.

What is dropped is decided in furniture.py, how a table becomes lines in tables.py; this module walks the
page. The walk keeps its own stack, so that no page can exhaust Python's.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from selectolax.lexbor import LexborHTMLParser, LexborNode

from index.formats.furniture import Furniture, walk
from index.formats.tables import Cell, Table

BLOCKS = frozenset(
    "address article blockquote body caption center dd details dir div dl dt fieldset figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hr legend li main menu ol p pre section summary table "
    "tbody td tfoot th thead tr ul form nav aside".split()
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements that close themselves, so that many of them in a row are not nested.
UNNESTED = frozenset(
    "area base body br col dd dt embed head hr html img input li link meta option p param source "
    "tbody td tfoot th thead tr wbr".split()
)
DEEPEST = 5000  # open elements; parsing time grows with the square (200,000: seven minutes)
HAN_SIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…]"
SOURCE_LINE_END = re.compile(rf"(?<={HAN_SIDE})[ \t]*\n\s*(?={HAN_SIDE})")
WHITE_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
NUMBERED = re.compile(
    r"\s*(?:[（(]?[\d一二三四五六七八九十百]+[)）、.．]|第[\d一二三四五六七八九十百]+|[①-⑳])"
)
ALIKE = 0.8  # share of the shorter title's characters that two forms of one title have in common
SAME_END = 4  # characters both end with: the kind of document
LONGEST_TITLE = 100  # characters
FEW = 50  # characters: less than this is no document; then the page hid its body, and all of it is read
TITLE_PARTS = re.compile(r"[_|｜]|\s[-–—]+\s|--+|(?<!\d)-(?!\d)")


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of a page's document, and the lines of the site that were left out."""

    lines: tuple[str, ...]
    dropped: tuple[str, ...]


def read(page: str) -> Words:
    """Return the words of the page's document, entities decoded, without the site around it."""
    parser = LexborHTMLParser(page)
    if parser.root is None:
        return Words((), ())
    everything = _Page(parser.root, careful=True)
    document = _Page(parser.root, careful=False)
    if sum(map(len, document.lines)) < FEW and sum(map(len, everything.lines)) > 4 * FEW:
        document = everything
    lines = list(document.lines)
    title = parser.css_first("title")
    if title is not None and not document.has_heading:
        words = max(TITLE_PARTS.split(title.text()), key=len, default="")
        words = WHITE_SPACE.sub(" ", words).strip()
        if words and not any(_says(line, words) for line in lines):
            lines.insert(0, words)
    kept = set(document.lines)
    return Words(tuple(lines), tuple(line for line in everything.lines if line not in kept))


def _says(line: str, title: str) -> bool:
    """Tell whether a line begins with the page's title or says nearly the same: a site shortens titles."""
    line, title = line.replace(" ", ""), title.replace(" ", "")
    if line.startswith(title):
        return True
    if line[-SAME_END:] != title[-SAME_END:] or len(line) > LONGEST_TITLE:
        return False
    blocks = SequenceMatcher(None, line, title, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= ALIKE * min(len(line), len(title))


def to_text(page: str) -> str:
    """Return the words of the page's document, one block a line."""
    return "\n".join(read(page).lines)


def nested_too_deep(page: str) -> bool:
    """Tell whether parsing the page would take unbounded time."""
    depth = 0
    for closing, tag in OPENING.findall(page):
        if tag.lower() not in UNNESTED:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > DEEPEST:
                return True
    return False


class _Page:
    """The lines of a page as the walk meets them; made once, then only read."""

    def __init__(self, root: LexborNode, *, careful: bool) -> None:
        self.lines: list[str] = []
        self.has_heading = False
        self._outer: list[list[str]] = []  # the lines around each open table cell
        self._words: list[str] = []
        self._label = ""
        self._counters: list[tuple[str, int] | None] = []
        self._tables: list[Table | None] = []
        self._preformatted = 0
        furniture = Furniture(root, careful=careful)
        for node, opens in walk(root, furniture.drops):
            if node.is_text_node:
                self._text(node.text_content or "")
            elif opens:
                self._open(node, furniture)
            else:
                self._close(node)
        self._end_line()

    def _text(self, text: str) -> None:
        if self._preformatted:
            first, *rest = text.split("\n")
            self._words.append(first)
            for line in rest:
                self._end_line()
                self._words.append(line)
        else:
            self._words.append(text)

    def _end_line(self) -> None:
        line = SOURCE_LINE_END.sub("", "".join(self._words))
        line = WHITE_SPACE.sub(" ", line).strip()
        self._words.clear()
        if line:
            label = "" if NUMBERED.match(line) else self._label
            self.lines.append(label + line)
            self._label = ""

    def _open(self, node: LexborNode, furniture: Furniture) -> None:
        tag = node.tag or ""
        if tag == "br" or tag in BLOCKS:
            self._end_line()
        if tag == "pre":
            self._preformatted += 1
        elif tag in ("ol", "ul", "menu", "dir"):
            self._counters.append(_numbering(node) if tag == "ol" else None)
        elif tag == "li":
            self._number(node)
        elif tag == "table":
            self._tables.append(None if furniture.is_layout(node) else Table())
        elif tag in ("td", "th", "caption") and self._tables and self._tables[-1] is not None:
            self._outer.append(self.lines)
            self.lines = []
        elif tag == "tr" and self._tables and self._tables[-1] is not None:
            self._tables[-1].start_row()

    def _close(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in BLOCKS:
            before = len(self.lines)
            self._end_line()
            self.has_heading |= tag in HEADINGS and len(self.lines) > before
        if tag == "pre":
            self._preformatted -= 1
        elif tag in ("ol", "ul", "menu", "dir"):
            self._counters.pop()
            self._label = ""
        elif tag == "table":
            table = self._tables.pop()
            self.lines.extend(table.lines() if table else ())
        elif tag in ("td", "th", "caption") and self._tables and self._tables[-1] is not None:
            cell = Cell.of(self.lines, node.attributes)
            self.lines = self._outer.pop()
            if tag == "caption":
                self._tables[-1].start_row()
            self._tables[-1].add(cell)

    def _number(self, item: LexborNode) -> None:
        counter = self._counters[-1] if self._counters else None
        if counter is None:
            self._label = ""
            return
        style, number = counter
        number = _integer(item.attributes.get("value"), number)
        self._counters[-1] = (style, number + 1)
        self._label = (
            f"{chr(ord(style) + number - 1)}." if style in "aA" and 0 < number <= 26 else f"{number}."
        )


def _numbering(listing: LexborNode) -> tuple[str, int] | None:
    """Return how an ordered list counts and from where; None where the page switched numbers off."""
    style = (listing.attributes.get("style") or "").replace(" ", "").lower()
    if "list-style:none" in style or "list-style-type:none" in style:
        return None
    kind = listing.attributes.get("type") or "1"
    return (kind if kind in ("a", "A") else "1", _integer(listing.attributes.get("start"), 1))


def _integer(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,4}", value.strip()) else default
