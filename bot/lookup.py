"""Sections found by the address a question names, and the document it means by its everyday name."""

import re
from collections.abc import Sequence
from functools import lru_cache, partial

import rjieba

from bot.addresses import STATUTE, fit, shape
from bot.conversation import Concept, Kind, Question, inner
from bot.extract import Finding
from bot.holdings import Holdings, bare
from bot.sentences import Unit, units
from bot.words import fold, presence
from index.document import Document, address
from prompts import filler, kind_words, sentences

Place = tuple[Document, int]  # a document and the position of one of its sections

_WHOLE = 600  # characters of a section that are shown, twice as many of a clause with its items
_LEAST_SHOWN = 150  # characters of one document's clause when several documents have it
_SHORT = 200  # characters; a clause this short answers by itself what is asked of it
_MOST_CITED = 20  # sections of one address that are shown
_MOST_DOCUMENTS = 6  # that are answered from when the question says of none
_FIGURE = (Kind.NUMBER, Kind.DEADLINE, Kind.FREQUENCY, Kind.WHO)
_LISTS = (Kind.LIST, Kind.PROCEDURE)
_OPEN = (Kind.WHAT, Kind.LIST, Kind.PROCEDURE, Kind.COMPARE, Kind.CONDITION)
# What is asked of any clause: its words.
_WORDS_OF_IT = frozenset(
    """原文 全文 条文 原话 正文 条款 全部 大意 意思 主要 大概 大体 核心 要点 讲 念 抄 贴 背 解读 解释 介绍
    展示 告知 一段 这条 那条 measures measure plan rules rule provisions regulations regulation document
    notice arrangement report text content contents clause wording""".split()
)
_RUN = re.compile(r"[\u4e00-\u9fff0-9()\-]{2,40}$")
_BETWEEN = re.compile(r"(的|中的?|里面?的?|之)$")
_LAW = re.compile(r"(?<![办方做想说看用写语手书])法$|法典$|条例$|(办法|规定|规则|规程|细则|准则)$")
_NOUN = re.compile(r"n|vn|j|l|b|i|an|z")
_SPOKEN = 0.5  # how surely a text must speak of a concept
_COUNTRY = "中华人民共和国"


