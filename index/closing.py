"""Decide where unnumbered paragraphs after a list belong: its last item, its parent, or 文末."""

import re
from collections.abc import Sequence

from index.labels import fold
from index.lines import Line, is_body, is_date

_TO_ALL = re.compile(
    r"^(?:各级|各地|各[市县区乡镇州]|各[单部有相责成]|各(?:有关|相关)|[县市区省州](?:委|政府|直|级|有关)[^,。]{0,20}?各|"
    r"全[县市区省州]各|请各|望各)[^。]{0,80}?(?:要|应当?|须|请|需|务必|必须|结合)"
)
_IN_FORCE = re.compile(
    r"^(?:本|此|该|以上|上述)(?:办法|方案|规定|细则|条例|意见|通知|决定|规则|计划|制度|规划|要点|预案|标准|文件)"
    r".{0,40}?(?:施行|执行|实施|生效|有效期|解释|印发之日|发布之日)"
)
_ABOLISHED = re.compile(r"(?:同时废止|即行废止|停止执行|同时作废)[。.]?$")
_OUTLOOK = re.compile(
    r"^(?:下一步|今后|接下来|展望|总之|综上|最后|新的一年|20\d{2} ?年[,，]?.{0,10}(?:将|要)(?:继续|进一步|认真|以))"
    r"|^(?:虽然|尽管)|^.{0,40}虽然.{0,30}(?:成绩|成效|进展).{0,10}[,，]?但"
    r"|^(?:同时|当然)?[,，]?(?:我们?|我[县市区省局])?(?:也|还)?(?:清醒|应当|必须|要)(?:地)?(?:看到|认识到)"
    r"|^[^。]{0,60}(?:下一步|今后)[,，](?:我们|我[县市区省局]|全[县市区省])?"
)
_FORMAL = re.compile(
    r"^(?:特此|此致|敬礼|妥否|以上(?:报告|意见|请示)|请(?:予)?审[议定]|[(（]此件|抄[送报]|联系人|印发机关|主题词|附件?[:：])"
)


def closing_start(lines: Sequence[Line], extra: Sequence[int], statute: bool) -> int | None:
    """Return the first of a document's last unnumbered lines that closes the document, None where none.

    ``extra`` are the lines after the last label's own line. A statute's last paragraph is a paragraph
    of its last article, so only a signature or a list of annexes closes it.
    """
    for order, at in enumerate(extra):
        words = lines[at].words
        folded = fold(words)
        if _FORMAL.match(folded) or _signs(lines, extra[order:]):
            return at
        if not statute and (
            _TO_ALL.match(folded)
            or _IN_FORCE.match(folded)
            or _ABOLISHED.search(folded)
            or _OUTLOOK.match(folded)
        ):
            return at
    return None


def _signs(lines: Sequence[Line], rest: Sequence[int]) -> bool:
    """Tell whether a signature starts here: a body's name or a date, nothing but such lines after."""
    words = [lines[at].words for at in rest[:4]]
    if is_date(words[0]):
        return True
    return is_body(words[0]) and any(is_date(later) for later in words[1:])


def is_clause(words: str) -> bool:
    """Tell whether an item is part of one long sentence: it ends with a semicolon or comma."""
    return words.endswith(("；", ";", "，", ",", "；和", "；或者"))


def speaks_of(tail: str, own: str, others: Sequence[str]) -> bool:
    """Tell whether a paragraph goes on with its section's subject rather than with the whole list's.

    It does when it names more of the section's words that no sibling has than there are siblings whose
    headings it names.
    """
    rare = _pairs(own) - set().union(*(_pairs(other) for other in others))
    return len(_pairs(tail) & rare) >= _SHARED


_SHARED = 6  # pairs of characters; below that two paragraphs of one report share as many by chance


def _pairs(text: str) -> set[str]:
    runs = re.findall(r"[一-鿿]{2,}", text)
    return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
