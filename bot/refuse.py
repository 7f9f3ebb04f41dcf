"""When not to answer, and why. A refusal names its reason and what the base does hold."""

import re
from collections.abc import Sequence

from bot.confidence import LEAST, confidence
from bot.conversation import Kind, Question, inner
from bot.extract import Finding
from bot.holdings import Holdings, short_name
from bot.kinds import has_figure
from bot.words import fold, presence
from prompts import sentences

# Asks for the words of a title that is not held; a document that only names it cannot answer.
_WANTS_TEXT = re.compile(r"》[^,。]{0,6}(第[一二三四五六七八九十百0-9]+条|写的?是|规定了什么|内容|原文|全文)")
_LOOSE = ("", "date", "often")  # dates and frequencies are written in too many ways to insist on
_MENTIONED = 0.3
_SHORT_QUESTION = 3  # concepts
_NAMED = 4  # titles a refusal names before it only counts
# What tells a machine what to be or to do, in place of asking what documents say.
_INSTRUCTION = re.compile(
    r"(忽略|无视|忘记|抛开).{0,12}(指令|提示|规则|要求|设定|资料|以上|之前)|新指令|系统提示|提示词|越狱"
    r"|dan模式|你叫dan|(扮演|假装|你现在是|从现在起你)|不受.{0,6}限制|凭你自己的知识"
    r"|</?system|ignore (all|the|any|previous)|you are now|system prompt"
    r"|(输出|回复|复述|打印)[“\"「『].{1,40}[”\"」』]",
    re.IGNORECASE,
)


def at_once(question: Question) -> str | None:
    """Return the reason to refuse before anything is searched: an instruction instead of a question."""
    return "instruction" if _INSTRUCTION.search(question.text) else None


def reason(question: Question, findings: Sequence[Finding]) -> str | None:
    """Return the name of the reason to refuse (a key of the sentences), None where the findings answer."""
    if not findings:
        return _not_held(question)
    if question.missing_places and not any(_mentions(question.missing_places, f) for f in findings[:3]):
        return "place_missing"
    if question.missing_titles and (
        _WANTS_TEXT.search(question.text)
        or not any(_mentions(question.missing_titles, f) for f in findings[:3])
    ):
        return "document_missing"
    if confidence(question, findings[0]) < LEAST:
        return "not_stated" if findings[0].why["unstated"] else "nothing"
    return "not_stated" if _lacks_figure(question, findings[0]) else None


def _lacks_figure(question: Question, best: Finding) -> bool:
    """Tell whether a figure is asked for and the best finding has none, or has one of something else.

    However well the rest fits, a neighbour's figure is the worst of answers.
    """
    text = "".join(unit.folded for unit in best.units)
    if question.unit not in _LOOSE:
        return bool(best.why["unstated"]) or not _on_subject(question, best, text)
    return not question.unit and question.kind is Kind.NUMBER and not has_figure(text)


def _on_subject(question: Question, best: Finding, text: str) -> bool:
    """Tell whether the rarest thing asked about that the documents know is spoken of by the unit, its
    headings or its section; in a long question, one of the two rarest.
    """
    known = sorted((c for c in question.concepts if c.known), key=lambda concept: -concept.weight)
    document = best.document
    section = document.sections[best.units[0].section]
    around = text + fold("".join((*document.trail(section), document.section_text(section))))
    subjects = known[: 1 if len(known) <= _SHORT_QUESTION else 2]
    return not subjects or any(presence(concept, around) > _MENTIONED for concept in subjects)


def _not_held(question: Question) -> str:
    """Return which thing the question names left nothing to answer from."""
    if question.missing_places:
        return "place_missing"
    if question.missing_titles:
        return "document_missing"
    return "year_missing" if question.years else "nothing"


def admitted(question: Question, findings: Sequence[Finding]) -> list[Finding]:
    """Drop findings of other years than the question names, and those that do not mention a place or
    title the base has no document of.
    """
    kept = [f for f in findings if all(_has_year(year, f) for year in question.years)]
    if question.missing_places:
        kept = [f for f in kept if _mentions(question.missing_places, f)]
    if question.missing_titles:
        kept = [f for f in kept if _mentions(question.missing_titles, f)]
    return kept


def _mentions(names: Sequence[str], finding: Finding) -> bool:
    text = "".join(unit.folded for unit in finding.units)
    return any(fold(short_name(word)) in text for word in names)


def _has_year(year: int, finding: Finding) -> bool:
    document = finding.document
    section = document.sections[finding.units[0].section]
    return year in document.years or str(year) in document.section_text(section)


def refusal(name: str, question: Question, holdings: Holdings) -> str:
    """Write the refusal for the asker, in the language asked in."""
    end = "_en" if question.language == "en" else ""
    place = (question.missing_places or question.scope.places or ("",))[0]
    years = "、".join(map(str, question.years))
    title = (question.missing_titles or ("",))[0]
    sentence = sentences()[name + end].format(place=place, year=years, title=title)
    if name in ("instruction", "off_topic"):
        return sentence
    held = "、".join(f"《{inner(document.title)}》" for document in holdings.documents[:_NAMED])
    more = len(holdings.documents) - _NAMED
    name = "holds" if more <= 0 else "holds_more"
    return sentence + (" " if end else "") + sentences()[name + end].format(documents=held, more=more)
