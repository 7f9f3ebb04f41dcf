"""Whether a sentence that a model wrote is what the passages it cites say.

A sentence is held against the document clause by clause. Where its words, figures and names left aside,
stand in the document is where its figures and names must stand too: another clause of the same passage
does not do. What it permits, binds to or forbids must be what stands there. Nothing is guessed: a sentence
that cannot be found again is left out, however true it may be.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.claims import LEVELS, Figure, Name, figures, names, without
from bot.conversation import LeftOut
from bot.modality import agree, modes, turns
from bot.passage import Source, cut, joined, of_unit, plain, subject
from bot.sentences import Unit
from bot.understand import visible
from bot.words import fold
from prompts import synonyms

MARK = re.compile(
    r"[\[【［]\s*(?:材料|来源|依据)?\s*([0-9０-９]{1,3}(?:\s*[,，、]\s*[0-9０-９]{1,3})*)\s*[\]】］](?!\()"
)
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{2,})[”\"」』]")
_LONGEST = 3  # clauses of a run
_NEAR = 0.05  # of the share of words: runs no further apart are taken for equally good
_LEAST = 0.7  # share of a clause's words that must stand in the passage, its headings and title
_HEADS = frozenset("是 是的 否 不是 对 不对 可以 不可以 能 不能 行 不行 有 没有 需要 不需要".split())


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that stands, without its marks, and the units it rests on, by the number of the passage."""

    sentence: str
    rests: Mapping[int, tuple[Unit, ...]]


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of clauses of one unit of a passage, and how much of a clause's words stand in it."""

    source: Source
    unit: Unit
    clauses: tuple[str, ...]
    first: int
    last: int
    share: float

    @property
    def text(self) -> str:
        return ",".join(self.clauses[self.first : self.last])


def verify(written: str, sources: Sequence[Source]) -> Verified | LeftOut:
    """Hold a sentence with its marks against the passages given."""
    written = visible(written)
    cited = [int(n) for marks in MARK.findall(written) for n in re.findall("[0-9]+", fold(marks))]
    sentence = _headless(MARK.sub("", written).strip())
    given = {source.n: source for source in sources}
    if not cited:
        return LeftOut(sentence, "unmarked")
    if unknown := [n for n in cited if n not in given]:
        return LeftOut(sentence, "unknown_mark", str(unknown[0]))
    chosen = [given[n] for n in dict.fromkeys(cited)]
    for quoted in _QUOTED.findall(sentence):
        if not any(plain(quoted) in _whole(source) for source in chosen):
            return LeftOut(sentence, "quote", quoted)
    rests: dict[int, list[Unit]] = {}
    before: _Run | None = None
    for clause in joined(cut(plain(sentence))):
        best = _stands(clause, chosen, before)
        if isinstance(best, tuple):
            return LeftOut(sentence, *best)
        before = best or before
        if best is not None and best.unit not in rests.setdefault(best.source.n, []):
            rests[best.source.n].append(best.unit)
    if not rests:
        return LeftOut(sentence, "unsupported")
    return Verified(sentence, {n: tuple(units) for n, units in rests.items()})


def _headless(sentence: str) -> str:
    """Return the sentence without a yes or no before it, which is not the model's to say."""
    head, comma, rest = (*re.split("([，,。])", sentence, maxsplit=1), "", "")[:3]
    return rest.strip() if comma and head.strip() in _HEADS else sentence


def _whole(source: Source) -> str:
    return "".join(plain(unit.text) for unit in source.units) + source.about


