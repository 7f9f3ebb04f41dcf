"""Words and figures as they are compared: folded to one script and width, numbers by value and unit."""

import re
import unicodedata
from functools import lru_cache

from bot.numerals import NUMERAL, number
from index.script import to_simplified

DIGITS = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
FIGURE = re.compile(f"{DIGITS.pattern}|{NUMERAL}")
_UNIT = "工作日|学时|课时|小时|分钟|个月|万元|亿元|人次|百分点|[年月日天周次期场件项条家名人元分起批户部%]"
# A number with what it counts; in characters only with a unit, since 一 alone is mostly no number.
_QUANTITY = re.compile(f"({DIGITS.pattern})个?({_UNIT})?|({NUMERAL})个?({_UNIT})")


def normalise(text: str) -> str:
    """Return the text as facts are compared: NFKC, simplified, lower case, no white space."""
    folded = to_simplified(unicodedata.normalize("NFKC", text)).lower()
    return "".join(folded.split())


@lru_cache(maxsize=65_536)
def value(figure: str) -> float | None:
    """Return what a figure in digits or characters is worth, None where it is none."""
    return number(figure)


def quantities(normalised: str) -> frozenset[tuple[float | None, str]]:
    """Return the numbers of a normalised text with their units, empty where they have none."""
    text = re.sub(r"\[[0-9]+\]", " ", normalised)
    return frozenset(
        (value(found[1] or found[3]), found[2] or found[4] or "") for found in _QUANTITY.finditer(text)
    )


def stands_whole(word: str, text: str) -> bool:
    """Tell whether a wording stands in a text without being the end or the beginning of a longer number."""
    return bool(re.search(rf"(?<![0-9.]){re.escape(word)}(?![0-9])", text))
