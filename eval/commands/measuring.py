"""The commands that measure search and speed, and those that make what is measured with: retrieval, bench,
adversarial, stard, reading.
"""

import argparse
import os
from pathlib import Path

from eval import adversarial
from eval.bench import SECONDS, USERS, bench
from eval.cases import read_questions
from eval.commands.opened import BROKEN, OK, Commands, add_documents, add_questions, open_documents
from eval.reading import write_material
from eval.retrieval import side_by_side
from eval.scale import scale
from eval.stard import write_stard
from index.settings import Settings


def add_measuring_commands(commands: Commands) -> None:
    """Add the commands to the parser."""
    beside = commands.add_parser(
        "retrieval", help="与别的检索方法比：准不准、快不快、占多少（即 make bench-retrieval）"
    )
    beside.set_defaults(do=_retrieval)
    beside.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="文件所在的文件夹")
    beside.add_argument(
        "--questions", type=Path, nargs="+", required=True, metavar="文件", help="题目（JSON 行），要有依据"
    )
    beside.add_argument("--most", type=int, default=0, metavar="题数", help="最多问多少题，均匀地取")
    beside.add_argument(
        "--files", type=int, default=0, metavar="文件数", help="最多用多少个文件，有依据的都在内"
    )

    stard = commands.add_parser("stard", help="把法条检索题 STARD 改写成题目文件，分成拟合用和评判用的两半")
    stard.set_defaults(do=_stard)
    stard.add_argument("--source", type=Path, required=True, metavar="文件夹", help="题目和法条所在的文件夹")
    add_documents(stard)
    stard.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里")

    reading = commands.add_parser("reading", help="把阅读理解题改写成文件和题目，供 run 和 calibrate 使用")
    reading.set_defaults(do=_reading)
    reading.add_argument("--source", type=Path, required=True, metavar="文件", help="阅读理解题（.jsonl.gz）")
    reading.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里，要是空的")
    reading.add_argument("--passages", type=int, default=200, metavar="篇数", help="取多少篇，默认 200")

    timing = commands.add_parser("bench", help="量一量：建索引、启动、回答、许多人同时问各要多久，用多少内存")
    timing.set_defaults(do=_bench)
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
    forged.set_defaults(do=_adversarial)
    add_documents(forged)
    add_questions(forged)
    forged.add_argument(
        "--seed", type=int, default=adversarial.SEED, metavar="数", help=f"随机种子，默认 {adversarial.SEED}"
    )


def _retrieval(options: argparse.Namespace) -> int:
    model = Settings.from_environment(os.environ).embedding_model
    for line in side_by_side(options.documents, options.questions, model, options.most, options.files):
        print(line, flush=True)
    return OK


def _stard(options: argparse.Namespace) -> int:
    with open_documents(options.documents, options.index) as index:
        counts = write_stard(options.source, index.documents, options.out)
    print("、".join(f"{name} {count}" for name, count in counts.items()))
    return OK


def _reading(options: argparse.Namespace) -> int:
    passages, questions = write_material(options.source, options.out, options.passages)
    print(f"写好了 {passages} 篇文章和 {questions} 道题：{options.out}")
    return OK


def _bench(options: argparse.Namespace) -> int:
    if options.scale:
        lines = scale(options.documents, options.questions)
    else:
        lines = bench(options.documents, options.questions, options.users, options.seconds)
    for line in lines:
        print(line, flush=True)
    return OK


def _adversarial(options: argparse.Namespace) -> int:
    questions = [case.question for file in read_questions(options.questions) for case in file.cases]
    with open_documents(options.documents, options.index) as index:
        measured = adversarial.measure(index, questions, seed=options.seed)
    for line in adversarial.report(measured):
        print(line, flush=True)
    return OK if measured.good else BROKEN
