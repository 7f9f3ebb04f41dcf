"""Addresses of clauses as people name them: 第三章第十五条, 附件2第6项, 十、(二十七), Article 12.

A label is kept in one spelling whatever the asker's: 第12条 is 第十二条, 附件二 is 附件2. What lies at an
address is told by the labels documents print, which may be of another shape: 第三十五条 of a plan
whose items are numbered (三十五) is that item.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from index.labels import chinese_number

_HAN = "[零〇一二三四五六七八九十百]{1,7}"
_N = rf"(?:{_HAN}|[0-9]{{1,4}})"
# Styles of labels and how they are spelt; a printed label has one of them, or is a word (备注).
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (style, re.compile(pattern))
    for style, pattern in (
        ("article", rf"第{_N}条(?:之{_HAN})?"),
        ("chapter", rf"第{_N}章"),
        ("section", rf"第{_N}节"),
        ("book", rf"第{_N}编"),
        ("subbook", rf"第{_N}分编"),
        ("part", rf"第{_N}部分"),
        ("item", rf"第{_N}项"),
        ("annex", rf"附(?:件|表|录)(?:{_N}(?:-[0-9]{{1,2}})?)?"),
        ("cnp", rf"\({_HAN}\)"),
        ("arp", r"\([0-9]{1,3}\)|[0-9]{1,3}\)"),
        ("row", r"[0-9]{1,3}"),
        ("ar", r"[0-9]{1,3}[.、]"),
        ("dotted", r"[0-9]{1,2}(?:\.[0-9]{1,2})+"),
        ("cn", _HAN),
        ("said", rf"{_HAN}[是要]"),
        ("ordinal", rf"第{_HAN}"),
    )
)
# Which styles of printed labels a named one may mean, the likelier before: equals stand together.
_MEANS: dict[str, tuple[str, ...]] = {
    "article": ("article", "cnp", "ar row", "arp", "cn"),
    "chapter": ("chapter", "cn"),
    "section": ("section", "cnp"),
    "part": ("part", "cn", "chapter"),
    "item": ("row ar cnp arp cn said ordinal",),
    "cnp": ("cnp", "arp"),
    "arp": ("arp", "cnp"),
    "ar": ("ar row dotted", "arp"),
}
STATUTE = frozenset({"article", "chapter", "section", "book", "subbook", "part"})
_LOOSE = frozenset(
    {"item", "part", "arp", "ar", "cn", "section"}
)  # words for much else: 第一项任务, 第二部分内容

_SPOKEN_TITLE = re.compile(r"《[^《》]*》")
_ONE = (
    rf"第\(?(?P<number>{_N})\)?(?P<unit>条(?:之{_HAN})?|章|分编|编|节|部分|项|点|款|行)"
    rf"|(?<!解释)(?<!批复)第?\((?P<bracket>{_HAN}|[0-9]{{1,2}})\)(?:条|项|点|款)?"
    rf"|附(?:件|表|录)(?P<annex>[一二三四五六七八九十]{{1,2}}|[0-9]{{1,2}}(?:-[0-9]{{1,2}})?|(?=第))"
    r"|(?<![a-z])(?P<english>article|chapter|section|part|item|annex|appendix|attachment)"
    r"(?:number|no\.?)?\s*(?P<figure>[0-9]{1,3})"
    r"|第?(?P<dotted>[0-9]{1,2}(?:\.[0-9]{1,2})+)(?:条|款|节|项)"
)
# What looks like a label and is a word: 第一节课, 第一条路, 附件一共, 附件2份; an interpretation's (二).
_NO_LABEL = re.compile(
    r"第[^章编项点款]{1,7}(?:节课|条(?:线|路|河|街|命|生产|消息|意见)|部分析)|附件(?:一(?:共|并|起|样|般|些|律|定|直)|[^第]{1,2}[个份张页种类])"
    r"|第一(?:款|点|项)(?:车|产品)"
)
_STARTS = re.compile(
    rf"{_ONE}|(?<![第、一二三四五六七八九十])(?P<han>{_HAN})、"
    rf"(?=\({_HAN}\)|[0-9]{{1,2}}[.、](?![0-9])|{_HAN}是(?!什么|哪))"
)
_FOLLOWS = re.compile(
    r"(?P<joint>的|中的?|里面?的?|下的?|[,，]|\s*of(?: ?the)?\s*|和|与|及|、|或|至|到)?"
    rf"(?:{_ONE}|第?(?P<han>{_HAN})、|(?P<row>[0-9]{{1,3}})(?:[.、]|(?=[^0-9.年月日天个%分人次]|$))"
    rf"|(?P<said>{_HAN})是|(?P<word>备注))"
)
_RANGE = 30  # clauses from the first to the last of 第三条至第六条


def named(text: str) -> tuple[str, ...]:
    """Return the labels of the first address in the folded question, outermost first, none where it has
    none. Neighbours of one style are alternatives: 第三条和第五条. Titles in 《》 name no address.
    """
    return cut(text)[1]


def cut(text: str) -> tuple[str, tuple[str, ...], str]:
    """Return the text before the address, its labels, and the text after it."""
    shown = _SPOKEN_TITLE.sub(lambda title: "《" + "_" * (len(title[0]) - 2) + "》", text)
    brackets = len(re.findall(rf"(?<![、,第])\({_HAN}\)", shown))
    for start in _STARTS.finditer(shown):
        listing = start["bracket"] and start[0].startswith("(") and brackets > 1
        if _NO_LABEL.match(shown, start.start()) or listing:
            continue
        labels, end = [_label(start)], start.end()
        while (after := _FOLLOWS.match(shown, end)) and not _NO_LABEL.match(shown, end):
            label, joint = _label(after), after["joint"] or ""
            if not _goes_on(labels, label, joint):
                break
            if joint in ("至", "到"):
                labels += _between(labels[-1], label)
            labels.append(label)
            end = after.end()
            if joint.strip().startswith("of"):
                labels.reverse()
        if any(label for label in labels):
            return text[: start.start()], tuple(label for label in labels if label), text[end:]
    return text, (), ""


def at(labels: Sequence[str], path: Sequence[str]) -> bool:
    """Tell whether the section with this path lies at the address or under it."""
    return fit(labels, path) is not None


def fit(labels: Sequence[str], path: Sequence[str]) -> tuple[int, int] | None:
    """Return how a section lies at or under an address: how far the labels' shapes are from those named
    (0 for the same) and how deep the last one stands; None where it does not. Less is likelier meant.
    """
    printed = [shape(label) for label in path]
    worst, depth = 0, -1
    for group in _groups(labels):
        for position in range(depth + 1, len(printed)):
            found = [rank for style in group if (rank := _rank(style, printed[position])) is not None]
            if found:
                worst, depth = max(worst, min(found)), position
                break
        else:
            return None
    return (worst, depth) if labels else None


@lru_cache(maxsize=50_000)
def shape(label: str) -> tuple[str, tuple[int, ...]]:
    """Return a label's style and its numbers; the style of a word (备注) is the word."""
    for style, pattern in _SHAPES:
        if pattern.fullmatch(label):
            return style, tuple(map(chinese_number, re.findall(_N, label.replace("〇", "零"))))
    return label, ()


