"""Read from a document's first and last lines what it is: title, issuer, place, years, 文号, date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.labels import chinese_number, fold
from index.lines import is_body, is_date, is_sentence
from index.titles import find_titles, main_title

_HEAD_LINES = 40
_TAIL_LINES = 12

_YEAR_DIGITS = str.maketrans("零〇○Oo一二三四五六七八九", "00000123456789")
_RANGE = re.compile(r"([12]\d{3}) ?年? ?(?:[-—–－~～至到]|──|——){1,2} ?([12]\d{3}) ?年?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年(?!修[正订])")
_HAN_YEAR = re.compile(r"[一二][零〇○Oo0一二三四五六七八九]{3}(?=年)")
_FIVE_YEARS = re.compile(
    r"(?:“?十([一二三四五六七八九])五”?|第十([一二三四五六七八九])个五年)(?=规划|时期|法治|期间|”)"
)
_NOW = re.compile(
    r"现[就将](?:我?[县市区省局]?).{0,12}?((?:19|20)\d{2}) ?年(?![\d ]*月)[^。]{0,40}(?:如下|报告|印发)"
)

_NUMBER = re.compile(r"([一-鿿]{2,14}) ?[〔\[(【] ?((?:19|20)\d{2}) ?[〕\])】] ?(?:第 ?)?(\d{1,5}) ?号")
_ORDER = re.compile(r"([一-鿿]{2,24}令) ?(?:\(?第|\() ?([\d零一二三四五六七八九十百]+) ?号")

_DATE = re.compile(
    r"([12]\d{3}|[一二][零〇○Oo0一二三四五六七八九]{3}) ?[年./-] ?"
    r"(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[月./-] ?(\d{1,2}|[一二三四五六七八九十]{1,3})"
)
_DATE_NAMED = re.compile(
    r"(?:发[布文稿表]|公布|成文|印发|生成|更新|公开)?(?:时间|日期)\s*[:]\s*([12]\d{3}[年./-]\s?\d{1,2}[月./-]\s?\d{1,2})"
)
_STAMP = re.compile(  # 2020-05-15 10:00 来源:…
    r"[12]\d{3}[年./-]\d{1,2}[月./-]\d{1,2}日? {0,3}"
    r"(?:\d{1,2}:\d{2}(?::\d{2})?(?: |$)|(?=\S{0,4}来源|浏览|点击|阅读))"
)
_DECIDED = re.compile(r"通过|公布|发布|修订|修正|批准|颁布")
_ISSUER_NAMED = re.compile(
    r"(?:发布单位|发布机构|发文机关|发文单位|发布机关|制定机关|公开主体|发文部门|信息来源|来源|作者)\s*[:]\s*([^\s,，;；|]{3,40})"
)
_BODY_IN_TITLE = re.compile(
    r"^(国务院(?:办公厅)?|(?:中共|中国共产党)?[一-鿿、 ]{2,40}?"
    r"(?:人民政府办公[室厅]|人民政府|办公[室厅]|委员会|领导小组|管委会|法院|检察院|[^大小][局厅署]|国务院|部))"
    r"(?=关于|印发|转发|公告|通告|令|20\d{2}年)"
)
_ASSEMBLY = re.compile(
    r"([一-鿿]{2,20}?)?第[零一二三四五六七八九十百]+届"
    r"([一-鿿]{0,12}?(?:人民代表大会|委员会)(?:常务委员会)?)[^，,。]*?通过"
)
_PRINTED = re.compile(
    r"[,，]((?:中共)?[一-鿿、]{3,30}?(?:政府|委员会|省委|市委|县委|区委|办公[厅室]))(?:联合)?印发"
)

_LETTERHEAD = re.compile(r"([一-鿿 ]{4,30}?) ?文 ?件")

_UNITS = tuple(
    re.compile(pattern)
    for pattern in (
        "(?:(?![省市])[一-鿿]){2,10}?(?:自治区|自治州|自治县|自治旗|特别行政区)",
        "[一-鿿]{2,4}?(?:省|市|盟|地区)",
        "[一-鿿]{1,3}?(?:[县旗]|新?区)|[一-鿿]{2}经济特区",
        "[一-鿿]{2,5}?(?:街道|[镇乡])",
    )
)
_LEVEL = {"省": 0, "市": 1, "盟": 1, "州": 1, "县": 2, "旗": 2, "区": 2, "镇": 3, "乡": 3, "道": 3}
_NOT_PLACE = re.compile(
    r"[和与及或的、在对为全各本该我级等]|城市|^(?:主|老|新|中心)?[城市郊山林灾]区$|社区|小区|园区|景区|矿区|辖区|郊区|片区|库区|校区|街区|农村"
    r"|保护区|开发区|试验区|示范区|自贸|功能区|行政区$|风景|超市|股市|上市|城镇|乡镇|村镇|市场|门市|县区|区县|市县|地区$|保税|老区|油区|洪区|红旗|民族乡|人民|政府|关于|推进|加强|建设|管理|工作|年度|年"
)
_PLACE_STARTS = re.compile(r"^(?:中共|中国共产党)?|《|关于(?:印发|加强|推进|加快|做好|开展)?|年度?|印发")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself; the fields mean what ``Document``'s fields of that name mean."""

    title: str
    issuer: str
    place: str
    years: tuple[int, ...]
    number: str
    date: str


