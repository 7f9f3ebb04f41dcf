"""Which findings are shown: every candidate gets a verdict, and each verdict its reason."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Concept, Kind, Question
from bot.echo import Leader
from bot.extract import Finding
from bot.select import Choice, judge, shown
from bot.sentences import units
from index.document import Document
from index.parse import parse
from tests.findings import finding, unlikely
from tests.page_fakes import document
from tests.questions import asked

QUESTION = asked("摊位证怎么换，要什么材料", "摊位证", "换发", "照片")
_VERDICTS = {"taken", "repeats", "behind", "lacking", "unlikely"}
_FAR = 30.0  # points of score: out of reach of any weight


def test_what_is_unlikely_to_answer_is_not_shown() -> None:
    """However high its score, a finding that speaks of nothing asked is left out."""
    choices = judge(
        QUESTION, [unlikely("苗岭县", "防汛物资清点造册。", 9.0), finding("苗岭县", "摊位证换发。")]
    )

    assert [choice.verdict for choice in choices] == ["unlikely", "taken"]


def test_a_finding_without_the_figure_asked_is_not_shown() -> None:
    """Asked how many days, a sentence without days is no answer; asked nothing of the sort, it is."""
    without = finding("苗岭县", "摊位证及时换发。", unstated=1.0)
    within = finding("苗岭县", "摊位证5日内换发。", 4.0, stated=1.0)
    days = asked("摊位证换发要几天", "摊位证", "换发")

    assert [choice.verdict for choice in judge(days, [without, within])] == ["lacking", "taken"]
    assert judge(QUESTION, [without])[0].verdict == "taken"


@pytest.mark.parametrize(
    ("second", "score", "verdict"),
    [
        ("摊位证换发照旧。", 4.9, "repeats"),  # near, but nothing new
        ("换发时交照片两张。", 4.9, "taken"),  # near, and speaks of what the first does not
        ("换发时交照片两张。", 5.0 - _FAR, "repeats"),  # new, but far behind
    ],
)
def test_a_second_finding_of_a_place_must_add_something(second: str, score: float, verdict: str) -> None:
    """It is shown when its score is near the first one's and it speaks of more of what is asked."""
    first = finding("苗岭县", "摊位证按时换发。", 5.0)

    choices = judge(QUESTION, [first, finding("苗岭县", second, score)])

    assert [choice.verdict for choice in choices] == ["taken", verdict]


def test_a_place_gives_two_findings_at_most() -> None:
    """A third one is left out even where it adds something again."""
    texts = ("摊位证有效。", "按时换发。", "交照片两张。")

    choices = judge(QUESTION, [finding("苗岭县", text, 5 - n / 10) for n, text in enumerate(texts)])

    assert [choice.verdict for choice in choices] == ["taken", "taken", "repeats"]


def test_a_section_that_says_the_same_is_cited_too() -> None:
    """One twin of the best is shown beside it, though it adds nothing; where a figure is asked for, only one
    in the very same words, for another may state a figure of something else.
    """
    best = finding("苗岭县", "摊位证每5年换发，照片另交。", 5.0, stated=1.0)
    twins = [finding("苗岭县", f"{n}摊位证每5年换发，照片另交。", 4.9, stated=1.0) for n in "甲乙"]
    other = finding("苗岭县", "摊位证每3年换发，照片另交。", 4.9, stated=1.0)
    years = asked("摊位证换发要几年", "摊位证", "换发")

    assert [c.verdict for c in judge(QUESTION, [best, *twins])] == ["taken", "taken", "repeats"]
    assert [c.verdict for c in judge(years, [best, *twins])] == ["taken", "taken", "repeats"]
    assert [c.verdict for c in judge(years, [best, other])] == ["taken", "repeats"]


def parsed(text: str) -> tuple[Document, ...]:
    """Return the documents of a text with their sections."""
    return parse("办法.txt", "0" * 64, text, text)


def _annexes() -> list[Finding]:
    """Return what two annexes say in the same words, the first one with the higher score."""
    (form,) = parsed(
        "苗岭县评分办法\n一、要求\n照此评分。\n附件1\n部门评分表\n一、应诉\n不出庭的，扣5分。\n"
        "附件2\n乡镇评分表\n一、应诉\n不出庭的，扣5分。\n"
    )
    rows = [
        unit
        for section in range(len(form.sections))
        for unit in units(form, section)
        if unit.text.startswith("不出庭")
    ]
    like = finding("苗岭县", "不出庭的，扣5分。", stated=1.0).why
    return [Finding((unit,), 5.0 - n / 10, like) for n, unit in enumerate(rows)]


