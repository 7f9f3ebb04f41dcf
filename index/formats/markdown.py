"""Markdown to plain text: marks go, words, printed numbers and lines stay.

A CommonMark parser is not used: it renumbers lists, joins lines that Chinese authors mean as
paragraphs, and leaves ``**一、标题。**正文`` with its stars, because it does not see a word's end there.
"""

import html as entities
import re
from collections.abc import Callable

from index.formats import html

FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_KEY = re.compile(r"""^[A-Za-z_][\w-]*[ \t]*:""", re.MULTILINE)
FRONT_TITLE = re.compile(r"""^title[ \t]*:[ \t]*["']?(.+?)["']?[ \t]*$""", re.MULTILINE | re.IGNORECASE)
COMMENT = re.compile("<!--"), re.compile("-->")
TABLE_HTML = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"</table\s*>", re.IGNORECASE)
FENCE = re.compile(r"^\s*(?:```|~~~)")
HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t\u3000]+|(?=[^\s#!]))(.*?)[ \t]*#*[ \t]*$")
UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})[ \t]*$")
RULE = re.compile(r"^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+")
BULLET = re.compile(r"^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
DEFINITION = re.compile(r"^ {0,3}\[[^\]^]+\]:[ \t]*\S+.*$")
FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:[ \t]*")
SEPARATOR = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
CELL_END = re.compile(r"(?<!\\)\|")
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
KEPT = re.compile("\x00(\\d+)\x00")
CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])")
LINK = re.compile(r"\[([^\[\]]+)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])")
FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]]+\]")
AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:a|b|big|center|code|del|div|em|font|i|img|ins|kbd|mark|p|s|small|span|strong|sub|sup|u)\b[^<>]*>",
    re.IGNORECASE,
)
STRONG = re.compile(r"(\*\*\*|\*\*|___|__|~~)(?=\S)(.+?)(?<=\S)\1")
EMPHASIS = re.compile(
    r"(?<![\w*])([*_])(?=[^\s*_])([^*_]+?)(?<=\S)\1(?![\w*])|(?<![\d*\s])\*(?=[^\s*\d])([^*]+?)(?<=[^\s\d])\*(?![\d*])"
)


def to_text(source: str) -> str:
    """Return the words of a Markdown text, one block a line, table cells joined by tabs."""
    front = FRONT_MATTER.match(source)
    title = ""
    if front and FRONT_KEY.search(front[1]):
        source = source[front.end() :]
        found = FRONT_TITLE.search(front[1])
        title = found[1] if found else ""
    source = _replaced(source, *COMMENT, lambda _: "")
    source = _replaced(source, *TABLE_HTML, lambda table: "\n" + html.to_text(table) + "\n")
    lines, has_heading = _lines(source)
    if title and not has_heading:
        lines.insert(0, title)
    return "\n".join(lines)


def _replaced(
    source: str, opening: re.Pattern[str], closing: re.Pattern[str], words: Callable[[str], str]
) -> str:
    """Put other words for what stands between two marks, marks included.

    As two searches, not one expression: that would look for the end again from each of many openings.
    """
    pieces, at = [], 0
    while (start := opening.search(source, at)) and (end := closing.search(source, start.end())):
        pieces += [source[at : start.start()], words(source[start.start() : end.end()])]
        at = end.end()
    return "".join([*pieces, source[at:]])


def _lines(source: str) -> tuple[list[str], bool]:
    """Return the lines without block marks and inline marks, and whether a heading was among them."""
    lines: list[str] = []
    has_heading = fenced = in_table = False
    rows = source.split("\n")
    for position, row in enumerate(rows):
        if FENCE.match(row):
            fenced = not fenced
            continue
        if fenced:
            lines.append(row.strip())
            continue
        row = QUOTE.sub("", row)
        after = rows[position + 1] if position + 1 < len(rows) else ""
        in_table = "|" in row and (in_table or bool(SEPARATOR.match(after) and "-" in after and "|" in after))
        if in_table:
            if not SEPARATOR.match(row):
                lines.append(_table_row(row))
            continue
        if lines and lines[-1] and UNDERLINE.match(row) and rows[position - 1].strip():
            has_heading = True
            continue
        if RULE.match(row) or DEFINITION.match(row):
            continue
        heading = HEADING.match(row)
        has_heading |= heading is not None
        row = heading[1] if heading else FOOTNOTE.sub("", BULLET.sub("", row))
        lines.extend(inline(part).strip() for part in BREAK.split(row))
    return [line for line in lines if line], has_heading


def _table_row(row: str) -> str:
    cells = CELL_END.split(row.strip().removeprefix("|"))
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return "\t".join(inline(BREAK.sub(" ", cell)).strip() for cell in cells).rstrip("\t")


def inline(text: str) -> str:
    """Return a line without its inline marks: emphasis, links, code, tags, escapes, entities."""
    kept: list[str] = []

    def restored(words: str) -> str:
        return KEPT.sub(lambda found: kept[int(found[1])], words)

    def keep(words: str) -> str:
        kept.append(restored(words))
        return f"\x00{len(kept) - 1}\x00"

    text = CODE.sub(lambda found: keep(found[2]), text.replace("\x00", ""))
    text = ESCAPED.sub(lambda found: keep(found[1]), text)
    text = AUTOLINK.sub(lambda found: keep(found[1]), text)
    text = LINK.sub(r"\1", IMAGE.sub("", text))
    text = TAG.sub("", FOOTNOTE_MARK.sub("", text))
    for _ in range(2):  # bold may stand inside struck out
        text = STRONG.sub(r"\2", text)
    text = EMPHASIS.sub(lambda found: found[2] or found[3], text)
    return restored(entities.unescape(text)).replace("\xa0", " ")
