"""The commands that weigh methods and fit weights: ablate, calibrate, rank."""

import argparse
import os
import sys
from pathlib import Path

from bot.engine import Engine
from bot.llm_settings import LlmSettings
from eval.ablation import Ablation, ablate, ablation_head, ablation_record, ablation_row
from eval.cases import CaseError
from eval.commands.opened import OK, Commands, add_sets, open_sets, write_json
from eval.optional import switched_on, unmeasured


def add_fitting_commands(commands: Commands) -> None:
    """Add the commands to the parser."""
    ablation = commands.add_parser("ablate", help="逐个关掉各种方法再提问，打印每种方法值多少（Markdown 表）")
    ablation.add_argument("--json", type=Path, metavar="文件", help="把全部数字另存为 JSON")
    add_sets(ablation)
    ablation.set_defaults(do=_ablate)

    fitting = commands.add_parser("calibrate", help="在题目上重新拟合排序和拒答的权重，打印出来")
    add_sets(fitting)
    fitting.set_defaults(do=_calibrate)

    rank = commands.add_parser("rank", help="在题目上重新拟合检索的权重，逐组打印成绩")
    rank.set_defaults(do=_rank)
    add_sets(rank)
    add_sets(rank, "--judge", "同 --set，但只用来评判，不参加拟合", required=False)
    add_sets(
        rank,
        "--cross",
        "同 --set，但向量学过这些题：题目分成没有共同依据的两半，每一半用没有学过它的向量检索",
        required=False,
    )
    rank.add_argument(
        "--learn", type=Path, nargs="+", default=[], metavar="文件夹", help="那些向量从哪些文件学"
    )
    rank.add_argument("--log", type=Path, nargs="+", default=[], metavar="文件", help="那些向量学的提问记录")
    rank.add_argument("--synonyms", type=Path, metavar="文件", help="那些向量学的同义词表")
    rank.add_argument("--glossary", type=Path, metavar="文件", help="那些向量学的英文对照表")
    rank.add_argument("--out", type=Path, metavar="文件", help="把权重写成文件，如 index/ranker.json")


def _ablate(options: argparse.Namespace) -> int:
    done: list[Ablation] = []
    with open_sets(options.set) as material:
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
        write_json(options.json, [ablation_record(ablation) for ablation in done])
    return OK


def _calibrate(options: argparse.Namespace) -> int:
    # Late: scikit-learn is only wanted here, and takes a second.
    from eval.calibrate import collect
    from eval.calibrate import report as calibration

    with open_sets(options.set) as material:
        print(calibration([collect(Engine(index), files) for index, files in material]))
    return OK


def _rank(options: argparse.Namespace) -> int:
    # Late: scikit-learn comes with them, as for calibrate.
    from eval import ranking
    from eval.crossed import crossed_sets
    from index.train.recipe import Material

    if options.cross and not (options.learn and options.log):
        raise CaseError("--cross 的向量要另外训练，请用 --learn 写明文件夹，用 --log 写明提问记录。")
    with open_sets(options.set) as fitting, open_sets(options.judge) as judging:
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
