"""One question followed through: understood, searched, its candidates weighed, and shown or refused."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial

from bot import lookup, refuse
from bot.addresses import firm
from bot.confidence import confidence
from bot.conversation import Kind, Question
from bot.echo import Leader, leaders
from bot.extract import Finding, find
from bot.holdings import Holdings
from bot.lacking import lacks_what_is_asked, speaks
from bot.particulars import particulars
from bot.select import Choice, judge, shown
from bot.spelling import Speller
from bot.understand import LIMIT, Reader, leaning, placed, points_back
from bot.words import rarity
from index.document import Hit, Scope
from index.embed import open_shipped
from index.search import Index

_HITS = 30  # passages looked into for one scope
_HITS_A_PLACE = 10  # passages looked into for each place when the question asks of several
_PLACES_SEARCHED = 12
_BY_ITSELF = 0.5  # how likely an answer must be for a question that seems to lean on the one before


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What became of a question: the passages found, every candidate with its verdict, best first,
    and what is shown of them. ``reason`` names the sentence a refusal says, None where it is answered.
    """

    question: Question
    hits: tuple[Hit, ...] = ()
    choices: tuple[Choice, ...] = ()
    shown: tuple[Finding, ...] = ()
    reason: str | None = None


class Inquirer:
    """Follows questions through one opened index, or what a chosen scope admits of it. Safe to use from
    several threads.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.holdings = Holdings.of(index.documents)
        self._model = open_shipped()
        self._speller: Speller | None = None
        self._weigh = rarity(index.document_frequency, index.passage_count)
        self._reader = Reader(
            self.holdings,
            self._weigh,
            index.document_frequency,
            self._mend,
        )

    def within(self, chosen: Scope) -> "Inquirer":
        """Return one that answers from the documents of a scope only, and knows what it leaves out."""
        narrow = copy(self)
        narrow.holdings = self.holdings.within(chosen)
        narrow._reader = replace(self._reader, holdings=narrow.holdings)
        return narrow

    def read(self, text: str) -> Question:
        """Return the question as understood by itself."""
        return self._reader.read(text[:LIMIT])

    def after(
        self, question: Question, before: Question, near: frozenset[tuple[str, int]] = frozenset()
    ) -> Question:
        """Return the question as understood after the one before: what is searched for, and where.

        A question that only points back takes its subject from the one before; one that finds its answer
        by itself takes no more than the place. ``near`` are the sections the one before was answered from.
        """
        if question.outside:
            return question
        before = replace(before, scope=self.holdings.kept(before.scope))
        alone = placed(question, before)
        leant = leaning(alone, before)
        if leant is None:
            return alone
        if not points_back(question):  # 那乡镇呢 asks for what stands elsewhere
            alone, leant = replace(alone, near=near), replace(leant, near=near)
        if not question.concepts:
            return leant
        if points_back(question):
            # 那乡镇呢 leans; in 那案卷评查呢 the words are a subject of their own.
            return leant if refuse.reason(leant, self.findings(leant)) is None else alone
        best, likely = self._best(alone)
        single = sum(concept.known for concept in question.concepts) < 2
        # One word that is answered where the turn before was is about the same thing.
        stays = best is not None and (best.document.id, best.home.start) in near
        if likely < _BY_ITSELF or (single and (stays or likely < self._best(leant)[1])):
            return leant
        return alone

    def widened(self, question: Question, variants: Sequence[str]) -> Question:
        """Return a question that is searched for in other wordings as well, and is about what the first of
        them says; a yes or no is still asked in the asker's words.
        """
        if not variants:
            return question
        first = self.read(variants[0])
        wording = question.wording if question.kind is Kind.YESNO else first.wording
        return replace(
            question,
            search=first.search,
            concepts=first.concepts,
            wording=wording if question.language == "zh" else question.wording,
            variants=tuple(variants),
        )

    def _best(self, question: Question) -> tuple[Finding | None, float]:
        """Return the best candidate and how likely it answers, 0 where there is none."""
        found = self.findings(question)
        return (found[0], confidence(question, found[0])) if found else (None, 0.0)

    def findings(self, question: Question, scope: Scope | None = None) -> list[Finding]:
        """Return every candidate for the answer, best first, inside another scope where one is given."""
        inside = question if scope is None else replace(question, scope=scope)
        return self._weighed(inside, self._search(inside))

    def inquire(self, question: Question) -> Inquiry:
        """Follow an understood question through: what is found, what of it is shown, or why nothing."""
        reason = refuse.at_once(question) or refuse.outside(question, self.holdings)
        if reason:
            return Inquiry(question, reason=reason)
        if question.address:
            inquiry = self._addressed(question)
            if inquiry.reason != "no_such_clause" or firm(question.address):
                return inquiry
            question = replace(question, address=())  # 第一项任务, 第二点: words like any
        missing = question.missing_places or question.missing_titles
        stated = () if missing else particulars(question, self.holdings)
        if stated:
            return Inquiry(question, shown=tuple(stated))
        return self._followed(question, self._search(question))

    def _addressed(self, question: Question) -> Inquiry:
        """Answer from the clause named alone: its words, or what in it is asked for."""
        if question.missing_places or question.missing_titles:
            missing = "place_missing" if question.missing_places else "document_missing"
            return Inquiry(question, reason=missing)
        places = self._places(question)
        if not places:
            return Inquiry(question, reason="no_such_clause")
        if lookup.too_many(question, places):
            return Inquiry(question, reason="which_document")
        hits = self._search(question)
        words = Inquiry(question, tuple(hits), shown=tuple(lookup.own_words(places)))
        if lookup.asks_its_words(question, places):
            return words
        asked = replace(question, concepts=lookup.subjects(question, places))
        inquiry = self._followed(asked, hits)
        silent = bool(asked.concepts) and not lookup.speaks(question, places)
        if silent and inquiry.shown and not any(map(speaks, inquiry.shown)):
            # Alone in its clause a sentence has no rival, and seems likelier than it is.
            return Inquiry(question, tuple(hits), inquiry.choices, reason="nothing")
        if silent or not inquiry.reason:
            return replace(inquiry, question=question)
        # However little the words tell, the asker has said where the answer stands.
        stating = [f for f in self._weighed(asked, hits) if not lacks_what_is_asked(asked, f)]
        if not stating:
            return Inquiry(question, tuple(hits), inquiry.choices, reason="not_stated")
        if question.unit:
            return replace(words, shown=(stating[0],), choices=inquiry.choices)
        return words

    def _followed(self, question: Question, hits: Sequence[Hit]) -> Inquiry:
        found = self._weighed(question, hits)
        reason = refuse.reason(question, found)
        choices = judge(question, found, self._leaders(question, found))
        taken = [] if reason else shown(question, choices)
        if not taken:
            return Inquiry(question, tuple(hits), tuple(choices), reason=reason or "nothing")
        return Inquiry(question, tuple(hits), tuple(choices), tuple(taken))

    def _leaders(self, question: Question, found: Sequence[Finding]) -> Mapping[str, Leader]:
        """Return what leads in each place beside the best one, where the question is asked of several."""
        if not found or question.scope.documents or len(question.scope.places) == 1:
            return {}
        places = question.scope.places or tuple(dict.fromkeys(f.document.place for f in found))
        seek = partial(self._sought, limit=_HITS_A_PLACE)
        asked = [place for place in places if place][:_PLACES_SEARCHED]
        return leaders(question, found, asked, seek, self._weigh, self._model)

    def _weighed(self, question: Question, hits: Sequence[Hit]) -> list[Finding]:
        return refuse.admitted(question, find(question, hits, self._model))

    def _search(self, question: Question) -> list[Hit]:
        """Search the whole scope, and each place on its own where the question asks of several, so that one
        place with many documents does not crowd out the others. Where a clause is named, take its passages.
        """
        if question.address:
            return [
                Hit(passage, 1.0, {})
                for document, section in self._places(question)
                for passage in self._index.passages(document, section)
            ]
        hits = self._sought(question.search, question.scope, _HITS)
        for variant in question.variants:
            hits += self._sought(variant, question.scope, _HITS)
        several = question.everywhere or len(question.scope.places) > 1
        if several and not question.scope.documents:
            places = question.scope.places or self.holdings.places
            if len(places) > _PLACES_SEARCHED:  # too many to ask each: those that have something to say
                places = tuple(dict.fromkeys(hit.passage.document.place for hit in hits))
            for place in filter(None, places[:_PLACES_SEARCHED]):
                hits += self._sought(question.search, Scope(places=(place,)), _HITS_A_PLACE)
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.passage.id, hit)
        return list(best.values())

    def _sought(self, query: str, scope: Scope, limit: int) -> list[Hit]:
        """Search inside a scope, as far as the chosen one reaches."""
        inside = self.holdings.narrowed(scope)
        return self._index.search(query, inside, limit) if inside is not None else []

    def _places(self, question: Question) -> list[lookup.Place]:
        """Return the sections at the address named; of several places each has its own."""
        inside = [document for document in self.holdings.documents if question.scope.admits(document)]
        apart = bool(question.scope.places or question.scope.documents)
        return lookup.sections_at(question.address, inside, apart)

    def _mend(self, text: str) -> str:
        if self._speller is None:
            self._speller = Speller(self._index.pairs())
        return self._speller.mend(text)
