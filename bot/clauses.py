"""The clauses of a quote, and which of them answer: the direct answer in the document's words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation import Kind, Question
from bot.kinds import has_figure, names_actor, states
from bot.sentences import without_label
from bot.words import fold, presence

# A comma between digits belongs to the number, a colon after 责任单位 to those it names.
_CLAUSE = re.compile(r"(?:[^，,；;。：:！？!?\n\t]|(?<=[0-9])[,:](?=[0-9])|(?<=单位)[：:])+")
# A clause that says when or for whom what follows holds: 情况紧急的, 除…外, 未经…
_CONDITION = re.compile(
    r"(的|外|时|后|前|情况下|情形下)[”’」』\"]?$|^(除|如|若|凡|对|对于|经|未经|因|遇|非|在|自|按照|涉及|符合|有下列)"
)
# What is to be done; who or what it is said of stands before it.
_LEANS = re.compile(r"应当|不得|可以|必须|方可|严禁|不再|不予|一律|予以")
_NOBODY = re.compile(r"(具体|统一|主要)?(负责|牵头|承担|组织)")  # who does it was said before
_EXCEPTED = re.compile(r"除外$|不在此限$|不受此限$")
_EXCEPTION = re.compile(r"^(但|除|其中|确需|情况紧急|紧急|特殊情况|特别|引起|造成|最短|最长|另)")
# 从2021年11月1日起, 2022年底前, 每年第一季度: what happens then is in the next clause.
_DATE_ALONE = re.compile(
    r"(自|从|到|至|在|于|截至)?(每年|当年|次年)?[0-9年月日上中下旬至第一二三四季度-]*[年月日度旬](底|末|初|前|后|起|间|以来|以前)*"
)
_TERSE = 30  # characters; a quote no longer than this is short enough as it is
_EQUAL = 1e-9
_SPOKEN = 0.6  # how surely a clause speaks of a thing
_MOST = 0.6  # of a quote: a run of clauses that is more of it adds nothing


@dataclass(frozen=True, slots=True)
class _Clause:
    start: int
    end: int
    folded: str
    opens: bool  # a sentence, or a part of it after a semicolon
    begins: bool  # a sentence


def direct(question: Question, quote: str) -> str:
    """Return the clauses of the quote that state what is asked, with the condition they hold under, in
    one piece; empty where the quote has none, or is hardly longer.
    """
    words = words_of(quote)
    if terse(quote):
        return ""
    runs = (stated(question, quote), stated(question, quote, near=True))
    return next((run for run in runs if len(run) <= _MOST * len(words)), "")


def terse(quote: str) -> bool:
    """Tell whether a quote is short enough as it is."""
    return len(words_of(quote)) <= _TERSE


def stated(question: Question, quote: str, *, near: bool = False) -> str:
    """Return the clauses of the quote that state what is asked, however much of it they are; ``near`` with
    no more before them than the conditions right there.
    """
    words = words_of(quote)
    cut = [
        _Clause(m.start(), m.end(), fold(m[0]), _follows(words, m.start(), "；;"), _follows(words, m.start()))
        for m in _CLAUSE.finditer(words)
        if m[0].strip()
    ]
    answering = [i for i, clause in enumerate(cut) if _answers(question, clause.folded)]
    if not answering:
        return ""
    first, last = _best(question, [_under_condition(cut, i, near=near) for i in answering], cut)
    last = _with_exception(cut, _with_rest(question, cut, first, last, answering), answering)
    return words[cut[first].start : cut[last].end].strip()


def _follows(words: str, start: int, marks: str = "") -> bool:
    """Tell whether what starts there comes first, or after the end of a sentence or one of the marks."""
    return not words[:start].strip() or words[start - 1] in f"。！？!?\n{marks}"


def words_of(quote: str) -> str:
    """Return a quote as it is told: on one line, without its label."""
    return " ".join(without_label(quote).split())


def _relevance(question: Question, text: str) -> float:
    """Return the weight of the question's concepts that the folded text speaks of."""
    return sum(concept.weight * presence(concept, text) for concept in question.concepts)


def _answers(question: Question, clause: str) -> bool:
    """Tell whether a clause states the sort of thing asked for."""
    if question.unit:
        return states(question.unit, clause)
    if question.kind is Kind.WHO:
        return names_actor(clause) and not _NOBODY.match(clause)
    if question.kind is Kind.YESNO:
        return not _CONDITION.search(clause)
    return question.kind is Kind.NUMBER and has_figure(clause, question.wording)


def _under_condition(cut: Sequence[_Clause], position: int, *, near: bool) -> tuple[int, int]:
    """Return the clause at the position with the conditions before it, back to where their part of the
    sentence begins: a condition often takes more than one clause (轻微并及时改正,没有造成后果的).
    """
    first = position
    while first > 0 and _CONDITION.search(cut[first - 1].folded) and not cut[first].opens:
        first -= 1
    while first > 0 and not cut[first].opens:
        if (near or first == position) and not _LEANS.match(cut[first].folded):
            break
        first -= 1
    dated = position + 1 < len(cut) and _DATE_ALONE.fullmatch(cut[position].folded)
    return first, position + bool(dated)


def _with_rest(
    question: Question, cut: Sequence[_Clause], first: int, last: int, answering: Sequence[int]
) -> int:
    """Return the last clause of the sentence that the run needs: what else of it answers and speaks of a
    thing asked about and not yet spoken of (省级的,加4分), and what follows from its condition
    (不足6日的,每件扣1分).
    """
    said = "".join(clause.folded for clause in cut[first : last + 1])
    unsaid = [concept for concept in question.concepts if presence(concept, said) < _SPOKEN]
    end = last
    for i in range(last + 1, len(cut)):
        if cut[i].begins:
            break
        spoken = cut[i].folded + (cut[i - 1].folded if _CONDITION.search(cut[i - 1].folded) else "")
        if i in answering and any(presence(concept, spoken) >= _SPOKEN for concept in unsaid):
            end = i
    while end + 1 < len(cut) and cut[end].folded.endswith("的") and not cut[end + 1].begins:
        end += 1
    return end


def _with_exception(cut: Sequence[_Clause], last: int, answering: Sequence[int]) -> int:
    """Return the last clause of what follows as an exception: 但…, 情况紧急的,… ."""
    following = last + 1
    while following < len(cut) and (
        _EXCEPTION.match(cut[following].folded) or _EXCEPTED.search(cut[following].folded)
    ):
        if _EXCEPTED.search(cut[following].folded):
            last, following = following, following + 1
            continue
        end = next((i for i in range(following, min(following + 3, len(cut))) if i in answering), None)
        if end is None:
            break
        last, following = end, end + 1
    return last


def _best(question: Question, runs: Sequence[tuple[int, int]], cut: Sequence[_Clause]) -> tuple[int, int]:
    """Return the run that says most of what is asked; where several say as much, all from the first to
    the last of them, since the words do not tell which is meant.
    """
    likely = [_relevance(question, "".join(c.folded for c in cut[first : last + 1])) for first, last in runs]
    best = [run for run, weight in zip(runs, likely, strict=True) if weight >= max(likely) - _EQUAL]
    return best[0][0], best[-1][1]
