"""Questions drawn from the words of a document, as a clerk would ask them: whose rule, what, and when.
Whether the base answers them is for ``bot.suggest`` to find out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.holdings import kind_word, short_name
from bot.recast import Sort, about, dated, recast
from bot.sentences import Unit, units
from index.document import Document

_LENGTH = range(10, 41)  # characters of a question
# What cannot be understood without the sentence before, and what nobody asks.
_POINTS = re.compile(
    r"其(?!中|他)|该|此|上述|前款|前项|本条|本款|本法|这|以下|下列|第[一二三四五六七八九十百]+[条款项]"
)
_PROFESSED = re.compile(r"习近平|思想|中国特色|新时代|两个维护")
_STARTS = re.compile(r"^(?:确保|保证|做到|实现|力争|要|应当?|须|必须|并且?|且|同时|其中|一般|对)(?=.{6})")
_OURS = re.compile(r"(?:我|本|全)(?=[省市县区])")
_PAIRS = ("“”", "‘’", "《》", "()", "（）", "〔〕")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question, and the unit that answers it."""

    text: str
    sort: Sort
    unit: Unit


def drawn(document: Document, section: int) -> Iterator[Drawn]:
    """Yield the questions that a section's own sentences answer, each once, in reading order."""
    seen: set[str] = set()
    for unit in units(document, section):
        for sort, words in recast(unit):
            text = _asked(words, document, sort)
            if text and text not in seen:
                seen.add(text)
                yield Drawn(text, sort, unit)


def subject(document: Document, section: int) -> Drawn | None:
    """Return the question on what a section is about, None where its heading tells nothing by itself."""
    said = next((unit for unit in units(document, section) if not unit.is_heading), None)
    words = about(document.sections[section].heading, done=_is_report(document))
    text = _asked(words, document, Sort.SUBJECT) if said and words else ""
    return Drawn(text, Sort.SUBJECT, said) if said and text else None


def _is_report(document: Document) -> bool:
    return kind_word(document.title) in ("报告", "年报")


def _asked(words: str, document: Document, sort: Sort) -> str:
    """Return the words as a question that says whose rule it asks for; empty where they make none."""
    words = _STARTS.sub("", words).strip()
    whole = all(words.count(pair[0]) == words.count(pair[1]) for pair in _PAIRS)
    if not whole or _POINTS.search(words) or _PROFESSED.search(words):
        return ""
    need = "要" if words.startswith("在什么时候前") else ""
    text = f"{_whose(need + words, document, sort)}？".replace(",", "，")
    return text if len(text) in _LENGTH else ""


def _whose(words: str, document: Document, sort: Sort) -> str:
    """Return the words with the place, or the document where it has none, and the year of what was done."""
    place = document.place
    if not place:
        title = re.sub(r"[(（〔][^()（）〔〕]*[)）〕]$", "", document.title.removeprefix("中华人民共和国"))
        return f"《{title}》规定，{words}"
    words = _OURS.sub("全", re.sub(rf"^(?:全|我|本){place[-1]}", "", words))
    if short_name(place) in words:
        return words
    told_of = sort in (Sort.FIGURE, Sort.SUBJECT) and _is_report(document) and len(document.years) == 1
    if told_of and not dated(words):
        return f"{place}{document.years[0]}年{words}"
    # 县政府 of 禾清县 is 禾清县政府; 县外, 县区 go on as they are.
    doubled = words[:1] == place[-1] and words[1:2] not in ("县", "区", "乡", "外", "内", "域", "境")
    return (place[:-1] if doubled else place) + words
