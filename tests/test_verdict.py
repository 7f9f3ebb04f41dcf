"""Yes, no, or not clear: a clause that does not settle the question is never told as settling it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.verdict import Verdict, verdict
from bot.words import concepts, fold
from tests.questions import asked

YES, NO, UNCLEAR = Verdict.YES, Verdict.NO, Verdict.UNCLEAR


def said(question: str, clauses: str) -> Verdict:
    """Return what the clauses say to the question, its concepts cut from its words."""
    found = concepts(fold(question), lambda _: 1.0, lambda _: 1)
    words = tuple(concept.forms[0] for concept in found)
    return verdict(asked(question, *words), fold(clauses))


@pytest.mark.parametrize(
    ("question", "clauses", "expected"),
    [
        # May it be done?
        ("摊位可以转租吗", "摊位不得转租", NO),
        ("摊位可以转租吗", "禁止转租摊位", NO),
        ("摊位可以转租吗", "摊位可以转租", YES),
        ("能不能夜间摆摊", "允许商户夜间摆摊", YES),
        ("能不能夜间摆摊", "严禁夜间摆摊", NO),
        ("商户能投诉吗", "商户有权投诉", YES),
        ("商户能投诉吗", "商户应当文明经营", UNCLEAR),
        ("能不能搭棚", "商户有权申请补贴", UNCLEAR),
        # Must it be done?
        ("摊主要登记吗", "摊主应当登记", YES),
        ("摊主要登记吗", "摊主无需登记", NO),
        ("要不要公示名单", "名单应当公示", YES),
        ("是否需要重新登记", "不再要求重新登记", NO),
        # Asked with a not.
        ("可以不登记吗", "摊主应当登记", NO),
        ("可以不登记吗", "临时摊主可以不登记", YES),
        ("不用登记吧", "临时摊主无须登记", YES),
        ("是不是不用公示", "名单必须公示", NO),
        ("可以不登记吗", "登记地点在市场服务中心", UNCLEAR),
        # A breach, or lawful?
        ("转租摊位违规吗", "严禁转租摊位", YES),
        ("转租摊位违规吗", "摊位可以转租", UNCLEAR),
        ("口头转租算违法吗", "不得口头转租", YES),
        ("转租摊位合法吗", "摊位不得转租", NO),
        ("转租摊位合法吗", "摊位按年登记", UNCLEAR),
        # Is it so?
        ("市场名单会公布吗", "市场名单向社会公布", YES),
        ("旧摊位证还能用吗", "旧摊位证自换发之日起失效", NO),
        ("摊位证每年都换吗", "县里研究摊位证每年换发的办法", UNCLEAR),
        ("市场建了消防站吗", "市场尚未建成消防站", UNCLEAR),
        ("市场有停车场吗", "商户每季度报送经营情况", UNCLEAR),
        ("市场有停车场吗", "市场应当每日清扫", UNCLEAR),
        ("夜市摊位的电费会上涨吗", "菜价逐年上涨", UNCLEAR),
        # Whether something is forbidden.
        ("是否禁止转租摊位", "摊位不得转租", YES),
        ("禁止转租摊位吗", "摊位可以转租", UNCLEAR),
        # A ban on another thing, a list only named, another day, some of them, a step not taken.
        ("摊位登记要收费吗", "商户不得占道经营", UNCLEAR),
        ("占道经营可以不罚吗", "公布占道经营不予处罚事项清单", UNCLEAR),
        ("占道经营可以不罚吗", "全面推行占道经营免予处罚清单", UNCLEAR),
        ("周日夜市开门吗", "周六夜市开门", UNCLEAR),
        ("摊位都验收了吗", "摊位验收9个,其中4个合格", UNCLEAR),
        ("摊位都验收了吗", "摊位全部验收", YES),
        ("没考试能上岗吗", "考试合格后方可上岗", UNCLEAR),
        ("旧办法还有效吗", "旧办法同时废止", NO),
        # A figure within or beyond the bound that is set.
        ("公示期可以是5天吗", "公示期不少于7日", NO),
        ("公示期可以是9天吗", "公示期不少于7日", YES),
        ("公示期低于7天可以吗", "公示期不少于7日", NO),
        ("一年可以检查两次吗", "检查每年不超过1次", NO),
        ("一年可以检查两次吗", "检查每年不超过2次", YES),
        # A plan is a fact where plans are asked about.
        ("打算办夜市吗", "探索开展夜市试点", YES),
        ("办夜市吗", "探索开展夜市试点", UNCLEAR),
        # Done alone, where a step by somebody else stands before it.
        ("摊主可以擅自搭棚吗", "摊主经商务局批准，可以搭棚", UNCLEAR),
        ("摊主可以搭棚吗", "摊主经商务局批准，可以搭棚", YES),
    ],
)
def test_the_clause_decides(question: str, clauses: str, expected: Verdict) -> None:
    """A prohibition, an exemption or a duty answers by how the question was put."""
    assert said(question, clauses) is expected


@pytest.mark.parametrize(
    ("question", "clauses", "expected"),
    [
        ("摊主要参加培训吗", "摊主应当参加不少于4学时的培训", YES),
        ("摊主要按时收摊吗", "摊主应当不断改进服务，按时收摊", YES),
        ("摊位费可以分期交吗", "摊位费可以分期缴纳，每期不超过2个月", YES),
    ],
)
def test_a_not_that_denies_nothing_is_no_denial(question: str, clauses: str, expected: Verdict) -> None:
    """不少于, 不断 and 不超过 do not deny what the clause says."""
    assert said(question, clauses) is expected


@pytest.mark.parametrize(
    ("question", "clauses", "expected"),
    [
        ("没登记的摊主可以申请补贴吗", "未登记的，可以申请补贴", YES),
        ("商户可以转租摊位吗", "不再经营的商户，未成年的除外，不得转租摊位", NO),
        ("未经营满一年的摊主要登记吗", "未经营满一年的，应当登记", YES),
    ],
)
def test_a_not_in_a_condition_denies_nothing(question: str, clauses: str, expected: Verdict) -> None:
    """What stands before 的, says when the rest holds, not what holds."""
    assert said(question, clauses) is expected


def test_a_not_inside_the_words_asked_is_no_answer() -> None:
    """“不见面” is the name of a thing: it denies nothing where it is asked for and said."""
    question = asked("“不见面”登记可以用吗", "不见面", "登记")

    assert verdict(question, fold("“不见面”登记可以在市场使用")) is YES


def test_a_two_way_question_is_not_asked_with_a_not() -> None:
    """能不能 asks the same as 能: its 不 turns nothing round."""
    pairs = (
        ("能不能转租", "能转租吗"),
        ("要不要登记", "要登记吗"),
        ("可不可以登记", "可以登记吗"),
        ("需不需要登记", "需要登记吗"),
    )
    for clauses in ("不得转租，应当登记", "可以转租，可以登记", "无需登记"):
        for two_way, plain in pairs:
            assert said(two_way, clauses) is said(plain, clauses)


@given(st.text(max_size=40), st.sampled_from(["可以转租吗", "要登记吗", "可以不登记吗", "转租违规吗"]))
def test_words_of_something_else_are_never_a_yes(clauses: str, question: str) -> None:
    """A clause that shares no character with the question and forbids or exempts nothing is no yes."""
    negative = set("不严禁免无止杜绝控防消从减")
    if not set(fold(clauses)) & (set(question) | negative):
        assert said(question, clauses) is not YES


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_get_one_of_three_verdicts(question: str, clauses: str) -> None:
    """Whatever is asked and said, the verdict is one that has a sentence."""
    assert said(question, clauses) in (YES, NO, UNCLEAR)


def test_a_figure_that_keeps_one_bound_and_breaks_another_is_not_clear() -> None:
    """暂行 rules have a bound of their own: what the general one allows is no yes."""
    question = asked("暂行办法有效期可以是3年吗", "有效期")
    assert verdict(question, "有效期不超过5年", "有效期不超过5年,暂行的不超过2年") is UNCLEAR


def test_a_body_that_the_clauses_do_not_name_is_never_affirmed() -> None:
    """Who is asked about must stand there."""
    assert said("由公安局组织夜市培训班吗", "每年举办夜市培训班") is UNCLEAR
