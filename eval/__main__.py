"""python -m eval: measure answers and search, and fit weights; ``eval.options`` tells the commands."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from bot.engine import Engine
from bot.llm import Llm
from bot.llm_settings import LlmSettings
from bot.writer import ModelEngine
from eval import adversarial
from eval.ablation import Ablation, Material, ablate, ablation_head, ablation_record, ablation_row
from eval.bench import bench
from eval.cases import CaseError, read_questions
from eval.compare import compare_runs
from eval.optional import switched_on, unmeasured
from eval.options import parser
from eval.reading import write_material
from eval.report import broken_floors, comparison_report, report
from eval.retrieval import side_by_side
from eval.run import Run, run_cases, run_record, score_answers
from eval.scale import scale
from eval.stard import write_stard
from index.build import build
from index.errors import YoujuError
from index.models import Reranker
from index.search import Index, open_index
from index.settings import Settings

OK, FLOOR_BROKEN, UNUSABLE = 0, 1, 2  # exit codes


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 where a floor is broken, or 2 where nothing could be measured."""
    options = parser().parse_args(arguments)
    try:
        code = COMMANDS[options.command](options)
    except YoujuError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def _run(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    with closing(_index(options)) as index:
        llm = LlmSettings.from_environment(os.environ)
        engine = ModelEngine(Engine(index), Llm(llm)) if llm else Engine(index)
        return _finish(run_cases(engine, index, files), options)


def _score(options: argparse.Namespace) -> int:
    files = read_questions(options.questions)
    with closing(_index(options)) as index:
        return _finish(score_answers(options.answers, index.documents, files), options)


def _compare(options: argparse.Namespace) -> int:
    print(comparison_report(compare_runs(options.first, options.second)))
    return OK


def _ablate(options: argparse.Namespace) -> int:
    done: list[Ablation] = []
    with _material(options.set) as material:
        for ablation in ablate(material):
            if not done:  # a method that cannot be switched off is told before any table
                print(ablation_head())
            print(ablation_row(ablation), flush=True)
            done.append(ablation)
        print(f"\n{ablation_head('打开的方法')}")
        for effect in switched_on(material, LlmSettings.from_environment(os.environ)):
            if isinstance(effect, str):
                print(unmeasured(effect), flush=True)
            else:
                print(ablation_row(effect), flush=True)
                done.append(effect)
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
    # Late: scikit-learn comes with them, as for calibrate.
    from eval import ranking
    from eval.crossed import crossed_sets
    from index.train.recipe import Material

    if options.cross and not (options.learn and options.log):
        raise CaseError("--cross 的向量要另外训练，请用 --learn 写明文件夹，用 --log 写明提问记录。")
    with _material(options.set) as fitting, _material(options.judge) as judging:
        sets = [one for index, files in fitting for one in ranking.collect(index, files)]
        judged = [one for index, files in judging for one in ranking.collect(index, files)]
    if options.cross:
        material = Material.read(options.learn, options.log, options.synonyms, options.glossary)
        crossed = [crossed_sets(each, material, _say) for each in options.cross]
        sets = [one for each in [*crossed, sets] for one in each]
    fitted = ranking.fit(sets)
    if options.out:  # first: the report fits once more a set
        ranking.write_weights(options.out, fitted, sets)
    for line in ranking.report(sets, judged, fitted):
        print(line, flush=True)
    return OK


def _say(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def _retrieval(options: argparse.Namespace) -> int:
    model = Settings.from_environment(os.environ).embedding_model
    for line in side_by_side(options.documents, options.questions, model, options.most, options.files):
        print(line, flush=True)
    return OK


def _stard(options: argparse.Namespace) -> int:
    with closing(_open(options.documents, options.index)) as index:
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
    with closing(_index(options)) as index:
        measured = adversarial.measure(index, questions, seed=options.seed)
    for line in adversarial.report(measured):
        print(line, flush=True)
    return OK if measured.good else FLOOR_BROKEN


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


def _finish(run: Run, options: argparse.Namespace) -> int:
    print(report(run))
    if options.json:
        _write_json(options.json, run_record(run))
    broken = broken_floors(run.outcomes, dict(options.floor))
    for line in broken:
        print(line, file=sys.stderr)
    return FLOOR_BROKEN if broken else OK


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": _run,
    "score": _score,
    "compare": _compare,
    "ablate": _ablate,
    "calibrate": _calibrate,
    "rank": _rank,
    "retrieval": _retrieval,
    "stard": _stard,
    "reading": _reading,
    "bench": _bench,
    "adversarial": _adversarial,
}

if __name__ == "__main__":
    raise SystemExit(main())
