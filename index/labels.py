"""Recognise the numbering officials print at a line's start: 一、 (一) 1. (1) ① 一是 第X条 1.1.

A label found here is only a candidate: whether it numbers a section, and at which level, is decided
in ``outline`` from the labels around it.
"""

import re
from dataclasses import dataclass

_DIGIT = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGIT |= {"六": 6, "七": 7, "八": 8, "九": 9}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_FOLD = str.maketrans("０１２３４５６７８９（）．，：；　〇", "0123456789().,:; 零")

_HAN = "[零一二三四五六七八九十百千]"
_NUMBER = rf"(?:{_HAN}{{1,9}}|\d{{1,4}})"

# Levels of a statute stand in this order in every document that has them.
STATUTE = ("part", "book", "subbook", "chapter", "section", "article")

# Each pattern is matched on the folded line; group 1 is the number.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第 ?({_NUMBER}) ?部分[ :、]*")),
    ("subbook", re.compile(rf"第 ?({_NUMBER}) ?分编[ :]*")),
    ("book", re.compile(rf"第 ?({_NUMBER}) ?编[ :]*")),
    ("chapter", re.compile(rf"第 ?({_NUMBER}) ?章[ :]*")),
    ("section", re.compile(rf"第 ?({_NUMBER}) ?节[ :]*")),
    ("article", re.compile(rf"第 ?({_NUMBER}) ?条(?: ?之 ?{_HAN}{{1,2}})?[ :]*")),
    ("ordinal", re.compile(rf"第({_HAN}{{1,2}})[,、] *")),
    ("cn", re.compile(rf"({_HAN}{{1,4}}) ?[、.](?: *[、.])? *")),
    ("cn", re.compile(rf"({_HAN}{{1,3}}) +(?=[一-鿿][^。;；]{{1,28}}$)")),
    ("cnp", re.compile(rf"[(〔\[] ?({_HAN}{{1,4}}) ?[)〕\]][、.]? *")),
    ("arp", re.compile(r"[(〔\[] ?(\d{1,3}) ?[)〕\]][、.]? *")),
    ("arh", re.compile(r"(\d{1,3}) ?\) *")),
    ("ar", re.compile(r"(\d{1,3}) ?(?:[.] ?(?!\d)|、) *")),
    ("circle", re.compile(r"([①-⑳]) *")),
    ("shi", re.compile(rf"({_HAN}{{1,3}})[是要][:,]?")),
)
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,4})\.?(?![\d%])(?! ?[万亿元%个米倍]) *")
_BARE = re.compile(r"(\d{1,2})(?: +|(?=[一-鿿]))(?=[一-鿿])")

# What follows a number that is only mentioned: 第三条规定…, (一)至(三)项, 一、二级响应, 3、4月.
_MENTION = {
    "article": re.compile(r"(?:第|[、,;]|和|或|至|到|及|与|规定|所|的|款|项|中|之|以|\(\S{1,3}\)[项目、至])"),
    "cnp": re.compile(r"(?:至|[、,和或] ?[(〔\[]|项|款|类|级)"),
    "arp": re.compile(r"(?:至|[、,和或] ?[(〔\[]|项|款|类|级)"),
    "cn": re.compile(rf"{_HAN}{{1,3}}(?:[、级类等条款项年月日季名]|个)"),
    "ordinal": re.compile(r"第"),
    "ar": re.compile(r"\d{1,3}(?:[、月日年级类号%]|\.(?!\D))"),
}
_STATUTE_MENTION = re.compile(r"(?:第|[、,]|和|至|规定|所|的(?!$)|中的)")
_INDENT = " \t\r\n\f\v\xa0□"  # an unreadable character before a label was its indent
_SHORT_LINE = 30
_LONGEST_LABEL = 30
_LOST_BREAK = re.compile(r"(?<=[。；;：:])\s+(?=[第(（一二三四五六七八九十])")


