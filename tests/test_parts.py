"""Several questions in one message are cut apart, and nothing that was typed is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parts import parts

_MOST = 5  # questions taken from one message

# What messages are made of: clauses that ask, clauses that tell, borders, and anything at all.
_ASKING = ("苗岭县的摊位怎么登记", "多久复查一次", "谁来盖章", "能不能补办", "what is the deadline", "扣几分")
_TELLING = ("我家开面馆", "去年搬过一次", "麻烦说细一点", "有几项没写完", "我们有什么说什么", "三个月前交的")
_BORDERS = (
    "？",
    "?",
    "，",
    ",",
    "。",
    "；",
    "、",
    "！",
    "\n",
    " ",
    " and ",
    "以及",
    "还有",
    "另外",
    "并且",
    "",
)
_MESSAGES = st.lists(
    st.one_of(
        st.sampled_from(_ASKING), st.sampled_from(_TELLING), st.sampled_from(_BORDERS), st.text(max_size=8)
    ),
    max_size=14,
).map("".join)


def _words(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "苗岭县的摊位证多久换一次？",
        "您好，我想打听一下，苗岭县的摊位证多久换一次？谢谢！",
        "我在苗岭县卖早点，去年换过证，今年搬了家，要不要重新登记？",
        "有几项材料没交齐，会扣多少分",
        "前几位申请人没有什么意见，多久能批下来",
        "这几个摊位过了几天还没人管，该找谁",
        "苗岭县和竹溪县的摊位费有什么不同",
        "哪怕只晚一天也算超期吗",
        "几乎没人去登记，怎么办",
        "各地都有哪些规定",
        "分别说明理由",
        "要是谁没来，摊位怎么办",
        "哪个摊主要是不登记，会不会罚",
        "如果有几户反对，多久复查一次？",
        "多少人反对的话，多久复查一次？",
        "摊位证",
        "",
        "？？？",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    """What leads up to a question, thanks after it and amounts that are not asked make no second one."""
    assert parts(text) == (text,)


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("摊位证多久换一次？谁来盖章？", ("摊位证多久换一次？", "谁来盖章？")),
        ("摊位证多久换一次,谁来盖章", ("摊位证多久换一次,", "谁来盖章")),
        ("要交几份材料；交到哪里；几天办好", ("要交几份材料；", "交到哪里；", "几天办好")),
        ("谁受理、谁审核、谁签字", ("谁受理、", "谁审核、", "谁签字")),
        (
            "我卖早点。摊位证怎么办？我还卖夜宵，要不要另外登记？",
            ("我卖早点。摊位证怎么办？", "我还卖夜宵，要不要另外登记？"),
        ),
        ("摊位费怎么交以及由谁收", ("摊位费怎么交", "以及由谁收")),
        ("摊位费是多少\n逾期如何处理", ("摊位费是多少", "逾期如何处理")),
        ("搬家要重新登记吗？不登记会不会罚？急，谢谢", ("搬家要重新登记吗？", "不登记会不会罚？急，谢谢")),
        ("what is the fee and who collects it?", ("what is the fee and", "who collects it?")),
        ("有几项没交？", ("有几项没交？",)),
        ("有几项没交？逾期怎么处理", ("有几项没交？", "逾期怎么处理")),
    ],
)
def test_questions_are_cut_where_each_ends(text: str, questions: tuple[str, ...]) -> None:
    """Each question keeps what is told before it; what is told after the last stays with the last."""
    assert parts(text) == questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("苗岭和竹溪各交多少摊位费？", ("苗岭交多少摊位费？", "竹溪交多少摊位费？")),
        ("固定摊位与流动摊位分别由谁登记", ("固定摊位由谁登记", "流动摊位由谁登记")),
        ("早市、夜市各自几点收摊", ("早市几点收摊", "夜市几点收摊")),
        ("请问早市跟夜市各要几份材料？", ("请问早市要几份材料？", "夜市要几份材料？")),
    ],
)
def test_the_same_asked_of_two_things_is_two_questions(text: str, questions: tuple[str, ...]) -> None:
    """A和B各 asks once of each of the two, in the order typed."""
    assert len(parts(text)) == 2
    for part, question in zip(parts(text), questions, strict=True):
        assert part.endswith(question.removeprefix("请问"))


@pytest.mark.parametrize(
    "text", ["苗岭和竹溪各地怎么收费", "早市和夜市各类摊位怎么收费", "苗岭和竹溪各县市怎么收费"]
)
def test_each_of_many_is_not_each_of_two(text: str) -> None:
    """各地, 各类 and 各县市 speak of many things and are no 各 of the two named before them."""
    assert parts(text) == (text,)


@given(_MESSAGES)
def test_nothing_typed_is_lost(text: str) -> None:
    """The parts in a row are the message, white space aside, where nothing was asked of two things at
    once and no more than can be taken.
    """
    found = parts(text)

    assert 1 <= len(found) <= _MOST
    if len(found) < _MOST and not any(word in text for word in ("各", "分别")):
        assert _words("".join(found)) == _words(text)


@given(_MESSAGES)
def test_a_part_is_one_question(text: str) -> None:
    """What was cut off as a question is not cut again."""
    found = parts(text)

    if 1 < len(found) < _MOST and not any(word in text for word in ("各", "分别")):
        assert all(parts(part) == (part,) for part in found[:-1])


@given(st.lists(st.sampled_from(_ASKING[:4]), min_size=1, max_size=_MOST))
def test_as_many_parts_as_questions(asking: list[str]) -> None:
    """Questions joined by question marks come apart into just those questions."""
    text = "？".join(asking) + "？"

    assert parts(text) == tuple(f"{question}？" for question in asking)
