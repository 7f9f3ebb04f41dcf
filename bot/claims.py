"""What in a sentence can be right or wrong by itself: its figures with what bounds them, and its names
(bodies, places, people, titles, document numbers, foreign words). Read alike from documents and from what
a model wrote, so that the two can be set side by side. All texts are folded (``bot.words.fold``).
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import rjieba

from bot.holdings import bare
from bot.numerals import NUMERAL, number
from prompts import counted_things

# Words that only look as if they counted.
_IDIOM = re.compile(
    r"统一|一律|一般|一致|进一步|一些|一下|一定|第一时间|唯一|同一|单一|专一|万一|一旦|一样|一次性|一并|一同"
    r"|一起|一切|一直|一方面|另一方面|(?<![一二三四五六七八九扣加减得满过于])十分|百姓|三农|四风|三定|千方百计|万众|之一|一体化?|一线|一把手|一批|一经"
    r"|一系列|一票|一带一路|最多跑一次|逐一|一网|一窗|一站式|一门|一类|十[一二三四]五(?=规划|时期|期间)|[三四五六]中全会"
    r"|两个维护|两个确立|四个意识|四个自信|万元|十[八九]大|二十大|百分制|双随机|一公开|一单|一库"
)
_LABEL = re.compile(
    r"^(?:[0-9]{1,2}[.、](?![0-9])|\([0-9一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]+(?:、|是(?=[\u4e00-\u9fff])))"
)
_UNITS = (
    "年 月 日 号 时 点 分 秒 % 元 倍 条 款 项 章 节 编 附件 学期 周年 周岁 岁 世纪 届 级 类 种 成".split()
)
_FIGURE = re.compile(
    rf"百分之(?P<percent>{NUMERAL})|(?P<tenths>[一二三四五六七八九])成(?P<half>半)?(?![立为果员效本就])"
    rf"|(?P<year>[一二][〇零九][〇零一二三四五六七八九]{{2}})(?=年)"
    rf"|(?P<ordinal>第)?(?P<number>{NUMERAL})(?:[余多](?P<power>[万亿])?)?"
)
_LEADS = (
    (
        "most",
        r"不(?:得|宜|能|应|可)?(?:超过|超出|高于|多于|长于|大于|晚于|迟于)|最[多高长晚迟]|至多|封顶|控制在",
    ),
    ("least", r"不(?:得|能|应|可|宜)?(?:少于|低于|短于|小于|下于|早于)|至少|最少|最低|最短|最早|起码"),
    ("over", r"超过|超出|多于|高于|大于|逾|突破|满(?!意|足)"),
    ("under", r"不足|少于|低于|不到|不满|小于|未满|未达到?"),
    ("about", r"约为?|大约|接近|将近"),
    ("grown", r"增长|增加|上升|提高|新增|同比增|加"),
    ("fallen", r"下降|减少|降低|缩短|压缩|压减|扣减|扣除?|减"),
)  # fmt: skip
_LEAD = tuple((name, re.compile(rf"({words})[了到至为]?[^0-9,;。]{{0,14}}$")) for name, words in _LEADS)
_TAIL = (
    ("least", re.compile(r"(?:及|或|含)?以上")),
    ("before", re.compile(r"(?:年|月|度|底|末)*(?:以|之)?前(?!置|期|提)")),
    ("most", re.compile(r"(?:以内|之内|内(?![容部设]))|(?:及|或|含)?以下")),
    ("after", re.compile(r"(?:以|之)?后(?!续|备)")),
    ("from", re.compile(r"起(?!诉|草)")),
)
_COUNTED = 4  # characters of what is counted, at most
_RANGE = re.compile(r"(?:至|到|[-—~]+)$")
_BODY = re.compile(
    r"[\u4e00-\u9fff]{2,}?(?:局|厅|委员会|委|办公室|办公厅|人民政府|政府|法院|检察院|中心|部门|机关|机构|大队|支队"
    r"|办事处|公司|医院|学院|大学|协会|领导小组|小组|街道办|党组|党委|常委会|常务会议|人大|政协|纪委|监委|单位|办)"
)
_SORT = re.compile(
    r"(?:委员会|(?:政府)?办公[室厅]|人民政府|检察院|办事处|领导小组|常委会|常务会议|政府|法院|中心|部门|机关|机构"
    r"|[大支]队|公司|医院|学院|大学|协会|小组|党[组委]|人大|政协|[纪监]委|单位)$"
)
_NO_BODY = frozenset(
    "主办 承办 协办 督办 交办 查办 经办 严办 联办 代办 举办 开办 兴办 催办 帮办 领办 通办 即办 网办".split()
)
_GENERIC = re.compile(
    r"(?:[各该本]|有关|相关|责任|牵头)(?:部门|单位|机关)$|(?:法治|数字|服务型?)政府$"
)  # nobody by name
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}(?:自治)?[省市县区州旗镇乡村]")
_NO_PLACE = re.compile(
    r"法治$|[各全本该同跨城郊辖社园地景校牧矿林灾疫片港街城乡镇县市区域在为和及是有向由于到个的]$|直辖|行政|开发|示范|试验|保护|自治|服务|管理|农业|工业"
)
_TITLE = re.compile(r"《([^《》]+(?:《[^《》]*》[^《》]*)?)》")
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}[〔\[(][0-9]{4}[〕\])](?:第)?[0-9]+号")
_FOREIGN = re.compile(r"[a-z][a-z0-9.:/@_-]+")
_RELATIVE = re.compile(
    r"去年|今年|明年|前年|后年|次年|翌年|上年|本月|上月|下月|次月|上半年|下半年|[前后]三季度"
)
_PEOPLE = re.compile(
    r"[副正]?(?:书记|主任|[局县市区镇乡省部厅处科院]长|主席|检察长|秘书长|首席[\u4e00-\u9fff]{2})"
    r"|(?:主要|分管|直接|其他|相关|有关)?负责人|领导班子"
)
_EVERY = re.compile(
    r"每(?:个)?(?:半年|半个?月|季度?|年度?|月|周|日|天|学期|人|名|件|次|项|期|起|户|份)|按[年季月周]|(?<=[^0-9])年度"
)
_BETWEEN = re.compile(r"[由与及且并或则]|关于|对于|而且|并且|同时|会同|规定|要求|明确|根据|按照")
LEVELS = ("人民政府", "政府", "常务会议", "常委会", "人大", "党委", "党组", "政协", "纪委", "监委")
_PROPER = frozenset(("nr", "ns", "nt", "nrt", "nrfg"))


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it counts something. ``unit`` is empty where no known one follows, ``bound`` says how it
    is limited. ``weak`` ones (一个, 一种) may be mere articles.
    """

    value: str
    unit: str
    bound: str
    weak: bool
    start: int
    end: int

    def same(self, other: "Figure") -> bool:
        """Tell whether both count as much of the same."""
        return self.value == other.value and self.like(other)

    def like(self, other: "Figure") -> bool:
        """Tell whether both may count the same thing, whatever the numbers."""
        return self.unit == other.unit or not (self.unit and other.unit) or "个" in (self.unit, other.unit)

    def __str__(self) -> str:
        return f"{self.value}{self.unit}"


