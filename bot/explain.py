"""Why an answer is what it is, for a reader at a terminal: how the question was understood, what was found
with which scores, which sentences were weighed, and why each was taken or not.
"""

from collections.abc import Sequence

from bot.cite import cite
from bot.columns import WIDTH, clipped, columns, padded, paragraph
from bot.compose import decision
from bot.confidence import LEAST, LEAST_BELONGING, LEAST_EVERYWHERE
from bot.conversation import Citation, Kind, Question, inner
from bot.denial import denied
from bot.heard import asked_for, say, understood
from bot.inquiry import Inquiry
from bot.parts import parts
from bot.refuse import UNSEARCHED
from bot.select import Choice
from bot.understand import visible
from bot.weights import FEATURES, RANKING
from index.document import Document, Hit, address
from index.ranking import PARTS
from prompts import explanations

_PASSAGES, _CANDIDATES = 8, 10  # listed
_OF_SEVERAL = 5  # listed of each, of each question of a message
_SOURCES = 4  # of a score that are named


def explain(followed: Sequence[Inquiry], alone: Sequence[Question], documents: Sequence[Document]) -> str:
    """Write what became of a message. ``alone`` is each inquiry's question read without the turns and
    the parts before it, to tell what was taken over from them; ``documents`` are those held.
    """
    titles = {document.id: f"《{inner(document.title)}》" for document in documents}
    if not followed:
        return "\n".join([say("sentences", "unasked"), "", _rule(say("headings", "answer"))])
    lines = _parts(followed)
    few = _OF_SEVERAL if len(followed) > 1 else max(_PASSAGES, _CANDIDATES)
    cited = 0
    for number, (inquiry, own) in enumerate(zip(followed, alone, strict=True)):
        if len(followed) > 1:
            part = " ".join(inquiry.question.text.split())
            title = say("headings", "part", part=part) if number else say("headings", "whole")
            lines += ["", f"【{clipped(title, WIDTH - 4)}】"]
        citations = cite(inquiry.shown, first=cited + 1)
        cited += len(citations)
        lines += [_rule(say("headings", "understood")), *understood(inquiry.question, own, titles)]
        lines += [*_passages(inquiry.hits, few), *_candidates(inquiry, citations, few)]
        lines.append(_rule(say("headings", "concluded")))
        several = len(followed) > 1 and number == 0 and any(part.shown for part in followed)
        told = _answered(inquiry, citations) if inquiry.shown else [_refused(inquiry, several=several)]
        lines += [line for sentence in told for line in paragraph("", sentence, 0)]
    return "\n".join([*lines, "", _rule(say("headings", "answer"))])


def _rule(title: str) -> str:
    return f"── {title} " + "─" * 4


def _parts(followed: Sequence[Inquiry]) -> list[str]:
    """Return which questions the message was cut into, and which of them were followed by themselves."""
    text = visible(followed[0].question.text)
    asked = parts(text)
    if len(asked) == 1 or followed[0].reason in UNSEARCHED:
        return []
    apart = [inquiry.question.text for inquiry in followed[1:]]
    lines = [_rule(say("headings", "message", count=len(asked))), say("sentences", "whole_first")]
    for number, part in enumerate(asked, 1):
        name = "part_followed" if part in apart else "part_left"
        lines += paragraph("  ", say("sentences", name, number=number, part=part), 2)
    return lines


def _passages(hits: Sequence[Hit], few: int) -> list[str]:
    """Return a table of the passages found, best first, with what each way of searching said of them."""
    if not hits:
        return []
    if not hits[0].why:
        return [_rule(say("headings", "at_address", count=len(hits)))]
    best = sorted(hits, key=lambda hit: -hit.score)[: min(_PASSAGES, few)]
    lines = [_rule(say("headings", "found", count=len(hits), shown=len(best))), say("labels", "table")]
    for number, hit in enumerate(best, 1):
        parts_said = [padded(_part_of(hit, name), 14) for name in PARTS]
        row = f"{number:>2}  {hit.score:.4f}  {'  '.join(parts_said)}  "
        lines.append(row + _where(hit.passage.document, hit.passage.section, WIDTH - columns(row)))
    return lines + paragraph("", say("sentences", "ranks"), 4)


def _part_of(hit: Hit, name: str) -> str:
    if name not in hit.why:
        return "—"
    return f"{hit.why[name]:.2f}（{hit.why[f'{name}_rank']:.0f}）"


def _where(document: Document, section: int, width: int) -> str:
    """Return title and address, as much of the title as fits."""
    place = address(document.sections[section].path)
    return f"《{clipped(inner(document.title), width - columns(place) - 4)}》{place}"


