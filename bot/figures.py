"""The figures of a Chinese clause said in English: how much, at least or at most, how often, by when."""

import re
import unicodedata
from functools import cache

from bot.dates import dates
from bot.numerals import NUMERAL, number
from prompts import CountedThing, counted_things

_NO_BREAK = re.compile(r"(?<=[\u3000-\u9fff])\s+|\s+(?=[\u3000-\u9fff])")
# Figures that are part of a name or a word: titles, document numbers, labels, slogans, ordinals, 7*24, 1+N.
_NAMES = re.compile(
    rf"^\s*(?:\([0-9一二三四五六七八九十百]+\)|[一二三四五六七八九十]+[、.是]|[0-9]+[.、](?![0-9]))|《[^《》]*》"
    rf"|[〔\[(][0-9]{{4}}[〕\])]第?[0-9]+号|\([0-9]{{4}}年?[-—~至]+[0-9]{{4}}年?\)|[0-9]+号|第(?:{NUMERAL})(?!季度)"
    r"|[“‘\"][^”’\"，,]{0,6}[”’\"]|[0-9a-zA-Z]*[0-9][*+×xX/][0-9a-zA-Z+*/]+|[〇一二三四五六七八九十]+是(?=[\u4e00-\u9fff])"
    r"|[上下]一(?=年|季|级|步|届|轮)|[一三五七]定|十[一二三四]五|百分制|[统同逐唯单专万]一|进一步|[三四五六]中全会|最高人民|最低生活|最多跑一次|[三五十]年(?=规划|行动|计划|工程)"
)
_PART = re.compile(r"(?:[^,;。:!?\n]|(?<=[0-9]),(?=[0-9]{3}(?![0-9])))+")
_OFTEN = re.compile(
    r"每(?P<many>[0-9两二三四五六七八九十]+)个?(?P<span>年|月|季度|周|天|日)"
    r"|每个?(?P<every>年度?|季度?|半年|月|周|天|日|学期)|(?P<whole>全年|年度内)|(?P<one>一个?年(?=[^,]*[次期回]))"
)
_SPANS = {"年": "year", "年度": "year", "季度": "quarter", "季": "quarter", "月": "month", "周": "week"} | {
    "天": "day", "日": "day", "半年": "half year", "学期": "term",
}  # fmt: skip
_LOOSE = (
    ("常态化", "on a regular basis"),
    ("不定期", "at irregular intervals"),
    ("定期", "regularly"),
    ("实时", "in real time"),
    ("随时", "at any time"),
    ("年度", "yearly"),
)
_LEADS = (
    (
        "at most",
        re.compile(r"(?:不(?:得|宜|能)?(?:超过|高于|多于|长于|大于)|最多|至多|最高|最长|封顶)[^0-9]{0,16}$"),
    ),
    (
        "at least",
        re.compile(r"(?:不(?:得|能|应)?(?:少于|低于|短于|小于|下于)|至少|最少|最低|起码)[^0-9]{0,16}$"),
    ),
    ("more than", re.compile(r"(?:超过|多于|高于|大于|逾|突破)$")),
    ("less than", re.compile(r"(?:不足|少于|低于|不到|不满|小于|未满|未达到?)$")),
    ("about", re.compile(r"(?:约|大约|约为|近|接近|将近)$")),
    ("minus", re.compile(r"(?:扣|扣除|扣减|减)$")),
    ("plus", re.compile(r"(?<![增参附追施])加$")),
)
_TAILS = (
    ("at least", re.compile(r"(?:及|或)?以上")),
    ("within", re.compile(r"以内|之内|内(?![容部设])")),
    ("at most", re.compile(r"(?:及|或)?以下")),
    ("about", re.compile(r"左右|上下")),
    ("after", re.compile(r"(?:以|之)?后(?!续)")),
    ("before", re.compile(r"(?:以|之)?前(?!置)")),
)
_TIMES = ("minute", "hour", "day", "working day", "week", "month", "year")
_NUMBER = rf"[0-9]+(?:\.[0-9]+)?[百千]?[余多][万亿]|{NUMERAL}"
_COUNT = re.compile(
    rf"百分之(?P<percent>{NUMERAL})|(?P<tenths>[一二三四五六七八九])成(?![立为果员效本就])"
    rf"|(?P<whole>{NUMERAL})分之(?P<share>{NUMERAL})|半个?(?P<half>年|月|天|日|小时|工作日)"
    rf"|(?:(?P<first>{NUMERAL})%?(?:至|到|[-—~]+))?(?P<number>{_NUMBER})(?P<over>[余多](?=[\u4e00-\u9fff]))?"
)
_EACH = re.compile(r"每(件|起|次|期|条|项|人次|批|份|户|例|名|人|个)[^0-9每]{0,3}$")
_WEAK = frozenset(
    "个 项 级 类 种 条 家 支 批 台 所 位 份".split()
)  # with a Chinese numeral often a name: 三项制度
_STOP = re.compile(
    r"[\0、()0-9]|予以|进行|不予|由|向|被|并|已|开展|通过|在|均"
)  # here what is counted has been named
_BESIDE = re.compile(r"(?!以[上下内]|左右)[\u4e00-\u9fff、a-zA-Z.\-]")
_EACH_OF = re.compile(r"(?:每?(?:出现|发生|发现|有))[一1](?=[起件次例人])")
_NEAR = 12  # characters between a figure and the thing it counts
# One of these is a figure; 一个, 一项 and the like mostly are none.
_ONE = frozenset("年 个月 次 天 日 周 工作日 小时 名 期 件 分 场 学时 轮 倍 起".split())
_NOT_ONE = re.compile(r"次性|起(?!扣|[,，]|$)|件事|日[之千]|年来|分为|个月来|天到晚|次办|次反|次分|期[工间]")
_PERCENT = CountedThing((), (), "%", "%", ())
_NOTHING = CountedThing((), (), "", "", ())


