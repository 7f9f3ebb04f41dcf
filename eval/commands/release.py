"""The commands that decide a release: compare, report, gate, check."""

import argparse
from pathlib import Path

from eval.cases import CaseError, read_questions
from eval.check import check
from eval.commands.opened import BROKEN, OK, Commands, add_documents, open_documents
from eval.compare import compare_runs
from eval.gate import judge_rules, read_rules
from eval.kept import read_kept
from eval.measures import MEASURES
from eval.page import page
from eval.report import comparison_report
from eval.slices import TITLES

RULES = Path(__file__).parents[1] / "release.toml"
_TITLES = {measure.name: measure.title for measure in MEASURES}


def add_release_commands(commands: Commands) -> None:
    """Add the commands to the parser."""
    comparing = commands.add_parser("compare", help="逐题比较两次评测的结果")
    comparing.add_argument("first", type=Path, metavar="甲", help="run --out 的文件夹或 --json 的文件")
    comparing.add_argument("second", type=Path, metavar="乙")
    comparing.add_argument(
        "--by",
        nargs="+",
        choices=TITLES,
        default=["kind"],
        metavar="分组",
        help=f"按什么分组：{'、'.join(TITLES)}",
    )
    comparing.set_defaults(do=_compare)

    reporting = commands.add_parser("report", help="把一次评测写成一个能离线打开的网页")
    reporting.add_argument("run", type=Path, metavar="评测", help="run --out 的文件夹或 --json 的文件")
    reporting.add_argument("--against", type=Path, metavar="评测", help="与哪一次相比")
    reporting.add_argument(
        "--out", type=Path, metavar="文件", help="写到哪里，不写就是评测文件夹里的 report.html"
    )
    reporting.set_defaults(do=_report)

    gate = commands.add_parser("gate", help="按规则判断能不能发布，不能则以 1 退出")
    gate.add_argument("run", type=Path, metavar="评测", help="run --out 的文件夹或 --json 的文件")
    gate.add_argument(
        "--rules", type=Path, default=RULES, metavar="文件", help="规则（TOML），不写就用 eval/release.toml"
    )
    gate.add_argument("--against", type=Path, metavar="评测", help="与哪一次相比")
    gate.set_defaults(do=_gate)

    checking = commands.add_parser("check", help="检查题目与资料合不合：出处在不在，事实在不在出处里")
    checking.add_argument("questions", type=Path, nargs="+", metavar="文件", help="题目（JSON 行）")
    add_documents(checking)
    checking.set_defaults(do=_check)


def _compare(options: argparse.Namespace) -> int:
    print(comparison_report(compare_runs(options.first, options.second, options.by)), end="")
    return OK


def _report(options: argparse.Namespace) -> int:
    out = options.out or (
        options.run / "report.html" if options.run.is_dir() else options.run.with_suffix(".html")
    )
    html = page(read_kept(options.run), read_kept(options.against) if options.against else None)
    try:
        out.write_text(html, encoding="utf-8")
    except OSError as error:
        raise CaseError(f"报告写不到 {out}（{error.strerror}）。") from error
    print(f"报告写好了：{out}")
    return OK


def _gate(options: argparse.Namespace) -> int:
    rules = read_rules(options.rules)
    against = read_kept(options.against) if options.against else None
    verdicts = judge_rules(rules, read_kept(options.run), against)
    for verdict in verdicts:
        mark = {True: "通过", False: "不通过", None: "未判断"}[verdict.held]
        where = f"，{TITLES[verdict.rule.by]} {verdict.slice}" if verdict.rule.by else ""
        print(f"{mark}：{_TITLES[verdict.rule.measure]}{where}：{verdict.words}")
    failed = sum(verdict.held is False for verdict in verdicts)
    print(f"{failed} 条不通过，不能发布。" if failed else "没有一条不通过，可以发布。")
    return BROKEN if failed else OK


def _check(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    with open_documents(options.documents, options.index) as index:
        faults = check(files, index.documents)
    for fault in faults:
        print(fault)
    count = sum(len(file.cases) for file in files)
    print(f"{count} 道题，{len(faults)} 处要改。\n" if faults else f"{count} 道题都合得上。")
    return BROKEN if faults else OK