def documents_named(before: str, holdings: Holdings, places: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the ids of the documents meant by the folded words before an address (管理办法第十二条), and
    the name of a law or rule that is meant and not held (行政处罚法第三条); both empty where none is.
    """
    run = _RUN.search(_BETWEEN.sub("", before))
    words = rjieba.cut(bare(run[0]), hmm=False) if run else []
    inside = [document for document in holdings.documents if not places or document.place in places]
    meant: list[Document] = []
    name = ""
    for start in range(len(words) - 1, -1, -1):
        word = words[start]
        if word in filler() and word not in kind_words():
            break
        holding = [document for document in inside if word + name in bare(document.title)]
        # in other words than the title's, or in another order, but all of them in it
        holding = holding or [d for d in meant if word in fold(d.title + d.place)]
        if not holding and (places or not _is_noun(word)):
            break
        meant, name = holding, word + name
    if meant and (len(name) > 1 or name in kind_words()):
        exact = [d for d in meant if bare(d.title).removeprefix(_COUNTRY) == name]
        return tuple(document.id for document in exact or meant), ""
    return (), name if len(name) > 2 and _LAW.search(name) else ""


def sections_at(labels: Sequence[str], documents: Sequence[Document], apart: bool) -> list[Place]:
    """Return the sections at the address or under it, those of the likeliest reading: in each place where
    ``apart``, else in all documents together.
    """
    found: dict[str, list[tuple[tuple[int, int], Place]]] = {}
    styles = {shape(label)[0] for label in labels} & STATUTE
    lies = lru_cache(maxsize=None)(partial(fit, labels))  # thousands of laws number their articles alike
    for document in documents:
        paths = [section.path for section in document.sections]
        strict = styles and any(shape(label)[0] in styles for path in paths for label in path)
        for position, path in enumerate(paths):
            likely = lies(path)
            if likely is not None and not (strict and likely[0]):
                key = (document.place or document.id) if apart else ""
                found.setdefault(key, []).append((likely, (document, position)))
    best = {key: min(likely for likely, _ in group) for key, group in found.items()}
    return [place for key, group in found.items() for likely, place in group if likely == best[key]]


def subjects(question: Question, places: Sequence[Place]) -> tuple[Concept, ...]:
    """Return what is asked of the clause: the concepts that are not the documents' names."""
    titles = {fold(document.title + document.place) for document, _ in places}
    return tuple(
        concept
        for concept in question.concepts
        if concept.forms[0] not in _WORDS_OF_IT
        and not any(presence(concept, title) > _SPOKEN for title in titles)
    )


def asks_its_words(question: Question, places: Sequence[Place]) -> bool:
    """Tell whether the question asks no more than what the clause says, or the clause speaks of what is
    asked and is so short that all of it is the answer.
    """
    if question.unit or question.kind in _FIGURE:
        return False
    if not subjects(question, places):
        return True
    if question.kind in _LISTS and len(places) > 1 and speaks(question, places):
        return True
    length = sum(document.sections[i].end - document.sections[i].start for document, i in places)
    return question.kind in _OPEN and length <= _SHORT and speaks(question, places)


def own_words(places: Sequence[Place]) -> list[Finding]:
    """Return the clause's own words, as much of them as is shown, document by document."""
    documents = list(dict.fromkeys(document for document, _ in places))
    budget = max(_LEAST_SHOWN, _WHOLE // max(1, len(documents)))
    return [
        Finding(run, 0.0, {})
        for document in documents
        for run in _words([place for place in places if place[0] is document], budget)
    ]


def speaks(question: Question, places: Sequence[Place]) -> bool:
    """Tell whether the clause or its headings speak of anything that is asked of it."""
    texts = [
        fold("".join((*document.trail(section), document.section_text(section))))
        for document, section in ((document, document.sections[i]) for document, i in places)
    ]
    return any(presence(concept, text) > _SPOKEN for concept in subjects(question, places) for text in texts)


def too_many(question: Question, places: Sequence[Place]) -> bool:
    """Tell whether so many documents have the clause that the question must say which it means."""
    return len({document.id for document, _ in places}) > _MOST_DOCUMENTS and not subjects(question, places)


def which(question: Question, holdings: Holdings) -> str:
    """Write that many documents have the clause, and how to name one."""
    inside = [document for document in holdings.documents if question.scope.admits(document)]
    first = sections_at(question.address, inside, apart=False)[0][0]
    key = "which_document_en" if question.language == "en" else "which_document"
    return sentences()[key].format(title=inner(first.title), address=address(question.address))


def absent(question: Question, holdings: Holdings) -> str:
    """Write that there is no such clause, and in one document which is the last of its kind."""
    end = "_en" if question.language == "en" else ""
    inside = [document for document in holdings.documents if question.scope.admits(document)]
    named = address(question.address)
    if len(inside) != 1:
        where = "、".join(question.scope.places)
        chosen = "_chosen" if holdings.beyond else ""
        return sentences()[f"no_such_clause_anywhere{chosen}{end}"].format(address=named, place=where)
    last = _last(question.address, inside[0])
    key = f"no_such_clause_last{end}" if last else f"no_such_clause{end}"
    return sentences()[key].format(title=inner(inside[0].title), address=named, last=last)


def _last(labels: Sequence[str], document: Document) -> str:
    """Return the last section numbered as the address is, as it is printed."""
    style = shape(labels[-1])[0]
    outer = [s for s in document.sections if len(labels) < 2 or fit(labels[:-1], s.path) is not None]
    for wanted in (style, "cnp") if style == "article" else (style,):
        numbered = [(shape(label)[1], label) for s in outer for label in s.path if shape(label)[0] == wanted]
        if numbered:
            return max(numbered)[1]
    return ""


def _words(places: Sequence[Place], budget: int) -> list[tuple[Unit, ...]]:
    """Return the sections' units, whole where they are short enough: else, of one section its first
    sentences, of several the first sentence of each, items of articles left out.
    """
    top = min((len(document.sections[i].path) for document, i in places), default=0)
    runs = [(place, run) for place in places if (run := units(*place))]
    length = sum(run[-1].end - run[0].start for _, run in runs)
    if length > (budget if len(runs) == 1 else 2 * budget) or len(runs) > _MOST_CITED:
        short = [(d, i) for d, i in places if len(d.sections[i].path) <= top + 1]
        runs = [
            (place, _first(run, budget if len(runs) == 1 else 1)) for place, run in runs if place in short
        ]
    budget *= 2 if len(runs) > 1 else 1
    kept: list[tuple[Unit, ...]] = []
    for _, run in runs[:_MOST_CITED]:
        if kept and run[-1].end - run[0].start > budget:
            break
        budget -= run[-1].end - run[0].start
        kept.append(run)
    return kept


def _first(run: tuple[Unit, ...], budget: int) -> tuple[Unit, ...]:
    """Return the first units up to so many characters, at least one that is no heading."""
    plain = next((i for i, unit in enumerate(run) if not unit.is_heading), 0)
    fitting = sum(unit.end - run[0].start <= budget for unit in run)
    return run[: max(fitting, plain + 1)]


def _is_noun(word: str) -> bool:
    tags = rjieba.tag(word)
    return bool(tags) and all(_NOUN.match(tag) for _, tag in tags)
