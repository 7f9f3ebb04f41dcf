"""Decide where unnumbered paragraphs after a list belong: its last item, its parent, or 文末."""

import re
from collections.abc import Sequence

from index.document import TAIL
from index.labels import fold
from index.lines import Line, is_body, is_date, is_sentence
from index.outline import Draft, Placed

_SIBLINGS = 3  # single-paragraph items that show a list's items to be single paragraphs

_TO_ALL = re.compile(
    r"^(?:各级|各地|各[市县区乡镇州]|各[单部有相责成]|各(?:有关|相关)|[县市区省州](?:委|政府|直|级|有关)[^,。]{0,20}?各|"
    r"全[县市区省州]各|请各|望各|以上(?:工作|任务|事项|要求))[^。]{0,80}?(?:要|应当?|须|请|需|务必|必须|结合)"
)
_IN_FORCE = re.compile(
    r"^(?:本|此|该|以上|上述)(?:办法|方案|规定|细则|条例|意见|通知|决定|规则|计划|制度|规划|要点|预案|标准|文件)"
    r".{0,40}?(?:施行|执行|实施|生效|有效期|解释|印发之日|发布之日)"
)
_ABOLISHED = re.compile(r"(?:同时废止|即行废止|停止执行|同时作废)[。.]?$")
_OUTLOOK = re.compile(
    r"^(?:各位|同志们|让我们|下一步|今后|接下来|展望|总之|综上|最后|新的一年)"
    r"|^20\d{2} ?年[,，]?.{0,10}(?:将|要)(?:继续|进一步|认真|以)"
    r"|^(?:虽然|尽管)|^.{0,40}虽然.{0,30}(?:成绩|成效|进展).{0,10}[,，]?但"
    r"|^(?:同时|当然)?[,，]?(?:我们?|我[县市区省局])?(?:也|还)?(?:清醒|应当|必须|要)(?:地)?(?:看到|认识到)"
    r"|^[^。]{0,60}(?:下一步|今后)[,，](?:我们|我[县市区省局]|全[县市区省])?"
)
_FORMAL = re.compile(
    r"^(?:特此|此致|敬礼|妥否|以上(?:报告|意见|请示)|请(?:予)?审[议定]|[(（]此件|抄[送报]|联系人|印发机关|主题词"
    r"|附件? ?[\d一二三四五六七八九十]{0,2} ?[:：])"
)
_COLOPHON_LINES = 6
_COLOPHON = re.compile(r"抄 ?[送报] ?:|[^,。;；:]{2,40}?20\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日 ?印发$")


def colophon(lines: Sequence[Line], first: int, last: int) -> int:
    """Return the line of ``lines[first:last]`` where the imprint at a document's end begins, ``last`` where
    there is none: who gets copies, who printed it and when.
    """
    for at in range(max(first, last - _COLOPHON_LINES), last):
        if _COLOPHON.match(fold(lines[at].words)):
            return at
    return last


