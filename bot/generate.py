"""A model's words become lines of an answer: cut into sentences, each held against the passages it cites,
and shown with quotes of its own, or left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Citation, LeftOut
from bot.passage import Source
from bot.sentences import Unit, without_label
from bot.thoughts import AGAIN
from bot.verify import MARK, Verified, verify
from bot.words import fold
from index.document import address

_END = re.compile(rf"(?:[。！？!?][”’」』\"）)]*(?:[ \t]*{MARK.pattern})*[ \t]*\n?|\n)")
_HELD = 24  # characters after the end of a sentence that may still be its marks
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[-*+•·]\s+)+|\*+|__|`+")
_TABLE = re.compile(r"^\s*\|")
_LEADS_IN = re.compile(r"[:：]\s*$")

Judge = Callable[[str, Sequence[Citation]], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """What of a model's words stands so far: the lines shown, their citations, and what was left out."""

    lines: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def generate(
    deltas: Iterable[str], sources: Sequence[Source], judge: Judge | None = None
) -> Iterator[Written]:
    """Yield what stands, grown by every sentence that is shown or left out, and as it is after a delta that
    ends none. ``judge`` says whether what passed every rule is shown all the same.
    """
    so_far = Written()
    opens = True  # a line
    seen: set[str] = set()
    for piece in sentences(deltas):
        words = _MARKDOWN.sub("", piece).strip()
        bare = fold(MARK.sub("", words))
        if not re.search(r"\w", bare) or bare in seen:
            opens = opens or piece.endswith("\n")
            yield so_far
            continue
        seen.add(bare)
        so_far, shown = _added(so_far, words, sources, judge, opens=opens)
        opens = piece.rstrip(" \t").endswith("\n") or (opens and not shown)
        yield so_far


def sentences(deltas: Iterable[str]) -> Iterator[str]:
    """Cut a stream into sentences, each with the marks that follow it; "" for a delta that ends none."""
    held = ""
    for delta in deltas:
        held += delta
        held = held.rpartition(AGAIN)[2]
        while (end := _END.search(held)) and (len(held) - end.end() >= _HELD or "\n" in held[end.start() :]):
            yield held[: end.end()]
            held = held[end.end() :]
        yield ""
    while end := _END.search(held):
        yield held[: end.end()]
        held = held[end.end() :]
    if held.strip():
        yield held


def _added(
    so_far: Written, words: str, sources: Sequence[Source], judge: Judge | None, *, opens: bool
) -> tuple[Written, bool]:
    """Add a sentence to what stands, as a line or at the end of the last one; tell whether it is shown."""
    verdict = LeftOut(words, "table") if _TABLE.match(words) else verify(without_label(words), sources)
    if isinstance(verdict, LeftOut):
        if verdict.reason == "unmarked" and _LEADS_IN.search(verdict.sentence):
            return so_far, False  # 具体如下：
        return replace(so_far, left_out=(*so_far.left_out, verdict)), False
    cited = _citations(verdict, sources, so_far.citations)
    new = tuple(citation for citation in cited if citation not in so_far.citations)
    if judge is not None and not judge(verdict.sentence, cited):
        left = LeftOut(verdict.sentence, "judged")
        return replace(so_far, left_out=(*so_far.left_out, left)), False
    line = _named(verdict, sources) + "".join(f"[{citation.n}]" for citation in cited)
    lines = (
        (*so_far.lines, line) if opens or not so_far.lines else (*so_far.lines[:-1], so_far.lines[-1] + line)
    )
    return replace(so_far, lines=lines, citations=so_far.citations + new), True


def _named(verdict: Verified, sources: Sequence[Source]) -> str:
    """Return the sentence with its place before it, where passages of several places are told apart and it
    names none itself.
    """
    places = {source.document.place for source in sources}
    own = {source.document.place for source in sources if source.n in verdict.rests}
    sentence = verdict.sentence
    if len(places) < 2 or len(own) != 1:
        return sentence
    place = own.pop()
    return sentence if not place or place.rstrip("省市县区州") in sentence else f"{place}：{sentence}"


def _citations(
    verdict: Verified, sources: Sequence[Source], before: Sequence[Citation]
) -> tuple[Citation, ...]:
    """Return a citation for every run of units a sentence rests on; one made before is used again."""
    cited: list[Citation] = []
    number = len(before)
    for source in sources:
        for first, last in _runs(source.units, verdict.rests.get(source.n, ())):
            known = next(
                (
                    c
                    for c in (*before, *cited)
                    if c.document_id == source.document.id and c.start <= first.start and last.end <= c.end
                ),
                None,
            )
            if known is None:
                number += 1
                known = _citation(number, source, first, last)
            if known not in cited:
                cited.append(known)
    return tuple(cited)


def _runs(units: Sequence[Unit], rests: Sequence[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """Yield the first and last unit of every run of neighbours among those that a sentence rests on."""
    first: Unit | None = None
    last: Unit | None = None
    for unit in [unit for unit in units if unit in rests]:
        # What lies between them and was not given to the model may not be quoted.
        if first is None or last is None or unit.document.text[last.end : unit.start].strip():
            if first is not None and last is not None:
                yield first, last
            first = unit
        last = unit
    if first is not None and last is not None:
        yield first, last


def _citation(number: int, source: Source, first: Unit, last: Unit) -> Citation:
    document, section = source.document, source.section
    if not section.start <= first.start < last.end <= section.end:
        msg = f"{document.source}: {first.start}-{last.end} is not inside {section.path}"
        raise ValueError(msg)
    return Citation(
        n=number,
        source=document.source,
        document=document.title,
        document_id=document.id,
        place=document.place,
        path=document.cited_path(section),
        address=address(section.path),
        heading=section.heading,
        quote=document.text[first.start : last.end],
        start=first.start,
        end=last.end,
        section_start=section.start,
        section_end=section.end,
    )