def in_english(clause: str, unit: str = "") -> str:
    """Return the figures of a Chinese clause in English, in order, each with its unit; empty where it
    has none. Where ``unit`` is ``often``, a frequency is a figure even without a number.
    """
    text = _NO_BREAK.sub("", unicodedata.normalize("NFKC", clause))
    text = _EACH_OF.sub("每", _NAMES.sub(lambda match: "\0" * len(match[0]), text))
    said = [phrase for part in _PART.findall(text) for phrase in _figures(part, unit)]
    return ", ".join(said)


def _figures(text: str, unit: str) -> list[str]:
    """Return the figures between two commas."""
    said, text = dates(text)
    often = _OFTEN.search(text)
    every = _every(often) if often else ""
    if often:
        text = text[: often.start()] + "\0" * len(often[0]) + text[often.end() :]
    counted = []
    position = 0
    while match := _COUNT.search(text, position):
        phrase, position = _count(text, position, match, every, unit)
        counted += [(match.start(), phrase)] if phrase else []
    if unit == "often" and not counted:
        if often:
            said.append(
                (often.start(), every.replace("a ", "every ", 1) if every.startswith("a ") else every)
            )
        said += [(text.find(word), english) for word, english in _LOOSE if not often and word in text][:1]
    return [phrase for _, phrase in sorted([*said, *counted])]


def _every(often: re.Match[str]) -> str:
    if often["many"]:
        many = _written(often["many"])
        return f"every {many} {_SPANS[often['span']]}s" if many else ""
    if often["whole"]:
        return "in the year"
    span = _SPANS[often["every"] or "年"]
    return f"every {span}" if span == "half year" else f"a {span}"


def _count(text: str, begin: int, match: re.Match[str], every: str, unit: str) -> tuple[str, int]:
    """Return a counted figure in English, empty where the numeral is none, and where it ends.

    ``begin`` is where the figure before ends: what binds that one does not bind this one.
    """
    amount = _amount(match)
    thing, end = _thing(text, match, unit) if amount else (None, match.end())
    if thing is None:
        return "", end
    before = text[begin : match.start()]
    bound, end = _bound(before, text, end, thing.one in _TIMES)
    if not bound and re.search("[余多]", match[0]):
        bound = "more than"
    if thing.one == "time" and amount == "1":
        written = "once" if every or bound else ""
    elif match["half"]:
        written = f"half a {thing.one}"
    elif thing is _NOTHING and match["number"]:
        written = match[0]
    else:
        written = f"{amount} {thing.one if amount == '1' else thing.many}".replace(" %", "%").strip()
    if not written:
        return "", end
    written = f"{written} before" if bound == "before" else f"{bound} {written}".strip()
    each = _EACH.search(before)
    if each:
        return f"{written} per {_words()[each[1]].one or 'item'}", end
    return f"{written} {every.replace('a ', 'each ', 1) if thing is _PERCENT else every}".strip(), end