@dataclass(frozen=True, slots=True)
class Name:
    """Something called by name. ``kind``: body, place, title, number (of a document), person (by office),
    time (每年, 去年), foreign (a word in Latin letters) or name.
    """

    kind: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def figures(text: str) -> tuple[Figure, ...]:
    """Return the figures of a folded clause, in order."""
    text = _LABEL.sub(lambda label: "\0" * len(label[0]), text)
    masked = _IDIOM.sub(lambda idiom: "\0" * len(idiom[0]) if idiom[0] != "万元" else idiom[0], text)
    found: list[Figure] = []
    for match in _FIGURE.finditer(masked):
        value, unit, end = _value(match), "", match.end()
        if match["percent"] or match["tenths"]:
            unit = "%"
        elif match["ordinal"]:
            known = _unit().match(masked, end)
            unit = f"第{known[0] if known else ''}"
        elif known := _unit().match(masked, end):
            unit, end = _canonical(known[0]), known.end()
        written = match["number"] or ""
        han = written and not written[0].isascii()
        if han and not unit and (len(written) < 2 or number(written) is None):
            continue  # 三是, 一 as a label or in a word
        if written in ("百", "千", "万", "亿"):
            continue  # 百分点, 万元
        weak = written == "一" and unit in ("个", "种", "项", "类", "名", "位", "份", "条", "家")
        found.append(Figure(value, unit, _bound(masked, match.start(), end, unit), weak, match.start(), end))
    return tuple(_ranged(found, masked))


