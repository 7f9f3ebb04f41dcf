"""What a model is given to read: the sections the answer stands in, numbered, as room allows."""

import secrets
from collections.abc import Iterator, Sequence

from bot.confidence import LEAST
from bot.conversation import Question, inner
from bot.extract import Finding
from bot.inquiry import Inquiry
from bot.llm import Message, tokens
from bot.passage import Source
from bot.refuse import INSTRUCTION
from bot.sentences import Unit, units
from index.document import Document, address
from prompts.model import Prompt

_MORE = 3  # sections beside those shown: near misses often hold the condition or the exception
_SECTIONS = 8


def material(followed: Sequence[Inquiry], room: int) -> tuple[Source, ...]:
    """Return the sections of the findings shown, then of the next best, each cut around its finding where
    there is no room for the whole. ``room`` is in tokens. At least one unit is given, however long.
    """
    taken: list[Source] = []
    for finding in _wanted(followed):
        share = room if taken else room // 2
        source = Source(len(taken) + 1, finding.document, finding.home, _around(finding, share))
        room -= tokens(written(source)) if source.units else 0
        if room < 0 and taken:
            break
        if source.units:
            taken.append(source)
    return tuple(taken)


def written(source: Source) -> str:
    """Return the words of a passage as the model reads them."""
    return "\n".join(" ".join(unit.text.split()) for unit in source.units)


def messages(prompt: Prompt, question: Question, sources: Sequence[Source]) -> tuple[Message, ...]:
    """Return what a model is told and asked. The fence is drawn anew for every question, so that no
    document can hold it.
    """
    fence = f"引文{secrets.token_hex(4)}"
    passages = "\n\n".join(
        f"材料[{source.n}] 《{inner(source.document.title)}》{address(source.section.path)}"
        f"（{source.document.place or '地方不详'}）\n"
        f"〈〈{fence}\n{written(source)}\n{fence}〉〉"
        for source in sources
    )
    asked = prompt.fill(
        count=str(len(sources)), fence=fence, passages=passages, question=" ".join(question.text.split())
    )
    return Message("system", prompt.system), Message("user", asked)


def _wanted(followed: Sequence[Inquiry]) -> Iterator[Finding]:
    """Yield the findings to give, one a section, those shown first."""
    seen: set[tuple[str, int]] = set()
    answered = [inquiry for inquiry in followed if inquiry.shown]
    likely = [
        choice.finding
        for inquiry in answered
        for choice in inquiry.choices
        if choice.likely >= LEAST and choice.verdict in ("taken", "behind", "repeats")
    ]
    shown = [finding for inquiry in answered for finding in inquiry.shown]
    beside = 0
    for place, finding in enumerate([*shown, *likely]):
        key = finding.document.id, finding.home.start
        if key in seen or len(seen) >= _SECTIONS or beside >= _MORE:
            continue
        seen.add(key)
        beside += place >= len(shown)
        yield finding


def _around(finding: Finding, room: int) -> tuple[Unit, ...]:
    """Return the units of a finding's section around it, as many as there is room for. What reads like a
    command to a machine is no part of what a document rules, and is not given.
    """
    document: Document = finding.document
    cut = [
        unit
        for unit in units(document, document.sections.index(finding.home))
        if not INSTRUCTION.search(unit.folded)
    ]
    first = next((i for i, unit in enumerate(cut) if unit.end > finding.units[0].start), 0)
    last = first
    for unit in cut[first:]:
        if unit.start >= finding.units[-1].end and last > first:
            break
        last += 1
    taken = cut[first:last]
    room -= sum(tokens(unit.text) for unit in taken)
    while True:
        beside = [i for i in (last, first - 1) if 0 <= i < len(cut) and tokens(cut[i].text) <= room]
        if not beside:
            return tuple(taken)
        room -= tokens(cut[beside[0]].text)
        if beside[0] == last:
            taken, last = [*taken, cut[last]], last + 1
        else:
            taken, first = [cut[first - 1], *taken], first - 1
