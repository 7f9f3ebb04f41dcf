"""The dates in a Chinese clause said in English: 2022年底前 is by the end of 2022."""

import re

from bot.numerals import number

_MONTHS = "January February March April May June July August September October November December".split()
_ORDINALS = ("first", "second", "third", "fourth")
_NUMERAL = r"[0-9]{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_YEAR = r"(?:19|20)[0-9]{2}|[一二][〇零九][〇零一二三四五六七八九]{2}"
_BY = "底之?前|底以前|末前|前|以前|之前"
_TAIL = rf"(?P<tail>{_BY}|底|末|起|以后|之后|后|以来|上旬|中旬|下旬|初)?"
_LEAD = "(?P<lead>自|从|到|至|截至|截止)?"
_PATTERNS = (
    re.compile(rf"每个?月(?P<day>{_NUMERAL})[日号]{_TAIL}"),
    re.compile(
        rf"{_LEAD}(?:(?P<year>{_YEAR})年度?|(?P<yearly>每年度?|次年|翌年|当年))?的?"
        rf"(?P<month>{_NUMERAL})月(?!度)份?(?:(?P<day>{_NUMERAL})[日号])?"
        rf"(?:(?:至|到|[-—~]+)(?:(?P<last_month>{_NUMERAL})月)?(?:(?P<last_day>{_NUMERAL})[日号])?)?{_TAIL}"
    ),
    re.compile(
        rf"{_LEAD}(?:(?P<year>{_YEAR})年度?|(?P<yearly>每年度?|次年|翌年|当年))?的?第?(?P<quarter>[1-4一二三四])季度{_TAIL}"
    ),
    re.compile(rf"(?P<first_year>{_YEAR})年?(?:至|到|[-—~]+)(?P<last_year>{_YEAR})年度?"),
    re.compile(rf"{_LEAD}(?P<year>{_YEAR})年(?:度|年)?{_TAIL}"),
    re.compile(
        r"(?P<which>每年年?|当年年?|次年年?|年|每个?月|月|每个?季度?|季度?)(?P<tail>底之?前|底以前|末前|底|末)"
    ),
)
_WHICH = {"每": "each", "当": "the same", "次": "the following"}
_SPANS = {"年": "year", "月": "month", "季": "quarter"}


def dates(text: str) -> tuple[list[tuple[int, str]], str]:
    """Return the dates in the NFKC text in English, each with its offset, and the text with the dates
    blanked out.
    """
    said = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            phrase = _phrase({name: value or "" for name, value in match.groupdict().items()})
            if phrase:
                said.append((match.start(), phrase))
                text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    return said, text


def _phrase(parts: dict[str, str]) -> str:
    """Return the English for the parts of a date, empty where they make none."""
    if "first_year" in parts:
        return f"{_year(parts['first_year'])} to {_year(parts['last_year'])}"
    tail, lead = parts["tail"], parts.get("lead", "")
    if "which" in parts:
        which = _WHICH.get(parts["which"][0], "the")
        span = next(english for chinese, english in _SPANS.items() if chinese in parts["which"])
        return f"{'by' if tail.endswith('前') else 'at'} the end of {which} {span}"
    year = _year(parts.get("year", ""))
    yearly = parts.get("yearly", "")
    if "quarter" in parts:
        named = f"the {_ORDINALS[_whole(parts['quarter']) - 1]} quarter"
        return _placed(named + _of(year, yearly, " of "), tail, lead, "in")
    if "month" not in parts:
        if "day" in parts:
            return _placed(f"the {_nth(_whole(parts['day']))} of each month", tail, lead, "on")
        return _placed(year, tail, lead, "in")
    return _of_month(parts, year, yearly, tail, lead)


def _of_month(parts: dict[str, str], year: str, yearly: str, tail: str, lead: str) -> str:
    months = [_whole(parts[name]) for name in ("month", "last_month") if parts[name]]
    days = [_whole(parts[name]) for name in ("day", "last_day") if parts[name]]
    if not all(1 <= month <= len(_MONTHS) for month in months) or not all(1 <= day <= 31 for day in days):
        return ""
    names = [_MONTHS[month - 1] for month in months]
    of = _of(year, yearly, " ")
    if len(names) == 2:
        ends = [f"{day} {name}" for day, name in zip(days, names, strict=True)] if len(days) == 2 else names
        return f"from {ends[0]} to {ends[1]}{of}"
    if len(days) == 2:
        return f"from {days[0]} to {days[1]} {names[0]}{of}"
    if days:
        return _placed(f"{days[0]} {names[0]}{of}", tail, lead, "on")
    return _placed(names[0] + of, tail, lead, "in")


def _placed(named: str, tail: str, lead: str, at: str) -> str:
    """Return the date with the word that says whether it is a point, a limit or a beginning."""
    parts_of = {"上旬": "early", "中旬": "mid", "下旬": "late", "初": "the beginning of"}
    if tail in parts_of:
        return f"in {parts_of[tail]}{'-' if tail == '中旬' else ' '}{named}"
    if tail.startswith(("底", "末")):
        named, at = f"the end of {named}", "at"
    if tail.endswith("前") or lead in ("到", "至", "截至", "截止"):
        return f"by {named}"
    if tail in ("起", "以来") or lead:
        return f"{'since' if tail == '以来' else 'from'} {named}"
    return f"after {named}" if tail.endswith("后") else f"{at} {named}"


def _of(year: str, yearly: str, join: str) -> str:
    if yearly.startswith("每"):
        return " each year"
    if yearly:
        return " of the same year" if yearly == "当年" else " of the following year"
    return f"{join}{year}" if year else ""


def _year(text: str) -> str:
    return text if text.isdigit() and text.isascii() else "".join(str(_whole(digit)) for digit in text)


def _whole(text: str) -> int:
    return int(number(text) or 0)


def _nth(day: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{day}{'th' if 10 < day < 20 else endings.get(day % 10, 'th')}"