def _ranged(found: list[Figure], text: str) -> list[Figure]:
    """Give the first figure of a range (3至5日) the unit of the second."""
    told = found[:]
    for place, (one, two) in enumerate(itertools.pairwise(found)):
        if not one.unit and _RANGE.fullmatch(text[one.end : two.start]):
            told[place] = Figure(one.value, two.unit, one.bound, one.weak, one.start, one.end)
    return told


def _value(match: re.Match[str]) -> str:
    if match["tenths"]:
        return _plain((number(match["tenths"]) or 0) * 10 + (5 if match["half"] else 0))
    if match["year"]:
        return "".join(_plain(number(digit) or 0) for digit in match["year"].replace("〇", "零"))
    written = (match["percent"] or match["number"]) + (match["power"] or "")
    value = 100 if written == "百" else number(written)
    return written if value is None else _plain(value)


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)


def _bound(text: str, start: int, end: int, unit: str) -> str:
    # What is counted may stand between, where it is no unit that is known: 三层楼以上.
    ends = (end,) if unit else range(end, end + _COUNTED)
    for name, tail in _TAIL:
        if any(tail.match(text, place) for place in ends):
            return name
    clause = text[max(0, start - 24) : start]
    # The nearest, 最长不少于 is a least; and of one place the whole word, 不少于 and not 少于.
    leads = [(m.end(1), -m.start(1), name) for name, lead in _LEAD if (m := lead.search(clause))]
    return max(leads)[2] if leads else ""


def _canonical(unit: str) -> str:
    if len(unit) > 1:
        unit = unit.removeprefix("个")
    unit = unit.replace("课时", "学时").replace("月份", "月").replace("年度", "年").replace("号", "日")
    return {"天": "日", "人": "名", "回": "次", "位": "名"}.get(unit, unit)


@cache
def _unit() -> re.Pattern[str]:
    words = {word for thing in counted_things() for word in thing.chinese}
    listed = sorted({*words, *_UNITS, "月份", "年度"}, key=len, reverse=True)
    return re.compile(f"个?(?:{'|'.join(map(re.escape, listed))})|个")


@lru_cache(maxsize=20_000)
def names(text: str) -> tuple[Name, ...]:
    """Return what a folded clause calls by name, in order; one inside another only once."""
    found = [Name("title", bare(m[1]), *m.span()) for m in _TITLE.finditer(text)]
    found += [Name("number", m[0], *m.span()) for m in _DOCUMENT_NUMBER.finditer(text)]
    outside = re.compile(f"{_TITLE.pattern}|{_DOCUMENT_NUMBER.pattern}").sub(lambda m: "\0" * len(m[0]), text)
    spoken = _BETWEEN.sub(lambda m: "\0" * len(m[0]), without(outside, figures(outside)))
    for match in _BODY.finditer(spoken):
        name = match[0]
        tail = _tail(name)
        if name[-2:] not in _NO_BODY and not _GENERIC.search(name):
            found.append(Name("body", tail, match.end() - len(tail), match.end()))
    found += [
        Name("place", m[0], *m.span()) for m in _PLACE.finditer(spoken) if not _NO_PLACE.search(m[0][:-1])
    ]
    for kind, pattern in (("foreign", _FOREIGN), ("time", _RELATIVE), ("person", _PEOPLE), ("time", _EVERY)):
        found += [Name(kind, _same_span(m[0]), *m.span()) for m in pattern.finditer(outside)]
    end = 0
    counted = without(outside, figures(outside))
    for word, tag in rjieba.tag(counted):
        start, end = end, end + len(word)
        if tag in _PROPER and len(word) > 1 and not any(n.start < end and start < n.end for n in found):
            found.append(Name("place" if tag == "ns" else "name", word, start, end))
    return tuple(sorted(found, key=lambda name: name.start))


def _same_span(word: str) -> str:
    """Return how often something is as one spelling: 每个季度 and 每季 alike."""
    if word.startswith("每"):
        return "每" + word[1:].removeprefix("个").replace("季度", "季").replace("年度", "年").replace(
            "天", "日"
        )
    return word


def _tail(name: str) -> str:
    """Return the end of a body's name that tells it from others: 财政局 of 由县财政局."""
    sort = _SORT.search(name)
    longest = sort[0] if sort else name[-1:]
    return name[-(len(longest) + 2) :]


def without(text: str, marks: Sequence[Figure | Name]) -> str:
    """Return the text with figures and names blanked, so that what is said of them is left."""
    for mark in marks:
        text = text[: mark.start] + "\0" * (mark.end - mark.start) + text[mark.end :]
    return text