def _stands(clause: str, sources: Sequence[Source], before: _Run | None) -> _Run | tuple[str, str] | None:
    """Return where a clause stands, None where it claims nothing beyond what the passage is of, or why it
    does not stand and what of it is amiss. ``before`` is where the clause before it stands: of several runs
    as good the next after that is meant (省级的，加4分；市级的，加2分).
    """
    soft = subject(clause)
    called = all(name.kind != "number" for name in names(clause))
    if not soft and called and all(_of_about(clause, soft, source) for source in sources):
        return None
    runs = [run for source in sources for run in _runs(soft, source)]
    best = max((run.share for run in runs), default=0.0)
    near = _following(_least([run for run in runs if run.share >= best - _NEAR]), before)
    wrongs = [(run, wrong) for run in near if (wrong := _wrong(clause, soft, run)) is not None]
    right = [run for run in near if all(run is not tried for tried, _ in wrongs)]
    if right:
        return right[0]
    only_about = all(_of_about(clause, soft, source) for source in sources)
    return None if only_about else (wrongs[0][1] if wrongs else ("unsupported", clause))


def _of_about(clause: str, soft: frozenset[str], source: Source) -> bool:
    """Tell whether a clause only says what the passage is of: 根据《…》, 2023年 of a report of that year."""
    said = names(clause)
    return (
        all(pair in source.about for pair in soft)
        and _in_order([str(figure) for figure in _outside(clause)], map(str, _dated(clause, source)))
        and all(_called(name, clause, source) for name in said)
        and not modes(clause)
    )


def _in_order(said: Sequence[str], written: Iterable[str]) -> bool:
    """Tell whether all that is said is written in the same order."""
    rest = iter(written)
    return all(one in rest for one in said)


def _outside(clause: str) -> tuple[Figure, ...]:
    """Return the figures of a clause that are not part of a title or a document's number."""
    return figures(without(clause, [name for name in names(clause) if name.kind in ("title", "number")]))


def _dated(clause: str, source: Source) -> list[Figure]:
    """Return the figures by which a passage is called and a clause may call it: its article, and where the
    clause begins with them the years of its document, all of them or none.
    """
    told = figures(source.about)
    years = {figure.value for figure in figures(clause) if figure.unit == "年"}
    leads = any(figure.start == 0 for figure in figures(clause))
    all_years = leads and years == {str(year) for year in source.document.years}
    own = [replace(f, unit="年") for f in told if f.value in years] if all_years else []
    return own + [figure for figure in told if figure.unit.startswith("第")]


def _runs(soft: frozenset[str], source: Source) -> Iterator[_Run]:
    for unit in source.units:
        clauses = of_unit(unit)
        pairs = [subject(clause) for clause in clauses]
        for first in range(len(clauses)):
            for last in range(first + 1, min(first + _LONGEST, len(clauses)) + 1):
                held = frozenset().union(*pairs[first:last])
                share = len(soft & held) / len(soft) if soft else 1.0
                yield _Run(source, unit, clauses, first, last, share)


def _least(runs: Sequence[_Run]) -> list[_Run]:
    """Return the runs that hold no shorter one as good, shortest first."""
    kept: list[_Run] = []
    for run in sorted(runs, key=lambda run: (run.last - run.first, -run.share)):
        inside = any(k.unit is run.unit and run.first <= k.first and k.last <= run.last for k in kept)
        if not inside:
            kept.append(run)
    return kept


def _following(runs: list[_Run], before: _Run | None) -> list[_Run]:
    """Return the run next after another in its unit, where several are as good; else all."""
    if before is None or len(runs) < 2:
        return runs
    after = [run for run in runs if run.unit is before.unit and run.first >= before.last]
    return [min(after, key=lambda run: run.first)] if after else runs


def _wrong(clause: str, soft: frozenset[str], run: _Run) -> tuple[str, str] | None:
    """Return why a clause does not stand in a run, and what of it; None where it does."""
    around = subject(",".join(run.clauses)) | subject(run.source.about)
    unheld = [pair for pair in soft if pair not in around and not _other_word(pair, clause, run)]
    if soft and len(unheld) > (1 - _LEAST) * len(soft):
        return "unsupported", clause
    if wrong := _wrong_figure(clause, soft, run) or _wrong_name(clause, run):
        return wrong
    if not agree(modes(clause), modes(run.text)):
        return "mode", clause
    new = sorted(turns(clause) - turns(",".join(run.clauses)) - turns(run.source.about))
    return ("turned", new[0]) if new else None


