"""The names of places in a text, held by the base or not: by the lists of the country's places, by the
dictionary, and by their form.
"""

import itertools
import re
from collections.abc import Iterator, Set
from functools import cache

import rjieba

from bot.holdings import short_name, spellings
from prompts import counties, places

_ADMINISTRATIVE = re.compile(r".{2,}(省|市|县|区|州|旗|自治区)$")
_FORM = re.compile(r"([\u4e00-\u9fff]{2})(省|市|县|区|镇|乡|街道|新区|开发区|经开区|高新区)(?!级|辖|直)")
# What follows a name within a word of the dictionary: 上海市|人民政府, 漠河市|委.
_OFFICE = re.compile(r"(人民)?政府|人大|政协|(?<=[省市县区旗州盟])[委长局直里]")
_PREFECTURE = ("省", "市", "州", "盟", "地区", "自治区", "自治州", "特别行政区")
_SHORTEST = 4  # letters; shorter spellings are English words too
_ENGLISH = re.compile(r"([a-z]+) (?:county|city|district|province|prefecture|banner)\b")
_NO_NAME = frozenset("省市县区乡镇的在和与各全本我该每个几哪某两三到给由向对从以更多部城")
# What ends like a place and is none: 示范区, 贫困县, 省辖市, 本市.
_GENERAL = re.compile(
    r"(本|我|全|各|该|某|设|辖|示范|开发|自贸|自治|行政|新|社|园|景|市|县|中心|老城|新城|主城|旧城|无人|安全|核心|商业|居民"
    r"|工业|保护|风景|旅游|模范|贫困|重点|先进|农业|试点|郊区|生态|特困|市管|山区|主产|小康|扶贫|发达|受灾|直辖|县级|地级"
    r"|省区|省会|未上)(省|市|县|区)$"
)
_NAMES = ("ns", "nr", "nz", "nt")  # how the dictionary tags names, of places among them


def is_listed(name: str) -> bool:
    """Tell whether the lists know a place of this name, full or short."""
    return name in _listed()


def place_names(text: str) -> list[str]:
    """Return the words of a folded text that name a place, longer names instead of those within them."""
    words = rjieba.cut(text, hmm=False)
    named = list(_listed_in(text, words))
    named += [word for word in words if _is_place_word(word)]
    named += [
        word
        for word, tag in rjieba.tag(text)
        if tag == "ns" and _ends_like_place(word) and not set(word[:-1]) & _NO_NAME
    ]
    named += _formed(text, words)
    return [
        word for word in dict.fromkeys(named) if not any(word != other and word in other for other in named)
    ]


def spelt_names(text: str) -> list[str]:
    """Return the listed places that an English question names: by their spelling alone where a province or
    prefecture is meant, a county by "county" or the like after it.
    """
    letters = re.findall(r"[a-z]+", text)
    named = [_spelt()[word] for word in letters if word in _spelt()]
    return named + [_spelt_counties()[word] for word in _ENGLISH.findall(text) if word in _spelt_counties()]


@cache
def _listed() -> frozenset[str]:
    """Return every name that is listed: short, and full."""
    return frozenset(
        {
            *places(),
            *(f"{place}{ending}" for place in places() for ending in _PREFECTURE),
            *counties(),
            *(short_name(name) for name, bare in counties().items() if bare),
        }
    )


@cache
def _longest() -> int:
    return max(map(len, _listed()))


def _listed_in(text: str, words: list[str]) -> Iterator[str]:
    """Find listed names, the longest from left to right. A name begins and ends where words do: 日照 is
    none in 每日照常. The dictionary may know parts of it otherwise: 三|沙市, 上海市人民政府.
    """
    borders = set(itertools.accumulate((len(word) for word in words), initial=0))
    at = 0
    while at < len(text):
        begins = at in borders or text[at - 1 : at] == "在"  # 在建|邺
        name = _name_at(text, at, borders) if begins else ""
        if name:
            yield name
        at += len(name) or 1


def _name_at(text: str, at: int, borders: Set[int]) -> str:
    """Return the longest listed name that begins there and ends with a word, or before an office."""
    for end in range(min(at + _longest(), len(text)), at + 1, -1):
        if text[at:end] in _listed() and (end in borders or _OFFICE.match(text, end)):
            return text[at:end]
    return ""


def _formed(text: str, words: list[str]) -> list[str]:
    """Return what has the form of a name that no list knows: 青岚区."""
    borders = list(itertools.accumulate((len(word) for word in words), initial=0))
    last = dict(zip(borders[1:], words, strict=True))  # the word that ends at each border
    return [
        match[0]
        for match in _FORM.finditer(text)
        if match.start() in borders
        and (
            last.get(match.end()) == match[2]
            or _is_name_word(last.get(match.end(), ""))
            or _OFFICE.match(text, match.end())
        )
        and _is_name(match[1], match[2])
    ]


def _ends_like_place(word: str) -> bool:
    return bool(_ADMINISTRATIVE.match(word)) and not _GENERAL.search(word)


def _is_place_word(word: str) -> bool:
    """Tell whether a dictionary word is a place: of those in 县 and 市 all are that are not general, of
    those in 区 the names (利州区, but not 贸易区).
    """
    return len(word) > 2 and _ends_like_place(word) and (word[-1] in "县市" or _is_name_word(word))


def _is_name_word(word: str) -> bool:
    """Tell whether the dictionary knows the word as a name: 云岭, 丰县."""
    tags = [tag for _, tag in rjieba.tag(word)]
    return len(tags) == 1 and tags[0] in _NAMES


def _is_name(stem: str, ending: str) -> bool:
    """Tell whether two characters before 省, 市, 县, 区 or the like are a name: no ordinary word (示范区,
    依托省), none of the words that point (本市), no part of a list (省市县).
    """
    if _GENERAL.search(stem + ending[-1]) or set(stem) & _NO_NAME:
        return False
    return len(rjieba.cut(stem, hmm=False)) > 1 or _is_name_word(stem)


@cache
def _spelt() -> dict[str, str]:
    """Return the listed provinces and prefectures by how they are spelt in Latin letters."""
    return {s: place for place in sorted(places()) for s in spellings(place) if len(s) > _SHORTEST}


@cache
def _spelt_counties() -> dict[str, str]:
    return {s: name for name in sorted(counties()) for s in spellings(name)}
