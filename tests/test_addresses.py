"""Addresses of clauses: how they are named, what lies at them, and answers from there alone."""

from collections.abc import Iterator

import pytest

from bot.addresses import at, carried, firm, named
from bot.engine import Engine
from bot.words import fold
from index.build import build
from index.search import open_index
from tests.bases import write_documents

RULES = """沁山县档案管理办法
第一章 总则
第一条 为了规范档案工作，制定本办法。
第二条 本办法适用于本县各级机关。
第二章 保管
第三条 档案移交应当提交下列材料：
（一）移交清单；
（二）鉴定意见。
第四条 档案室应当每季度检查一次，检查记录保存不少于10年。
第五条 违反本办法的，由县档案局责令改正。
第六条 本办法自2024年1月1日起施行。
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on the two documents of the small base and one of articles."""
    folder = tmp_path_factory.mktemp("base")
    documents = write_documents(folder / "documents")
    (documents / "rules.txt").write_text(RULES, encoding="utf-8")
    build(documents, folder / "index")
    with open_index(folder / "index") as opened:
        yield Engine(opened)


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("管理办法第十二条怎么规定", ("第十二条",)),
        ("第12条", ("第十二条",)),
        ("第三章第十五条", ("第三章", "第十五条")),
        ("第十二条之一", ("第十二条之一",)),
        ("第一百零三条", ("第一百零三条",)),
        ("枞阳方案的第(三十五)条写的是什么", ("第三十五条",)),
        ("方案十、（二十七）说了什么", ("十", "(二十七)")),
        ("考核方案五、(七)", ("五", "(七)")),
        ("五、14.", ("五", "14.")),
        ("沁水报告三、一是讲了什么", ("三", "一是")),
        ("昭化附件2第6项对学法有什么要求", ("附件2", "第6项")),
        ("附件二第 六 项", ("附件2", "第6项")),
        ("附件4备注", ("附件4", "备注")),
        ("附件3四、1.", ("附件3", "四", "1.")),
        ("第二十条第二款第(三)项", ("第二十条", "(三)")),
        ("第三条至第六条", ("第三条", "第四条", "第五条", "第六条")),
        ("第二部分", ("第二部分",)),
        ("article 12 of the measures", ("第十二条",)),
        ("item 6 of annex 2", ("附件2", "第6项")),
        ("第一责任人是谁", ()),
        ("第三方评估和第一季度的第二批", ()),
        ("第二种情形下一件事一次办", ()),
        ("一是什么", ()),
        ("一、二级响应", ()),
        ("第一节课几点开始", ()),
        ("附件一共有几个", ()),
        ("请回答(一)经费多少;(二)期限多久", ()),
        ("去年(2021)通过了几个文件", ()),
        ("民法典解释(二)怎么说", ()),
        ("《某法第三条的解释》怎么说", ()),
    ],
)
def test_labels_named_are_spelt_one_way(question: str, labels: tuple[str, ...]) -> None:
    """Digits, brackets and white space make no difference; ordinary words name no address."""
    assert named(question if question.isascii() else fold(question)) == labels


@pytest.mark.parametrize(
    ("labels", "path", "inside"),
    [
        (("第十五条",), ("第三章", "第十五条"), True),
        (("第三章", "第十五条"), ("第三章", "第十五条", "(一)"), True),
        (("第三十五条",), ("十", "(三十五)"), True),
        (("第12条",), ("四", "12."), True),
        (("附件2", "第6项"), ("附件2", "6"), True),
        (("附件2", "第6项"), ("附件1", "6"), False),
        (("附件3", "第4项"), ("附件3", "四", "1."), True),
        (("十", "(二十七)"), ("十", "(二十七)"), True),
        (("十", "(二十七)"), ("九", "(二十七)"), False),
        (("一", "二是"), ("一", "二是"), True),
        (("五", "14."), ("五", "14."), True),
        (("第三条", "第五条"), ("第一章", "第五条"), True),
        (("附件4", "备注"), ("附件4", "备注"), True),
        (("第二部分",), ("二", "(三)"), True),
        ((), ("一",), False),
    ],
)
def test_what_lies_at_an_address(labels: tuple[str, ...], path: tuple[str, ...], inside: bool) -> None:
    """A section lies at an address when its path holds the labels in order, whatever stands between."""
    assert at(labels, path) is inside


def test_an_address_goes_on_from_the_one_before() -> None:
    """第7项 after 附件2第6项 is in the same annex; articles count through the document."""
    assert carried(("第7项",), ("附件2", "第6项")) == ("附件2", "第7项")
    assert carried(("第十六条",), ("第三章", "第十五条")) == ("第十六条",)


def test_loose_words_are_no_error_when_nothing_stands_there() -> None:
    """第一项任务 may be no address at all; 第四十条 can be nothing else."""
    assert not firm(("第1项",))
    assert firm(("附件2", "第1项"))


@pytest.mark.parametrize(
    ("question", "words", "address"),
    [
        ("管理办法第四条怎么规定", "每季度检查一次", "第二章第四条"),
        ("沁山县档案管理办法第二章第五条写的是什么？", "责令改正", "第二章第五条"),
        ("沁山办法第三条说了什么", "鉴定意见", "第二章第三条(二)"),
        ("沁山办法第三条第二项是什么", "鉴定意见", "第二章第三条(二)"),
        ("云岭方案第五条写的是什么", "严禁下达罚没指标", "三、(五)"),
        ("云岭方案二、(三)要求留几天", "9个工作日", "二、(三)"),
        ("青川报告二、二是讲了什么", "98%", "二、二是"),
        ("沁山办法第四条规定记录保存多少年", "10年", "第二章第四条"),
        ("What does Article 4 of the Qinshan measures say?", "每季度检查一次", "第二章第四条"),
    ],
)
def test_a_clause_named_answers_alone(engine: Engine, question: str, words: str, address: str) -> None:
    """The clause's own words are shown, and nothing that stands elsewhere."""
    answer = engine.ask(question).answer

    assert not answer.refused, answer.text
    assert words in answer.text
    assert address in [citation.address for citation in answer.citations]
    assert {citation.document_id for citation in answer.citations} == {answer.citations[0].document_id}


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("沁山县档案管理办法第十五条写的是什么", "《沁山县档案管理办法》没有第十五条（到第六条为止）。"),
        ("云岭方案第(三十五)条写的是什么", "没有第三十五条（到(五)为止）。"),
        ("行政处罚法第三条怎么规定", "没有收录《行政处罚法》的原文"),
        ("《行政处罚法》第三条怎么规定", "没有收录《行政处罚法》的原文"),
        ("浙江方案第三条怎么规定", "现有文件中没有“浙江”的规定"),
        ("第四十条写的是什么", "收录的文件都没有第四十条。"),
    ],
)
def test_a_clause_that_is_not_there_is_refused(engine: Engine, question: str, reason: str) -> None:
    """The refusal says which clause is missing and where the document ends."""
    answer = engine.ask(question).answer

    assert answer.refused
    assert reason in answer.text


def test_a_follow_up_names_the_next_clause(engine: Engine) -> None:
    """那第五条呢 stays in the document of the question before, and takes no subject from it."""
    first = engine.ask("沁山县档案管理办法第四条对检查怎么规定")
    second = engine.ask("那第五条呢", [first]).answer

    assert [citation.address for citation in second.citations] == ["第二章第五条"]


def test_the_clause_does_not_speak_of_what_is_asked(engine: Engine) -> None:
    """A clause named is not shown as if it answered what it does not speak of."""
    assert engine.ask("沁山办法第四条对婚假怎么规定").answer.refused
