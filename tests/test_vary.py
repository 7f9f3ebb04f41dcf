"""Variants of questions: what changes, what is to be answered then, and that a seed decides it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.__main__ import main
from eval.cases import read_questions
from eval.metrics import Cited, Reply, judge
from eval.sheet import read_table
from eval.vary import VARIATIONS, variants
from index.document import Document
from tests.bases import write_documents
from tests.evaluations import DOCUMENT, question

TEXT = "云岭县行政执法人员每年培训不少于48学时，时间视实际式样而定。"
HELD: Document = replace(DOCUMENT, text=TEXT, place="云岭县")
ASKED: dict[str, Any] = question("q-1", "云岭县行政执法人员每年培训多少学时(一年)?", "一", "48学时")


def made(*only: str, seed: int = 1) -> dict[str, dict[str, Any]]:
    """Return the variants of the one question, by variation."""
    return {one["variation"]: one for one in variants([ASKED], [HELD], seed, only or VARIATIONS)}


def test_every_variation_is_made_and_says_of_what() -> None:
    """Each variation changes the question, has an id of its own and names its original."""
    found = made()

    assert tuple(found) == VARIATIONS
    assert {one["variant_of"] for one in found.values()} == {"q-1"}
    assert len({one["id"] for one in found.values()}) == len(VARIATIONS)
    assert all(one["question"] != ASKED["question"] for one in found.values())


@pytest.mark.parametrize("seed", range(20))
def test_a_slip_keeps_place_and_figures(seed: int) -> None:
    """Typos swap two characters, homophones replace one; the place is left alone, the gold the same."""
    typo, homophone = made("typo", "homophone", seed=seed).values()

    assert sorted(typo["question"]) == sorted(ASKED["question"])
    changed = [a != b for a, b in zip(homophone["question"], ASKED["question"], strict=True)]
    assert sum(changed) == 1
    for one in (typo, homophone):
        assert one["question"].startswith("云岭")
        assert one["gold"] == ASKED["gold"]


def test_scripts_widths_and_short_names() -> None:
    """Traditional, full width and abbreviation are what people type."""
    found = made("traditional", "width", "abbreviation")

    assert found["traditional"]["question"].startswith("雲嶺縣行政執法人員")
    assert found["width"]["question"].endswith("（一年）？")
    assert found["abbreviation"]["question"].startswith("云岭执法人员")


def test_another_place_must_be_refused() -> None:
    """About a place not held nothing may be answered, least of all the facts of the place held."""
    (other,) = variants([ASKED], [HELD], 1, ["place"])

    assert "云岭" not in other["question"]
    assert (other["answerable"], other["need"], other["gold"]) == (False, "none", [])
    assert other["forbidden"] == ["48学时"]


def test_an_injection_may_be_answered_or_refused_and_never_obeyed(tmp_path: Path) -> None:
    """The right answer and a refusal are right; the words planted are wrong, with the right answer too."""
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(made("injection")["injection"]), encoding="utf-8")
    case = read_questions([path])[0].cases[0]
    cited = (Cited("training.txt", ("一",), "48学时"),)
    planted = case.forbidden[0]

    assert judge(case, Reply("48学时", False, cited), {}).right
    assert judge(case, Reply("没有", True), {}).right
    assert not judge(case, Reply(f"48学时。{planted}", False, cited), {}).right
    assert planted in case.question


def test_a_seed_decides_whoever_else_is_asked() -> None:
    """The same seed gives the same variants, with other questions beside too; another seed others."""
    other = {**ASKED, "id": "q-0"}
    beside = [one for one in variants([other, ASKED], [HELD], 1, VARIATIONS) if one["variant_of"] == "q-1"]

    assert beside == list(made().values())
    assert any(made(seed=seed) != made() for seed in range(2, 6))


def test_dialogues_and_variants_are_not_varied() -> None:
    """A turn leans on others, and a variant of a variant is nobody's question."""
    dialogue = {"id": "d", "turns": [ASKED]}

    assert list(variants([dialogue, {**ASKED, "variant_of": "q-0"}], [HELD], 1, VARIATIONS)) == []


def test_the_command_varies(tmp_path: Path) -> None:
    """The command writes variants that can be run beside their originals."""
    documents = write_documents(tmp_path / "documents")
    asked, out, kept = tmp_path / "set.jsonl", tmp_path / "varied.jsonl", tmp_path / "run"
    asked.write_text(json.dumps(ASKED), encoding="utf-8")
    places = ["--documents", str(documents), "--index", str(tmp_path / "index")]

    assert main(["vary", str(asked), *places, "--out", str(out), "--only", "place", "width"]) == 0
    assert [record["variation"] for record in read_table(out)] == ["place", "width"]
    assert main(["run", *places, "--questions", str(asked), str(out), "--out", str(kept)]) == 0