def firm(labels: Sequence[str]) -> bool:
    """Tell whether the words can only be an address, so that it is an error when nothing stands there."""
    return any(shape(label)[0] not in _LOOSE for label in labels)


def carried(labels: tuple[str, ...], before: Sequence[str]) -> tuple[str, ...]:
    """Return the address in full when it goes on from the one before: 第7项 after 附件2第6项. Articles and
    chapters count through the whole document.
    """
    styles = [shape(label)[0] for label in before]
    first = shape(labels[0])[0] if labels else ""
    if first in STATUTE or first == "annex" or first not in styles:
        return labels
    return (*before[: styles.index(first)], *labels)


def _label(match: re.Match[str]) -> str:
    """Return the one spelling of what was matched; empty for a paragraph (款), which no path holds."""
    found = match.groupdict()
    if found["number"]:
        number, unit = chinese_number(found["number"]), found["unit"]
        if unit in ("项", "点", "行"):
            return f"第{number}项" if "(" not in match[0] else f"({_han(number)})"
        return "" if unit == "款" else f"第{_han(number)}{unit}"
    if found["bracket"]:
        inside = found["bracket"]
        return f"({inside})" if inside.isdigit() else f"({_han(chinese_number(inside))})"
    if found["annex"] is not None:
        main, _, sub = found["annex"].partition("-")
        return f"附件{chinese_number(main) or ''}" + (f"-{sub}" if sub else "")
    if found["english"]:
        unit = {"article": "条", "chapter": "章", "section": "节", "part": "部分", "item": "项"}.get(
            found["english"], ""
        )
        number = int(found["figure"])
        if unit == "项":
            return f"第{number}项"
        return f"第{_han(number)}{unit}" if unit else f"附件{number}"
    if found["dotted"]:
        return found["dotted"]
    if found["han"]:
        return _han(chinese_number(found["han"]))
    if found["row"]:
        return f"{int(found['row'])}."
    return f"{found['said']}是" if found["said"] else found["word"]


def _goes_on(labels: Sequence[str], label: str, joint: str) -> bool:
    """Tell whether a label right after others belongs to the address. Bare numbers do only after 五、 or
    an annex; after 和 only another of the same style does.
    """
    if not label:
        return True
    last, style = shape(labels[-1])[0], shape(label)[0]
    if joint.strip().startswith("of"):
        return True
    if joint in ("和", "与", "及", "、", "或", "至", "到"):
        return last == style and style not in ("cn", "ar", "said")
    if style in ("ar", "said", "cn", "备注"):
        return last in ("cn", "cnp", "annex", "ar", "item") and last != style
    return last != style and style not in [shape(each)[0] for each in labels]


def _between(first: str, last: str) -> list[str]:
    (style, low), (_, high) = shape(first), shape(last)
    if len(low) != 1 or len(high) != 1 or not 0 < high[0] - low[0] <= _RANGE:
        return []
    numbers = range(low[0] + 1, high[0])
    if style == "cnp":
        return [f"({_han(number)})" for number in numbers]
    return [f"第{number if style == 'item' else _han(number)}{last[-1]}" for number in numbers]


def _groups(labels: Sequence[str]) -> list[list[tuple[str, tuple[int, ...]]]]:
    """Return the labels as shapes, neighbours of one style together."""
    groups: list[list[tuple[str, tuple[int, ...]]]] = []
    for label in labels:
        read = shape(label)
        if groups and groups[-1][0][0] == read[0]:
            groups[-1].append(read)
        else:
            groups.append([read])
    return groups


def _rank(named_as: tuple[str, tuple[int, ...]], printed: tuple[str, tuple[int, ...]]) -> int | None:
    """Return how likely the printed label is the one named, 0 the likeliest, None where it is not."""
    if named_as[1] != printed[1] and not (named_as[0] == "annex" and not named_as[1]):
        return None
    meant = _MEANS.get(named_as[0], (named_as[0],))
    return next((rank for rank, styles in enumerate(meant) if printed[0] in styles.split()), None)


def _han(number: int) -> str:
    """Write a number below a thousand in Chinese, as labels do: 12 is 十二, 103 is 一百零三."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number % 1000, 100)
    tens, ones = divmod(rest, 10)
    words = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (digits[ones] if ones or not number else "")
