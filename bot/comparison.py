"""Which of the places compared has the most or the least, where their figures can be set side by side."""

import re
from collections.abc import Sequence

from bot.kinds import canonical
from bot.numerals import NUMERAL, number
from bot.words import fold

_ASKED = re.compile(r"(?:更|最|谁|哪[个家里边]?[^,。]{0,6}?)(早|晚|先|高|低|多|少|长|短|久|快|慢|大|小)")
_TIMED = frozenset("早晚先")
_LEAST = frozenset("早先低少短快小")
_UNIT = r"(?:学时|课时|小时|个?工作日|天|日|个月|年|件|次|期|名|人|家|个|项|条|分|%|万元|元)"
_FIGURE = re.compile(rf"({NUMERAL})\s*余?({_UNIT})(?![份代度])")
_PERCENT = re.compile(rf"百分之({NUMERAL})()")
_DATE = re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})日)?)?(年?[底末])?")


def most(question: str, statements: Sequence[tuple[str, str]]) -> tuple[str, str, str] | None:
    """Return what is asked (更早 → 早), the places that have it, and the figures compared, from the
    statement of each place.

    None where the folded question asks for no most or least, a place states no figure or several, all
    state the same, or the figures are counted in different units: a comparison that may be wrong is not made.
    """
    asked = _ASKED.search(question)
    if not asked or len(statements) < 2:
        return None
    timed = asked[1] in _TIMED
    measured = [(place, _measure(fold(said), timed)) for place, said in statements]
    found = [(place, *measure) for place, measure in measured if measure]
    if len(found) < len(statements) or len({unit for _, _, unit, _ in found}) > 1:
        return None
    values = [value for _, value, _, _ in found]
    extreme = min(values) if asked[1] in _LEAST else max(values)
    winners = [place for place, value, _, _ in found if value == extreme]
    if len(winners) == len(found):
        return None
    return asked[1], "、".join(winners), "，".join(f"{place}{words}" for place, _, _, words in found)


def _measure(said: str, timed: bool) -> tuple[float, str, str] | None:
    """Return the only date of a statement, or the only other figure: its value, what it is counted in, its
    words.
    """
    dates = [_day(match) for match in _DATE.finditer(said)]
    rest = _DATE.sub(" ", said)
    counts = [
        (value, canonical(match[2]) or "%", match[0])
        for match in (*_FIGURE.finditer(rest), *_PERCENT.finditer(rest))
        if (value := number(match[1])) is not None
    ]
    figures = dates if timed else counts
    return figures[0] if len({(value, unit) for value, unit, _ in figures}) == 1 else None


def _day(match: re.Match[str]) -> tuple[float, str, str]:
    """Return a date as a number that sorts by time."""
    # A month or a year as a whole reaches to its end.
    month, day = int(match[2] or 12), int(match[3] or 31)
    return float(int(match[1]) * 10_000 + month * 100 + day), "date", match[0]
