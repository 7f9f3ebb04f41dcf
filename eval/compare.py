"""Two runs side by side, question by question: never by their averages alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import CaseError
from eval.intervals import Difference, Part, Signs, difference, signs
from eval.kept import Kept, read_kept
from eval.measures import MEASURES, Measure
from eval.run import Outcome
from eval.slices import sliced

Pair = tuple[Outcome, Outcome]


@dataclass(frozen=True, slots=True)
class Row:
    """One measure in both runs, over the questions they share, and the difference second minus first.

    ``by`` and ``slice`` tell which of the questions; empty for all of them.
    """

    measure: Measure
    first: float
    second: float
    difference: Difference
    signs: Signs
    questions: int
    by: str = ""
    slice: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. ``gained`` and ``lost`` are the questions newly right and newly wrong in the second;
    ``settings`` tells which settings and versions are not the same.
    """

    questions: int
    rows: tuple[Row, ...]
    gained: tuple[Pair, ...]
    lost: tuple[Pair, ...]
    warnings: tuple[str, ...]
    settings: tuple[str, ...]


def compare_runs(first: Path, second: Path, by: Sequence[str] = ()) -> Comparison:
    """Compare two runs kept on disk, as a whole and by slices. Raises CaseError when they cannot be."""
    return compare(read_kept(first), read_kept(second), by)


def compare(
    first: Kept, second: Kept, by: Sequence[str] = (), in_slices: Sequence[Measure] = MEASURES
) -> Comparison:
    """Compare two runs by every measure, and their slices by some. Raises CaseError when they share no
    question.
    """
    later = {outcome.case.id: outcome for outcome in second.run.outcomes}
    pairs = [(one, later[one.case.id]) for one in first.run.outcomes if one.case.id in later]
    if not pairs:
        raise CaseError(f"{first.name} 和 {second.name} 没有一道相同的题，无法比较。")
    rows = list(_rows(pairs, MEASURES))
    partner = {one.case.id: (one, other) for one, other in pairs}
    for kind in by:
        # Sliced by what the second holds: new documents are part of what is judged.
        slices = sliced([one for one, _ in pairs], kind, {**first.holdings, **second.holdings})
        for name, members in slices.items():
            rows += _rows([partner[member.case.id] for member in members], in_slices, kind, name)
    return Comparison(
        questions=len(pairs),
        rows=tuple(rows),
        gained=tuple(p for p in pairs if p[1].judgement.right and not p[0].judgement.right),
        lost=tuple(p for p in pairs if p[0].judgement.right and not p[1].judgement.right),
        warnings=tuple(_warnings(first, second, len(pairs))),
        settings=tuple(_settings(first, second)),
    )


def _rows(pairs: Sequence[Pair], measures: Sequence[Measure], by: str = "", name: str = "") -> Iterator[Row]:
    for measure in measures:
        first = [_part(one, one, measure) for one, _ in pairs]
        # The kin of the first run on both sides: pairing must not hinge on a renamed dialogue.
        second = [_part(one, other, measure) for one, other in pairs]
        gap = difference(first, second)
        if gap is not None:
            yield Row(measure, _ratio(first), _ratio(second), gap, signs(first, second), len(pairs), by, name)


def _part(named: Outcome, outcome: Outcome, measure: Measure) -> Part:
    return Part(named.case.kin, *outcome.counts.get(measure.name, (0.0, 0.0)))


def _ratio(parts: Sequence[Part]) -> float:
    return sum(one.part for one in parts) / sum(one.whole for one in parts)


def _warnings(first: Kept, second: Kept, shared: int) -> Iterator[str]:
    if dict(first.run.questions) != dict(second.run.questions):
        yield "两次用的题目文件不完全相同，同一编号的题可能已经改过。"
    if dict(first.run.documents) != dict(second.run.documents):
        yield "两次用的文件（内容）不完全相同。"
    for name, kept in (("甲", first), ("乙", second)):
        if len(kept.run.outcomes) > shared:
            yield f"{name}还有 {len(kept.run.outcomes) - shared} 道题另一方没有，未计入。"


def _settings(first: Kept, second: Kept) -> Iterator[str]:
    for group in ("settings", "versions"):
        before, now = (kept.about.get(group, {}) for kept in (first, second))
        for name in sorted({*before, *now}):
            if before.get(name) != now.get(name):
                yield f"{name}：{_told(before.get(name))} → {_told(now.get(name))}"


def _told(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) and value else str(value or "无")
