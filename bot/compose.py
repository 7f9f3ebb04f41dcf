"""Findings and their citations become the lines of an answer, one line a place, each with its marks."""

from collections.abc import Sequence

from pypinyin import lazy_pinyin

from bot.conversation import Citation, Question
from bot.holdings import short_name
from bot.sentences import without_label
from prompts import sentences


def lines(question: Question, citations: Sequence[Citation]) -> list[str]:
    """Return the answer's lines: what holds, in the documents' words, each piece with its [n]."""
    by_place: dict[str, list[str]] = {}
    for citation in citations:
        name = citation.place or f"《{citation.document}》"
        by_place.setdefault(name, []).append(f"{_shown(citation, question.language)}[{citation.n}]")
    written = []
    if question.note:
        written.append(sentences()["read_as"].format(meant=question.note))
    if len(by_place) == 1 and question.language == "zh":
        written += next(iter(by_place.values()))
    else:
        mark = "：" if question.language == "zh" else ": "
        written += [
            f"{_place(name, question.language)}{mark}{' '.join(said)}" for name, said in by_place.items()
        ]
    return written


def _shown(citation: Citation, language: str) -> str:
    words = " ".join(without_label(citation.quote).split())
    return f"“{words}”" if language == "en" else words


def _place(name: str, language: str) -> str:
    if language == "zh" or name.startswith("《"):
        return name
    return f"{''.join(lazy_pinyin(short_name(name))).capitalize()} ({name})"
