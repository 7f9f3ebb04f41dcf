"""Questions about a document itself: its number, its date, who issued it. Answered from the words at
its head or foot that say so.
"""

import re
from collections.abc import Sequence

from bot.conversation import Kind, Question
from bot.extract import Finding
from bot.holdings import Holdings, kind_word
from bot.sentences import Unit, units
from bot.words import fold, presence
from index.document import HEAD, TAIL, Document

_DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_ASKS_NUMBER = re.compile(r"文号|发文字号|字号|document number")
_ASKS_DATE = re.compile(r"哪天|几号|什么时候|何时|哪一?年|日期|时间|when|date")
_ASKS_ISSUER = re.compile(r"哪个(机关|单位|部门)|发文机关|谁(发|印|公|制)|who issued")
_ASKS_FORCE = re.compile(r"施行|生效|实施|起执行|effective|take effect|in force")
_ASKS_REPEAL = re.compile(r"作废|废止|废除|失效|repeal|abolish")
_IN_FORCE = re.compile(r"起(施行|实施|执行|生效)")
_REPEALED = re.compile(r"(同时|予以|即行)废止")
_ISSUED = re.compile(r"[0-9]{4}年[^。;]{0,30}(发布|印发|公布)")
_LEAST = 0.3


def particulars(question: Question, holdings: Holdings) -> list[Finding]:
    """Return the units that state what is asked of the document named, of the best fitting document.

    Nothing for a question of another kind, or when the document does not say it.
    """
    if question.kind is not Kind.METADATA:
        return []
    candidates = [d for d in holdings.documents if question.scope.admits(d)]
    if question.years:
        of_year = [d for d in candidates if set(question.years) & {*d.years, int((d.date or "0")[:4])}]
        candidates = of_year
    if not candidates:
        return []
    best = max(candidates, key=lambda document: _fits(question, document))
    if _fits(question, best) < _LEAST:
        return []
    return _stating(question, best)


def _fits(question: Question, document: Document) -> float:
    total = sum(concept.weight for concept in question.concepts) or 1.0
    title = fold(document.title + document.place + document.source)
    covered = sum(concept.weight * presence(concept, title) for concept in question.concepts) / total
    named = 0.5 if kind_word(question.text) and kind_word(question.text) == kind_word(document.title) else 0.0
    scoped = 0.3 if question.scope.places or question.scope.documents else 0.0
    return covered + named + scoped


def _stating(question: Question, document: Document) -> list[Finding]:
    edges = [i for i, s in enumerate(document.sections) if s.path[-1] in (HEAD, TAIL)] or [0]
    lines = [unit for section in edges for unit in units(document, section)]
    everything = [unit for section in range(len(document.sections)) for unit in units(document, section)]
    asked = question.wording
    wanted: list[Unit] = []
    if _ASKS_NUMBER.search(asked) and document.number:
        wanted += [unit for unit in lines if fold(document.number) in unit.folded][:1]
    if _ASKS_FORCE.search(asked):
        wanted += [unit for unit in everything if _IN_FORCE.search(unit.folded)][-1:]
    elif _ASKS_REPEAL.search(asked):
        wanted += [unit for unit in everything if _REPEALED.search(unit.folded)][-1:]
    else:
        wanted += _issue(asked, document, lines)
    return [Finding((unit,), 0.0, {}) for unit in dict.fromkeys(wanted)]


def _issue(asked: str, document: Document, lines: Sequence[Unit]) -> list[Unit]:
    """Return the lines that say who issued the document and when."""
    issuer = fold(document.issuer)
    found: list[Unit] = []
    if _ASKS_ISSUER.search(asked) and issuer:
        named = [unit for unit in lines if issuer in unit.folded]
        found += sorted(named, key=lambda unit: len(unit.folded))[:1]
    if _ASKS_DATE.search(asked):
        dated = [unit for unit in lines if document.date and document.date in _days(unit.folded)]
        found += (dated or [unit for unit in lines if _ISSUED.search(unit.folded)])[:1]
    return found


def _days(text: str) -> list[str]:
    return ["-".join(f"{int(n):02d}" for n in re.findall(r"[0-9]+", found)) for found in _DATE.findall(text)]
