"""A figure is an answer where it is one of what is asked, and of nothing else."""

from dataclasses import replace

import pytest

from bot.conversation import Concept, Question
from bot.extract import Finding
from bot.lacking import lacks_what_is_asked
from bot.refuse import reason
from tests.findings import finding
from tests.questions import asked

PERIOD = "合法性审查一般不少于9个工作日。"


def about(text: str, *concepts: Concept) -> Question:
    """Return the question about these concepts."""
    return replace(asked(text), concepts=concepts)


def stating(text: str, **why: float) -> Finding:
    """Return a finding that states the figure asked for and is as likely as can be but for what is said."""
    return finding("云岭县", text, stated=1.0, bound=1.0, **why)


def test_a_likely_figure_of_what_is_asked_is_taken() -> None:
    """The words around it speak of it, and it states the unit."""
    question = about("合法性审查不少于多少天", Concept(("合法性审查",), 3.0))

    assert not lacks_what_is_asked(question, stating(PERIOD))
    assert reason(question, [stating(PERIOD)]) is None


def test_a_figure_without_a_word_of_what_is_asked_is_of_something_else() -> None:
    """However likely it seems by the frame of the question, 不少于多少天 is not its matter."""
    question = about("听证不少于多少天", Concept(("听证",), 3.0, known=False))

    assert lacks_what_is_asked(question, stating(PERIOD, own=0.0))
    assert reason(question, [stating(PERIOD, own=0.0)]) == "nothing"


def test_what_stands_around_the_figure_may_speak_of_what_is_asked() -> None:
    """A heading or a sentence beside it is enough."""
    question = about("合法性审查不少于多少天", Concept(("合法性审查",), 3.0))

    assert not lacks_what_is_asked(question, stating("一般不少于9个工作日。", own=0.0, around=1.0))


@pytest.mark.parametrize("asking", ["不少于多少天", "至少要几天", "最少留多少天", "应当不低于几天", "多少天"])
def test_a_matter_of_which_no_official_word_is_held_has_no_figure_here(asking: str) -> None:
    """征求意见 right before the figure is what is asked of; that the sentence speaks of 公开 is beside it."""
    opened = Concept(("公开",), 3.0)
    sentence = stating("审查结果公开不少于9个工作日。")
    unheld = Concept(("征求意见", "听取意见"), 2.0, known=False)
    held = replace(unheld, known=True)

    assert lacks_what_is_asked(about(f"公开征求意见{asking}", opened, unheld), sentence)
    assert not lacks_what_is_asked(about(f"公开征求意见{asking}", opened, held), sentence)


def test_an_unknown_word_that_is_not_what_is_counted_does_no_harm() -> None:
    """People wrap what they ask in words no document uses."""
    question = about(
        "我家隔壁老王说，合法性审查不少于多少天",
        Concept(("隔壁", "邻居"), 2.0, known=False),
        Concept(("合法性审查",), 3.0),
    )

    assert not lacks_what_is_asked(question, stating(PERIOD))


def test_the_last_figure_is_the_one_asked_for() -> None:
    """有几项没做到，扣多少分: what stands before 几项 is not what the points are of."""
    question = about(
        "听证有几项没做到，考核扣多少分",
        Concept(("听证", "听证会"), 2.0, known=False),
        Concept(("考核",), 3.0),
    )

    assert not lacks_what_is_asked(question, stating("考核没做到的扣5分。"))


def test_a_figure_where_the_turn_before_was_answered_is_of_the_same_thing() -> None:
    """那要几天呢 names nothing, and stands where the answer before stood."""
    one = stating(PERIOD, own=0.0)
    question = about("那听证要几天呢", Concept(("听证",), 3.0, known=False))
    near = frozenset({(one.document.id, one.home.start)})

    assert lacks_what_is_asked(question, one)
    assert not lacks_what_is_asked(replace(question, near=near), one)


def test_of_equally_rare_things_the_figure_is_of_the_one_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is supposed beside it (要是专家来不了) need not be spoken of where the figure stands."""
    supposed, asked_of = Concept(("专家",), 3.0), Concept(("合法性审查",), 3.0)
    doubtful = stating(PERIOD, own=0.5)
    monkeypatch.setattr("bot.lacking.confidence", lambda *_: 0.2)  # so that its subject is looked into

    question = about("要是专家来不了，合法性审查要留几天", supposed, asked_of)
    turned = about("要是合法性审查来不了，专家要留几天", supposed, asked_of)

    assert not lacks_what_is_asked(question, doubtful)
    assert lacks_what_is_asked(turned, doubtful)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [("县里设立复议委员会,提供咨询意见。", True), ("复议委员会由司法局、人社局等部门组成。", False)],
)
def test_who_belongs_to_a_body_is_told_by_its_members(text: str, lacking: bool) -> None:
    """That there is such a body is no answer to who sits in it."""
    question = about("复议委员会由哪些人组成", Concept(("复议委员会",), 3.0))

    assert lacks_what_is_asked(question, finding("云岭县", text)) is lacking


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("县长每年听取两次法治工作汇报,履行第一责任人职责。", True),
        ("督察组由司法局牵头,县长任组长。", False),
    ],
)
def test_who_holds_an_office_is_told_by_a_name_or_an_appointment(text: str, lacking: bool) -> None:
    """What the head of a county has to do does not tell who it is."""
    for asking in ("云岭县县长是谁", "雲嶺縣縣長是誰"):
        question = about(asking, Concept(("县长",), 3.0))

        assert lacks_what_is_asked(question, finding("云岭县", text)) is lacking
