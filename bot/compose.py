"""Findings and their citations become the lines of an answer: first the figure asked for, where one is,
then what holds, one line a place, each piece with its marks.
"""

from collections.abc import Sequence

from pypinyin import lazy_pinyin

from bot.clauses import direct, stated, terse, words_of
from bot.comparison import most
from bot.conversation import Citation, Kind, Question
from bot.figures import in_english
from bot.holdings import short_name
from bot.verdict import Verdict, verdict
from bot.words import fold
from prompts import sentences

_TERSE = 30  # characters; a quote no longer than this is shown under its heading, to say what it is about

_FIGURES = (Kind.NUMBER, Kind.DEADLINE, Kind.FREQUENCY)


def lines(question: Question, citations: Sequence[Citation]) -> list[str]:
    """Return the answer's lines, in the documents' words: the direct answer first, then what holds, a line
    a place, or a row where places are compared.
    """
    by_place: dict[str, list[Citation]] = {}
    for citation in citations:
        by_place.setdefault(citation.place or f"《{citation.document}》", []).append(citation)
    written = [question.note] if question.note else []
    direct_line = _direct(question, by_place)
    written += direct_line
    if question.kind is Kind.COMPARE and len(by_place) > 1:
        written += [*_most(question, by_place), *_table(question, by_place)]
    elif _told_of(question, by_place) and not question.note and _zh(question):
        said = [said for _, said in _once(citations, question)]
        written += [line for line in said if not any(shown.endswith(line) for shown in direct_line)]
    else:
        mark = "：" if _zh(question) else ": "
        for name, cited in by_place.items():
            said_there = " ".join(
                _figure(question, stated(question, quote), direct_line) + said
                for quote, said in _once(cited, question)
            )
            written.append(f"{_place(name, question)}{mark}{said_there}")
    silent = [place for place in question.scope.places if place not in by_place]
    return written + [_sentence("silent", question).format(place=_place(name, question)) for name in silent]


def _told_of(question: Question, by_place: dict[str, list[Citation]]) -> bool:
    """Tell whether the question itself says whose rule the answer is, so that the answer need not."""
    return len(by_place) == 1 and (len(question.scope.places) == 1 or bool(question.scope.documents))


def _most(question: Question, by_place: dict[str, list[Citation]]) -> list[str]:
    """Return the line that says who has the most or least of it, where the figures allow it."""
    if any(place not in by_place for place in question.scope.places):
        return []
    found = most(
        fold(question.text), [(n, stated(question, c[0].quote) or c[0].quote) for n, c in by_place.items()]
    )
    if found is None:
        return []
    asked, winners, figures = found
    return [sentences()["most"].format(asked=asked, places=winners, figures=figures)]


def _table(question: Question, by_place: dict[str, list[Citation]]) -> list[str]:
    """Return a table in Markdown, one citation a row: the place, and what it says."""
    rows = [_sentence("table", question), "| --- | --- |"]
    for name, cited in by_place.items():
        rows += [
            f"| {_place(name, question)} | {said.replace('|', '¦')} |" for _, said in _once(cited, question)
        ]
    return rows


def _direct(question: Question, by_place: dict[str, list[Citation]]) -> list[str]:
    """Return one line with what each place states of the thing asked for, places that state the same
    together; nothing where one of them has no such clause or the quotes are short enough to show it.
    A yes-or-no question is answered first of all with one of the two, or that it is not clear.
    """
    decides = question.kind is Kind.YESNO
    alone = _told_of(question, by_place)
    same_words: dict[str, list[tuple[str, str, str, str]]] = {}
    adds = decides
    for name, cited in by_place.items():
        told = ""
        if decides:
            run, said = decision(question, cited[0].quote)
            told = _sentence(f"verdict_{said}", question)
        else:
            shorter = direct(question, cited[0].quote)
            run = shorter or (stated(question, cited[0].quote) if terse(cited[0].quote) else "")
            adds = adds or bool(shorter)
        if not run:
            return []
        marks = "".join(f"[{citation.n}]" for citation in cited if citation.quote == cited[0].quote)
        same_words.setdefault(fold(run), []).append((name, marks, run, told))
    if not adds:
        return []
    pieces = []
    for same in same_words.values():
        marks = "".join(numbers for _, numbers, _, _ in same)
        names = "、".join(_place(name, question) for name, *_ in same)
        run, told = same[0][2].rstrip("。；;"), same[0][3]
        if not _zh(question):
            pieces.append(f"{names}: {told}{_figure(question, run)}“{run}”{marks}")
        else:
            pieces.append(f"{told}{run}。{marks}" if alone else f"{names}：{told}{run}{marks}")
    if not _zh(question) or alone:
        return ["; ".join(pieces)]
    return ["；".join(pieces) + "。"]


def decision(question: Question, quote: str) -> tuple[str, Verdict]:
    """Return the words of a quote that decide a yes-or-no question, and what they say to it."""
    run = (direct(question, quote) or words_of(quote)).rstrip("。；;")
    return run, verdict(question, fold(run), fold(quote))


def _figure(question: Question, run: str, shown: Sequence[str] = ()) -> str:
    """Return the figure asked for in English, unless the lines shown have it; empty in Chinese."""
    if _zh(question) or not (question.unit or question.kind in _FIGURES):
        return ""
    told = in_english(run, question.unit)
    return f"{told} — " if told and not any(told in line for line in shown) else ""


def _zh(question: Question) -> bool:
    return question.language == "zh"


def _sentence(name: str, question: Question) -> str:
    return sentences()[name if _zh(question) else f"{name}_en"]


def _once(cited: Sequence[Citation], question: Question) -> list[tuple[str, str]]:
    """Return each citation's quote and what it says, the same words only once, with the marks of all."""
    marks: dict[str, tuple[str, str]] = {}
    for citation in cited:
        said = _said(citation, question)
        quote, numbers = marks.get(said, (citation.quote, ""))
        marks[said] = quote, f"{numbers}[{citation.n}]"
    return [(quote, said + numbers) for said, (quote, numbers) in marks.items()]


def _said(citation: Citation, question: Question) -> str:
    """Return the words of a citation, under its heading where they are few, without its mark."""
    words = words_of(citation.quote)
    heading = citation.heading.rstrip("。:： ")
    if len(words) <= _TERSE and heading and heading not in words:
        words = f"{heading}：{words}"
    return words if _zh(question) else f"“{words}”"


def _place(name: str, question: Question) -> str:
    if _zh(question) or name.startswith("《"):
        return name
    return f"{''.join(lazy_pinyin(short_name(name))).capitalize()} ({name})"


def unanswered(part: Question) -> str:
    """Return the line that says which part is not answered, or of which place nothing is held."""
    end = "_en" if part.language == "en" else ""
    if part.missing_places:
        return sentences()[f"place_missing{end}"].format(place="、".join(part.missing_places))
    return sentences()[f"part_open{end}"].format(part=part.text.strip(" ,，、?？。;；"))
