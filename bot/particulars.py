"""Questions about a document itself: its number, its date, who issued it. Answered from the words at
its head or foot that say so.
"""

import itertools
import re
from collections.abc import Iterator

from bot.conversation import Kind, Question
from bot.extract import Finding
from bot.holdings import Holdings, kind_word
from bot.kinds import REPEALED
from bot.sentences import Unit, units
from bot.words import fold, presence
from index.document import HEAD, TAIL, Document
from prompts import kind_words

_DATE = re.compile(r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_ASKS_NUMBER = re.compile(r"文号|发文字号|字号|document number")
_ASKS_DATE = re.compile(r"哪一?天|几号|什么时候|何时|哪一?年|落款|日期|时间|when|date")
_ASKS_ISSUER = re.compile(r"哪个(机关|单位|部门)|发文机关|谁(发|印|公|制)|who issued")
_ASKS_FORCE = re.compile(r"施行|生效|实施|起执行|effective|take effect|in force")
_ASKS_REPEAL = re.compile(r"作废|废止|废除|失效|repeal|abolish")
_ABOUT_ISSUE = re.compile(r"发布|印发|公布|文号|字号|挂|上网|施行|生效|实施|作废|废止|机关|日期|时间")
_IN_FORCE = re.compile(r"起(施行|实施|执行|生效)")
_ISSUED = re.compile(r"[0-9]{4}年[^。;]{0,30}(发布|印发|公布)")
_LEAST = 0.5  # of what is asked about


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
    statement = _statement(question.wording)
    if statement:
        # That a document enters into force or repeals another is said of no other thing.
        named = bool(question.scope.places or question.scope.documents)
        fitting = [(fits, d) for d in candidates if (fits := _fits(question, d)) >= _LEAST or named]
        best_first = (d for _, d in sorted(fitting, key=lambda item: -item[0]))
        told = (unit for document in best_first for unit in _all(document) if statement.search(unit.folded))
        wanted = list(itertools.islice(told, 1))  # lazily: to cut a whole base into units takes a minute
    else:
        best = max(candidates, key=lambda document: _fits(question, document), default=None)
        wanted = _issue(question.wording, best) if best and _fits(question, best) >= _LEAST else []
    return [Finding((unit,), 0.0, {}) for unit in dict.fromkeys(wanted)]


def _statement(asked: str) -> re.Pattern[str] | None:
    """Return what a document says on the point asked: that it enters into force, or repeals another."""
    if _ASKS_FORCE.search(asked):
        return _IN_FORCE
    return REPEALED if _ASKS_REPEAL.search(asked) else None


def _fits(question: Question, document: Document) -> float:
    """Return how surely the question is about the document itself: the share of what it asks about that
    the title speaks of. 哪天公布 of something else the document tells of is no question on the document.
    """
    asked = [
        c for c in question.concepts if c.forms[0] not in kind_words() and not _ABOUT_ISSUE.search(c.forms[0])
    ]
    known = [concept for concept in asked if concept.known] or asked
    total = sum(concept.weight for concept in known)
    title = fold(document.title + document.place + document.source)
    covered = sum(concept.weight * presence(concept, title) for concept in known) / total if total else 1.0
    named = kind_word(question.wording)
    return covered + (0.2 if named and named == kind_word(document.title) else 0.0)


def _all(document: Document) -> Iterator[Unit]:
    return (unit for section in range(len(document.sections)) for unit in units(document, section))


def _issue(asked: str, document: Document) -> list[Unit]:
    """Return the lines at the document's head and foot that say its number, who issued it and when."""
    edges = [i for i, s in enumerate(document.sections) if s.path[-1] in (HEAD, TAIL)] or [0]
    lines = [unit for section in edges for unit in units(document, section)]
    issuer = fold(document.issuer)
    found: list[Unit] = []
    if _ASKS_NUMBER.search(asked) and document.number:
        found += [unit for unit in lines if fold(document.number) in unit.folded][:1]
    if _ASKS_ISSUER.search(asked) and issuer:
        named = [unit for unit in lines if issuer in unit.folded]
        found += sorted(named, key=lambda unit: len(unit.folded))[:1]
    if _ASKS_DATE.search(asked):
        dated = [unit for unit in lines if document.date and document.date in _days(unit.folded)]
        found += (dated or [unit for unit in lines if _ISSUED.search(unit.folded)])[:1]
    return found


def _days(text: str) -> list[str]:
    return ["-".join(f"{int(n):02d}" for n in re.findall(r"[0-9]+", found)) for found in _DATE.findall(text)]
