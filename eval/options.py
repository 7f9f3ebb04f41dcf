"""The options of ``python -m eval``, a parser a command."""

import argparse
from pathlib import Path

from eval.adversarial import SEED
from eval.bench import SECONDS, USERS
from eval.metrics import MEASURES


def parser() -> argparse.ArgumentParser:
    """Return what reads the commands and their options."""
    whole = argparse.ArgumentParser(prog="python -m eval", description="评测：回答有多准，跑得有多快。")
    commands = whole.add_subparsers(required=True, metavar="命令", dest="command")

    run = commands.add_parser("run", help="逐题提问，打印各项指标和答错的题")
    _add_material(run)

    score = commands.add_parser("score", help="给 python -m bot ask --batch 的输出打分")
    score.add_argument("--answers", type=Path, required=True, metavar="文件", help="批量回答（JSON 行）")
    _add_material(score)

    compare = commands.add_parser("compare", help="逐题比较两次评测的结果")
    compare.add_argument("first", type=Path, metavar="甲.json")
    compare.add_argument("second", type=Path, metavar="乙.json")

    ablation = commands.add_parser("ablate", help="逐个关掉各种方法再提问，打印每种方法值多少（Markdown 表）")
    ablation.add_argument("--json", type=Path, metavar="文件", help="把全部数字另存为 JSON")
    _add_sets(ablation)

    fitting = commands.add_parser("calibrate", help="在题目上重新拟合排序和拒答的权重，打印出来")
    _add_sets(fitting)

    rank = commands.add_parser("rank", help="在题目上重新拟合检索的权重，逐组打印成绩")
    _add_sets(rank)
    rank.add_argument(
        "--judge",
        type=Path,
        nargs="+",
        action="append",
        default=[],
        metavar="路径",
        help="同 --set，但只用来评判，不参加拟合",
    )
    rank.add_argument(
        "--cross",
        type=Path,
        nargs="+",
        action="append",
        default=[],
        metavar="路径",
        help="同 --set，但向量学过这些题：题目分成没有共同依据的两半，每一半用没有学过它的向量检索",
    )
    rank.add_argument(
        "--learn", type=Path, nargs="+", default=[], metavar="文件夹", help="那些向量从哪些文件学"
    )
    rank.add_argument("--log", type=Path, nargs="+", default=[], metavar="文件", help="那些向量学的提问记录")
    rank.add_argument("--synonyms", type=Path, metavar="文件", help="那些向量学的同义词表")
    rank.add_argument("--glossary", type=Path, metavar="文件", help="那些向量学的英文对照表")
    rank.add_argument("--out", type=Path, metavar="文件", help="把权重写成文件，如 index/ranker.json")

    beside = commands.add_parser(
        "retrieval", help="与别的检索方法比：准不准、快不快、占多少（即 make bench-retrieval）"
    )
    beside.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="文件所在的文件夹")
    beside.add_argument(
        "--questions", type=Path, nargs="+", required=True, metavar="文件", help="题目（JSON 行），要有依据"
    )
    beside.add_argument("--most", type=int, default=0, metavar="题数", help="最多问多少题，均匀地取")
    beside.add_argument(
        "--files", type=int, default=0, metavar="文件数", help="最多用多少个文件，有依据的都在内"
    )

    stard = commands.add_parser("stard", help="把法条检索题 STARD 改写成题目文件，分成拟合用和评判用的两半")
    stard.add_argument("--source", type=Path, required=True, metavar="文件夹", help="题目和法条所在的文件夹")
    stard.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="法律文件所在的文件夹")
    stard.add_argument("--index", type=Path, metavar="文件夹", help="索引放在哪里")
    stard.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里")

    reading = commands.add_parser("reading", help="把阅读理解题改写成文件和题目，供 run 和 calibrate 使用")
    reading.add_argument("--source", type=Path, required=True, metavar="文件", help="阅读理解题（.jsonl.gz）")
    reading.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里，要是空的")
    reading.add_argument("--passages", type=int, default=200, metavar="篇数", help="取多少篇，默认 200")

    timing = commands.add_parser("bench", help="量一量：建索引、启动、回答、许多人同时问各要多久，用多少内存")
    timing.add_argument(
        "--users", type=int, default=USERS, metavar="人数", help=f"多少人同时提问，默认 {USERS}"
    )
    timing.add_argument(
        "--seconds", type=float, default=SECONDS, metavar="秒", help=f"同时提问多久，默认 {SECONDS}"
    )
    timing.add_argument("--documents", type=Path, metavar="文件夹", help="不写就测示例文件和旁边的资料")
    timing.add_argument("--questions", type=Path, nargs="+", default=[], metavar="文件", help="计时用的题目")
    timing.add_argument(
        "--scale",
        action="store_true",
        help="量规模：一千、一万、十万个片段和整个文件夹各要多少，打印 Markdown 表",
    )
    forged = commands.add_parser(
        "adversarial", help="伪造和忠实的模型回答各造 200 份，看核对拦不拦得准；拦漏一份或误删太多即以 1 退出"
    )
    forged.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="文件所在的文件夹")
    forged.add_argument(
        "--questions", type=Path, nargs="+", required=True, metavar="文件", help="题目（JSON 行）"
    )
    forged.add_argument("--index", type=Path, metavar="文件夹", help="索引放在哪里")
    forged.add_argument("--seed", type=int, default=SEED, metavar="数", help=f"随机种子，默认 {SEED}")
    return whole


def _add_sets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        type=Path,
        nargs="+",
        action="append",
        required=True,
        metavar="路径",
        help="先写文件夹，再写它的题目文件；可写多组",
    )


def _add_material(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="文件所在的文件夹")
    parser.add_argument(
        "--questions", type=Path, nargs="+", required=True, metavar="文件", help="题目（JSON 行）"
    )
    parser.add_argument("--index", type=Path, metavar="文件夹", help="索引放在哪里")
    parser.add_argument("--json", type=Path, metavar="文件", help="把结果另存为 JSON，供以后比较")
    parser.add_argument(
        "--floor",
        type=_floor,
        action="append",
        default=[],
        metavar="名称=数值",
        help="低于此值即以 1 退出；wrongly_refused 是越低越好，高于此值才算破线",
    )


def _floor(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    names = [measure.name for measure in MEASURES]
    if name not in names:  # said before the questions are asked, not after
        raise argparse.ArgumentTypeError(f"没有叫“{name}”的指标，可用的有：{'、'.join(names)}")
    try:
        return name, float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"底线要写成 名称=数值，例如 right=0.6，不能是“{text}”") from error
