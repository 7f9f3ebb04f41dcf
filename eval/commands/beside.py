"""The command that sets systems side by side: the same questions, the same rules, one table."""

import argparse
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.llm_settings import LlmSettings
from eval.cases import CaseError, read_questions
from eval.commands.opened import OK, Commands, add_documents, add_questions, open_documents
from eval.compare import compare
from eval.kept import Kept, about, claim, keep
from eval.metering import cost
from eval.report import measured
from eval.systems import OWN, Means, run_system
from index.settings import Settings

_SHOWN = {
    "right": "答对",
    "facts": "事实对",
    "cited": "出处对",
    "precision": "引用准",
    "numbers": "数字对",
    "supported": "有依据",
    "refused": "该拒已拒",
    "wrongly_refused": "误拒",
}


def add_systems_command(commands: Commands) -> None:
    """Add the command to the parser."""
    beside = commands.add_parser("systems", help="同样的题问几个系统，打印一张表（Markdown）")
    add_documents(beside)
    add_questions(beside)
    beside.add_argument(
        "--system",
        nargs="+",
        default=[OWN, "youju, keywords alone"],
        metavar="系统",
        help="第一个是对照",
    )
    beside.add_argument("--out", type=Path, metavar="文件夹", help="每个系统的结果各存一个文件夹")
    beside.set_defaults(do=_systems)


def _systems(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    folders = {name: _folder(options.out, name) for name in options.system} if options.out else {}
    if len(set(folders.values())) < len(folders):
        raise CaseError("有两个系统的名称存不到不同的文件夹里，请分两次运行。")
    for folder in folders.values():
        claim(folder)
    means = Means(
        Settings.from_environment(os.environ).embedding_model,
        LlmSettings.from_environment(os.environ),
        os.environ.get("OPENAI_API_KEY", ""),
    )
    done: list[Kept] = []
    with open_documents(options.documents, options.index) as index:
        for name in options.system:
            started = perf_counter()
            run = run_system(name, index, files, means)
            how = about(index.documents, {"system": name}, perf_counter() - started)
            done.append(Kept(name, run, how))
            if name in folders:
                keep(run, how, folders[name])
    print("\n".join(table(done)))
    return OK


def table(runs: Sequence[Kept]) -> Iterator[str]:
    """Yield a Markdown table, a row a system; the difference in 答对 is paired, from the first of them."""
    yield f"| 系统 | {' | '.join(_SHOWN.values())} | 答对之差 [95% 区间] p | 中位毫秒 | 每题 token |"
    yield "|---|" + "---:|" * (len(_SHOWN) + 3)
    for kept in runs:
        outcomes = kept.run.outcomes
        figures = [measured(outcomes, name) for name in _SHOWN]
        cells = [f"{figure.value:.3f}" if figure else "" for figure in figures]
        rows = compare(runs[0], kept).rows
        gap = next((row.difference for row in rows if row.measure.name == "right"), None)
        change = f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}] {gap.p:.4f}" if gap else ""
        taken = median(outcome.reply.seconds for outcome in outcomes) * 1000
        spent = cost(outcomes, None)
        each = f"{(spent.read + spent.written) / spent.questions:.0f}" if spent else ""
        own = [
            kept.name.replace("|", "\\|"),
            *cells,
            change if kept is not runs[0] else "",
            f"{taken:.0f}",
            each,
        ]
        yield f"| {' | '.join(own)} |"


def _folder(out: Path, name: str) -> Path:
    return out / re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60]
