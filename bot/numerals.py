"""The only door to cn2an: numerals, Chinese or Arabic, become numbers."""

import re
import unicodedata
from decimal import Decimal

import cn2an  # type: ignore[import-untyped]  # it ships no types

# A numeral as it stands in a text: 60, 1,200, 2.5, 10万, 六十, 两千三百, 一点五; 百 and 三五 look like one.
NUMERAL = (
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?)[百千]?[万亿]*"
    r"|[〇零一二两三四五六七八九十百千万亿]+(?:点[〇零一二三四五六七八九]+)?"
)

_ARABIC = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?)([百千]?[万亿]*)")
_CHINESE = re.compile(r"[〇零一二两三四五六七八九十百千万亿点廿卅壹贰叁肆伍陆柒捌玖拾佰仟]+")
_GUESS = re.compile(r"[一二两三四五六七八九]{2}")  # 三五 is three to five
_POWERS = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def number(text: str) -> float | None:
    """Return the number that the whole text writes, None where it writes none or only about one (三五)."""
    folded = unicodedata.normalize("NFKC", text).strip()
    arabic = _ARABIC.fullmatch(folded)
    if arabic:
        value = Decimal(arabic[1].replace(",", ""))
        for power in arabic[2]:
            value *= _POWERS[power]
        return float(value)
    if not _CHINESE.fullmatch(folded) or (_GUESS.search(folded[:2]) and len(folded) == 2):
        return None
    try:
        return float(cn2an.cn2an(folded, "normal"))
    except (ValueError, KeyError, IndexError):
        return None
