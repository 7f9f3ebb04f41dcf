"""Asking, spelled once: message -> questions -> inquire (understand, search, extract) -> cite -> compose."""

import re
import time
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import lru_cache

from bot import refuse
from bot.cite import cite
from bot.compose import lines, unanswered
from bot.confidence import confidence
from bot.conversation import Answer, Citation, Kind, Question, Turn
from bot.denial import denials
from bot.extract import Finding
from bot.holdings import is_report
from bot.inquiry import Inquirer, Inquiry
from bot.kinds import asks_both, names_actor, states
from bot.parts import parts
from bot.scope import place_words
from bot.understand import LIMIT, visible
from bot.words import presence
from index.document import Scope
from index.search import Index
from prompts import kind_words, sentences

_SCOPES = 64  # scopes chosen that are kept ready
_PLACES_TRIED = 12
_SUGGESTED = 3  # questions offered in place of one that is refused
_SURE = 0.4  # how likely another place's answer must be to be offered
_OFFERS = ("place_missing", "nothing", "not_stated")  # reasons that leave another place to ask about
_TOLD = 0.6  # share of a part of the question that what is shown already must speak of
_SEVERAL = re.compile(r"[?？]\s*\S")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2}")  # what a question has at least: a Han character or a word


class Engine:
    """Answers questions on one opened index. Safe to use from several threads: it holds no state of a
    conversation; what earlier turns add comes as an argument.
    """

    def __init__(self, index: Index) -> None:
        self._inquirer = Inquirer(index)
        self.holdings = self._inquirer.holdings
        self._within = lru_cache(maxsize=_SCOPES)(self._narrow)

    def understand(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """Return the question as understood, with what the turns before add to it."""
        question = self._inquirer.read(text)
        before = next((turn for turn in reversed(history) if _leant_on(turn)), None)
        if before is None:
            return question
        near = frozenset((c.document_id, c.section_start) for c in before.answer.citations)
        question = self._inquirer.after(question, before.question, near)
        said = any(turn.question.note == question.note for turn in history)
        return replace(question, note="") if said else question

    def findings(self, question: Question, scope: Scope | None = None) -> list[Finding]:
        """Return every candidate for the answer, best first, inside another scope where one is given."""
        return self._inquirer.findings(question, scope)

    def inquire(self, text: str, history: Sequence[Turn] = (), variants: Sequence[str] = ()) -> list[Inquiry]:
        """Follow a message through: what it asks as a whole, then what it asks beside that and the whole
        does not answer.
        """
        question = self._inquirer.widened(self.understand(text, history), variants)
        whole = self._inquirer.inquire(question)
        asked = parts(visible(text)[:LIMIT])
        # 哪个机关、哪天印发: the lines at the document's edge answer both.
        told = question.kind is Kind.METADATA and whole.shown and not _SEVERAL.search(text)
        # 目标是多少,后来做到多少: a plan and a report answer it between them.
        reports = {is_report(finding.document.title) for finding in whole.shown}
        told = told or (asks_both(question.wording) and len(reports) > 1)
        if len(asked) == 1 or told or whole.reason in refuse.UNSEARCHED:
            return [whole]
        read = [self._inquirer.read(each) for each in asked]
        if any(part.missing_places for part in read):
            # 枞阳县几天,三沙市几天: what the mixture of them found would be told of both.
            whole = replace(whole, shown=())
        shown = list(whole.shown)
        followed = [whole]
        before = question
        for alone in read:
            part = self._part(alone, before, question, shown)
            if part is None or any(_tells(finding, part) for finding in shown):
                continue
            inquiry = self._inquirer.inquire(part)
            if inquiry.shown and all(_same(finding, shown) for finding in inquiry.shown):
                continue
            followed.append(inquiry)
            shown += inquiry.shown
            before = part
        answers = [inquiry for inquiry in followed[1:] if inquiry.shown]
        # Where each part found its own answer, what the mixture of them found is beside the point.
        return answers if len(answers) == len(asked) else followed

    def ask(self, text: str, history: Sequence[Turn] = (), scope: Scope = Scope()) -> Turn:  # noqa: B008 - frozen
        """Answer a question in the documents' words, or refuse with a reason; never raises for any text.

        The turns returned so far are the history of the next question. Only documents that the scope
        admits are looked through; what is asked of others is refused.
        """
        return self.follow(text, history, scope)[0]

    def follow(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),  # noqa: B008 - frozen
        variants: Sequence[str] = (),
    ) -> tuple[Turn, list[Inquiry]]:
        """Answer, and return beside the turn what became of each question in the text; empty where it
        asks nothing. ``variants`` are other wordings of the question that are searched for as well.
        """
        began = time.perf_counter()
        unasked = _unasked(text)
        if unasked:
            return Turn(Question(text[:LIMIT], "", "", "zh", Kind.WHAT), unasked), []
        engine = self._within(scope) if scope != Scope() else self
        followed = engine.inquire(text, history, variants)
        question, answer = engine._answer(followed)
        return Turn(question, replace(answer, seconds=round(time.perf_counter() - began, 4))), followed

    def stream(
        self,
        text: str,
        history: Sequence[Turn] = (),
        scope: Scope = Scope(),  # noqa: B008 - frozen
    ) -> Iterator[Turn]:
        """Yield snapshots of the turn whose answer grows line by line; the last one is whole."""
        turn = self.ask(text, history, scope)
        shown = ""
        for line in turn.answer.text.splitlines(keepends=True)[:-1]:
            shown += line
            cited = tuple(c for c in turn.answer.citations if f"[{c.n}]" in shown)
            yield Turn(
                turn.question,
                replace(turn.answer, text=shown.rstrip("\n"), citations=cited, suggestions=()),
            )
        yield turn

    def _narrow(self, chosen: Scope) -> "Engine":
        """Return an engine that answers from the documents of a scope only."""
        narrow = copy(self)
        narrow._inquirer = self._inquirer.within(chosen)
        narrow.holdings = narrow._inquirer.holdings
        return narrow

    def _answer(self, followed: Sequence[Inquiry]) -> tuple[Question, Answer]:
        answered = [inquiry for inquiry in followed if inquiry.shown]
        if not answered:
            return followed[0].question, self._refusal(followed[0])
        written: list[str] = []
        citations: list[Citation] = []
        for inquiry in answered:
            added = cite(inquiry.shown, first=len(citations) + 1)
            citations += added
            wrong = denials(inquiry, added[0].n)
            # What is denied has its verdict already.
            question = replace(inquiry.question, kind=Kind.WHAT) if wrong else inquiry.question
            written += [*wrong, *lines(question, added)]
        written += [unanswered(inquiry.question) for inquiry in followed[1:] if not inquiry.shown]
        return answered[0].question, Answer("\n".join(written), tuple(citations))

    def _part(
        self, alone: Question, before: Question, whole: Question, shown: Sequence[Finding]
    ) -> Question | None:
        """Return one part of a message as a question that stands where the whole stands, None where it
        asks for nothing by itself (谁更多, 各地一样吗).
        """
        near = frozenset((f.document.id, f.home.start) for f in shown)
        part = self._inquirer.after(alone, before, near)
        told = [concept for concept in part.concepts if concept.forms[0] in part.wording]
        only_marks = part.everywhere or part.kind is Kind.COMPARE  # 有哪个地方说清楚了, 谁更多
        strange = any(not concept.known for concept in told)
        known = any(concept.known and concept.forms[0] not in kind_words() for concept in told)
        if not known and not part.unit and part.kind is not Kind.WHO and (only_marks or not strange):
            return None
        part = replace(part, note="", years=part.years or whole.years)
        own = part.scope.places or part.scope.documents or part.missing_places or part.missing_titles
        if own or part.everywhere:
            return part
        # What is not held is not held for any part: 三沙市由谁负责,多久一次 asks both of 三沙市.
        return replace(
            part,
            scope=whole.scope,
            missing_places=whole.missing_places,
            missing_titles=whole.missing_titles,
        )

    def _refusal(self, inquiry: Inquiry) -> Answer:
        """Return the refusal, and where another place does answer, the question to ask of it: another
        place's rule is offered, never told as the one asked for.
        """
        question, reason = inquiry.question, inquiry.reason or "nothing"
        said = refuse.refusal(reason, question, self.holdings)
        offered = self._elsewhere(question) if reason in _OFFERS else {}
        if not offered:
            return Answer(said, refused=True, reason=said)
        english = question.language == "en"
        offer = sentences()["elsewhere_en" if english else "elsewhere"].format(
            places=(", " if english else "、").join(offered), place=_asked_place(question)
        )
        return Answer(f"{said}\n{offer}", refused=True, reason=said, suggestions=tuple(offered.values()))

    def _elsewhere(self, question: Question) -> dict[str, str]:
        """Return the places that surely answer the same question, each with the question to ask there."""
        asked = _asked_place(question)
        word = place_words(question.text, asked, self.holdings)
        found: dict[str, str] = {}
        for place in self.holdings.places[:_PLACES_TRIED] if word else ():
            text = question.text.replace(word, place)
            inquiry = self._inquirer.inquire(self._inquirer.read(text))
            taken = [c.finding for c in inquiry.choices if c.verdict == "taken"] if inquiry.shown else []
            sure = taken and confidence(inquiry.question, taken[0]) >= _SURE
            if sure and place != asked and len(found) < _SUGGESTED:
                found[place] = text
        return found


def _leant_on(turn: Turn) -> bool:
    """Tell whether a later question may lean on a turn: on an answer, and on a refusal where it was only the
    place that is not held (那枞阳县呢 asks the same there).
    """
    question = turn.question
    return not turn.answer.refused or bool(question.missing_places and not refuse.at_once(question))


def _asked_place(question: Question) -> str:
    return next(iter((*question.missing_places, *question.scope.places)), "")


def _same(finding: Finding, shown: Sequence[Finding]) -> bool:
    return any(finding.units == other.units and finding.document is other.document for other in shown)


def _tells(finding: Finding, part: Question) -> bool:
    """Tell whether a finding that is shown already answers a part of the question."""
    text = finding.folded
    own = [concept for concept in part.concepts if concept.known]
    total = sum(concept.weight for concept in own)
    told = sum(concept.weight * presence(concept, text) for concept in own)
    of_year = (
        not part.years or finding.document.years == part.years or any(str(y) in text for y in part.years)
    )
    return (
        states(part.unit, text)
        and of_year
        and (part.kind is not Kind.WHO or names_actor(text))
        and (not part.scope.places or finding.document.place in part.scope.places)
        and told >= _TOLD * total
    )


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
