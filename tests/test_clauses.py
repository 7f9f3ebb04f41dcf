"""The direct answer is the clauses that state what is asked, with the conditions they hold under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import direct, stated
from bot.conversation import Kind, Question
from bot.kinds import states
from bot.words import fold
from tests.questions import asked

# Longer than it is worth to cut, and says nothing that is asked below.
TAIL = "有关材料由经办人整理成册，装订后送县档案馆，任何人查阅应当登记，查阅记录同样存入档案盒内备查"

_PIECES = (
    "每年检查两次",
    "由县商务局负责",
    "不少于15日",
    "情况紧急的",
    "，",
    "；",
    "。",
    "\n",
    "\t",
    "1,200",
    "：",
)
_QUOTES = st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=6)), max_size=16).map("".join)
_QUESTIONS = st.sampled_from(
    [asked(text) for text in ("要几天", "由谁负责", "可以补办吗", "一共多少", "多久查一次", "摊位证是什么")]
)


@pytest.mark.parametrize(
    ("question", "words", "quote", "run"),
    [
        ("公示要几天", ("公示",), f"摊位名单应当公示，公示期不少于15日，{TAIL}。", "公示期不少于15日"),
        (
            "摊位费谁来收",
            ("摊位费",),
            f"摊位费由县市场服务中心负责收取，{TAIL}。",
            "摊位费由县市场服务中心负责收取",
        ),
        ("补贴一共多少", ("补贴",), f"县财政每年安排补贴1,350万元，{TAIL}。", "县财政每年安排补贴1,350万元"),
        (
            "多久清理一次",
            ("清理",),
            f"（二）台账。商务局每半年清理一次台账，{TAIL}。",
            "商务局每半年清理一次台账",
        ),
        ("摊位可以转租吗", ("转租",), f"摊位不得转租，{TAIL}。", "摊位不得转租"),
    ],
)
def test_the_clause_that_states_it_is_the_direct_answer(
    question: str, words: tuple[str, ...], quote: str, run: str
) -> None:
    """A figure in the unit asked, who acts, or what the verdict stands on, without the rest of the
    sentence; a comma inside a number cuts nothing.
    """
    assert direct(asked(question, *words), quote) == run


@pytest.mark.parametrize(
    ("question", "words", "quote", "run"),
    [
        (
            "补办要几天",
            ("补办",),
            f"摊位证遗失的，应当在3日内补办，{TAIL}。",
            "摊位证遗失的，应当在3日内补办",
        ),
        (
            "补办要几天",
            ("补办",),
            f"摊位证遗失的，遇节假日，应当在3日内补办，{TAIL}。",
            "摊位证遗失的，遇节假日，应当在3日内补办",
        ),
        (
            "摊位可以转租吗",
            ("转租",),
            f"未经登记机关同意，摊位不得转租，{TAIL}。",
            "未经登记机关同意，摊位不得转租",
        ),
        (
            "整改要几天",
            ("整改",),
            f"整改期限为20日，但最长不超过30日，{TAIL}。",
            "整改期限为20日，但最长不超过30日",
        ),
        (
            "公示多少天",
            ("公示",),
            f"公示期不少于15日；其中急件不少于3日，{TAIL}。",
            "公示期不少于15日；其中急件不少于3日",
        ),
        (
            "一年可以检查几次",
            ("检查",),
            f"检查每年不超过2次，投诉核查除外。{TAIL}。",
            "检查每年不超过2次，投诉核查除外",
        ),
        # What follows from a condition, and what else the sentence says of a thing asked about.
        (
            "公示不足几天扣分",
            ("公示",),
            f"公示不足6日的，每件扣1分。{TAIL}。",
            "公示不足6日的，每件扣1分",
        ),
        (
            "差评几天整改",
            ("差评", "整改"),
            f"收到差评的，应当在1日内回访，5日内整改，{TAIL}。",
            "收到差评的，应当在1日内回访，5日内整改",
        ),
        # Of whom a duty is told.
        (
            "摊主要挂牌吗",
            ("挂牌",),
            f"固定经营三个月的摊主，应当挂牌，{TAIL}。",
            "固定经营三个月的摊主，应当挂牌",
        ),
    ],
)
def test_conditions_and_exceptions_come_along(
    question: str, words: tuple[str, ...], quote: str, run: str
) -> None:
    """The condition right before a clause and the exception right behind it are part of what it says."""
    assert direct(asked(question, *words), quote) == run


@pytest.mark.parametrize(
    ("question", "words", "run"),
    [
        ("卫生占多少分", ("卫生",), "卫生占20分"),
        ("秩序占多少分", ("秩序",), "秩序占35分"),
        ("各占多少分", (), "卫生占20分，秩序占35分，证照占45分"),
    ],
)
def test_of_several_figures_the_one_on_the_subject(question: str, words: tuple[str, ...], run: str) -> None:
    """The figure beside the words asked is taken; where no word tells them apart, all of them are."""
    quote = f"卫生占20分，秩序占35分，证照占45分，{TAIL}。"

    assert direct(asked(question, *words), quote) == run


@pytest.mark.parametrize(
    ("quote", "run"),
    [
        (f"2031年6月底前，完成全部摊位的换证，{TAIL}。", "2031年6月底前，完成全部摊位的换证"),
        (f"从2031年3月1日起，沿街摊位一律入市，{TAIL}。", "从2031年3月1日起，沿街摊位一律入市"),
        (f"全部摊位在2031年6月底前完成换证，{TAIL}。", "全部摊位在2031年6月底前完成换证"),
    ],
)
def test_a_date_brings_what_happens_then(quote: str, run: str) -> None:
    """A date that is a clause of its own is nothing without the next clause."""
    assert direct(asked("什么时候完成换证", "完成", "换证"), quote) == run


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("公示要几天", "公示期不少于15日，结果存档。"),  # short enough as it is
        ("公示要几天", f"公示期应当合理，{TAIL}。"),  # no figure
        ("由谁收费", f"摊位费按季度收取，{TAIL}。"),  # nobody named
        ("摊位证是什么", f"摊位证是经营的凭证，{TAIL}。"),  # asks for no single clause
        ("公示要几天", "登记名单公示，在县市场服务中心一楼大厅和县政府网站的公示期限总共不少于15日。"),
        ("公示要几天", ""),
    ],
)
def test_no_direct_answer_where_it_adds_nothing(question: str, quote: str) -> None:
    """A short quote, one without such a clause, and one that hardly says more have none."""
    assert direct(asked(question, "公示"), quote) == ""


def test_how_much_of_the_quote_it_is_does_not_matter_to_what_is_stated() -> None:
    """The clauses that state it are known for a short quote too, where showing them twice is idle."""
    assert stated(asked("公示要几天", "公示"), "公示期不少于15日，结果存档。") == "公示期不少于15日"


@given(_QUESTIONS, _QUOTES)
def test_the_direct_answer_is_a_slice_of_the_quote(question: Question, quote: str) -> None:
    """Whatever the quote, nothing is put together that does not stand there in one piece."""
    run = stated(question, quote)

    assert run in " ".join(quote.split())
    assert direct(question, quote) in ("", run)


@given(_QUOTES)
def test_a_figure_asked_for_is_in_the_direct_answer(quote: str) -> None:
    """Asked in days, a direct answer states days, and is well shorter than the quote."""
    question = asked("要几天")
    run = direct(question, quote)

    assert question.kind is Kind.DEADLINE
    assert not run or (states("天", fold(run)) and len(run) < 0.7 * len(quote))


def test_who_does_it_is_never_a_clause_without_anybody() -> None:
    """负责 at the head of a clause tells a task, not whose; the names after 责任单位 are not cut off."""
    quote = f"摊位设管理员1名，由县商务局选派，负责现场调度，{TAIL}。"
    assert direct(asked("管理员由谁选派", "管理员"), quote) != "负责现场调度"
    assert stated(asked("由谁负责", "摊位"), "（责任单位：县商务局、县司法局）") != "（责任单位"


def test_a_long_way_to_a_condition_is_cut_short() -> None:
    """Where the words from the beginning are most of the quote, those from the condition on are enough."""
    quote = "加强摊位管理，建立巡查机制，完善台账，在每季度例行检查的基础上，摊主每年接受不少于6学时的培训。"

    assert direct(asked("摊主培训多少学时", "摊主", "培训"), quote) == (
        "在每季度例行检查的基础上，摊主每年接受不少于6学时的培训"
    )
