"""What a question takes for granted, figures and who does it, held against what the documents say."""

import re

from bot.words import fold

_FIGURE = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)(%|个?工作日|学时|课时|小时|天|日|分|次|名|人|项|件|万元|元)|([一二三四五六七八九])成"
)
_TENTHS = "零一二三四五六七八九"
_DOES = r"(?:组织|负责|牵头|审查|审批|审核|审定|主管|实施|承担|认定|批准)"
_BODY = re.compile(
    rf"由([\u4e00-\u9fff]{{1,12}}?(?:局|办|委|厅|部|院|会|政府|中心|机构|部门|处|机关)){_DOES}"
)
_BY = re.compile(
    rf"[^,。;:]*(?:由[^,。;:]{{2,30}}?|[局办委厅部]|政府|中心|机构)(?:每[年月季]度?|定期|统一|具体|应当)?{_DOES}[^,。;:]*|责任单位[:：][^。)]*"
)
_LEVEL = re.compile(r"^(本?[省市县区乡镇州])")


def figures(question: str) -> tuple[str, ...]:
    """Return the figures with their units that the question names, as it names them."""
    return tuple(match[0] for match in _FIGURE.finditer(fold(question)))


def contradicted(figure: str, section: str) -> bool:
    """Tell whether the section states another figure in the same unit and this one nowhere."""
    match = _FIGURE.fullmatch(figure)
    if match is None:
        return False
    number, unit = (f"{_TENTHS.index(match[3])}0", "%") if match[3] else (match[1], match[2])
    stated = {found[1] for found in _FIGURE.finditer(fold(section)) if found[2] == unit}
    return bool(stated) and number not in stated


def other_body(question: str, section: str) -> tuple[str, str] | None:
    """Return the body that the folded question says does something and what the section says instead, None
    where the section names that body too, or nobody.
    """
    asked = _BODY.search(question)
    text = fold(section)
    said = _BY.search(text)
    if not asked or not said or _LEVEL.sub("", asked[1]) in text:
        return None
    return asked[0], said[0]
