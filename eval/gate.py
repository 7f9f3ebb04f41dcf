"""Release rules: what a run must reach, and what it may not lose against an earlier one.

The rules stand in a TOML file, each a ``[[rule]]``::

    [[rule]]
    measure = "right"      # a name of eval.measures.MEASURES
    least = 0.85           # or most = 0.05, or drop = 0.02: may fall by so much against the earlier run
    bound = true           # judge the worse end of the 95 % interval in place of the value
    by = "kind"            # every slice on its own: kind, language, set, place, year, document
    only = "number"        # this slice alone
    fewest = 10            # slices of fewer questions are passed over
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from eval.cases import CaseError
from eval.compare import Comparison, Row, compare
from eval.kept import Kept
from eval.measures import MEASURES
from eval.report import measured
from eval.run import Outcome
from eval.slices import TITLES, sliced

_KNOWN = {measure.name: measure for measure in MEASURES}
_ROUNDING = 1e-9  # 0.9 - 0.88 is a hair more than 0.02


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; exactly one of ``least``, ``most`` and ``drop`` is set."""

    measure: str
    least: float | None = None
    most: float | None = None
    drop: float | None = None
    bound: bool = False
    by: str = ""
    only: str = ""
    fewest: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one rule on one slice. ``held`` is None where there was nothing to judge it by."""

    rule: Rule
    slice: str
    held: bool | None
    words: str


def read_rules(path: Path) -> tuple[Rule, ...]:
    """Read a rule file. Raises CaseError, naming the rule and the field, at the first fault."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"规则文件 {path} 读不了：{error}") from error
    records = table.get("rule")
    if set(table) != {"rule"} or not isinstance(records, list) or not records:
        raise CaseError(f"规则文件 {path.name} 里要有 [[rule]]，也只能有 [[rule]]。")
    return tuple(_rule(record, f"{path.name} 第 {n} 条规则") for n, record in enumerate(records, 1))


def judge_rules(rules: Sequence[Rule], kept: Kept, against: Kept | None) -> tuple[Verdict, ...]:
    """Judge every rule. Raises CaseError where a rule needs an earlier run and there is none like it."""
    comparison = None
    if any(rule.drop is not None for rule in rules):
        if against is None:
            raise CaseError("有的规则写了 drop（不许退步），要用 --against 指明与哪一次评测相比。")
        if dict(against.run.questions) != dict(kept.run.questions):
            raise CaseError("两次评测用的题目文件不同，不能判断有没有退步；请对同一组题目重新评测。")
        by = dict.fromkeys(rule.by for rule in rules if rule.drop is not None and rule.by)
        comparison = compare(against, kept, tuple(by))
    return tuple(verdict for rule in rules for verdict in _verdicts(rule, kept, comparison))


def _rule(record: Mapping[str, Any], where: str) -> Rule:
    unknown = set(record) - {field.name for field in fields(Rule)}
    if unknown:
        raise CaseError(f"{where}：不认识 {'、'.join(sorted(unknown))}。")
    if record.get("measure") not in _KNOWN:
        raise CaseError(f"{where}：没有叫“{record.get('measure')}”的指标，可用的有：{'、'.join(_KNOWN)}。")
    limits = [name for name in ("least", "most", "drop") if name in record]
    if len(limits) != 1 or isinstance(record[limits[0]], bool):
        raise CaseError(f"{where}：least、most、drop 要写一个，也只能写一个，写成数。")
    kinds = {"measure": str, "bound": bool, "by": str, "only": str, "fewest": int, limits[0]: (int, float)}
    for name, value in record.items():
        if not isinstance(value, kinds[name]):  # type: ignore[arg-type]  # a type or several
            raise CaseError(f"{where}：{name} 的值“{value}”不对。")
    if record.get("by", "kind") not in TITLES:
        raise CaseError(f"{where}：by 只能是 {'、'.join(TITLES)}。")
    if "only" in record and "by" not in record:
        raise CaseError(f"{where}：写了 only，还要用 by 写明按什么分组。")
    return Rule(**record)


def _verdicts(rule: Rule, kept: Kept, comparison: Comparison | None) -> Iterator[Verdict]:
    if rule.drop is not None:
        assert comparison is not None
        yield from _falls(rule, comparison)
        return
    slices = {"": list(kept.run.outcomes)}
    if rule.by:
        slices = sliced(kept.run.outcomes, rule.by, kept.holdings)
    if rule.only:
        # A slice that has gone is judged, and fails: a rule must not hold because nobody asked.
        slices = {rule.only: slices.get(rule.only, [])}
    for name, outcomes in slices.items():
        if len(outcomes) >= rule.fewest or rule.only:
            yield _level(rule, name, outcomes)


def _falls(rule: Rule, comparison: Comparison) -> Iterator[Verdict]:
    """Judge the slices of both runs: one that the later has no more is judged by the earlier."""
    rows = [row for row in comparison.rows if row.by == rule.by]
    judged = {row.slice: row for row in rows if row.measure.name == rule.measure}
    large = [row.slice for row in rows if row.questions >= rule.fewest]
    for name in [rule.only] if rule.only else dict.fromkeys(large if rule.by else [""]):
        yield _fall(rule, name, judged.get(name))


def _level(rule: Rule, name: str, outcomes: Sequence[Outcome]) -> Verdict:
    result = measured(outcomes, rule.measure)
    if result is None:
        return _nothing(rule, name)
    if rule.least is not None:
        value = result.low if rule.bound else result.value
        return Verdict(rule, name, value >= rule.least - _ROUNDING, f"{value:.3f}，至少 {rule.least:g}")
    assert rule.most is not None
    value = result.high if rule.bound else result.value
    return Verdict(rule, name, value <= rule.most + _ROUNDING, f"{value:.3f}，至多 {rule.most:g}")


def _fall(rule: Rule, name: str, row: Row | None) -> Verdict:
    if row is None:
        return _nothing(rule, name)
    assert rule.drop is not None
    gap = row.difference
    # What counts is the change for the worse: of a figure better the lower it is, the rise.
    worse = gap.value if row.measure.ceiling else -gap.value
    if rule.bound:
        worse = gap.high if row.measure.ceiling else -gap.low
    words = f"{row.first:.3f} → {row.second:.3f}，变差 {worse + 0.0:.3f}，至多 {rule.drop:g}"
    return Verdict(rule, name, worse <= rule.drop + _ROUNDING, words)


def _nothing(rule: Rule, name: str) -> Verdict:
    # In one slice of many a measure may have nothing to say; of a slice or a run named it must.
    return Verdict(rule, name, None if rule.by and not rule.only else False, "没有一道题能算出这个指标")
