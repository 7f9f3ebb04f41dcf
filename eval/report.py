"""A run or a comparison as text for a terminal: tables first, then the misses one by one."""

from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from statistics import median

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.cases import CaseError, Gold
from eval.compare import Comparison, Row
from eval.intervals import Interval, Part, interval
from eval.measures import MEASURES, Measure
from eval.run import Outcome, Run
from eval.slices import TITLES
from eval.variants import robustness
from index.document import address

WIDTH = 110  # columns; a narrower terminal wraps, a file keeps the tables in one piece
_SHOWN_ANSWER = 400  # characters of a wrong answer shown; the JSON output has it whole


def measured(outcomes: Sequence[Outcome], name: str) -> Interval | None:
    """Return one measure over some outcomes; None where none of them says anything on it."""
    parts = [Part(o.case.kin, *o.counts[name]) for o in outcomes if name in o.counts]
    return interval(parts)


def report(run: Run) -> str:
    """Return the whole report of a run."""
    parts = [
        _overall(run.outcomes),
        _grouped(run.outcomes, "按题目文件", lambda outcome: outcome.case.set),
        _grouped(run.outcomes, "按题型", lambda outcome: outcome.case.kind),
        _robust(run.outcomes),
        _unresolved(run),
        misses(run.outcomes),
    ]
    return "\n".join(part for part in parts if part)


def broken_floors(outcomes: Sequence[Outcome], floors: Mapping[str, float]) -> list[str]:
    """Return a line for each floor that does not hold. Raises CaseError on a measure nobody knows.

    A measure that no question says anything on breaks its floor: a floor must not hold by default.
    """
    known = {measure.name: measure for measure in MEASURES}
    lines = []
    for name, floor in floors.items():
        if name not in known:
            raise CaseError(f"没有叫“{name}”的指标，可用的有：{'、'.join(known)}。")
        result = measured(outcomes, name)
        if result is None:
            lines.append(f"底线 {name}：没有一道题能算出这个指标。")
        elif result.value > floor if known[name].ceiling else result.value < floor:
            side = "高于" if known[name].ceiling else "低于"
            lines.append(f"底线 {name}：{result.value:.3f} {side} {floor:g}。")
    return lines


def misses(outcomes: Sequence[Outcome]) -> str:
    """Return every outcome that is not right, or quotes what is not there: expected, answered, why."""
    missed = [outcome for outcome in outcomes if faults(outcome)]
    if not missed:
        return "没有答错的题。\n"
    return f"答错的题（{len(missed)} 道）\n\n" + "\n".join(_miss(outcome) for outcome in missed)


def comparison_report(comparison: Comparison) -> str:
    """Return a comparison: differences with intervals, by slice too, then the questions gained and lost."""
    lines = [_compared(f"逐题比较（{comparison.questions} 道共同的题）", _of(comparison, ""), slices=False)]
    for by in dict.fromkeys(row.by for row in comparison.rows if row.by):
        rows = [row for row in _of(comparison, by) if row.measure.name == "right" or row.first != row.second]
        lines.append(_compared(f"按{TITLES[by]}（答对，以及有变化的指标）", rows, slices=True))
    lines += [f"注意：{warning}" for warning in comparison.warnings]
    lines += [f"设置不同：{change}" for change in comparison.settings]
    for heading, pairs in (("乙新答对", comparison.gained), ("乙新答错", comparison.lost)):
        names = "、".join(one.case.id for one, _ in pairs)
        lines.append(f"{heading}（{len(pairs)} 道）：" + (names or "无"))
        lines += [f"\n■ {a.case.id} {a.case.question}\n  甲：{_said(a)}\n  乙：{_said(b)}" for a, b in pairs]
    return "\n".join(lines) + "\n"


def _of(comparison: Comparison, by: str) -> list[Row]:
    return [row for row in comparison.rows if row.by == by]


def _compared(title: str, rows: Sequence[Row], slices: bool) -> str:
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    if slices:
        table.add_column("")
        table.add_column("题数", justify="right")
    for heading in ("指标", "甲", "乙", "乙减甲", "95% 区间", "p", "升/降", "符号检验 p"):
        table.add_column(heading, justify="left" if heading == "指标" else "right")
    for row in rows:
        gap = row.difference
        table.add_row(
            *((Text(row.slice), str(row.questions)) if slices else ()),
            row.measure.name if slices else f"{row.measure.title} {row.measure.name}",
            f"{row.first:.3f}",
            f"{row.second:.3f}",
            f"{gap.value:+.3f}",
            f"{gap.low:+.3f} … {gap.high:+.3f}",
            f"{gap.p:.4f}",
            f"{row.signs.rose}/{row.signs.fell}",
            f"{row.signs.p:.4f}",
        )
    return _printed(table)


def _said(outcome: Outcome) -> str:
    reply = outcome.reply
    words = ("（拒答）" if reply.refused else "") + shortened(reply.text).replace("\n", "\n      ")
    cited = "；".join(f"{c.source} {address(c.path)}" for c in reply.citations)
    return f"{words}\n      引用：{cited}" if cited else words


def shortened(text: str) -> str:
    """Return an answer cut to what is shown of it."""
    return text if len(text) <= _SHOWN_ANSWER else text[:_SHOWN_ANSWER] + "……"


