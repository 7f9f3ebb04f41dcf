"""Findings and their citations become the lines of an answer: first the figure asked for, where one is,
then what holds, one line a place, each piece with its marks.
"""

import re
from collections.abc import Sequence

from pypinyin import lazy_pinyin

from bot.conversation import Citation, Question
from bot.holdings import short_name
from bot.kinds import states
from bot.sentences import without_label
from bot.words import fold, presence
from prompts import sentences

_CLAUSE = re.compile(r"[^，,；;。：:！？!?\n]+")
_TERSE = 30  # characters; a quote no longer than this is shown under its heading, to say what it is about
_MOST = 0.6  # of a quote: a clause that is more of it adds nothing, one that says less would mislead


def lines(question: Question, citations: Sequence[Citation]) -> list[str]:
    """Return the answer's lines, in the documents' words."""
    by_place: dict[str, list[Citation]] = {}
    for citation in citations:
        by_place.setdefault(citation.place or f"《{citation.document}》", []).append(citation)
    written = [question.note] if question.note else []
    written += _direct(question, by_place)
    plain = len(by_place) == 1 and len(question.scope.places) < 2 and not question.note
    if plain and question.language == "zh":
        return written + [_said(citation, "zh") for citation in citations]
    mark = "：" if question.language == "zh" else ": "
    for name, cited in by_place.items():
        said = " ".join(_said(citation, question.language) for citation in cited)
        written.append(f"{_place(name, question.language)}{mark}{said}")
    silent = [place for place in question.scope.places if place not in by_place]
    key = "silent" if question.language == "zh" else "silent_en"
    return written + [sentences()[key].format(place=_place(name, question.language)) for name in silent]


def _direct(question: Question, by_place: dict[str, list[Citation]]) -> list[str]:
    """Return one line with the clause of each place that states the figure asked for, nothing where no
    figure is asked or the quotes are short enough to show it.
    """
    found = [(name, cited[0], _figure(question, cited[0].quote)) for name, cited in by_place.items()]
    clauses = sum(len(figure) for _, _, figure in found)
    quotes = sum(len(citation.quote) for _, citation, _ in found)
    if not all(figure for _, _, figure in found) or clauses > _MOST * quotes:
        return []
    if any(_relevance(question, fold(f)) < _MOST * _relevance(question, fold(c.quote)) for _, c, f in found):
        return []  # the clause alone would answer half of what is asked
    zh = question.language == "zh"
    if len(found) == 1:
        name, citation, figure = found[0]
        if zh:
            return [f"{figure}。[{citation.n}]"]
        return [f"{_place(name, 'en')}: “{figure}”[{citation.n}]"]
    pieces = [f"{_place(name, question.language)} {figure}[{c.n}]" for name, c, figure in found]
    return [("；" if zh else "; ").join(pieces) + ("。" if zh else ".")]


def _figure(question: Question, quote: str) -> str:
    """Return the clause of the quote that states the figure and says most of what is asked."""
    if not question.unit:
        return ""
    clauses: list[str] = [clause.strip() for clause in _CLAUSE.findall(without_label(quote))]
    stating = [clause for clause in clauses if states(question.unit, fold(clause))]
    if not stating:
        return ""
    return max(stating, key=lambda clause: _relevance(question, fold(clause)))


def _relevance(question: Question, clause: str) -> float:
    return sum(concept.weight * presence(concept, clause) for concept in question.concepts)


def _said(citation: Citation, language: str) -> str:
    words = " ".join(without_label(citation.quote).split())
    heading = citation.heading.rstrip("。:： ")
    if len(words) <= _TERSE and heading and heading not in words:
        words = f"{heading}：{words}"
    return f"“{words}”[{citation.n}]" if language == "en" else f"{words}[{citation.n}]"


def _place(name: str, language: str) -> str:
    if language == "zh" or name.startswith("《"):
        return name
    return f"{''.join(lazy_pinyin(short_name(name))).capitalize()} ({name})"
