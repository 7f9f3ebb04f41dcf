"""The commands that ask and score: run, score."""

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.engine import Engine
from bot.llm_settings import LlmSettings
from bot.writer import ModelEngine
from eval.cases import read_questions
from eval.commands.opened import (
    BROKEN,
    OK,
    Commands,
    add_documents,
    add_questions,
    open_documents,
    write_json,
)
from eval.kept import about, claim, keep
from eval.measures import MEASURES
from eval.metering import MeteredLlm, Price, cost
from eval.methods import METHODS, switched_off
from eval.report import broken_floors, report
from eval.run import Run, run_cases, run_record, score_answers
from index.settings import Settings


def add_asking_commands(commands: Commands) -> None:
    """Add the commands to the parser."""
    run = commands.add_parser("run", help="逐题提问，打印各项指标和答错的题")
    run.set_defaults(do=_run)
    run.add_argument(
        "--off",
        nargs="+",
        choices=[method.name for method in METHODS],
        default=[],
        metavar="方法",
        help="关掉这些方法再问，名称见 ablate 的表",
    )
    run.add_argument(
        "--price",
        type=float,
        nargs=2,
        metavar=("读", "写"),
        help="语言模型读、写一百万 token 各多少钱，用来算花费",
    )
    _add_material(run)

    score = commands.add_parser("score", help="给 python -m bot ask --batch 的输出打分")
    score.set_defaults(do=_score)
    score.add_argument("--answers", type=Path, required=True, metavar="文件", help="批量回答（JSON 行）")
    _add_material(score)


def _add_material(parser: argparse.ArgumentParser) -> None:
    add_documents(parser)
    add_questions(parser)
    parser.add_argument("--out", type=Path, metavar="文件夹", help="把结果、设置、版本存在这个新文件夹里")
    parser.add_argument("--json", type=Path, metavar="文件", help="把结果另存为 JSON，供以后比较")
    parser.add_argument(
        "--floor",
        type=_floor,
        action="append",
        default=[],
        metavar="名称=数值",
        help="低于此值即以 1 退出；越低越好的指标，高于此值才算破线",
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


def _run(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    if options.out:
        claim(options.out)
    with ExitStack() as stack:
        for method in METHODS:
            if method.name in options.off:
                stack.enter_context(switched_off(method))
        index = stack.enter_context(open_documents(options.documents, options.index))
        llm = LlmSettings.from_environment(os.environ)
        meter = MeteredLlm(llm) if llm else None
        engine = ModelEngine(Engine(index), meter) if meter else Engine(index)
        started = perf_counter()
        run = run_cases(engine, index, files, meter)
        chosen = _settings(options, off=options.off, **(_told(llm) if llm else {}))
        how = about(index.documents, chosen, perf_counter() - started)
    price = Price(*options.price) if options.price else None
    return _finish(run, {**how, "price": asdict(price) if price else None}, options)


def _score(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    if options.out:
        claim(options.out)
    with open_documents(options.documents, options.index) as index:
        run = score_answers(options.answers, index.documents, files)
        seconds = sum(outcome.reply.seconds for outcome in run.outcomes)
        how = about(index.documents, _settings(options, answers=str(options.answers)), seconds)
    return _finish(run, how, options)


def _settings(options: argparse.Namespace, **more: object) -> dict[str, object]:
    chosen = asdict(Settings.from_environment(os.environ))
    return {**chosen, "documents": str(options.documents), **more}


def _told(llm: LlmSettings) -> dict[str, object]:
    """Return what may be told of a language model: everything but its key."""
    return {
        "llm_base_url": llm.base_url,
        "llm_model": llm.model,
        "llm_context": llm.context,
        "llm_uses": sorted(llm.uses),
    }


def _finish(run: Run, how: Mapping[str, Any], options: argparse.Namespace) -> int:
    if options.out:  # first: nobody may read to the end what is printed
        keep(run, how, options.out)
    if options.json:
        write_json(options.json, run_record(run))
    print(report(run))
    spent = cost(run.outcomes, how.get("price"))
    if spent:
        print(f"{spent}\n")
    broken = broken_floors(run.outcomes, dict(options.floor))
    for line in broken:
        print(line, file=sys.stderr)
    return BROKEN if broken else OK