def test_twins_are_told_apart_by_what_stands_above_them() -> None:
    """Asked of one annex by its heading, the row is quoted from there alone; asked of none, from both."""
    for word, verdicts in (
        ("部门", ["taken", "repeats"]),
        ("乡镇", ["repeats", "taken"]),
        ("单位", ["taken", "taken"]),
    ):
        question = asked(f"{word}不出庭扣几分", word, "不出庭")
        assert [c.verdict for c in judge(question, _annexes())] == verdicts


def test_plan_and_report_of_a_place_both_answer_where_both_are_asked_for() -> None:
    """目标是多少,后来做到了多少: otherwise the better of the two is enough."""
    plan = finding("苗岭县", "摊位证换发不少于180类。", 5.0)
    text = "换发摊位证192类。"
    report = Finding(
        units(document(text, "report", "苗岭县2023年度工作报告", place="苗岭县"), 0)[:1], 4.0, plan.why
    )
    both = asked("摊位证换发的目标是多少，后来做到了多少", "摊位证", "换发")
    one = asked("摊位证换发多少", "摊位证", "换发")

    assert [c.verdict for c in judge(both, [plan, report])] == ["taken", "taken"]
    assert [c.verdict for c in judge(one, [plan, report])] == ["taken", "repeats"]


def test_another_place_is_shown_where_its_answer_belongs_beside_the_best() -> None:
    """As good as the best it belongs; far behind and unlike it does not, unless the asker named the
    place.
    """
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    level = finding("竹溪县", "摊位证每年换发。", 5.0)
    behind = finding("竹溪县", "摊位证每年换发。", 5.0 - _FAR)
    both = asked("摊位证怎么换", "摊位证", "换发", places=("苗岭县", "竹溪县"))

    assert [c.verdict for c in judge(QUESTION, [best, level])] == ["taken", "taken"]
    assert [c.verdict for c in judge(QUESTION, [best, behind])] == ["taken", "behind"]
    assert [c.verdict for c in judge(both, [best, behind])] == ["taken", "taken"]


def test_likeness_to_the_best_answer_lets_a_place_belong() -> None:
    """The same gap of score is forgiven to a leader that says the same, and not to one that does not."""
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    verdicts = {}
    for gap in range(30):
        there = finding("竹溪县", "摊位证每年换发。", 5.0 - gap / 5)
        for likeness in (0.0, 1.0):
            choices = judge(QUESTION, [best, there], {"竹溪县": Leader(there, likeness)})
            verdicts[gap, likeness] = choices[1].verdict

    assert any(verdicts[gap, 1.0] == "taken" and verdicts[gap, 0.0] == "behind" for gap in range(30))
    assert not any(verdicts[gap, 1.0] == "behind" and verdicts[gap, 0.0] == "taken" for gap in range(30))


def test_the_leader_of_a_place_comes_before_its_best_score() -> None:
    """Where the best answer's words bring another candidate forward, that one is shown."""
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    ahead = finding("竹溪县", "摊位证遗失登报。", 4.9)
    leader = finding("竹溪县", "摊位证按年换发。", 4.0)

    choices = judge(QUESTION, [best, ahead, leader], {"竹溪县": Leader(leader, 1.0)})

    assert choices[2].verdict == "taken"


def test_a_leader_that_is_unlikely_does_not_lead() -> None:
    """What does not answer by itself is not brought forward by its wording over what does."""
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    ahead = finding("竹溪县", "摊位证每年换发。", 4.9)
    other = unlikely("竹溪县", "防汛物资清点造册。", 1.0)

    choices = judge(QUESTION, [best, ahead, other], {"竹溪县": Leader(other, 1.0)})

    assert [choice.verdict for choice in choices] == ["taken", "taken", "repeats"]


def test_a_leader_much_less_likely_than_the_best_does_not_lead() -> None:
    """What only resembles another place's answer is not put before what answers by itself."""
    best = finding("苗岭县", "摊位证每年换发。", 5.0)
    ahead = finding("竹溪县", "摊位证按年换发。", 4.9)
    echo = finding("竹溪县", "摊位证照旧。", 4.0, retrieved=0.1)  # 10 %, more than is needed to answer

    choices = judge(QUESTION, [best, ahead, echo], {"竹溪县": Leader(echo, 1.0)})

    assert [choice.verdict for choice in choices] == ["taken", "taken", "repeats"]


