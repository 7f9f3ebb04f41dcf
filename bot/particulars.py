"""Questions about a document itself: its number, its date, who issued it. Answered from the words at
its head or foot that say so."""

import re
from collections.abc import Sequence

from bot.conversation import Kind, Question
from bot.extract import Finding
from bot.holdings import Holdings, bare, kind_word
from bot.sentences import Unit, units
from bot.words import fold, presence
from index.document import HEAD, TAIL, Document

_DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_ASKS_NUMBER = re.compile(r"文号|发文字号|字号|document number")
_ASKS_DATE = re.compile(r"哪天|几号|什么时候|何时|哪一?年|日期|时间|when|date")
_ASKS_ISSUER = re.compile(r"哪个(机关|单位|部门)|发文机关|谁(发|印|公|制)|who issued")
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
    lines: list[Unit] = [unit for section in edges for unit in units(document, section)]
    wanted: list[Unit] = []
    if _ASKS_NUMBER.search(question.search) and document.number:
        wanted += _first(lines, lambda text: fold(document.number) in text)
    if _ASKS_ISSUER.search(question.search) and document.issuer:
        wanted += _first(lines[::-1], lambda text: fold(document.issuer) in text and len(text) < len(document.issuer) + 12)
    if _ASKS_DATE.search(question.search) and document.date:
        dated = [unit for unit in lines if _DATE.search(unit.folded) and document.date in _days(unit.folded)]
        wanted += dated[:1]
    return [Finding((unit,), 1.0, {}) for unit in dict.fromkeys(wanted)]


def _first(lines: Sequence[Unit], test) -> list[Unit]:  # type: ignore[no-untyped-def]
    return next(([unit] for unit in lines if test(unit.folded)), [])


def _days(text: str) -> list[str]:
    return ["-".join(f"{int(n):02d}" for n in re.findall(r"[0-9]+", found)) for found in _DATE.findall(text)]