def _candidates(inquiry: Inquiry, citations: Sequence[Citation], few: int) -> list[str]:
    """Return the best candidates, and those taken further down, each with what became of it."""
    if not inquiry.choices:
        return []
    count, few = len(inquiry.choices), min(_CANDIDATES, few)
    lines = [_rule(say("headings", "weighed", count=count, shown=min(few, count)))]
    lines += paragraph("", say("sentences", "scores", **_limits(inquiry.question)), 4)
    for number, choice in enumerate(inquiry.choices, 1):
        marks = _marks(choice, citations)
        if number <= few or marks:
            lines += _candidate(number, choice, marks, inquiry)
    return lines


def _candidate(number: int, choice: Choice, marks: str, inquiry: Inquiry) -> list[str]:
    finding, limits = choice.finding, _limits(inquiry.question)
    unit = finding.units[0]
    parts_of = {name: weight * finding.why[name] for name, weight in zip(FEATURES, RANKING, strict=True)}
    most = sorted(parts_of, key=lambda name: -abs(parts_of[name]))[:_SOURCES]
    made = "，".join(
        f"{_source(name, parts_of[name])} {parts_of[name]:+.2f}" for name in most if parts_of[name]
    )
    scored = say("sentences", "candidate", score=f"{finding.score:.2f}", likely=f"{choice.likely:.1%}")
    verdict = "taken" if marks else choice.verdict
    left = (
        not marks and (verdict == "taken" or not inquiry.shown) and verdict in explanations()["choices_left"]
    )
    return [
        f"{number:>2}{'✓' if marks else ' '} {_where(unit.document, unit.section, WIDTH - 4)}",
        f"    “{clipped(' '.join(unit.text.split()), WIDTH - 8)}”",
        *paragraph("", f"{scored}：{made}" if made else scored, 4),
        *paragraph("", say("choices_left" if left else "choices", verdict, marks=marks, **limits), 4),
    ]


def _source(name: str, value: float) -> str:
    words = explanations()["features"]
    return words.get(f"{name}_not", words[name]) if value < 0 else words[name]


def _limits(question: Question) -> dict[str, str]:
    belonging = LEAST_EVERYWHERE if question.everywhere else LEAST_BELONGING
    return {"least": f"{LEAST:.0%}", "belonging": f"{belonging:.0%}"}


def _marks(choice: Choice, citations: Sequence[Citation]) -> str:
    """Return the marks of the citations that show a candidate."""
    unit = choice.finding.units[0]
    home = unit.document.id
    return "".join(f"[{c.n}]" for c in citations if c.document_id == home and c.start <= unit.start < c.end)


def _answered(inquiry: Inquiry, citations: Sequence[Citation]) -> list[str]:
    """Return where the words shown are from, the verdict and what of the question was denied."""
    question = inquiry.question
    marks = "".join(f"[{citation.n}]" for citation in citations)
    lines = [say("sentences", "shown_address")] if question.address else []
    if not inquiry.choices and not question.address:
        lines = [say("sentences", "shown_particulars")]
    lines.append(say("sentences", "shown_count", count=len(citations), marks=marks))
    wrong = denied(inquiry)
    if question.kind is Kind.YESNO and not wrong:  # what is denied has its verdict already
        leading = {citation.place or citation.document: citation for citation in reversed(citations)}
        for place, citation in reversed(leading.items()):
            clause, verdict = decision(question, citation.quote)
            said = say("verdicts", verdict)
            lines.append(say("sentences", "verdict", place=place, verdict=said, clause=clause))
    return lines + ([say("sentences", "denied", figures="、".join(wrong))] if wrong else [])


def _refused(inquiry: Inquiry, *, several: bool) -> str:
    """Return why there is no answer, with the number that decided it."""
    question, choices = inquiry.question, inquiry.choices
    if not choices:
        name = "address" if question.address else "none"
    else:
        name = "unlikely" if choices[0].likely < LEAST else "lacking"
    likely = f"{choices[0].likely:.1%}" if choices else ""
    reason = say(
        "reasons",
        inquiry.reason or "nothing",
        best=say("best", name, likely=likely, asked=asked_for(question), **_limits(question)),
        count=len(choices),
        places="、".join(question.missing_places),
        titles="、".join(question.missing_titles),
        years="、".join(map(str, question.years)),
        address=address(question.address),
        outside="、".join(question.outside),
    )
    return (
        f"{say('sentences', 'not_whole')}{reason}" if several else say("sentences", "refused", reason=reason)
    )
