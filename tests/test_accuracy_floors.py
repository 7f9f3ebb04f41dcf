"""How well the sample questions are answered must not fall below a floor."""

from pathlib import Path

import pytest

from bot.engine import Engine
from eval.cases import read_questions
from eval.report import broken_floors, misses
from eval.run import Run, run_cases
from index.build import build
from index.search import open_index

PROJECT = Path(__file__).resolve().parents[1]

# Raised when answers get better, never lowered; wrongly_refused is an upper bound.
FLOORS = {"right": 0.85, "verbatim": 1.0, "figures": 1.0, "refused": 0.9, "wrongly_refused": 0.05}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Ask all sample questions over an index of the sample documents, built for this."""
    folder = tmp_path_factory.mktemp("floors") / "index"
    build(PROJECT / "samples", folder, None)
    with open_index(folder) as index:
        questions = read_questions([PROJECT / "eval" / "questions" / "samples.jsonl"])
        return run_cases(Engine(index), index, questions)


def test_the_floors_hold(run: Run) -> None:
    """Right, verbatim, refusal and wrong refusal hold their floors on the sample questions."""
    broken = broken_floors(run.outcomes, FLOORS)

    assert not broken, "\n".join([*broken, misses(run.outcomes)])


def test_every_gold_place_of_the_samples_exists(run: Run) -> None:
    """Each address in the sample questions is the address of a section as parsed."""
    assert run.unresolved == ()


def test_the_sample_questions_are_many_and_varied(run: Run) -> None:
    """At least forty questions: answerable and not, dialogues, several languages and kinds."""
    cases = [outcome.case for outcome in run.outcomes]

    assert len(cases) >= 40
    assert len({case.kind for case in cases}) >= 8
    assert {case.answerable for case in cases} == {True, False}
    assert {case.language for case in cases} >= {"zh", "en"}
    assert any(case.family != case.id for case in cases)