def _wrong_figure(clause: str, soft: frozenset[str], run: _Run) -> tuple[str, str] | None:
    here = _outside(run.text)
    placed = -1
    for figure in _outside(clause):
        rivals = [other for other in here if other.like(figure)]
        called = [replace(other, bound=figure.bound) for other in _dated(clause, run.source)]
        # Where nothing but the figure tells which run is meant, only one that has it can be.
        beside = rivals or ([*_next_to(figure, run), *called] if soft else [])
        equal = [other for other in beside if other.same(figure)]
        if not equal and figure.weak and not beside:
            continue
        if not equal:
            return "figure", str(figure)
        if all(other.bound != figure.bound for other in equal):
            return "bound", str(figure)
        # Figures of a kind keep their order: 3至5日 is not 5至3日.
        later = [other.start for other in equal if other.start > placed]
        if rivals and not later:
            return "figure", str(figure)
        placed = later[0] if rivals else placed
    return None


def _next_to(figure: Figure, run: _Run) -> list[Figure]:
    """Return the like figures nearest to a run that has none itself: those after it first, but of a date
    that leads those before.
    """
    after = run.clauses[run.last :]
    before = run.clauses[: run.first][::-1]
    dates = figure.start == 0 and figure.unit in ("年", "月", "日")  # 2022年底前，…
    for clause in (*before, *after) if dates else (*after, *before):
        if found := [other for other in figures(clause) if other.like(figure)]:
            return found
    return []


def _wrong_name(clause: str, run: _Run) -> tuple[str, str] | None:
    said = names(clause)
    whole = ",".join(run.clauses)
    texts = {name.text for name in said}
    placed = -1
    for name in said:
        here = [other for other in names(run.text) if other.kind == name.kind]
        if _held(name, run.text):
            places = [m.start() for m in re.finditer(re.escape(name.text), run.text)]
            if name.kind == "body" and len(places) == 1:
                if places[0] < placed:
                    return "body", name.text
                placed = places[0]
            continue
        rivals = [
            other for other in here if other.text not in texts and not any(other.text in t for t in texts)
        ]
        # 且县政府 is 县政府, but 市县政府 is more than that.
        level = (
            name.kind == "body" and name.text.endswith(LEVELS) and name.text[0] not in "省市县区乡镇州各全"
        )
        short = replace(name, text=name.text[1:]) if level else name
        called = any(_called(one, clause, run.source) for one in (name, short))
        held = called or any(_held(one, whole) for one in (name, short))
        if not held or (rivals and name.kind != "place") or (rivals and not called):
            return name.kind, name.text
    return None


def _called(name: Name, clause: str, source: Source) -> bool:
    """Tell whether a passage is called so, by its document or headings. A place is its document's own; the
    one above stands before that only (澜川市松坪区).
    """
    place = plain(source.document.place)
    if name.kind == "place" and place and name.text not in place:
        return f"{name.text}{place}" in clause and f"{name.text}{place}" in source.about
    return _held(name, source.about)


def _held(name: Name, text: str) -> bool:
    if name.kind == "title":
        text = re.sub(r"[《》〈〉“”\"()\[\]\-—–〔〕]", "", text)
    if name.text.startswith("每"):
        return name.text in {other.text for other in names(text)} or (
            name.text == "每年" and re.search("全年|一年|年度|年内", text) is not None
        )
    return name.text in text


def _other_word(pair: str, clause: str, run: _Run) -> bool:
    """Tell whether two characters are of a word for which the passage has another that means the same."""
    told = ",".join(run.clauses) + run.source.about
    for group in synonyms():
        for word in group:
            if pair in word and word in clause and any(other in told for other in group if other != word):
                return True
    return False
