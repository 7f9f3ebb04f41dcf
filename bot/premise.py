"""Figures a question takes for granted, held against what the documents say."""

import re

from bot.words import fold

_FIGURE = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)(%|个?工作日|学时|课时|小时|天|日|分|次|名|人|项|件|万元|元)|([一二三四五六七八九])成"
)
_TENTHS = "零一二三四五六七八九"


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
