"""Questions that the vectors have learnt, searched for with vectors that have not.

Vectors find nearly every article of the questions they were trained on, and a ranker fitted on that learns
to trust nothing else. So the questions are cut in two halves with no gold place in both; for each half
vectors are trained as those that ship were, but without its questions, and the documents are indexed by them.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from eval.cases import Case, CaseError, QuestionFile, read_questions
from eval.ranking import RankingSet, collect
from index.build import build
from index.search import open_index
from index.train.folder import write
from index.train.recipe import Material, train
from index.train.split import even_halves


def crossed_sets(paths: Sequence[Path], material: Material, tell: Callable[[str], None]) -> list[RankingSet]:
    """Return the set of a folder of documents and the question files behind it, as ``collect`` does.

    ``material`` is what the vectors that ship have learnt; ``tell`` is given each step in Chinese.
    """
    documents, files = paths[0], read_questions(paths[1:])
    cases = [case for file in files for case in file.cases if case.answerable]
    halves = even_halves(
        {case.id: [f"{gold.source} {gold.path}" for gold in case.required] for case in cases}
    )
    if not all(halves):
        raise CaseError(f"{documents} 的题目分不成没有共同依据的两半，不能用 --cross。")
    found: list[list[RankingSet]] = []
    with tempfile.TemporaryDirectory(prefix="youju-crossed-") as scratch:
        for number, half in enumerate(halves):
            model = Path(scratch) / str(number)
            model.mkdir()
            mine = [case for case in cases if case.id in half]
            tell(f"没有学过这一半（{len(mine)} 题）的向量：训练")
            write(model, *train(_without(mine, material), None, lambda *_: None))
            tell("检索")
            # One folder for both: only the vectors are made again.
            build(documents, Path(scratch) / "index", str(model))
            with open_index(Path(scratch) / "index") as index:
                found.append(collect(index, _only(mine, files)))
    return [
        RankingSet(one.name, one.asked + other.asked, one.long + other.long)
        for one, other in zip(*found, strict=True)
    ]


def _without(cases: Sequence[Case], material: Material) -> Material:
    """Return the material without the questions of these cases. Raises CaseError when none was in it."""
    questions = {case.question for case in cases}
    log = [asked for asked in material.log if asked.question not in questions]
    if len(log) == len(material.log):
        raise CaseError("--log 的提问记录里没有 --cross 的题目：向量没有学过它们，请改用 --set。")
    return replace(material, log=log)


def _only(cases: Sequence[Case], files: Sequence[QuestionFile]) -> list[QuestionFile]:
    kept = {case.id for case in cases}
    return [replace(file, cases=tuple(case for case in file.cases if case.id in kept)) for file in files]