def test_six_places_at_most_are_shown() -> None:
    """Of many places with the same answer the first six are shown and the others fall behind."""
    found = [finding(f"第{n}县", "摊位证每年换发。", 5.0) for n in range(8)]

    assert [choice.verdict for choice in judge(QUESTION, found)] == ["taken"] * 6 + ["behind"] * 2


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["苗岭县", "竹溪县", "荷塘区", ""]),
            st.sampled_from(["摊位证每年换发。", "交照片两张。", "防汛物资清点。"]),
            st.floats(-5, 5),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_every_candidate_has_a_verdict_in_its_order(made: list[tuple[str, str, float, bool]]) -> None:
    """No candidate is lost or moved, a place shows two and a twin at most, and the best likely is shown."""
    ordered = sorted(made, key=lambda item: -item[2])
    found = [(finding if likely else unlikely)(place, text, score) for place, text, score, likely in ordered]

    choices = judge(QUESTION, found)
    taken = [choice.finding for choice in choices if choice.verdict == "taken"]
    places = [one.document.place or one.document.id for one in taken]

    assert [choice.finding for choice in choices] == found
    assert {choice.verdict for choice in choices} <= _VERDICTS
    assert all(places.count(place) <= 3 for place in places)
    likely_ones = [one for one, (*_, likely) in zip(found, ordered, strict=True) if likely]
    assert bool(taken) is bool(likely_ones)
    assert not taken or max(one.score for one in taken) == likely_ones[0].score


def test_what_is_taken_is_shown_whole_and_once() -> None:
    """A sentence that opens a list is shown with the list; two candidates of the same list are one."""
    text = "换证要交：1.照片；2.申请表；3.旧证。"
    question = Question("", "", "", "zh", Kind.LIST, concepts=(Concept(("照片",), 1.0),))
    choices = judge(question, [finding("苗岭县", text), finding("苗岭县", text)])
    twice = [*choices, *judge(question, [choices[0].finding])]

    runs = shown(question, twice)

    assert len(runs) == 1
    assert all(item in "".join(unit.text for unit in runs[0].units) for item in ("照片", "申请表", "旧证"))


def test_what_is_not_taken_is_not_shown() -> None:
    """Only the verdict ``taken`` shows a finding."""
    choices = judge(QUESTION, [finding("苗岭县", "摊位证换发。"), unlikely("竹溪县", "防汛物资清点造册。")])

    assert [one.document.place for one in shown(QUESTION, choices)] == ["苗岭县"]


_BETWEEN = "其间照常经营。"


def rules(*sentences: str) -> Document:
    """Return a document of one section with these sentences."""
    return document("".join(sentences), "rules", "苗岭县摊位管理办法", place="苗岭县")


def at(home: Document, position: int, score: float = 5.0) -> Finding:
    """Return the sentence at the position as a likely finding."""
    return replace(finding("苗岭县", "一句。", score), units=units(home, 0)[position : position + 1])


def quotes(*found: Finding) -> list[str]:
    """Return the words shown of findings that are all taken."""
    runs = shown(QUESTION, [Choice(one, "taken", 1.0) for one in found])
    return [one.document.text[one.units[0].start : one.units[-1].end] for one in runs]


@pytest.mark.parametrize("order", [(0, 2), (2, 0)])
def test_quotes_that_stand_close_together_are_one(order: tuple[int, int]) -> None:
    """Whichever is the better one, they are quoted in the document's order with what is between."""
    home = rules("摊位证每年换发。", _BETWEEN, "换发时交照片。")

    assert quotes(*(at(home, position) for position in order)) == [home.text]


def test_quotes_that_stand_far_apart_are_two() -> None:
    """What is long between is not quoted, and the better one comes first."""
    home = rules("摊位证每年换发。", *[_BETWEEN] * 100, "换发时交照片。")

    assert quotes(at(home, 101), at(home, 0)) == ["换发时交照片。", "摊位证每年换发。"]


def test_a_quote_between_two_others_closes_their_gap() -> None:
    """Three quotes each close to the next are one, in whatever order they come."""
    home = rules("摊位证每年换发。", *[_BETWEEN] * 20, "逾期作废。", *[_BETWEEN] * 20, "换发时交照片。")

    assert len(quotes(at(home, 0), at(home, 42))) == 2
    for order in itertools.permutations((0, 21, 42)):
        assert quotes(*(at(home, position) for position in order)) == [home.text]


def test_quotes_of_two_documents_stay_apart() -> None:
    """Nothing is joined across documents, though both begin at the same place."""
    one = rules("摊位证每年换发。")
    other = replace(rules("换发时交照片。"), id="other")

    assert quotes(at(one, 0), at(other, 0)) == [one.text, other.text]


@pytest.mark.parametrize(
    ("gap", "score", "verdict"),
    [
        (1, 4.9, "taken"),  # close, and nearly as good
        (1, 5.0 - _FAR, "repeats"),  # close, but much worse
        (100, 4.9, "repeats"),  # nearly as good, but far from it
    ],
)
def test_a_sentence_near_the_best_that_is_as_good_is_quoted_with_it(
    gap: int, score: float, verdict: str
) -> None:
    """It may as well be the answer, though it speaks of nothing more that is asked."""
    home = rules("摊位证每年换发。", *[_BETWEEN] * gap, "摊位证换发照旧。")

    choices = judge(QUESTION, [at(home, 0), at(home, gap + 1, score)])

    assert [choice.verdict for choice in choices] == ["taken", verdict]
