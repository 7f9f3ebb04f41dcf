"""Recognise the titles of official documents and the kind of document a title ends in."""

import re
from collections.abc import Sequence

from index.labels import fold, read_label
from index.lines import is_body, is_date, is_sentence, starts_with_date

KINDS = (
    "实施方案", "工作方案", "考核方案", "方案", "实施办法", "管理办法", "暂行办法", "办法", "实施细则",
    "评分细则", "细则", "暂行规定", "若干规定", "规定", "暂行条例", "实施条例", "条例", "实施意见",
    "指导意见", "意见", "通知", "通报", "工作报告", "报告", "发展规划", "规划", "工作计划", "计划",
    "工作安排", "安排", "工作要点", "要点", "纲要", "决定", "决议", "规则", "制度", "公告", "通告",
    "命令", "总结", "预案", "标准", "清单", "指南", "指引", "解释", "批复", "章程", "规程", "规范",
    "措施", "责任书", "倡议书", "公报", "白皮书", "说明", "基准",
    "评分表", "考核表", "分工表", "分解表", "责任表", "一览表", "明细表", "统计表", "指标体系", "台账",
    "目录", "名单", "纪要", "公示", "协定", "函", "法",
)  # fmt: skip
_KIND = "|".join(sorted(KINDS, key=len, reverse=True))
# 通过, 公布 and the like make the note a line of the document's history.
_NOTE = r"(?:\((?:(?!通过|公布|发布|施行|印发|批准|[月号令])[^()]){1,24}\)|〔[^〔〕]{1,12}〕)"
_SENT_BY = "(?:通知|决定|批复|公告|通报|报告|意见|函)"
_TITLE = re.compile(rf"[^。;；!?！？:\t]{{2,90}}?(?:{_KIND})》?的?{_SENT_BY}?{_NOTE}{{0,2}}")
_NOTE_LINE = re.compile(_NOTE)
_YEAR_FIRST = re.compile(r"(?:19|20)\d{2} ?年")
_ANNEX_WORD = re.compile(r"附 ?件 ?[\d一二三四五六七八九十]*:?")
_LEAD = re.compile(r"^(?:第?[\d一二三四五六七八九十]+[、.]|[•·●◆■*-])")
_MAX_LINES = 4
_SHORTEST = 6  # characters; 裁判要点 below another line is a heading
_SEARCHED = 40


def is_title(words: str) -> bool:
    """Tell whether a line, or several joined, reads as a document's title."""
    folded = fold(words)
    if not 4 <= len(folded) <= 110 or _LEAD.match(folded) or read_label(folded):
        return False
    balanced = folded.count("《") == folded.count("》") and folded.count("(") == folded.count(")")
    if folded.startswith("《") and folded.endswith("》"):
        return False
    return balanced and bool(_TITLE.fullmatch(folded))


def is_note(words: str) -> bool:
    """Tell whether a line holds only a bracketed note, which belongs to the title above it."""
    return bool(_NOTE_LINE.fullmatch(fold(words).strip()))


def join_words(parts: Sequence[str]) -> str:
    """Join a title's lines; white space that only breaks a line is dropped."""
    joined = re.sub(r"\s+", " ", " ".join(part.strip() for part in parts)).strip()
    # A space between two Latin words stays; all others come from line breaks.
    return re.sub(r"(?<![A-Za-z]) | (?![A-Za-z])", "", joined)


def find_titles(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the titles among a document's first lines: first line, line after, title.

    A title may run over several lines; a line that holds only a bracketed note belongs to it.
    """
    titles = []
    at = 0
    limit = min(len(words), _SEARCHED)
    while at < limit:
        end = _title_end(words, at)
        if end is None or (at and len(join_words(words[at:end])) < _SHORTEST):
            at += 1
            continue
        while end < len(words) and end - at < _MAX_LINES and is_note(words[end]):
            end += 1
        titles.append((at, end, join_words(words[at:end])))
        at = end
    return titles


def main_title(words: Sequence[str]) -> tuple[str, int]:
    """Return the document's title and its first line; the first line itself where no title is found."""
    titles = find_titles(words)
    if titles:
        first = titles[0][2]
        # A site prints the bare title on top and the full one over the text.
        fuller = [title for _, _, title in titles[1:] if title.startswith(first)]
        return (max([first, *fuller], key=len), titles[0][0])
    for at, line in enumerate(words[:_SEARCHED]):
        if line.strip() and not _ANNEX_WORD.fullmatch(fold(line).strip()):
            text = join_words([line])
            return (text if len(text) <= 80 and not is_sentence(text) else text[:40], at)
    return ("", 0)


def document_kind(title: str) -> str:
    """Return the kind of document a title names at its end, four characters at most: 考核方案, 通知."""
    bare = re.sub(rf"{_NOTE}+$", "", fold(title)).rstrip("》")
    for kind in sorted(KINDS, key=len, reverse=True):
        if bare.endswith(kind):
            tail = bare[-4:]
            return tail if re.fullmatch(r"[一-鿿]{4}", tail) else kind
    return ""


def _title_end(words: Sequence[str], at: int) -> int | None:
    """Return the line after the title that starts at a line; None where none starts there."""
    first = words[at].strip()
    if first.endswith(("号", "文件")) or read_label(first):  # 文号, the red head of a paper
        return None
    if not first or starts_with_date(first) or is_sentence(first):
        return None
    for count in range(1, _MAX_LINES + 1):
        block = words[at : at + count]
        if len(block) < count or any(is_sentence(part) or is_date(part.strip()) for part in block):
            return None
        if count > 1 and (read_label(block[-1]) or len(fold(block[-1]).strip()) > 60):
            return None
        joined = join_words(block)
        if not is_title(joined):
            continue
        if count > 1 and is_title(join_words(block[-1:])) and not _hangs_on(block):
            return None  # the last line is a title of its own
        return at + count
    return None


def _hangs_on(block: Sequence[str]) -> bool:
    """Tell whether a title's first lines need the last: an issuer before 关于…, an open 《."""
    head = "".join(block[:-1])
    last = block[-1].strip()
    return (
        head.count("《") != head.count("》")
        or (
            (last.startswith("关于") or _YEAR_FIRST.match(fold(last)))
            and is_body(block[-2].strip().split(" ")[-1])
        )
        or block[-2].strip().endswith(("关于", "印发", "的"))
        or ("关于" in head and "关于" not in last)
    )
