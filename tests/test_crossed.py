"""Questions that the vectors learnt are searched for with vectors that did not learn them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval import crossed
from eval.__main__ import main
from eval.cases import CaseError, read_questions
from eval.crossed import crossed_sets
from index.train import recipe, vocabulary
from index.train.recipe import Material
from tests.folders import built
from tests.test_ranking import questions

Trained = list[set[str]]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Trained:
    """The questions of each training, which makes small models."""
    monkeypatch.setattr(vocabulary, "LARGEST", 12_000)
    monkeypatch.setattr(recipe, "DIMENSIONS", 32)
    learnt: Trained = []

    def noted(material: Material, begun: None, tell: Callable[[str, float], None]) -> Any:  # noqa: ANN401
        learnt.append({asked.question for asked in material.log})
        return recipe.train(material, begun, tell)

    monkeypatch.setattr(crossed, "train", noted)
    return learnt


def log(folder: Path, cases: Path) -> Path:
    """The same questions as a log, and one that is in no set."""
    lines = cases.read_text("utf-8").replace('"doc"', '"source"').split("\n")
    path = folder / "log.jsonl"
    path.write_text("\n".join([*lines, '{"question": "谁来扫雪", "text": "环卫所负责扫雪。"}']), "utf-8")
    return path


def test_no_question_is_searched_by_vectors_that_learnt_it(tmp_path: Path, trained: Trained) -> None:
    """Each half is learnt without, all other questions with; every question is asked once in each form."""
    documents, cases = built()[0], questions(tmp_path, "a")
    asked = {case.question for case in read_questions([cases])[0].cases}
    material = Material.read([documents], [log(tmp_path, cases)])

    as_asked, understood = crossed_sets([documents, cases], material, lambda _: None)

    first, second = ({one.case.question for one in as_asked.asked} - half for half in trained)
    assert first
    assert second
    assert first | second == asked
    assert not first & second
    assert all("谁来扫雪" in half for half in trained)
    assert len(as_asked.asked) == len(understood.asked) == len(asked)
    assert {as_asked.name, understood.name} == {"a", "a'"}


def test_questions_that_were_never_learnt_are_refused(tmp_path: Path) -> None:
    """Nothing is trained: such a set is one to give with --set."""
    documents, cases = built()[0], questions(tmp_path, "a")

    with pytest.raises(CaseError, match="--set"):
        crossed_sets([documents, cases], Material.read([documents]), lambda _: None)


def test_questions_on_one_place_have_no_halves(tmp_path: Path) -> None:
    """They share a gold place, so either all are learnt or none."""
    documents, cases = built()[0], questions(tmp_path, "a")
    cases.write_text(cases.read_text("utf-8").split("\n")[0], "utf-8")

    with pytest.raises(CaseError, match="两半"):
        crossed_sets([documents, cases], Material.read([documents]), lambda _: None)


def test_what_to_learn_from_must_be_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says which options are missing before it searches."""
    documents, cases = str(built()[0]), str(questions(tmp_path, "a"))

    assert main(["rank", "--set", documents, cases, "--cross", documents, cases]) == 2
    assert "--learn" in capsys.readouterr().err
