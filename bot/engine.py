"""Asking, spelled once: question -> understand -> search -> extract -> cite -> compose."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from bot import refuse
from bot.cite import cite
from bot.compose import lines
from bot.confidence import confidence
from bot.conversation import Answer, Kind, Question, Turn
from bot.extract import Finding, find
from bot.holdings import Holdings
from bot.inquiry import Inquiry
from bot.particulars import particulars
from bot.premise import contradicted
from bot.select import judge, shown
from bot.spelling import Speller
from bot.understand import LIMIT, Reader, leaning, placed, points_back, visible
from bot.words import rarity
from index.document import Hit, Scope
from index.search import Index
from prompts import sentences

_HITS = 30  # passages looked into for one scope
_HITS_A_PLACE = 10  # passages looked into for each place when the question names none
_PLACES_SEARCHED = 12
_SUGGESTED = 3  # questions offered in place of one that is refused
_BY_ITSELF = 0.5  # how likely an answer must be for a question that seems to lean on the one before
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2}")  # what a question has at least: a Han character or a word


class Engine:
    """Answers questions on one opened index. Safe to use from several threads: it holds no state of a
    conversation; what earlier turns add comes as an argument.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.holdings = Holdings.of(index.documents)
        self._speller: Speller | None = None
        self._reader = Reader(
            self.holdings,
            rarity(index.document_frequency, index.passage_count),
            index.document_frequency,
            self._mend,
        )

    def understand(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """Return the question as understood: what is searched for, and where.

        A question that only points back takes its subject from the last answered turn; one that finds
        its answer by itself takes no more than the place.
        """
        question = self._reader.read(text[:LIMIT])
        before = next((turn.question for turn in reversed(history) if not turn.answer.refused), None)
        if before is None:
            return question
        alone = placed(question, before)
        if any(turn.question.note == alone.note for turn in history):
            alone = replace(alone, note="")  # said once is enough
        leant = leaning(alone, before)
        if leant is None:
            return alone
        if not question.concepts:
            return leant
        if points_back(question):
            # 那乡镇呢 leans; in 那案卷评查呢 the words are a subject of their own.
            return leant if refuse.reason(leant, self.findings(leant)) is None else alone
        found = self.findings(alone)
        return alone if found and confidence(alone, found[0]) >= _BY_ITSELF else leant

    def ask(self, text: str, history: Sequence[Turn] = ()) -> Turn:
        """Answer a question in the documents' words, or refuse with a reason; never raises for any text.

        The turns returned so far are the history of the next question.
        """
        began = time.perf_counter()
        question, answer = self._answer(text, history)
        return Turn(question, replace(answer, seconds=round(time.perf_counter() - began, 4)))

    def stream(self, text: str, history: Sequence[Turn] = ()) -> Iterator[Turn]:
        """Yield snapshots of the turn whose answer grows line by line; the last one is whole."""
        turn = self.ask(text, history)
        shown = ""
        for line in turn.answer.text.splitlines(keepends=True)[:-1]:
            shown += line
            cited = tuple(c for c in turn.answer.citations if f"[{c.n}]" in shown)
            yield Turn(
                turn.question,
                replace(turn.answer, text=shown.rstrip("\n"), citations=cited, suggestions=()),
            )
        yield turn

    def findings(self, question: Question, scope: Scope | None = None) -> list[Finding]:
        """Return every candidate for the answer, best first, inside another scope where one is given."""
        inside = question if scope is None else replace(question, scope=scope)
        return refuse.admitted(inside, find(inside, self._search(inside)))

    def inquire(self, question: Question) -> Inquiry:
        """Follow an understood question through: what is found, what of it is shown, or why nothing."""
        reason = refuse.at_once(question)
        if reason:
            return Inquiry(question, reason=reason)
        stated = particulars(question, self.holdings)
        if stated:
            return Inquiry(question, shown=tuple(stated))
        hits = self._search(question)
        found = refuse.admitted(question, find(question, hits))
        reason = refuse.reason(question, found)
        choices = judge(question, found)
        taken = [] if reason else shown(question, choices)
        if not taken:
            return Inquiry(question, tuple(hits), tuple(choices), reason=reason or "nothing")
        return Inquiry(question, tuple(hits), tuple(choices), tuple(taken))

    def _answer(self, text: str, history: Sequence[Turn]) -> tuple[Question, Answer]:
        unasked = _unasked(text)
        if unasked:
            return Question(text[:LIMIT], "", "", "zh", Kind.WHAT), unasked
        inquiry = self.inquire(self.understand(text, history))
        question, findings = inquiry.question, inquiry.shown
        if inquiry.reason:
            said = refuse.refusal(inquiry.reason, question, self.holdings)
            elsewhere = self._elsewhere(question) if inquiry.reason == "place_missing" else ()
            return question, Answer(said, refused=True, reason=said, suggestions=elsewhere)
        citations = cite(findings)
        denied = _denied(question, findings)
        return question, Answer("\n".join([*denied, *lines(question, citations)]), tuple(citations))

    def _elsewhere(self, question: Question) -> tuple[str, ...]:
        """Return the question asked of places that are held and do answer it."""
        word = question.missing_places[0]
        places = self.holdings.places[:_PLACES_SEARCHED] if word in question.text else ()
        asked = (question.text.replace(word, place) for place in places)
        return tuple(islice((text for text in asked if not self.ask(text).answer.refused), _SUGGESTED))

    def _search(self, question: Question) -> list[Hit]:
        """Search the whole scope, and each place on its own when the question names none, so that one
        place with many documents does not crowd out the others.
        """
        hits = self._index.search(question.search, question.scope, _HITS)
        if not question.scope.documents and len(question.scope.places) != 1:
            places = question.scope.places or self.holdings.places
            if len(places) > _PLACES_SEARCHED:  # too many to ask each: those that have something to say
                places = tuple(dict.fromkeys(hit.passage.document.place for hit in hits))
            for place in filter(None, places[:_PLACES_SEARCHED]):
                hits += self._index.search(question.search, Scope(places=(place,)), _HITS_A_PLACE)
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.passage.id, hit)
        return list(best.values())

    def _mend(self, text: str) -> str:
        if self._speller is None:
            self._speller = Speller((d.text for d in self.holdings.documents), self._index.document_frequency)
        return self._speller.mend(text)


def _denied(question: Question, findings: Sequence[Finding]) -> list[str]:
    """Return the line that denies a figure the asker takes for granted, where the best section cited
    states another one in its place.
    """
    best = findings[0]
    section = best.document.section_text(best.document.sections[best.units[0].section])
    name = "premise_en" if question.language == "en" else "premise"
    wrong = [figure for figure in question.figures if contradicted(figure, section)]
    return [sentences()[name].format(said="、".join(wrong))] if wrong else []


def _unasked(text: str) -> Answer | None:
    """Return the polite line for what is no question at all: empty, too long, or without any word."""
    seen = visible(text)
    if not seen:
        said = sentences()["empty"]
    elif len(seen) > LIMIT:
        said = sentences()["too_long"].format(length=len(seen), limit=LIMIT)
    elif not _WORD.search(seen):
        said = sentences()["unclear"]
    else:
        return None
    return Answer(said, refused=True, reason=said)