def _overall(outcomes: Sequence[Outcome]) -> str:
    table = Table(title=f"总体（{len(outcomes)} 道题）", box=box.SIMPLE, title_justify="left")
    for heading in ("指标", "名称", "值", "95% 区间", "计数"):
        table.add_column(heading, justify="left" if heading in ("指标", "名称") else "right")
    for measure in MEASURES:
        result = measured(outcomes, measure.name)
        if result is not None:
            table.add_row(measure.title, measure.name, *_cells(result, outcomes, measure))
    seconds = [outcome.reply.seconds for outcome in outcomes]
    middle, slow = median(seconds) * 1000, np.percentile(seconds, 95) * 1000
    return _printed(table) + f"每题用时：中位数 {middle:.0f} 毫秒，95 分位 {slow:.0f} 毫秒\n"


def _cells(result: Interval, outcomes: Sequence[Outcome], measure: Measure) -> tuple[str, str, str]:
    pairs = [o.counts[measure.name] for o in outcomes if measure.name in o.counts]
    part, whole = (sum(column) for column in zip(*pairs, strict=True))
    return f"{result.value:.3f}", f"{result.low:.3f} – {result.high:.3f}", f"{part:g}/{whole:g}"


def _grouped(outcomes: Sequence[Outcome], title: str, key: Callable[[Outcome], str]) -> str:
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    table.add_column("")
    for heading in ("题数", "答对", "95% 区间", "事实对", "出处对", "引用准", "误拒", "该拒已拒", "95% 区间"):
        table.add_column(heading, justify="right")
    for name in dict.fromkeys(map(key, outcomes)):
        group = [outcome for outcome in outcomes if key(outcome) == name]
        cells = [str(len(group))]
        for measure in ("right", "facts", "cited", "precision", "wrongly_refused", "refused"):
            result = measured(group, measure)
            cells.append(f"{result.value:.2f}" if result else "")
            if measure in ("right", "refused"):
                cells.append(f"{result.low:.2f} – {result.high:.2f}" if result else "")
        table.add_row(Text(name), *cells)
    return _printed(table)


def _robust(outcomes: Sequence[Outcome]) -> str:
    rows = robustness(outcomes)
    if not rows:
        return ""
    table = Table(title="换个说法（答对）", box=box.SIMPLE, title_justify="left")
    for heading in ("", "题数", "原题", "变后", "差", "95% 区间", "对变错"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in rows:
        gap = row.difference
        bounds = f"{gap.low:+.3f} … {gap.high:+.3f}"
        counted = (
            f"{row.before:.3f}",
            f"{row.after:.3f}",
            f"{gap.value:+.3f}",
            bounds,
            str(len(row.flipped)),
        )
        table.add_row(Text(row.variation), str(row.pairs), *counted)
    return _printed(table)


def _printed(table: Table) -> str:
    stream = StringIO()
    Console(file=stream, width=WIDTH, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _unresolved(run: Run) -> str:
    if not run.unresolved:
        return ""
    listed = "\n".join(f"  {place}" for place in run.unresolved)
    return f"题目里的这些出处在文件中找不到对应的条款（题目写错了，或者文件没有解析对）：\n{listed}\n"


def faults(outcome: Outcome) -> list[str]:
    """Return what is wrong with an answer, in words; nothing of one that is right."""
    case, judgement = outcome.case, outcome.judgement
    found: list[str] = []
    if not judgement.right:
        if not case.answerable:
            found.append("该拒却答了")
        elif judgement.refused:
            found.append("能答却拒了")
        if case.answerable and not judgement.refused:
            found += [f"缺事实：{' | '.join(group)}" for group in judgement.missing]
            found += [f"缺出处：{gold_place(gold)}" for gold in judgement.uncited]
        found += [f"出现了错误说法：{word}" for word in judgement.forbidden]
    return found + [f"引文不在原文里：{quote}" for quote in judgement.altered]


def _miss(outcome: Outcome) -> str:
    case, reply = outcome.case, outcome.reply
    suffices = "（任一处即可）" if case.need == "any" and len(case.gold) > 1 else ""
    expected = [
        f"  应答{suffices}：{gold_place(gold)} → {'；'.join(' | '.join(group) for group in gold.facts)}"
        for gold in case.required
    ]
    given = shortened(reply.text)
    cited = "；".join(f"{c.source} {address(c.path)}" for c in reply.citations)
    lines = [
        f"■ {case.id}（{case.set}，{case.kind}）{case.question}",
        *(expected if case.answerable or expected else ["  应答：拒答"]),
        f"  答的是{'（拒答）' if reply.refused else ''}：" + given.replace("\n", "\n    "),
        *([f"  引用：{cited}"] if cited else []),
        *([f"  检索：{_ranks(outcome.ranks)}"] if outcome.ranks is not None else []),
        *(f"  ✗ {fault}" for fault in faults(outcome)),
    ]
    return "\n".join(lines) + "\n"


def gold_place(gold: Gold) -> str:
    """Return where a gold place is, for people."""
    return f"{gold.source} {address(gold.path) or '（全文）'}"


def _ranks(ranks: Sequence[int | None]) -> str:
    return "、".join(f"第 {rank} 条" if rank else "没有找到" for rank in ranks)
