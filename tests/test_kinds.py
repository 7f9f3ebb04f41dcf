"""What a question wants to have: kind and unit."""

import pytest

from bot.conversation import Kind
from bot.kinds import kind_of, states, unit_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("培训最少多少学时", Kind.NUMBER),
        ("案卷多久评查一次", Kind.FREQUENCY),
        ("什么时候要完成", Kind.DEADLINE),
        ("这件事由谁负责", Kind.WHO),
        ("包括哪些内容", Kind.LIST),
        ("可以不罚吗", Kind.YESNO),
        ("要走哪几步程序", Kind.PROCEDURE),
        ("通知的文号是多少", Kind.METADATA),
        ("报告是哪天发布的", Kind.METADATA),
        ("甲县和乙县有什么不同", Kind.COMPARE),
        ("甲县和乙县的学时一样吗", Kind.COMPARE),
        ("谁的负责人出庭应诉率更高", Kind.COMPARE),
        ("甲县和乙县的败诉率哪个低", Kind.COMPARE),
        ("出庭应诉率要求是100%吗", Kind.YESNO),
        ("综合窗口是干什么的", Kind.WHAT),
    ],
)
def test_kind_is_read_from_the_words(text: str, kind: Kind) -> None:
    """Each kind has words that give it away."""
    assert kind_of(text, "zh") is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("how often are case files reviewed", Kind.FREQUENCY),
        ("who assesses the departments", Kind.WHO),
        ("what is the deadline", Kind.DEADLINE),
        ("how many points are deducted", Kind.NUMBER),
    ],
)
def test_kind_of_english_questions(text: str, kind: Kind) -> None:
    """English question words tell the kind too."""
    assert kind_of(text, "en") is kind


@pytest.mark.parametrize(
    ("question", "answers", "does_not"),
    [
        ("最少留几天", "不少于7个工作日", "每年两次"),
        ("要多少学时", "不少于72学时", "不少于20天"),
        ("扣几分", "每起扣2分", "每季度通报"),
        ("出庭率要达到多少", "出庭应诉率达到90%", "出庭应诉率明显提高"),
        ("多久清理一次", "每两年清理一次", "及时清理"),
        ("资料保存多久", "保存期限不少于3年", "2023年保存资料"),
        ("没持证怎么扣分", "每次扣2分", "取消资格"),
        ("建成多少个国家级示范", "建成10个左右国家级示范", "建成示范"),
        ("什么时候完成", "2023年底前完成", "抓紧完成"),
    ],
)
def test_a_figure_in_the_asked_unit(question: str, answers: str, does_not: str) -> None:
    """Only a text with a figure in the unit asked for states what is asked."""
    unit = unit_of(question)

    assert states(unit, answers)
    assert not states(unit, does_not)


def test_no_unit_is_stated_by_every_text() -> None:
    """A question that asks for no figure is not held to one."""
    assert unit_of("由谁负责") == ""
    assert states("", "由司法局负责")


def test_one_of_several_units_is_enough() -> None:
    """What an English word may be counted in is any of the measure words, and no other."""
    for text in ("公布事项151项", "事项12个", "事项3件"):
        assert states("项/个/件", text)
    assert not states("项/个/件", "扣5分")
    assert not states("天/日", "每年两次")
