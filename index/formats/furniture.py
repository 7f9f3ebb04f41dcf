"""What of a web page is the site and not the document.

When in doubt an element is kept: the lines that remain are judged once more in clean.py. An element
goes when HTML says what it is (nav, footer …), when it is not shown, or when its class says it is
furniture and it is made of links or is small beside the whole page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

# Never words of a document.
ALWAYS = frozenset(
    "applet area audio base button canvas datalist dialog embed frame frameset head iframe img input "
    "link map meta noframes noscript object option param progress rp rt script select style svg "
    "template textarea title video".split()
)
FURNITURE = frozenset(("nav", "aside", "menuitem"))
SURE = frozenset(
    "accessibility bdshare bdsharebuttonbox breadcrumb breadcrumbs bshare copyright crumb crumbs "
    "footer jiathis navbar pager pagination qrcode share sharebox sidebar social toolbar topbar".split()
)
LIKELY = frozenset(
    "bottom foot head header hot link links login menu nav navi navigation print recommend related "
    "search side tool tools top".split()
)
# Furniture that sites put between a document's title and its end.
INSIDE = frozenset(
    "bdshare bdsharebuttonbox bshare jiathis pager pagination print qrcode related share sharebox social "
    "toolbar tools".split()
)
# Words of class names by which sites mark the document itself.
DOCUMENT = frozenset("article articles editor trs ucap zoom".split())
# The same, and words that sites also give to the frame around everything: believed of the element alone.
BODY = DOCUMENT | frozenset("content detail doc main text".split())
HIDDEN_CLASSES = frozenset(("sr-only", "visually-hidden"))
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
SMALL = 0.3  # share of the page's characters below which furniture by name alone is believed
LINKED = 0.5  # share of an element's characters inside links that makes it a menu
MOST = 0.5  # share of the page's characters that no cell of data holds
LONG_CELL = 300  # characters; a shorter page may be one table
FEW_CELLS = 3  # a table of so few cells with paragraphs in them is a frame for the page


@dataclass(slots=True)
class _Weight:
    letters: int = 0
    linked: int = 0
    cells: int = 0
    rows: int = 0
    longest_cell: int = 0  # letters
    main: bool = False  # holds the page's own heading or article
    titled: bool = False  # holds an article with a heading of its own
    heading: bool = False
    table: bool = False
    paragraphs: int = 0

    def add(self, below: "_Weight", tag: str) -> None:
        """Count in what an element of this tag holds."""
        self.letters += below.letters
        self.linked += below.linked
        self.cells += below.cells + (tag in ("td", "th"))
        self.rows += below.rows + (tag == "tr")
        cell = below.letters if tag in ("td", "th") else 0
        self.longest_cell = max(self.longest_cell, below.longest_cell, cell)
        self.paragraphs += below.paragraphs + (tag == "p")
        self.main |= below.main or tag in ("h1", "article", "main")
        self.titled |= below.titled or (tag in ("article", "main") and below.heading)
        self.heading |= below.heading or tag in HEADINGS
        self.table |= below.table or tag == "table"


class Furniture:
    """Judges the elements of one page. ``careful`` keeps everything that could be words."""

    def __init__(self, root: LexborNode, *, careful: bool) -> None:
        self._careful = careful
        self._weights = _weigh(root)
        self._page = self._weights[root.mem_id]

    def drops(self, node: LexborNode) -> bool:
        """Tell whether the element and all in it is left out."""
        tag = node.tag or ""
        if tag in ALWAYS:
            return True
        if self._careful or tag in ("html", "body", "main", "article"):
            return False
        weight = self._weights[node.mem_id]
        if tag in FURNITURE or _is_hidden(node):
            return True
        if tag in ("header", "footer"):
            title_elsewhere = self._page.titled and not weight.titled
            return (title_elsewhere or not weight.main) and not _inside_document(node, by_name=False)
        small = weight.letters < SMALL * self._page.letters
        if tag == "form":
            return small and not weight.main
        names = _names(node)
        if not names & (SURE | LIKELY) or weight.main:
            return False
        if names & BODY or _inside_document(node, by_name=True):
            return bool(names & INSIDE) and small and not weight.heading
        return weight.linked >= LINKED * max(weight.letters, 1) or (bool(names & SURE) and small)

    def is_layout(self, table: LexborNode) -> bool:
        """Tell whether a table only arranges the page and its cells are not data."""
        weight = self._weights[table.mem_id]
        presents = (table.attributes.get("role") or "") in ("presentation", "none")
        framing = weight.cells <= FEW_CELLS and weight.paragraphs > weight.cells
        one_column = weight.cells <= weight.rows
        # Words of a whole document stand in one cell.
        holds = weight.longest_cell > max(MOST * self._page.letters, LONG_CELL)
        return presents or weight.table or weight.heading or framing or one_column or holds


def walk(root: LexborNode, dropped: Callable[[LexborNode], bool]) -> Iterator[tuple[LexborNode, bool]]:
    """Yield every text and element when it opens (True), and every element again when it closes (False).

    It keeps no stack of Python calls, so a deeply nested page cannot exhaust it.
    """
    node = root
    while True:
        kept = bool(node.is_text_node or (node.is_element_node and not dropped(node)))
        if kept:
            yield node, True
            below = None if node.is_text_node else node.child
            if below is not None:
                node = below
                continue
            if not node.is_text_node:
                yield node, False
        while node.mem_id != root.mem_id and node.next is None and node.parent is not None:
            node = node.parent
            yield node, False
        if node.mem_id == root.mem_id or node.next is None:
            return
        node = node.next


def _weigh(root: LexborNode) -> dict[int, _Weight]:
    """Return what every element holds, in one pass from the leaves up."""
    weights: dict[int, _Weight] = {}
    open_elements: list[_Weight] = []
    for node, opens in walk(root, lambda node: (node.tag or "") in ALWAYS):
        if node.is_text_node:
            if open_elements:
                open_elements[-1].letters += len("".join((node.text_content or "").split()))
        elif opens:
            weights[node.mem_id] = _Weight()
            open_elements.append(weights[node.mem_id])
        else:
            weight = open_elements.pop()
            tag = node.tag or ""
            if tag == "a":
                weight.linked = weight.letters
            if open_elements:
                open_elements[-1].add(weight, tag)
    return weights


def _names(node: LexborNode) -> frozenset[str]:
    """Return the words of the element's classes and id, lower case: ``siteNav-top`` is site, nav, top."""
    attributes = node.attributes
    marks = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return frozenset(word.lower() for word in WORDS.findall(marks))


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        "hidden" in attributes
        or (attributes.get("aria-hidden") or "").lower() == "true"
        or bool(HIDDEN_STYLE.search(attributes.get("style") or ""))
        or bool(HIDDEN_CLASSES.intersection((attributes.get("class") or "").split()))
    )


def _inside_document(node: LexborNode, *, by_name: bool) -> bool:
    """Tell whether an element around this one is marked as the document."""
    above = node.parent
    while above is not None:
        if above.tag in ("article", "main") or (by_name and _names(above) & DOCUMENT):
            return True
        above = above.parent
    return False
