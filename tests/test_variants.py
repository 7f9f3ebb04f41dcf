"""Numbers told exactly, places told all, the same answer for the same question in other words."""

import json
from dataclasses import replace
from pathlib import Path

import ir_measures as measures
import pytest

from eval.cases import CaseError, read_questions
from eval.measures import counts
from eval.metrics import Cited, Reply, judge
from eval.quantities import quantities
from eval.ranks import gain, gold_ranks, recall, reciprocal_rank
from eval.report import measured, report
from eval.variants import robustness
from tests.evaluations import ALL_RIGHT, RECORDS, question, run
from tests.test_metrics import CASE, FULL, PLAN_CITED, REPORT_CITED, TEXTS

ASKED = [
    RECORDS[0],
    {**question("q-1-typo", "几夭？", "一", "30天"), "variant_of": "q-1", "variation": "typo"},
    {**question("q-1-place", "外县几天？", None), "variant_of": "q-1", "variation": "place"},
]


def written(folder: Path, *records: dict[str, object]) -> Path:
    """Write question records into a file."""
    path = folder / "made-up.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("answer", "exact"),
    [
        ("每年不少于60学时[1]；另一地20天[2]。", 2),
        ("六十个学时；二十天", 2),
        ("160学时；120天", 0),
        ("60天；20学时", 0),
        ("60学时", 1),
    ],
)
def test_numbers_count_with_value_and_unit(answer: str, exact: int) -> None:
    """A figure is told when value and unit stand in the answer: not inside a longer one, not of another."""
    judged = judge(CASE, replace(FULL, text=answer), TEXTS)

    assert (judged.exact, judged.numbers) == (exact, 2)
    assert counts(CASE, judged, None)["numbers"] == (exact, 2.0)


def test_a_refusal_tells_no_number_and_no_place() -> None:
    """What is refused is not told, whatever the words of the refusal say."""
    judged = judge(CASE, replace(FULL, refused=True), TEXTS)

    assert (judged.exact, judged.told) == (0, 0)


def test_citation_marks_are_no_numbers() -> None:
    """A mark of a citation is not taken for a figure told."""
    assert quantities("培训[60]") == frozenset()


def test_places_are_told_where_facts_and_citation_agree() -> None:
    """Of several places wanted those count that are both told and cited."""
    assert (judge(CASE, FULL, TEXTS).told, judge(CASE, FULL, TEXTS).places) == (2, 2)
    assert judge(CASE, replace(FULL, citations=(PLAN_CITED,)), TEXTS).told == 1
    assert judge(CASE, Reply("20天", False, (PLAN_CITED, REPORT_CITED)), TEXTS).told == 1


def test_variants_are_set_beside_their_originals(tmp_path: Path) -> None:
    """What a variation costs is told pairwise, with the ones turned wrong; worst first."""
    files = read_questions([written(tmp_path, *ASKED)])
    answers = {"几夭？": ("没有说。", None), "外县几天？": ("没有说。", None)}

    made = run(files, **answers)
    typo, place = robustness(made.outcomes)

    assert (typo.variation, typo.before, typo.after, typo.flipped) == ("typo", 1.0, 0.0, ("q-1-typo",))
    assert (place.variation, place.pairs, place.flipped) == ("place", 1, ())
    assert "换个说法" in report(made)


@pytest.mark.parametrize(
    ("answer", "same"),
    [(ALL_RIGHT["几天？"], 1.0), (("每人每年不少于40天", 1), 0.0), (("没有说。", None), 0.0)],
)
def test_consistency(tmp_path: Path, answer: tuple[str, int | None], same: float) -> None:
    """The same places and figures are the same answer; a variant that must be refused is not asked for it."""
    files = read_questions([written(tmp_path, *ASKED)])

    outcomes = run(files, **{"几夭？": answer, "外县几天？": ("没有说。", None)}).outcomes

    assert [outcome.counts.get("consistent") for outcome in outcomes] == [None, (same, 1.0), None]


def test_a_variant_says_of_what_and_how(tmp_path: Path) -> None:
    """Half of the two fields is a slip, and said."""
    with pytest.raises(CaseError, match="variation"):
        read_questions([written(tmp_path, {**RECORDS[0], "variant_of": "q-9"})])


def test_a_question_and_its_variants_are_one(tmp_path: Path) -> None:
    """What was made from a question is no new evidence: intervals rest on the questions as first written."""
    files = read_questions([written(tmp_path, *ASKED)])
    outcomes = run(files, **{"几夭？": ("每人每年不少于30天", 1), "外县几天？": ("没有说。", None)}).outcomes

    found = measured(outcomes, "right")

    assert found is not None
    assert found.families == 1


def test_ranks_agree_with_trec(tmp_path: Path) -> None:
    """Recall, reciprocal rank and nDCG are those of ir-measures."""
    gold = [replace(CASE.gold[0], source=f"{n}.txt", path=()) for n in range(3)]
    case = replace(CASE, gold=tuple(gold))

    for order in ([5, 0, 7, 1, 9, 2], [9, 8, 7, 6, 5, 2], [4, 3], [0, 1, 2]):
        found = [(f"{n}.txt", ()) for n in order]
        ranks = gold_ranks(case, found)
        scored = {
            str(metric.measure): metric.value
            for metric in measures.iter_calc(
                [measures.R @ 1, measures.R @ 5, measures.RR @ 10, measures.nDCG @ 10],
                [measures.Qrel("q", gold.source, 1) for gold in case.gold],
                [measures.ScoredDoc("q", source, -at) for at, (source, _) in enumerate(found)],
            )
        }

        assert recall(case, ranks, 1) == pytest.approx(scored["R@1"])
        assert recall(case, ranks, 5) == pytest.approx(scored["R@5"])
        assert reciprocal_rank(ranks) == pytest.approx(scored["RR@10"])
        assert gain(case, ranks) == pytest.approx(scored["nDCG@10"])


def test_a_place_is_cited_by_what_lies_inside() -> None:
    """A citation deeper than the gold place counts for it."""
    deeper = Cited("report.txt", ("五", "1", "2"), "每人20天")

    assert judge(CASE, replace(FULL, citations=(PLAN_CITED, deeper)), TEXTS).told == 2