def _amount(match: re.Match[str]) -> str:
    """Return the number in English notation, empty where the numeral is none."""
    if match["tenths"]:
        return _written(match["tenths"], 10)
    if match["whole"]:
        share, whole = _written(match["share"]), _written(match["whole"])
        return f"{share}/{whole}" if share and whole else ""
    if match["half"]:
        return "0.5"
    amount = _written(match["percent"] or match["number"])
    first = _written(match["first"]) if match["first"] else ""
    return f"{first} to {amount}" if amount and first else amount


def _written(numeral: str, times: int = 1) -> str:
    value = number(re.sub("[余多]", "", numeral))
    if value is None:
        return ""
    value *= times
    return f"{int(value):,}" if value.is_integer() else f"{value:,}"


def _thing(text: str, match: re.Match[str], unit: str) -> tuple[CountedThing | None, int]:
    """Return what the numeral counts and where the word for it ends; None where it counts nothing."""
    end = match.end()
    if match["percent"] or match["tenths"] or text[end : end + 1] == "%":
        return _PERCENT, end + (text[end : end + 1] == "%")
    if match["whole"]:
        return _NOTHING, end
    if match["half"]:
        return _words()[{"月": "个月"}.get(match["half"], match["half"])], end
    found = _counter().match(text, end)
    arabic = match["number"][0].isdigit()
    if found is None:
        # A bare number is kept as it is; a letter or another word beside it makes it a name: 12345热线.
        beside = re.search(r"[a-z0-9.\-、]$", text[: match.start()], re.I) or _BESIDE.match(text, end)
        bare = arabic and not match["first"] and not beside
        return (_NOTHING if bare else None), end
    word, asked = found[1], unit.split("/")
    if (
        match["number"] == "一"
        and word not in asked
        and (word not in _ONE or _NOT_ONE.match(text[found.start(1) :]))
    ):
        return None, found.end()
    thing = _words()[word]
    noun = _noun(text, match.start(), found.end(), word)
    if noun is None and not arabic and word in _WEAK and word not in asked:
        return None, found.end()
    return noun or thing, found.end()


def _noun(text: str, start: int, end: int, counter: str) -> CountedThing | None:
    """Return the thing named right before or soon after a figure that is counted with the measure word."""
    before = re.sub(r"(?:总数|数量|[共达为有约近]|总计|合计|累计)*$", "", text[:start])
    nouns = [(word, thing) for word, thing in _words().items() if counter in thing.counters]
    ending = [(len(word), thing) for word, thing in nouns if before.endswith(word)]
    if ending:
        return max(ending, key=lambda pair: pair[0])[1]
    after = _STOP.split(text[end : end + _NEAR])[0]
    places = [(after.find(word), -len(word), thing) for word, thing in nouns if word in after]
    return min(places, key=lambda place: place[:2])[2] if places else None


def _bound(before: str, text: str, end: int, is_time: bool) -> tuple[str, int]:
    """Return the word that binds a figure, empty where none does, and where the figure then ends."""
    lead = next((english for english, pattern in _LEADS if pattern.search(before)), "")
    for english, pattern in _TAILS:
        tail = pattern.match(text, end)
        if tail and (is_time or english in ("at least", "at most", "about") or len(tail[0]) > 1):
            said = english if is_time or english != "within" else "at most"
            return (lead if lead and lead not in ("minus", "plus") else said), tail.end()
    return lead, end


@cache
def _words() -> dict[str, CountedThing]:
    """Return every Chinese word for what is counted with its entry."""
    return {word: thing for thing in counted_things() for word in thing.chinese}


@cache
def _counter() -> re.Pattern[str]:
    """Return the pattern of a measure word right after a numeral."""
    words = sorted((word for word, thing in _words().items() if not thing.counters), key=len, reverse=True)
    return re.compile(f"[余多]?个?({'|'.join(map(re.escape, words))})")
