"""Two runs side by side, question by question: never by their averages alone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.cases import CaseError
from eval.intervals import Difference, Part, difference
from eval.metrics import MEASURES, Measure
from eval.run import FORMAT


@dataclass(frozen=True, slots=True)
class Row:
    """One measure in both runs, over the questions they share, and the difference second minus first."""

    measure: Measure
    first: float
    second: float
    difference: Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. ``gained`` and ``lost`` are ids newly right and newly wrong in the second run."""

    questions: int
    rows: tuple[Row, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    warnings: tuple[str, ...]


def compare_runs(first: Path, second: Path) -> Comparison:
    """Compare two files written by ``python -m eval run --json``. Raises CaseError when they cannot be."""
    one, other = _read(first), _read(second)
    cases_a = {case["id"]: case for case in one["cases"]}
    cases_b = {case["id"]: case for case in other["cases"]}
    shared = [identity for identity in cases_a if identity in cases_b]
    if not shared:
        raise CaseError(f"{first.name} 和 {second.name} 没有一道相同的题，无法比较。")
    pairs = [(cases_a[identity], cases_b[identity]) for identity in shared]
    rights = [(a["id"], a["judgement"]["right"], b["judgement"]["right"]) for a, b in pairs]
    return Comparison(
        questions=len(shared),
        rows=tuple(row for measure in MEASURES if (row := _row(measure, pairs)) is not None),
        gained=tuple(identity for identity, before, after in rights if after and not before),
        lost=tuple(identity for identity, before, after in rights if before and not after),
        warnings=_warnings(one, other, len(shared)),
    )


def _row(measure: Measure, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Row | None:
    first = [_part(a, measure) for a, _ in pairs]
    # The family of the first run on both sides: pairing must not hinge on a renamed dialogue.
    second = [Part(a["family"], *b["counts"].get(measure.name, (0.0, 0.0))) for a, b in pairs]
    gap = difference(first, second)
    return Row(measure, _ratio(first), _ratio(second), gap) if gap is not None else None


def _part(case: Mapping[str, Any], measure: Measure) -> Part:
    return Part(case["family"], *case["counts"].get(measure.name, (0.0, 0.0)))


def _ratio(parts: Sequence[Part]) -> float:
    return sum(one.part for one in parts) / sum(one.whole for one in parts)


def _warnings(one: Mapping[str, Any], other: Mapping[str, Any], shared: int) -> tuple[str, ...]:
    found = []
    if one["questions"] != other["questions"]:
        found.append("两次用的题目文件不完全相同，同一编号的题可能已经改过。")
    if one["documents"] != other["documents"]:
        found.append("两次用的文件（内容）不完全相同。")
    for name, run in (("甲", one), ("乙", other)):
        if len(run["cases"]) > shared:
            found.append(f"{name}还有 {len(run['cases']) - shared} 道题另一方没有，未计入。")
    return tuple(found)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"读不了评测结果 {path}：{error}") from error
    if not isinstance(run, dict) or run.get("format") != FORMAT:
        raise CaseError(f"{path} 不是这一版 python -m eval run --json 写出的结果，请重新评测一次。")
    return run