def tails(
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
    closing = _closing_start(lines, placed[order], extra) if at_end and not above else None
    owned = [at for at in extra if closing is None or at < closing]
    depth, start = _owner(lines, placed, extras, order, owned)
    if depth < len(placed[order].path) and start is not None:
        if depth:
            drafts.append(Draft((*above, *placed[order].path[:depth]), "", lines[start].start))
        elif above:
            drafts.append(Draft(above, "", lines[start].start))
        elif at_end:
            closing = start if closing is None else min(start, closing)
    if closing is not None:
        drafts.append(Draft((TAIL,), "", lines[closing].start))
    return drafts


def after_table(
    lines: Sequence[Line],
    placed: Sequence[Placed],
    extra: range,
    order: int,
    rows: frozenset[int],
    above: tuple[str, ...],
) -> list[Draft]:
    """Return the sections that the paragraphs below a table make: those of what holds it, or 文末."""
    item = placed[order]
    last_row = max((at for at in extra if at in rows), default=item.candidate.line)
    rest = range(last_row + 1, extra.stop)
    if not rest:
        return []
    at_end = order == len(placed) - 1 and not above
    holder = next(
        (
            other
            for other in reversed(placed[: order + 1])
            if other.candidate.line not in rows and other.path == item.path[: len(other.path)]
        ),
        None,
    )
    path = (*above, *(holder.path if holder else ()))
    closing = _closing_start(lines, holder or item, [rest[0], *rest]) if at_end else None
    if not path:
        closing = rest[0] if at_end else None
    held = holder is not item and path and closing != rest[0]
    drafts = [Draft(path, "", lines[rest[0]].start)] if held else []
    if closing is not None:
        drafts.append(Draft((TAIL,), "", lines[closing].start))
    return drafts


def _closing_start(lines: Sequence[Line], item: Placed, extra: Sequence[int]) -> int | None:
    """Return the first of a document's last unnumbered lines that closes the document, None where none.

    ``extra`` are the lines after the last label's own line.
    """
    # A statute's last paragraph is a paragraph of its last article; a signature still closes it.
    statute = "article" in item.styles
    # Below a bare heading the first paragraph is the section's own, whatever it says.
    bare = not is_sentence(lines[item.candidate.line].words)
    for order, at in enumerate(extra):
        words = fold(lines[at].words)
        if _FORMAL.match(words) or _signs(lines, extra[order:]):
            return at
        if statute or (bare and order == 0):
            continue
        if _TO_ALL.match(words) or _IN_FORCE.match(words) or _ABOLISHED.search(words):
            return at
        if not bare and _OUTLOOK.match(words):
            return at
    return None


def _signs(lines: Sequence[Line], rest: Sequence[int]) -> bool:
    """Tell whether a signature starts here: a body's name or a date, nothing but such lines after."""
    words = [lines[at].words for at in rest[:4]]
    if is_date(words[0]):
        return True
    return is_body(words[0]) and any(is_date(later) for later in words[1:])


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
    if _opens_anew(lines, placed, order, owned[-1]) and "article" not in item.styles:
        return depth - 1, owned[-1]
    uniform = {len(extras[at]) for at in siblings}
    base = uniform.pop() if len(uniform) == 1 else -1
    if base not in (0, 1) or len(owned) <= base:
        return depth, None
    tail = owned[base:]
    clauses = (
        base == 0 and siblings and all(_is_clause(lines[placed[s].candidate.line].words) for s in siblings)
    )
    if "article" in item.styles[:-1]:
        following = placed[order + 1] if order + 1 < len(placed) else None
        least = len(following.path) if following and following.candidate.label.number > 1 else 0
        return min(depth - 1, max(item.styles.index("article") + 1, least)), tail[0]
    if clauses:
        return depth - 1, tail[0]
    # Siblings with items of their own do not show how long an item of this list is.
    if len(siblings) < _SIBLINGS or not all(_is_leaf(placed, at) for at in siblings):
        return depth, None
    # A heading without words of its own takes none after its items either.
    return (depth - 1 if _has_words(lines, placed, extras, order) else depth), tail[0]


def _opens_anew(lines: Sequence[Line], placed: Sequence[Placed], order: int, at: int) -> bool:
    """Tell whether a line announces the next list of the same parent: 下一步要做好以下工作:"""
    following = placed[order + 1] if order + 1 < len(placed) else None
    return (
        following is not None
        and following.candidate.label.number == 1
        and following.path[:-1] == placed[order].path[:-1]
        and lines[at].words.endswith((":", "："))
    )


def _has_words(lines: Sequence[Line], placed: Sequence[Placed], extras: Sequence[range], order: int) -> bool:
    """Tell whether the parent of an item says something before its first item."""
    path = placed[order].path[:-1]
    if not path:
        return True
    parent = next(at for at in range(order - 1, -1, -1) if placed[at].path == path)
    return len(extras[parent]) > 0 or is_sentence(lines[placed[parent].candidate.line].words)


def _is_clause(words: str) -> bool:
    """Tell whether an item is part of one long sentence: it ends with a semicolon or comma."""
    return words.endswith(("；", ";", "，", ","))


def _siblings(placed: Sequence[Placed], order: int) -> list[int]:
    """Return the earlier items of the list that ends at an item, in reading order."""
    item = placed[order]
    siblings: list[int] = []
    number = item.candidate.label.number
    for earlier in range(order - 1, -1, -1):
        other = placed[earlier]
        if len(other.path) < len(item.path) or number == 1:
            break
        if len(other.path) == len(item.path):
            if other.candidate.label.number > number:
                break
            number = other.candidate.label.number
            siblings.append(earlier)
    return siblings[::-1]


def _is_leaf(placed: Sequence[Placed], at: int) -> bool:
    return at + 1 == len(placed) or len(placed[at + 1].path) <= len(placed[at].path)


def _ends_list(placed: Sequence[Placed], order: int) -> bool:
    """Tell whether no later item goes on with the item's list."""
    item = placed[order]
    if order + 1 == len(placed):
        return True
    following = placed[order + 1]
    if len(following.path) != len(item.path):
        return len(following.path) < len(item.path)
    return following.candidate.label.number == 1