@dataclass(frozen=True, slots=True)
class Label:
    """A number printed at a line's start.

    ``style`` names its shape, ``number`` is its value (1-based), ``text`` is the label as paths hold
    it, ``length`` counts the characters it takes in the line, ``prefix`` holds the upper numbers of
    a dotted label (``(2, 1)`` for 2.1.3).
    """

    style: str
    number: int
    text: str
    length: int
    prefix: tuple[int, ...] = ()


def fold(text: str) -> str:
    """Fold full-width digits, brackets and stops to ASCII; every character keeps its place."""
    return text.translate(_FOLD)


def chinese_number(text: str) -> int:
    """Return the value of a Chinese or ASCII numeral below ten thousand, 0 where it is none."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = digit = 0
    for character in text:
        if character in _DIGIT:
            digit = digit * 10 + _DIGIT[character] if digit else _DIGIT[character]
        elif character in _UNIT:
            total += max(digit, 1) * _UNIT[character]
            digit = 0
        else:
            return 0
    return total + digit


def read_label(line: str) -> Label | None:
    """Return the label the line starts with, or None. Leading white space belongs to the label."""
    folded = fold(line)
    indent = len(folded) - len(folded.lstrip(_INDENT))
    body = folded[indent:]
    dotted = _DOTTED.match(body)
    if dotted:
        numbers = tuple(int(part) for part in dotted[1].split("."))
        if numbers[-1] and numbers[0]:
            style = f"dot{len(numbers)}"
            return Label(style, numbers[-1], dotted[1], indent + dotted.end(), numbers[:-1])
        return None
    for style, pattern in _PATTERNS:
        match = pattern.match(body)
        if match is None:
            continue
        number = ord(match[1]) - ord("①") + 1 if style == "circle" else chinese_number(match[1])
        if number < 1 or _mentioned(style, match[0], body[match.end() :]):
            continue
        return Label(style, number, _label_text(style, match[0], match[1]), indent + match.end())
    return None


def read_labels(line: str) -> list[tuple[int, Label]]:
    """Return the label at the line's start and those of paragraphs run together on it, with their places.

    Inside a line a label counts only after a sentence's end and white space: a line break once.
    """
    labels = [(0, label)] if (label := read_label(line)) else []
    if len(line) > _SHORT_LINE:
        for gap in _LOST_BREAK.finditer(line):
            label = read_label(line[gap.end() : gap.end() + _LONGEST_LABEL])
            if label and (label.style in STATUTE or label.style in ("cn", "cnp")):
                labels.append((gap.end(), label))
    return labels


def read_bare(line: str) -> Label | None:
    """Return the label of ``1 总则`` or ``1总则``: a number with nothing after it but the heading.

    Only a document that goes on with 1.1 uses it, so the caller must know that first.
    """
    folded = fold(line)
    indent = len(folded) - len(folded.lstrip(_INDENT))
    match = _BARE.match(folded[indent:])
    if match is None or len(line) > 40 or any(mark in line for mark in "。；;"):
        return None
    return Label("dot1", int(match[1]), match[1], indent + match.end())


def _mentioned(style: str, printed: str, after: str) -> bool:
    """Tell whether the number is only spoken of."""
    if style in STATUTE and printed.endswith((" ", ":")):
        return False
    if style == "article":
        return bool(_MENTION["article"].match(after))
    if style in STATUTE:
        return bool(_STATUTE_MENTION.match(after))
    pattern = _MENTION.get(style)
    return bool(pattern and pattern.match(after))


def _label_text(style: str, printed: str, number: str) -> str:
    text = re.sub(r"\s", "", printed)
    if style in STATUTE:
        return text.rstrip(":、")
    if style == "cn":
        return number
    if style == "ordinal":
        return f"第{number}"
    if style in ("cnp", "arp"):
        return f"({number})"
    if style == "shi":
        return text.rstrip(":,")
    return text