def describe(lines: Sequence[str], preamble: int, body: int | None = None) -> Metadata:
    """Return the metadata of the document with these lines; ``preamble`` lines stand before its sections.

    ``body`` lines stand before its annexes, None where it has none: there it is signed.
    """
    words = [line.strip() for line in lines]
    head = words[: min(max(preamble, 3), _HEAD_LINES)]
    signed = words[max(len(head), (body or 0) - _TAIL_LINES) : body or 0]
    tail = [*words[max(len(head), len(words) - _TAIL_LINES, body or 0) :], *signed]
    title, _ = main_title(head)
    titles = [title, *(text for _, _, text in find_titles(head))]
    issuer = _issuer(title, head, tail)
    return Metadata(
        title=title,
        issuer=issuer,
        place=_first_place([*titles, issuer, *_signatures(head), *_signatures(tail)]),
        years=_years(titles, head),
        number=_number(head),
        date=_date(head, tail),
    )


def find_place(text: str) -> str:
    """Return the most specific administrative unit a title or body's name begins with, "" where none."""
    folded = fold(text)
    for start in _PLACE_STARTS.finditer(folded):
        place, level, at = "", -1, start.end()
        while matches := [match for unit in _UNITS if (match := unit.match(folded, at))]:
            match = min(matches, key=re.Match.end)  # 云溪县城市管理局: the county ends first
            unit = match[0]
            if _NOT_PLACE.search(unit) or not level < _level(unit) or _goes_on(folded, match.end()):
                break
            place, level, at = unit, _level(unit), match.end()
        if place:
            return place
    return ""


def find_years(text: str) -> tuple[int, ...]:
    """Return the years a title names, all of a range, ascending."""
    folded = _HAN_YEAR.sub(lambda match: match[0].translate(_YEAR_DIGITS), fold(text))
    years: set[int] = set()
    for match in _RANGE.finditer(folded):
        first, last = int(match[1]), int(match[2])
        if first <= last <= first + 30:
            years.update(range(first, last + 1))
    if years:
        return tuple(sorted(years))
    years.update(int(year) for year in _YEAR.findall(folded))
    if not years and (plan := _FIVE_YEARS.search(folded)):
        # The third plan began in 1966; every plan since runs five years.
        first = 1966 + (10 + chinese_number(plan[1] or plan[2]) - 3) * 5
        years.update(range(first, first + 5))
    return tuple(sorted(years))


def _level(unit: str) -> int:
    if unit.endswith(("自治区", "特别行政区")):
        return 0
    return _LEVEL.get(unit[-1], 2)


def _goes_on(text: str, at: int) -> bool:
    """Tell whether the unit's last character belongs to the word after it: 市场, 县级, 区域."""
    return text[at : at + 1] in ("场", "级", "域", "民", "容", "长", "际", "村", "愁")


def _first_place(names: Sequence[str]) -> str:
    return next((place for name in names if (place := find_place(name))), "")


def _years(titles: Sequence[str], head: Sequence[str]) -> tuple[int, ...]:
    for title in titles:
        if years := find_years(title):
            return years
    for words in head:
        if match := _NOW.search(fold(words)):
            return (int(match[1]),)
    return ()


def _number(head: Sequence[str]) -> str:
    for words in head:
        folded = _undated(words)
        if len(folded) > 60 or (is_sentence(folded) and "号" not in folded[:24]):
            continue
        if match := _NUMBER.search(folded):
            if "《" in folded[: match.start()]:
                continue  # another document's number
            prefix = re.sub(r"^(?:发文字号|文号|文件编号|发文文号|字号)", "", match[1])
            return f"{prefix}〔{match[2]}〕{match[3]}号"
        if (match := _ORDER.search(folded)) and "《" not in folded:
            return f"{match[1]}第{match[2]}号"
    return ""


def _undated(words: str) -> str:
    """Return the words folded and without dates, which would run into the name that follows them."""
    return re.sub(rf"{_DATE.pattern} ?日?", " ", fold(words))


def _date(head: Sequence[str], tail: Sequence[str]) -> str:
    for words in head:
        if match := _DATE_NAMED.search(fold(words)):
            return _iso(match[1])
    decided = [
        iso
        for words in head
        if len(words) <= 150 and _DATE.match(fold(words).lstrip("(")) and _DECIDED.search(words)
        if (iso := _iso(words))
    ]
    if decided:
        return max(decided)
    for words in [*head, *reversed(tail)]:
        if is_date(words) or _STAMP.match(fold(words)):
            return _iso(words)
    return ""


def _iso(words: str) -> str:
    """Return the first date in the words as ISO 8601, "" where there is none or it cannot be."""
    match = _DATE.search(fold(words))
    if match is None:
        return ""
    year = int(match[1].translate(_YEAR_DIGITS))
    month, day = chinese_number(match[2]), chinese_number(match[3])
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _issuer(title: str, head: Sequence[str], tail: Sequence[str]) -> str:
    if match := _BODY_IN_TITLE.match(title):
        named = match[1].replace(" ", "")
        # 县人民政府办公室关于…: the signature says of which county.
        signed = [name for name in [*_signatures(head), *_signatures(tail)] if name.endswith(named)]
        return signed[0] if signed and not find_place(named) else named
    for signature in [*_signatures(head), *_signatures(tail)]:
        return signature
    for words in head:
        match = _ISSUER_NAMED.search(fold(words))
        if match and is_body(match[1]):
            return match[1]
    for words in head:
        if len(words) <= 120 and (match := _ASSEMBLY.search(_undated(words))):
            return (match[1] or "") + match[2]
    for words in head:
        if (match := _LETTERHEAD.fullmatch(words)) and is_body(match[1]):
            return match[1].replace(" ", "")
    for words in head:
        if match := _PRINTED.search(words):
            return match[1]
    return ""


def _signatures(lines: Sequence[str]) -> list[str]:
    """Return the bodies that sign: a body's name on a line of its own right above a date."""
    return [first.replace(" ", "") for first, second in pairwise(lines) if is_body(first) and is_date(second)]
