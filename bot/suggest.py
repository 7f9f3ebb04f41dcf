"""Questions the base can answer, to begin with and to go on with. Each is asked of the engine before it is
offered: one that would be refused, or answered from elsewhere, misleads.
"""

import itertools
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.conversation import Answer, Citation, Kind, Turn
from bot.drawn import Drawn, drawn, subject
from bot.engine import Engine
from bot.inquiry import Inquiry
from bot.recast import Sort
from bot.scope import place_words
from bot.words import fold
from index.document import Document, Scope
from prompts import sentences

_DOCUMENTS = 24  # that first questions are drawn from, spread over the places
_SECTIONS = 120  # of a document that are read for them
_TRIES = 5  # questions asked of the engine for each one wanted,
_MOST_TRIES = 60  # and in all
_FOLLOWED = 8  # follow-ups asked of the engine
_NEAR = 3  # sections before and after a cited one that are looked at
_GLANCE = 22  # characters of a question that is read at a glance
_TOGETHER = 3  # places from which on all are asked about together
_SHORT = range(4, 31)  # characters of a question that is asked of another place
_SURE = 0.5  # how likely another place's answer must be
# What any place may have a rule on; a list or a name asked for is often of one document alone.
_ANYWHERE = (Kind.NUMBER, Kind.DEADLINE, Kind.FREQUENCY, Kind.WHO, Kind.YESNO, Kind.CONDITION, Kind.PROCEDURE)
_OWN = re.compile(
    r"[“”「」『』《》?？]|^属"
)  # words of one document alone; 河南省属高校 is no 高校 of others
_RUN = re.compile(r"[\u4e00-\u9fffa-z0-9%]+")
_PLACES = 2  # other places asked about one by one
# What a clerk looks for first comes first.
_SORTS = (Sort.BOUND, Sort.DEADLINE, Sort.LIST, Sort.WHO, Sort.FIGURE, Sort.BAN, Sort.SUBJECT)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A question that may be offered, and what its answer must be like."""

    text: str
    fits: Callable[[Answer, Sequence[Inquiry]], bool]


def first_questions(engine: Engine, documents: Sequence[Document], limit: int = 6) -> tuple[str, ...]:
    """Return at most so many questions that the documents answer, drawn from their own sentences and spread
    over places, documents and sorts of question. The same documents give the same questions.
    """
    found: list[str] = []
    used = Counter({Sort.BAN: 1})  # a question that is answered with a no is no first one
    pools = deque(_pool(document, range(_SECTIONS)) for document in _spread(documents))
    for _ in range(min(_MOST_TRIES, _TRIES * limit)):
        while pools and not pools[0]:
            pools.popleft()
        if not pools or len(found) == limit:
            break
        pool = pools.popleft()
        question = min(pool, key=lambda one: (used[one.sort], *_order(one)))
        if _cites(question, engine.ask(question.text).answer):
            found.append(question.text)
            used[question.sort] += 1
            pool = [one for one in pool if one.unit.section != question.unit.section]
        else:
            pool.remove(question)
        pools.append(pool)
    return tuple(found)


def follow_ups(
    engine: Engine,
    history: Sequence[Turn],
    scope: Scope = Scope(),  # noqa: B008 - frozen
    limit: int = 3,
) -> tuple[str, ...]:
    """Return at most so many questions that go on from the last turn and are answered by what was not shown
    yet: the same of other places, what else the section cited tells, what stands beside it. Of a refusal,
    what it suggests itself.
    """
    last = history[-1].answer if history else Answer("", refused=True)
    if last.refused:
        return last.suggestions[:limit]
    if history[-1].question.language == "en":  # what is drawn is Chinese
        return ()
    shown = {_span(citation) for turn in history for citation in turn.answer.citations}
    told = {fold(turn.question.text) for turn in history}
    found: list[str] = []
    sources = deque(
        [(_elsewhere(engine, history[-1], scope), 1), (_inside(engine, last), 2), (_beside(engine, last), 1)]
    )
    tried = 0
    while sources and tried < _FOLLOWED and len(found) < limit:
        source, wanted = sources.popleft()
        candidate = next(source, None)
        if candidate is None:
            continue
        if fold(candidate.text) not in told:
            tried += 1
            turn, followed = engine.follow(candidate.text, history, scope)
            cited = {_span(citation) for citation in turn.answer.citations}
            if not cited <= shown and candidate.fits(turn.answer, followed):
                found.append(candidate.text)
                shown |= cited
                wanted -= 1
        if wanted:
            sources.append((source, wanted))
    return tuple(found)


def _elsewhere(engine: Engine, turn: Turn, scope: Scope) -> Iterator[_Candidate]:
    """Yield the question asked of all places, where there are more than two, then of others one by one."""
    question = turn.question
    asked = question.scope.places[0] if len(question.scope.places) == 1 else ""
    words = place_words(question.text, asked, engine.holdings)
    before, _, after = question.text.strip(" ?？").partition(words) if words else ("", "", "")
    if before or len(after) not in _SHORT or _OWN.search(after) or question.kind not in _ANYWHERE:
        return
    # What the reader had to mend is not offered.
    if question.figures or not all(run in fold(after) for run in _RUN.findall(question.wording)):
        return
    held = dict.fromkeys(d.place for d in engine.holdings.documents if d.place and scope.admits(d))
    if len(held) >= _TOGETHER:
        yield _Candidate(f"各地{after}？", partial(_compares, asked))
    for place in [place for place in held if place != asked][:_PLACES]:
        yield _Candidate(f"{place}{after}？", partial(_tells, place))


def _inside(engine: Engine, answer: Answer) -> Iterator[_Candidate]:
    """Yield what else the sections cited tell."""
    for document, section in _sections(engine, answer):
        yield from map(_candidate, _pool(document, (section,)))


def _beside(engine: Engine, answer: Answer) -> Iterator[_Candidate]:
    """Yield the questions on the sections next to those cited, under the same heading: one each."""
    for document, section in _sections(engine, answer):
        above = document.sections[section].path[:-1]
        for step in (s for distance in range(1, _NEAR + 1) for s in (distance, -distance)):
            there = section + step
            if 0 <= there < len(document.sections) and document.sections[there].path[:-1] == above:
                pool = _pool(document, (there,)) or list(filter(None, [subject(document, there)]))
                yield from map(_candidate, pool[:1])


def _sections(engine: Engine, answer: Answer) -> Iterator[tuple[Document, int]]:
    """Yield the sections cited, each once."""
    documents = {document.id: document for document in engine.holdings.documents}
    for identity, start in dict.fromkeys((c.document_id, c.section_start) for c in answer.citations):
        document = documents.get(identity)
        starts = [section.start for section in document.sections] if document else []
        if document and start in starts:
            yield document, starts.index(start)


def _pool(document: Document, sections: Iterable[int]) -> list[Drawn]:
    """Return the questions that sections of a document answer, the better first."""
    inside = (section for section in sections if section < len(document.sections))
    return sorted((one for section in inside for one in drawn(document, section)), key=_order)


def _order(one: Drawn) -> tuple[int, bool, int]:
    return _SORTS.index(one.sort), "，" in one.text, abs(len(one.text) - _GLANCE)


def _spread(documents: Sequence[Document]) -> list[Document]:
    """Return some documents of as many places as can be, of a place with many those that lie far apart."""
    places: dict[str, list[Document]] = {}
    for document in documents:
        places.setdefault(document.place, []).append(document)
    apart = [group[:: max(1, len(group) // _DOCUMENTS)] for group in places.values()]
    rows = itertools.zip_longest(*apart)
    return [document for row in rows for document in row if document is not None][:_DOCUMENTS]


def _candidate(one: Drawn) -> _Candidate:
    return _Candidate(one.text, partial(_cites, one))


def _cites(one: Drawn, answer: Answer, _followed: Sequence[Inquiry] = ()) -> bool:
    """Tell whether the answer is first of all the unit that the question was drawn from."""
    unit = one.unit
    no = sentences()["verdict_no"]
    denied = any(line.startswith(no) for line in answer.text.splitlines())
    first = answer.citations[0] if answer.citations else None
    return (
        first is not None
        and first.document_id == unit.document.id
        and first.start < unit.end
        and unit.start < first.end
        and (one.sort is not Sort.BAN or denied)
    )


def _compares(asked: str, answer: Answer, followed: Sequence[Inquiry]) -> bool:
    """Tell whether other places surely answer beside the one asked about."""
    return asked in _places(answer) and len(_places(answer)) > 1 and _sure(followed)


def _tells(place: str, answer: Answer, followed: Sequence[Inquiry]) -> bool:
    """Tell whether a place, and no other, surely answers."""
    return _places(answer) == {place} and _sure(followed)


def _sure(followed: Sequence[Inquiry]) -> bool:
    choices = (choice for inquiry in followed for choice in inquiry.choices if choice.verdict == "taken")
    return max((choice.likely for choice in choices), default=0.0) >= _SURE


def _places(answer: Answer) -> set[str]:
    return {citation.place for citation in answer.citations}


def _span(citation: Citation) -> tuple[str, int, int]:
    return citation.document_id, citation.start, citation.end
