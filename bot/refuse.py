"""When not to answer, and why. A refusal names its reason and what the base does hold."""

import re
from collections.abc import Sequence

from bot.confidence import LEAST, confidence
from bot.conversation import Question, inner
from bot.extract import Finding
from bot.holdings import Holdings, short_name
from bot.words import fold
from prompts import sentences

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
    if question.missing_titles and not any(_mentions(question.missing_titles, f) for f in findings[:3]):
        return "document_missing"
    if confidence(question, findings[0]) < LEAST:
        return "not_stated" if findings[0].why["unstated"] else "nothing"
    return None


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
