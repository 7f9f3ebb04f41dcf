"""What a question takes for granted, figures and who does it, held against what the documents say."""

import re

from bot.kinds import canonical
from bot.numerals import NUMERAL, number
from bot.words import fold

_FIGURE = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)(%|个?工作日|学时|课时|小时|分钟|天|日|分|次|名|人|项|件|万元|元)|([一二三四五六七八九])成"
)
_COUNTED = r"(%|个?工作日|学时|课时|小时|分钟|天|日|年|分|次|名|人|项|件|万元|元)"
_CASE = re.compile(rf"({NUMERAL}){_COUNTED}")
_BOUND = re.compile(
    r"(?:(不少于|不低于|不得少于|不得低于|至少|最少|最低)|(不超过|不得超过|不高于|至多|最多|最长))"
    rf"({NUMERAL}){_COUNTED}"
)
# Figures that tell cases apart: 90分以上为优秀, 15分钟以上的, 不满80分的. Any other is such a case too.
_BAND = r"{n}{u}以[上下](?:的|为|不足|不满|,)|(?:不足|不满|未满|(?<![不得])(?:少于|低于|超过)){n}{u}"
_WEIGHED = re.compile(r"(?:(?<![不得])(?:超过?|低于|高于|多于|少于|大于|小于)|不[到足满])了?$")  # 超过10%了吗
_MAY = re.compile(r"可以|可否|能不能|能(?![力够]?[不否])|允许|够[吗么不]|行[吗么不]")
_LITTLE = 1e-6
_TENTHS = "零一二三四五六七八九"
_DOES = r"(?:组织|负责|牵头|审查|审批|审核|审定|主管|实施|承担|认定|批准)"
_BODY = re.compile(
    rf"由([\u4e00-\u9fff]{{1,12}}?(?:局|办|委|厅|部|院|会|政府|中心|机构|部门|处|机关))(?:统一|具体|直接)?{_DOES}"
)
_BY = re.compile(
    rf"[^,。;:]*(?:由[^,。;:]{{2,30}}?|[局办委厅部]|政府|中心|机构)(?:每[年月季]度?|定期|统一|具体|应当)?{_DOES}(?![^,。;:]{{0,12}}的)[^,。;:]*|责任单位[:：][^。)]*"
)
_LEVEL = re.compile(r"^(本?[省市县区乡镇州])")


def figures(question: str) -> tuple[str, ...]:
    """Return the figures with their units that the question names, as it names them."""
    text = fold(question)
    return tuple(m[0] for m in _FIGURE.finditer(text) if not _WEIGHED.search(text[: m.start()]))


def within(question: str, text: str) -> bool | None:
    """Tell whether the figure that a question asks leave for keeps the bounds that the text sets in its
    unit; None where it asks for none or several, or the text sets no bound or such as part it.
    """
    if not _MAY.search(question):
        return None
    bounds = [(least, number(amount), canonical(unit)) for least, _, amount, unit in _BOUND.findall(text)]
    asked = [m for m in _CASE.finditer(question) if any(canonical(m[2]) == unit for *_, unit in bounds)]
    value = _meant(question, asked[0]) if len(asked) == 1 else None
    if value is None:
        return None
    kept = {
        value >= bound if least else value <= bound
        for least, bound, unit in bounds
        if bound is not None and unit == canonical(asked[0][2])
    }
    return kept.pop() if len(kept) == 1 else None


def _meant(question: str, figure: re.Match[str]) -> float | None:
    """Return the number asked about: a little more or less than the one that 超过 or 低于 stands before."""
    value = number(figure[1])
    weighed = _WEIGHED.search(question[: figure.start()])
    if value is None or not weighed:
        return value
    if re.search("[超高多大]", weighed[0]):
        return value + _LITTLE
    return value - _LITTLE if re.search("[低少小不]", weighed[0]) else value


def contradicted(figure: str, section: str) -> bool:
    """Tell whether the section states another figure in the same unit and this one nowhere."""
    match = _FIGURE.fullmatch(figure)
    if match is None:
        return False
    number, unit = (f"{_TENTHS.index(match[3])}0", "%") if match[3] else (match[1], match[2])
    if re.search(_BAND.format(n=r"[0-9.]+", u=re.escape(unit)), fold(section)):
        return False
    stated = {found[1] for found in _FIGURE.finditer(fold(section)) if found[2] == unit}
    return bool(stated) and number not in stated


def names_body(question: str, text: str) -> bool:
    """Tell whether the folded text names the body that the question says does something, if it says so."""
    asked = _BODY.search(question)
    return asked is None or _LEVEL.sub("", asked[1]) in text


def other_body(question: str, section: str) -> tuple[str, str] | None:
    """Return the body that the folded question says does something and what the section says instead, None
    where the section names that body too, or nobody.
    """
    asked = _BODY.search(question)
    text = fold(section)
    said = _BY.search(text)
    if not asked or not said or names_body(question, text):
        return None
    return asked[0], said[0]
