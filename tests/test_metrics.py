"""What counts as right: facts, citations, refusals, quotes, ranks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import Case, Gold
from eval.measures import counts
from eval.metrics import Cited, Reply, covers, judge
from eval.quantities import normalise
from eval.ranks import gold_ranks, recall, reciprocal_rank

PLAN = Gold("plan.txt", ("十", "(二)"), (("60学时", "六十学时"), ("每年",)), optional=False)
REPORT = Gold("report.txt", ("五",), (("20天",),), optional=False)
EXTRA = Gold("extra.txt", ("一",), (("常态化",),), optional=True)
CASE = Case(
    id="a",
    family="a",
    set="s",
    question="多少？",
    language="zh",
    kind="number",
    answerable=True,
    need="all",
    gold=(PLAN, REPORT, EXTRA),
    forbidden=("40学时",),
)
TEXTS = {"plan.txt": ["十、培训 (二)每年不少于60学时。"], "report.txt": ["五、每人20天。"]}
PLAN_CITED = Cited("plan.txt", ("十", "(二)"), "每年不少于60学时")
REPORT_CITED = Cited("report.txt", ("五", "1"), "每人20天")
FULL = Reply("每年不少于60学时[1]；另一地20天[2]。", refused=False, citations=(PLAN_CITED, REPORT_CITED))


def test_all_places_told_and_cited_is_right() -> None:
    """With need=all every required place must be told and cited; an optional one need not be."""
    judgement = judge(CASE, FULL, TEXTS)

    assert judgement.right
    assert (judgement.facts, judgement.cited, judgement.missing, judgement.uncited) == (True, True, (), ())


def test_a_missing_fact_of_one_place_is_wrong() -> None:
    """With need=all a fact left out makes the answer wrong and is named, though all is cited."""
    judgement = judge(CASE, replace(FULL, text="每年不少于60学时[1]"), TEXTS)

    assert not judgement.right
    assert judgement.cited
    assert judgement.missing == (("20天",),)


def test_a_place_not_cited_is_wrong() -> None:
    """With need=all a place not cited makes the answer wrong and is named, though all is told."""
    judgement = judge(CASE, replace(FULL, citations=(PLAN_CITED,)), TEXTS)

    assert not judgement.right
    assert judgement.facts
    assert judgement.uncited == (REPORT,)


def test_any_one_place_suffices() -> None:
    """With need=any one place told and cited is right."""
    reply = Reply("20天[1]", refused=False, citations=(REPORT_CITED,))

    assert judge(replace(CASE, need="any"), reply, TEXTS).right


def test_any_wants_the_place_told_to_be_the_place_cited() -> None:
    """With need=any the facts of one place and the address of another do not make a right answer."""
    reply = Reply("20天[1]", refused=False, citations=(PLAN_CITED,))
    judgement = judge(replace(CASE, need="any"), reply, TEXTS)

    assert (judgement.facts, judgement.cited, judgement.right) == (True, True, False)


def test_a_forbidden_string_is_wrong() -> None:
    """A forbidden string spoils the facts, however it is spelt."""
    judgement = judge(CASE, replace(FULL, text=FULL.text + "（不是 ４０ 學時）"), TEXTS)

    assert not judgement.facts
    assert judgement.forbidden == ("40学时",)


def test_a_refusal_of_an_answerable_question_is_wrong() -> None:
    """A refusal is never right for an answerable question, whatever its text and citations."""
    judgement = judge(CASE, replace(FULL, refused=True), TEXTS)

    assert not judgement.right
    assert counts(CASE, judgement, None)["wrongly_refused"] == (1.0, 1.0)


UNANSWERABLE = replace(CASE, answerable=False, kind="unanswerable", need="none", gold=(), forbidden=())


@pytest.mark.parametrize("refused", [True, False])
def test_an_unanswerable_question_is_right_when_refused(refused: bool) -> None:
    """A question the documents do not answer must be refused; it says nothing on facts."""
    judgement = judge(UNANSWERABLE, Reply("……", refused=refused), TEXTS)
    table = counts(UNANSWERABLE, judgement, None)

    assert judgement.right == refused
    assert table == {"refused": (float(refused), 1.0)}


FALSE_PREMISE = replace(
    CASE, answerable=False, kind="false_premise", need="all", gold=(replace(PLAN, optional=True),)
)


@pytest.mark.parametrize(
    ("reply", "right"),
    [
        pytest.param(Reply("没有规定。", refused=True), True, id="refused"),
        pytest.param(replace(FULL, citations=(PLAN_CITED,)), True, id="corrected"),
        pytest.param(replace(FULL, citations=(REPORT_CITED,)), False, id="corrected without its address"),
        pytest.param(Reply("因为要学法。", False, (PLAN_CITED,)), False, id="premise taken over"),
        pytest.param(replace(FULL, text="每年40学时，不是60学时"), False, id="forbidden"),
    ],
)
def test_a_false_premise_is_refused_or_corrected(reply: Reply, right: bool) -> None:
    """A false premise is handled by refusing or by telling and citing the fact."""
    assert judge(FALSE_PREMISE, reply, TEXTS).right == right


def test_only_a_false_premise_may_be_corrected() -> None:
    """For any other kind that must be refused, an answer is wrong whatever it says."""
    case = replace(FALSE_PREMISE, kind="unanswerable")

    assert not judge(case, replace(FULL, citations=(PLAN_CITED,)), TEXTS).right


@pytest.mark.parametrize(
    ("gold", "source", "path", "covered"),
    [
        pytest.param(("十", "(二)"), "plan.txt", ("十", "(二)"), True, id="same"),
        pytest.param(("十", "(二)"), "plan.txt", ("十", "(二)", "3."), True, id="deeper"),
        pytest.param(("十", "(二)"), "plan.txt", ("十",), False, id="higher"),
        pytest.param(("十", "(二)"), "plan.txt", ("十", "(二十)"), False, id="label with the same beginning"),
        pytest.param(("十", "(二)"), "other.txt", ("十", "(二)"), False, id="other file"),
        pytest.param(("十", "(二)"), "plan.txt", ("十", "（二）"), True, id="full-width brackets"),
        pytest.param(("附件1", "8"), "plan.txt", ("附件 1", "8"), True, id="white space"),
        pytest.param((), "plan.txt", ("三",), True, id="the document as such"),
        pytest.param(("文首",), "plan.txt", ("三",), True, id="head of the document"),
        pytest.param(("文末",), "plan.txt", ("文首",), True, id="tail of the document"),
        pytest.param(("方案", "文首"), "plan.txt", ("方案", "三"), False, id="head of a part"),
    ],
)
def test_an_address_covers(gold: tuple[str, ...], source: str, path: tuple[str, ...], covered: bool) -> None:
    """A citation fits the gold place at the same address or deeper, in the same file."""
    assert covers(replace(PLAN, path=gold), source, path) == covered


def test_citation_precision_counts_optional_places() -> None:
    """A citation of an optional place is precise; one of no place is not."""
    stray = Cited("plan.txt", ("九",), "每年")
    optional = Cited("extra.txt", ("一", "2"), "常态化")
    judgement = judge(CASE, replace(FULL, citations=(PLAN_CITED, optional, stray)), TEXTS)

    assert counts(CASE, judgement, None)["precision"] == (2.0, 3.0)


@pytest.mark.parametrize(
    "quote",
    ["每年不少于６０学时", "每年 不少于60学时", "每年不少于60學時", "不在文中", ""],
    ids=["full-width", "white space", "traditional", "invented", "empty"],
)
def test_a_quote_is_verbatim_character_by_character(quote: str) -> None:
    """A quote that differs in any character from the document, or is empty, is not verbatim."""
    judgement = judge(CASE, replace(FULL, citations=(replace(PLAN_CITED, quote=quote), REPORT_CITED)), TEXTS)

    assert judgement.altered == (quote,)
    assert counts(CASE, judgement, None)["verbatim"] == (1.0, 2.0)


def test_a_quote_of_an_unknown_file_is_not_verbatim() -> None:
    """A quote cannot stand in a file the index does not hold."""
    judgement = judge(CASE, replace(FULL, citations=(replace(PLAN_CITED, source="none.txt"),)), TEXTS)

    assert len(judgement.altered) == 1


def test_strings_are_compared_folded() -> None:
    """Width, script, case and white space make no difference to a fact."""
    assert normalise(" ６０ 學時\n Class Hours ") == "60学时classhours"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    """What is normalised stays as it is, apart from characters whose folding unfolds again."""
    once = normalise(text)

    assert not any(character.isspace() for character in once)
    assert normalise(once) == normalise(normalise(once))


def test_ranks_recall_and_reciprocal_rank() -> None:
    """A place has the rank of its first hit; recall@k is the share of required places within k."""
    found = [
        ("x.txt", ("一",)),
        ("report.txt", ("五", "1")),
        ("report.txt", ("五",)),
        ("plan.txt", ("十", "(二)")),
    ]
    ranks = gold_ranks(CASE, found)

    assert ranks == (4, 2)
    assert [recall(CASE, ranks, k) for k in (1, 2, 5)] == [0.0, 0.5, 1.0]
    assert reciprocal_rank(ranks) == 0.5


def test_recall_of_any_place_is_all_or_nothing() -> None:
    """Where any place suffices, one within k is full recall."""
    case = replace(CASE, need="any")

    assert [recall(case, (4, None, 2), k) for k in (1, 2)] == [0.0, 1.0]
    assert reciprocal_rank((None, None)) == 0.0


@given(
    st.lists(st.sampled_from([PLAN_CITED, REPORT_CITED, Cited("plan.txt", ("九",), "没有")]), max_size=4),
    st.text(alphabet="60学时每年20天4[1]", max_size=20),
    st.booleans(),
    st.sampled_from(["any", "all"]),
)
def test_right_never_exceeds_its_conditions(cited: list[Cited], text: str, refused: bool, need: str) -> None:
    """An answer is right only when its facts are right, it is cited, and it is no refusal."""
    case = replace(CASE, need=need)
    judgement = judge(case, Reply(text, refused, tuple(cited)), TEXTS)

    assert judgement.right <= (judgement.facts and judgement.cited and not judgement.refused)
    assert 0 <= judgement.matching <= judgement.citations
    assert all(0 <= part <= whole for part, whole in counts(case, judgement, (1, None, 3)).values())


def test_figures_of_an_answer_stand_in_what_it_cites() -> None:
    """A number in no quote and no heading counts against the answer; one the asker brought does not."""
    cited = Cited("plan.txt", ("一",), "每两年评查一次，抽查不少于20卷", "评查(5分)")
    reply = Reply("评查(5分)：每2年抽查20卷，共30卷，没有40卷的说法。[1]", refused=False, citations=(cited,))

    judgement = judge(replace(CASE, question="是不是40卷"), reply, TEXTS)

    assert (judgement.figures, judgement.backed) == (4, 3)  # 5, 2, 20 and 30, which stands nowhere


@pytest.mark.parametrize(
    ("text", "polarity", "expected"),
    [
        ("是，应当备案。[1]", "yes", {"verdict": (1.0, 1.0), "misjudged": (0.0, 1.0)}),
        ("甲县：否，不得转租[1]", "yes", {"verdict": (1.0, 1.0), "misjudged": (1.0, 1.0)}),
        ("文件未明确说是或否，请按原文判断：可以备案。[1]", "yes", {"verdict": (0.0, 1.0)}),
        ("是，应当备案。[1]", "", {}),
    ],
)
def test_a_verdict_is_held_against_the_polarity(
    text: str, polarity: str, expected: dict[str, tuple[float, float]]
) -> None:
    """Whether yes or no is said, and whether it is the wrong one, are counted apart."""
    case = replace(CASE, kind="yesno", polarity=polarity)
    reply = Reply(text, refused=False, citations=(PLAN_CITED,))

    table = counts(case, judge(case, reply, TEXTS), None)

    assert {name: table[name] for name in ("verdict", "misjudged") if name in table} == expected
