"""The commands that make questions: propose, review, convert, vary."""

import argparse
from pathlib import Path

from eval.cases import read_questions
from eval.commands.opened import OK, Commands, add_documents, open_documents
from eval.propose import STOP, proposals, review
from eval.sheet import read_table, write_table
from eval.vary import VARIATIONS, variants


def add_making_commands(commands: Commands) -> None:
    """Add the commands to the parser."""
    proposing = commands.add_parser("propose", help="从资料里拟出题目和应答，供人采用或修改")
    add_documents(proposing)
    proposing.add_argument("--out", type=Path, required=True, metavar="文件", help=".xlsx、.csv 或 .jsonl")
    proposing.add_argument("--most", type=int, default=0, metavar="题数", help="最多拟多少题，各文件均匀地取")
    proposing.add_argument("--seed", type=int, default=1, metavar="数", help="同一个数取到同样的题")
    proposing.set_defaults(do=_propose)

    reviewing = commands.add_parser("review", help="在终端逐题采用、修改或不要")
    reviewing.add_argument("proposals", type=Path, metavar="文件", help="propose 写的 .jsonl")
    reviewing.add_argument(
        "--out", type=Path, required=True, metavar="文件", help="采用的题写到这里（.jsonl）"
    )
    reviewing.set_defaults(do=_review)

    converting = commands.add_parser("convert", help="题目在 .jsonl、.csv、.xlsx 之间转换")
    converting.add_argument("source", type=Path, metavar="从")
    converting.add_argument("target", type=Path, metavar="到")
    converting.set_defaults(do=_convert)

    varying = commands.add_parser("vary", help="由题目变出错字、繁体、换地方、夹带指令等的题")
    varying.add_argument("questions", type=Path, nargs="+", metavar="文件", help="题目（JSON 行）")
    add_documents(varying)
    varying.add_argument("--out", type=Path, required=True, metavar="文件", help=".jsonl、.csv 或 .xlsx")
    varying.add_argument("--seed", type=int, default=1, metavar="数", help="同一个数得到同样的题")
    varying.add_argument(
        "--only", nargs="+", choices=VARIATIONS, default=VARIATIONS, metavar="变化", help="只要哪些变化"
    )
    varying.set_defaults(do=_vary)


def _propose(options: argparse.Namespace) -> int:
    with open_documents(options.documents, options.index) as index:
        records = proposals(index.documents, options.most, options.seed)
    write_table(options.out, records, taken="")
    print(f"拟了 {len(records)} 道题：{options.out}。采用的在“采用”一列写“是”，再用 convert 转成题目。")
    return OK


def _review(options: argparse.Namespace) -> int:
    taken = read_table(options.out) if options.out.exists() else []
    done = {record["id"] for record in taken}
    proposed = read_table(options.proposals)
    # After the last one taken: those before it were looked at, and dropped or taken.
    begin = max((at for at, record in enumerate(proposed, 1) if record["id"] in done), default=0)
    for record in review(proposed[begin:], _asked, print):
        taken.append(record)
        write_table(options.out, taken)  # after each, so that stopping loses nothing
    print(f"{options.out} 里现在有 {len(taken)} 道题。")
    return OK


def _asked(words: str) -> str:
    try:
        return input(words)
    except EOFError:  # nothing more is typed: as if one stopped
        return STOP


def _vary(options: argparse.Namespace) -> int:
    read_questions(options.questions)  # says what is wrong with which line
    records = [record for path in options.questions for record in read_table(path)]
    with open_documents(options.documents, options.index) as index:
        made = list(variants(records, index.documents, options.seed, options.only))
    write_table(options.out, made)
    print(f"变出 {len(made)} 道题：{options.out}。与原题一起问（run），报告里有每种变化的得失。")
    return OK


def _convert(options: argparse.Namespace) -> int:
    records = read_table(options.source)
    write_table(options.target, records)
    if options.target.suffix == ".jsonl":
        read_questions([options.target])  # says what is wrong with which line
    print(f"转换了 {len(records)} 条：{options.target}")
    return OK
