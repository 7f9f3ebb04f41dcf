"""Whether a sentence that a model wrote is what the passages it cites say.

A sentence is held against the document clause by clause. Where its words, figures and names left aside,
stand in the document is where its figures and names must stand too: another clause of the same passage
does not do. No word may come in that the document has not; what it permits, binds to or forbids must be
what stands there, and the condition it hangs on must be said. Nothing is guessed: a sentence that cannot be
found again is left out, however true it may be.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.agreement import called, only_about, wrong
from bot.claims import Name, figures, names
from bot.conversation import LeftOut
from bot.passage import CONDITIONAL, Run, Source, cut, joined, of_unit, parts, plain, subject
from bot.sentences import Unit
from bot.understand import visible
from bot.words import fold

MARK = re.compile(
    r"[\[【［]\s*(?:材料|来源|依据)?\s*([0-9０-９]{1,3}(?:\s*[,，、]\s*[0-9０-９]{1,3})*)\s*[\]】］](?!\()"
)
_QUOTED = re.compile(r"“([^“”]{2,})”|\"([^\"]{2,})\"|「([^「」]{2,})」|『([^『』]{2,})』")
_QUOTES = '“”"‘’「」『』()'
_LONGEST = 3  # clauses of a run
_NEAR = 0.2  # of the share of words: runs no further apart are taken for equally good
# Signs that any sentence may have, folded; another one must be the document's.
_SIGNS = re.compile(r"[^\W_]|[\s、。《》〈〉“”‘’—·%,.;:?!()\"'~–-]")
_WORD = re.compile(r"[^\W\d_]|[0-9]\s*[%％]")
_HEADS = frozenset("是 是的 否 不是 对 不对 可以 不可以 能 不能 行 不行 有 没有 需要 不需要".split())


@dataclass(frozen=True, slots=True)
class Verified:
    """A sentence that stands, without its marks, and the units it rests on, by the number of the passage."""

    sentence: str
    rests: Mapping[int, tuple[Unit, ...]]


def verify(written: str, sources: Sequence[Source]) -> Verified | LeftOut:
    """Hold a sentence with its marks against the passages given."""
    written = visible(written)
    cited = [int(n) for marks in MARK.findall(written) for n in re.findall("[0-9]+", fold(marks))]
    sentence = _headless(MARK.sub("", written).strip())
    given = {source.n: source for source in sources}
    if not cited:
        return LeftOut(sentence, "unmarked")
    if not _WORD.search(sentence):  # a number alone says nothing that could be looked up
        return LeftOut(sentence, "unsupported")
    if unknown := [n for n in cited if n not in given]:
        return LeftOut(sentence, "unknown_mark", str(unknown[0]))
    chosen = [given[n] for n in dict.fromkeys(cited)]
    for quoted in ("".join(groups) for groups in _QUOTED.findall(sentence)):
        if not _written(plain(quoted), chosen):
            return LeftOut(sentence, "quote", quoted)
    folded = plain(sentence)
    if strange := [sign for sign in folded if not _SIGNS.match(sign) and not _written(sign, chosen)]:
        return LeftOut(sentence, "sign", strange[0])
    runs = _placed(folded, chosen)
    if isinstance(runs, tuple):
        return LeftOut(sentence, *runs)
    if not runs:
        return LeftOut(sentence, "unsupported")
    rests: dict[int, list[Unit]] = {}
    for run in runs:
        rests.setdefault(run.source.n, []).append(run.unit)
    return Verified(sentence, {n: tuple(dict.fromkeys(units)) for n, units in rests.items()})


def _placed(sentence: str, sources: Sequence[Source]) -> list[Run] | tuple[str, str]:
    """Return where the clauses of a folded sentence stand, or why one does not and what of it is amiss. What
    is said after a place is named is said of that place.
    """
    runs: list[Run] = []
    among, hangs = sources, False  # where to look, and whether the clause hangs on the one before
    for part in parts(sentence):
        for clause in joined(cut(part)):
            of_whom = not subject(clause) and _places(clause)  # 晋城市规定
            best = _stands(clause, sources if of_whom else among, runs[-1] if runs else None, hangs)
            if isinstance(best, tuple):
                return best
            if best is None:
                continue
            if unsaid := best.unsaid(part):
                return "condition", unsaid
            if of_whom or among is sources:
                own = best.source.document.place
                among = [s for s in sources if s.document.place == own]
            runs.append(best)
            hangs = CONDITIONAL.search(clause) is not None
    return runs


def _places(clause: str) -> list[Name]:
    return [name for name in names(clause) if name.kind == "place"]


def _headless(sentence: str) -> str:
    """Return the sentence without a yes or no before it, which is not the model's to say."""
    head, comma, rest = (*re.split("([，,。])", sentence, maxsplit=1), "", "")[:3]
    return rest.strip() if comma and head.strip() in _HEADS else sentence


def _written(folded: str, sources: Sequence[Source]) -> bool:
    """Tell whether folded words stand in one of the passages."""
    return any(
        folded in "".join(plain(unit.text) for unit in source.units) + source.about for source in sources
    )


def _stands(
    clause: str, sources: Sequence[Source], before: Run | None, hangs: bool
) -> Run | tuple[str, str] | None:
    """Return where a clause stands, None where it claims nothing beyond what the passage is of, or why it
    does not stand and what of it is amiss. ``before`` is where the clause before it stands: of several runs
    as good the next after that is meant (省级的，加4分；市级的，加2分). Where the clause ``hangs`` on that
    one, both must stand in one unit.
    """
    soft, said = subject(clause), names(clause)
    about = all(only_about(clause, soft, source) for source in sources)
    if about and not soft and all(name.kind != "number" for name in said):
        return None
    places = [] if soft else _places(clause)
    runs = [
        run
        for source in sources
        if all(called(place, clause, source) for place in places)
        for run in _runs(soft, source)
    ]
    if not soft and not figures(clause) and all(name.kind == "body" for name in names(clause)):
        bare = clause.strip(_QUOTES)  # nothing but a body's name
        runs = [run for run in runs if bare in run.text]
    if hangs and before:
        runs = [run for run in runs if run.unit == before.unit]
    best = max((run.share for run in runs), default=0.0)
    near = _following(_least([run for run in runs if run.share >= best - _NEAR]), before)
    amiss = [wrong(clause, soft, run) for run in near]
    if right := next((run for run, why in zip(near, amiss, strict=True) if why is None), None):
        return right
    return None if about else next(iter(amiss), None) or ("unsupported", clause)


def _runs(soft: frozenset[str], source: Source) -> Iterator[Run]:
    for unit in source.units:
        clauses = of_unit(unit)
        pairs = [subject(clause) for clause in clauses]
        for first in range(len(clauses)):
            for last in range(first + 1, min(first + _LONGEST, len(clauses)) + 1):
                held = frozenset().union(*pairs[first:last])
                share = len(soft & held) / len(soft) if soft else 1.0
                yield Run(source, unit, clauses, first, last, share)


def _least(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that hold no shorter one as good, shortest first."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (run.last - run.first, -run.share)):
        inside = any(k.unit is run.unit and run.first <= k.first and k.last <= run.last for k in kept)
        if not inside:
            kept.append(run)
    return kept


def _following(runs: list[Run], before: Run | None) -> list[Run]:
    """Return the run next after another in its unit, where several are as good; else all."""
    if before is None or len(runs) < 2:
        return runs
    after = [run for run in runs if run.unit is before.unit and run.first >= before.last]
    return [min(after, key=lambda run: run.first)] if after else runs
