"""Findings and their citations become the lines of an answer: first the figure asked for, where one is,
then what holds, one line a place, each piece with its marks.
"""

from collections.abc import Sequence

from pypinyin import lazy_pinyin

from bot.clauses import direct
from bot.conversation import Citation, Question
from bot.holdings import short_name
from bot.sentences import without_label
from bot.words import fold
from prompts import sentences

_TERSE = 30  # characters; a quote no longer than this is shown under its heading, to say what it is about


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
    """Return one line with what each place states of the thing asked for, places that state the same
    together; nothing where one of them has no such clause or the quotes are short enough to show it.
    """
    stated: dict[str, list[tuple[str, Citation, str]]] = {}
    for name, cited in by_place.items():
        run = direct(question, cited[0].quote)
        if not run:
            return []
        stated.setdefault(fold(run), []).append((name, cited[0], run))
    pieces = []
    for same in stated.values():
        marks = "".join(f"[{citation.n}]" for _, citation, _ in same)
        names = "、".join(_place(name, question.language) for name, _, _ in same)
        run = same[0][2]
        if question.language == "en":
            pieces.append(f"{names}: “{run}”{marks}")
        else:
            pieces.append(f"{run}。{marks}" if len(by_place) == 1 else f"{names}：{run}{marks}")
    if question.language == "en" or len(by_place) == 1:
        return ["; ".join(pieces)]
    return ["；".join(pieces) + "。"]


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
