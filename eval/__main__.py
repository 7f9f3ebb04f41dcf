"""python -m eval run | score | compare | calibrate | bench: measure answers, compare runs, fit, time."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.engine import Engine
from bot.weights import RANKING
from eval.bench import bench
from eval.cases import read_questions
from eval.compare import compare_runs
from eval.metrics import MEASURES
from eval.report import broken_floors, comparison_report, report
from eval.run import Run, run_cases, run_record, score_answers
from index.build import build
from index.errors import YoujuError
from index.search import Index, open_index
from index.settings import Settings

OK, FLOOR_BROKEN, UNUSABLE = 0, 1, 2  # exit codes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 where a floor is broken, or 2 where nothing could be measured."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options)
    except YoujuError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def _run(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    index = _index(options)
    try:
        return _finish(run_cases(Engine(index), index, files), options)
    finally:
        index.close()


def _score(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    index = _index(options)
    try:
        return _finish(score_answers(options.answers, index.documents, files), options)
    finally:
        index.close()


def _compare(options: argparse.Namespace) -> int:
    print(comparison_report(compare_runs(options.first, options.second)))
    return OK


def _calibrate(options: argparse.Namespace) -> int:
    # Late: scikit-learn is only wanted here, and takes a second.
    from eval.calibrate import judged, ranked
    from eval.calibrate import report as calibration

    rows, best = [], []
    for documents, *questions in options.set:
        files = read_questions(questions)
        with _index(argparse.Namespace(documents=documents, index=None)) as index:
            engine = Engine(index)
            rows += list(ranked(engine, files))
            best += list(judged(engine, files))
    print(calibration(rows, best, RANKING))
    return OK


def _bench(options: argparse.Namespace) -> int:
    for line in bench(options.documents, options.questions):
        print(line, flush=True)
    return OK


def _index(options: argparse.Namespace) -> Index:
    settings = Settings.from_environment(os.environ)
    folder: Path = options.index or settings.index_folder(options.documents)
    # Building is incremental: where nothing changed it only looks at the hashes.
    build(options.documents, folder, settings.embedding_model)
    return open_index(folder)


def _finish(run: Run, options: argparse.Namespace) -> int:
    print(report(run))
    if options.json:
        options.json.write_text(
            json.dumps(run_record(run), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    broken = broken_floors(run.outcomes, dict(options.floor))
    for line in broken:
        print(line, file=sys.stderr)
    return FLOOR_BROKEN if broken else OK


def _floor(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    names = [measure.name for measure in MEASURES]
    if name not in names:  # said before the questions are asked, not after
        raise argparse.ArgumentTypeError(f"没有叫“{name}”的指标，可用的有：{'、'.join(names)}")
    try:
        return name, float(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"底线要写成 名称=数值，例如 right=0.6，不能是“{text}”") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="评测：回答有多准，跑得有多快。")
    commands = parser.add_subparsers(required=True, metavar="命令")

    run = commands.add_parser("run", help="逐题提问，打印各项指标和答错的题")
    run.set_defaults(command=_run)
    _add_material(run)

    score = commands.add_parser("score", help="给 python -m bot ask --batch 的输出打分")
    score.add_argument("--answers", type=Path, required=True, metavar="文件", help="批量回答（JSON 行）")
    score.set_defaults(command=_score)
    _add_material(score)

    compare = commands.add_parser("compare", help="逐题比较两次评测的结果")
    compare.add_argument("first", type=Path, metavar="甲.json")
    compare.add_argument("second", type=Path, metavar="乙.json")
    compare.set_defaults(command=_compare)

    fitting = commands.add_parser("calibrate", help="在题目上重新拟合排序和拒答的权重，打印出来")
    fitting.add_argument(
        "--set",
        type=Path,
        nargs="+",
        action="append",
        required=True,
        metavar="路径",
        help="先写文件夹，再写它的题目文件；可写多组",
    )
    fitting.set_defaults(command=_calibrate)

    timing = commands.add_parser("bench", help="量一量：建索引、启动、回答各要多久，用多少内存")
    timing.add_argument("--documents", type=Path, metavar="文件夹", help="不写就测示例文件和旁边的资料")
    timing.add_argument("--questions", type=Path, nargs="+", default=[], metavar="文件", help="计时用的题目")
    timing.set_defaults(command=_bench)
    return parser


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


if __name__ == "__main__":
    raise SystemExit(main())
