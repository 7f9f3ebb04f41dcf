"""python -m eval run | score | compare | ablate | calibrate | reading | bench: measure answers, and fit."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

from bot.engine import Engine
from eval.ablation import Ablation, Material, ablate, ablation_head, ablation_record, ablation_row
from eval.bench import bench
from eval.beside import add_systems_command
from eval.cases import CaseError, read_questions
from eval.kept import about, keep
from eval.making import add_making_commands
from eval.methods import METHODS, switched_off
from eval.reading import write_material
from eval.release import add_release_commands, floor
from eval.report import broken_floors, report
from eval.retrieval import side_by_side
from eval.run import Run, run_cases, run_record, score_answers
from eval.scale import scale
from eval.stard import write_stard
from index.build import build
from index.errors import YoujuError
from index.models import Reranker
from index.ranking import FEATURES
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
    with ExitStack() as stack:
        for method in METHODS:
            if method.name in options.off:
                stack.enter_context(switched_off(method))
        index = stack.enter_context(_index(options))
        started = perf_counter()
        run = run_cases(Engine(index), index, files)
        return _finish(run, options, index, perf_counter() - started)


def _score(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    with _index(options) as index:
        run = score_answers(options.answers, index.documents, files)
        return _finish(run, options, index, sum(outcome.reply.seconds for outcome in run.outcomes))


def _ablate(options: argparse.Namespace) -> int:
    done: list[Ablation] = []
    with _material(options.set) as material:
        for ablation in ablate(material):
            if not done:  # a method that cannot be switched off is told before any table
                print(ablation_head())
            print(ablation_row(ablation), flush=True)
            done.append(ablation)
    if options.json:
        _write_json(options.json, [ablation_record(ablation) for ablation in done])
    return OK


def _calibrate(options: argparse.Namespace) -> int:
    # Late: scikit-learn is only wanted here, and takes a second.
    from eval.calibrate import collect
    from eval.calibrate import report as calibration

    with _material(options.set) as material:
        print(calibration([collect(Engine(index), files) for index, files in material]))
    return OK


def _rank(options: argparse.Namespace) -> int:
    # Late: scikit-learn comes with it, as for calibrate.
    from eval import ranking

    with _material(options.set) as fitting, _material(options.judge) as judging:
        sets = [one for index, files in fitting for one in ranking.collect(index, files)]
        judged = [one for index, files in judging for one in ranking.collect(index, files)]
    fitted = ranking.fit(sets)
    for line in ranking.report(sets, judged, fitted):
        print(line, flush=True)
    for name, weight in zip(FEATURES, fitted, strict=True):
        print(f"{name:>20} {weight:+.4f}")
    if options.out:
        ranking.write_weights(options.out, fitted, sets)
    return OK


def _retrieval(options: argparse.Namespace) -> int:
    model = Settings.from_environment(os.environ).embedding_model
    for line in side_by_side(options.documents, options.questions, model, options.most, options.files):
        print(line, flush=True)
    return OK


def _stard(options: argparse.Namespace) -> int:
    index = _open(options.documents, options.index)
    try:
        counts = write_stard(options.source, index.documents, options.out)
    finally:
        index.close()
    print("、".join(f"{name} {count}" for name, count in counts.items()))
    return OK


def _reading(options: argparse.Namespace) -> int:
    passages, questions = write_material(options.source, options.out, options.passages)
    print(f"写好了 {passages} 篇文章和 {questions} 道题：{options.out}")
    return OK


def _bench(options: argparse.Namespace) -> int:
    measure = scale if options.scale else bench
    for line in measure(options.documents, options.questions):
        print(line, flush=True)
    return OK


@contextmanager
def _material(sets: Sequence[Sequence[Path]]) -> Iterator[Material]:
    """Open the index of each set's folder and read its questions."""
    for documents, *questions in sets:
        if not questions:
            raise CaseError(f"--set {documents} 后面没有写题目文件。")
    read = [(documents, read_questions(questions)) for documents, *questions in sets]
    with ExitStack() as stack:
        yield [(stack.enter_context(_open(documents, None)), files) for documents, files in read]


def _index(options: argparse.Namespace) -> Index:
    return _open(options.documents, options.index)


def _open(documents: Path, folder: Path | None) -> Index:
    settings = Settings.from_environment(os.environ)
    folder = folder or settings.index_folder(documents)
    reranker = Reranker(settings.reranking_model) if settings.reranking_model else None
    # Building is incremental: where nothing changed it only looks at the hashes.
    build(documents, folder, settings.embedding_model)
    return open_index(folder, reranker)


