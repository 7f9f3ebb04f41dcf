"""The log of questions, and what is read from it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.state.database import State
from bot.state.errors import Missing
from bot.state.records import Asked, Channel, Reason
from tests.state_records import Clock, answer, citation, log

BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def test_a_logged_question_comes_back(state: State, clock: Clock) -> None:
    """Every field is read as it was written."""
    given = answer("48学时。[1]", citation())
    number = state.questions.add("甲", Channel.WECOM, "培训多少学时？", given, "g7")

    assert state.questions.get(number) == Asked(
        number, clock(), "甲", Channel.WECOM, "培训多少学时？", given, "g7"
    )


@pytest.mark.parametrize("number", [0, -1, 999, 2**40, 2**80])
def test_a_number_that_was_never_given_is_missing(number: int, state: State) -> None:
    """Any number may come from an address typed by hand."""
    with pytest.raises(Missing):
        state.questions.get(number)
    with pytest.raises(Missing):
        state.feedback.give(number, "甲", True, None, "")

    assert state.feedback.of(number, "甲") is None


def test_a_time_range_holds_its_start_and_not_its_end(state: State, clock: Clock) -> None:
    """Questions come newest first, over more than one page of rows."""
    start = clock()
    for number in range(1_203):
        log(state, f"第{number}问")
        clock.forward(minutes=1)

    found = [asked.question for asked in state.questions.between(start, clock())]

    assert found == [f"第{number}问" for number in reversed(range(1_203))]
    assert [a.question for a in state.questions.between(start, start + timedelta(minutes=2))] == [
        "第1问",
        "第0问",
    ]


def test_alike_questions_are_one_group(state: State, clock: Clock) -> None:
    """Punctuation, width and small words do not make another question; the most asked group is first."""
    refusal = answer("未写明", refused=True)
    first = log(state, "行政执法人员每年培训多少学时？", refusal)
    second = log(state, "行政执法人员每年要培训多少学时", refusal)
    log(state, "案卷评查由谁组织？", refusal)
    clock.forward(days=1)
    third = log(state, "行政执法人员 每年培训多少学时", refusal)
    log(state, "行政执法人员每年培训多少学时？")

    groups = state.questions.unanswered(BEGINNING, END)

    assert (groups[0].count, groups[0].ids, groups[0].last) == (
        3,
        (third, second, first),
        clock(),
    )
    assert [group.question for group in groups[1:]] == ["案卷评查由谁组织？"]
    assert [group.count for group in state.questions.most_asked(BEGINNING, END, 1)] == [4]


def test_the_most_cited_is_counted_by_answers(state: State) -> None:
    """An answer that cites an address twice counts once."""
    log(state, "一问", answer("甲[1]乙[2]", citation(), citation(n=2), citation(address="二、", n=3)))
    log(state, "二问", answer("甲[1]", citation()))
    log(state, "三问", answer("未写明", refused=True))

    assert state.questions.most_cited(BEGINNING, END, 5) == (
        (citation(), 2),
        (citation(address="二、", n=3), 1),
    )
    assert state.questions.most_cited(BEGINNING, END, 1) == ((citation(), 2),)
    assert state.questions.most_cited(END, END, 5) == ()


def test_days_are_those_of_the_start(state: State, clock: Clock) -> None:
    """An evening in UTC is the next morning in Beijing."""
    clock.moment = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    log(state, "一问")
    clock.forward(hours=2)
    log(state, "二问", answer("未写明", refused=True))
    log(state, "三问")
    beijing = BEGINNING.astimezone(timezone(timedelta(hours=8)))

    assert state.questions.daily(BEGINNING, END) == ((date(2026, 3, 2), 3, 1),)
    assert state.questions.daily(beijing, END) == ((date(2026, 3, 2), 1, 0), (date(2026, 3, 3), 2, 1))


def test_the_last_word_of_a_person_counts(state: State, clock: Clock) -> None:
    """Each person has one word on an answer; between finds them newest first."""
    number, other = log(state, "一问"), log(state, "二问")
    state.feedback.give(number, "甲", True, None, "")
    state.feedback.give(other, "甲", True, None, "好")
    clock.forward(minutes=1)
    state.feedback.give(number, "甲", False, Reason.CITATION, "第三条已废止")
    clock.forward(minutes=1)
    state.feedback.give(number, "乙", True, None, "")

    found = state.feedback.of(number, "甲")

    assert found is not None
    assert (found.good, found.reason, found.words) == (False, Reason.CITATION, "第三条已废止")
    assert found.asked == state.questions.get(number)
    assert [(one.asked.id, one.person) for one in state.feedback.between(BEGINNING, END)] == [
        (number, "乙"),
        (number, "甲"),
        (other, "甲"),
    ]
    assert state.feedback.between(BEGINNING, clock()) == state.feedback.between(BEGINNING, END)[1:]
    assert state.feedback.of(other, "乙") is None
