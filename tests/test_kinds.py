"""What a question wants to have: kind and unit."""

import pytest

from bot.conversation import Kind
from bot.kinds import asks_both, asks_norm, kind_of, only_scored, states, unit_of


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
        ("什么时候报送", "每年年初报送", "及时报送"),
        ("隔几年清理一次", "每三年清理一次", "施行3年"),
        ("要住多久", "居住半年以上", "居住年限"),
        ("要回来多少钱", "追回8.9亿元", "追回欠款672件"),
        ("罚多少钱", "罚款二百元以下", "罚款3次"),
        ("顾问平均多大年纪", "平均41岁", "顾问41名"),
        ("评查了多少卷", "评查案卷320卷", "评查案卷2次"),
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


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("目标是多少,后来做到了多少", True),
        ("规定的学时,2023年实际学满没有", True),
        ("应当培训多少学时", False),
        ("实际培训了多少学时", False),
        ("要做到哪三个公开", False),
    ],
)
def test_plan_and_outcome_may_both_be_asked_for(text: str, both: bool) -> None:
    """Then neither a rule nor a report is preferred."""
    assert asks_both(text) is both
    assert (asks_norm(text) == 0.0) is both


def test_points_taken_off_are_not_the_rule_itself() -> None:
    """不足6日的,每件扣1分 states no number of days to one who asks for days, unless scores are asked for."""
    scored = "送审时间不足6个工作日的,每件扣1分"

    assert only_scored("工作日", "送审要留几个工作日", scored)
    assert not only_scored("工作日", "送审要留几个工作日", "送审时间不少于6个工作日")
    assert not only_scored("工作日", "少于几个工作日要扣分", scored)
    assert not only_scored("分", "那乡镇呢", scored)