def _finish(run: Run, options: argparse.Namespace, index: Index, seconds: float) -> int:
    print(report(run))
    if options.out:
        asked = {"documents": str(options.documents), "off": getattr(options, "off", [])}
        chosen = asdict(Settings.from_environment(os.environ))
        keep(run, about(index.documents, {**chosen, **asked}, seconds), options.out)
    if options.json:
        _write_json(options.json, run_record(run))
    broken = broken_floors(run.outcomes, dict(options.floor))
    for line in broken:
        print(line, file=sys.stderr)
    return FLOOR_BROKEN if broken else OK


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="评测：回答有多准，跑得有多快。")
    commands = parser.add_subparsers(required=True, metavar="命令")

    run = commands.add_parser("run", help="逐题提问，打印各项指标和答错的题")
    run.set_defaults(command=_run)
    run.add_argument(
        "--off",
        nargs="+",
        choices=[method.name for method in METHODS],
        default=[],
        metavar="方法",
        help="关掉这些方法再问，名称见 ablate 的表",
    )
    _add_material(run)

    score = commands.add_parser("score", help="给 python -m bot ask --batch 的输出打分")
    score.add_argument("--answers", type=Path, required=True, metavar="文件", help="批量回答（JSON 行）")
    score.set_defaults(command=_score)
    _add_material(score)

    add_release_commands(commands, _open)
    add_making_commands(commands, _open)
    add_systems_command(commands, _open, os.environ)

    ablation = commands.add_parser("ablate", help="逐个关掉各种方法再提问，打印每种方法值多少（Markdown 表）")
    ablation.add_argument("--json", type=Path, metavar="文件", help="把全部数字另存为 JSON")
    ablation.set_defaults(command=_ablate)
    _add_sets(ablation)

    fitting = commands.add_parser("calibrate", help="在题目上重新拟合排序和拒答的权重，打印出来")
    fitting.set_defaults(command=_calibrate)
    _add_sets(fitting)

    rank = commands.add_parser("rank", help="在题目上重新拟合检索的权重，逐组打印成绩")
    rank.set_defaults(command=_rank)
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
    beside.set_defaults(command=_retrieval)

    stard = commands.add_parser("stard", help="把法条检索题 STARD 改写成题目文件，分成拟合用和评判用的两半")
    stard.add_argument("--source", type=Path, required=True, metavar="文件夹", help="题目和法条所在的文件夹")
    stard.add_argument("--documents", type=Path, required=True, metavar="文件夹", help="法律文件所在的文件夹")
    stard.add_argument("--index", type=Path, metavar="文件夹", help="索引放在哪里")
    stard.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里")
    stard.set_defaults(command=_stard)

    reading = commands.add_parser("reading", help="把阅读理解题改写成文件和题目，供 run 和 calibrate 使用")
    reading.add_argument("--source", type=Path, required=True, metavar="文件", help="阅读理解题（.jsonl.gz）")
    reading.add_argument("--out", type=Path, required=True, metavar="文件夹", help="写到哪里，要是空的")
    reading.add_argument("--passages", type=int, default=200, metavar="篇数", help="取多少篇，默认 200")
    reading.set_defaults(command=_reading)

    timing = commands.add_parser("bench", help="量一量：建索引、启动、回答各要多久，用多少内存")
    timing.add_argument("--documents", type=Path, metavar="文件夹", help="不写就测示例文件和旁边的资料")
    timing.add_argument("--questions", type=Path, nargs="+", default=[], metavar="文件", help="计时用的题目")
    timing.add_argument(
        "--scale",
        action="store_true",
        help="量规模：一千、一万、十万个片段和整个文件夹各要多少，打印 Markdown 表",
    )
    timing.set_defaults(command=_bench)
    return parser


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
    parser.add_argument("--out", type=Path, metavar="文件夹", help="把结果、设置、版本存在这个新文件夹里")
    parser.add_argument("--json", type=Path, metavar="文件", help="把结果另存为 JSON，供以后比较")
    parser.add_argument(
        "--floor",
        type=floor,
        action="append",
        default=[],
        metavar="名称=数值",
        help="低于此值即以 1 退出；wrongly_refused 是越低越好，高于此值才算破线",
    )


if __name__ == "__main__":
    raise SystemExit(main())
