"""Labels at the start of a line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.labels import Label, chinese_number, fold, read_bare, read_label, read_labels


@pytest.mark.parametrize(
    ("line", "style", "number", "text"),
    [
        ("一、总体要求", "cn", 1, "一"),
        ("十二 、附则", "cn", 12, "十二"),
        ("(二十七)全面加强", "cnp", 27, "(二十七)"),
        ("（三）打造", "cnp", 3, "(三)"),
        ("　（四）推进", "cnp", 4, "(四)"),
        ("□（五）深入", "cnp", 5, "(五)"),
        ("1.持续提升", "ar", 1, "1."),
        ("１．推行", "ar", 1, "1."),
        ("6.\xa0梳理公布", "ar", 6, "6."),
        ("3、完善制度", "ar", 3, "3、"),
        ("1 、完善制度", "ar", 1, "1、"),
        ("(1)健全", "arp", 1, "(1)"),
        ("（12）健全", "arp", 12, "(12)"),
        ("2)核查", "arh", 2, "2)"),
        ("③核查", "circle", 3, "③"),
        ("一是加强组织领导。", "shi", 1, "一是"),
        ("三要压实责任。", "shi", 3, "三要"),
        ("第三章 法律责任", "chapter", 3, "第三章"),
        ("第 二 节 审核", "section", 2, "第二节"),
        ("第一百二十条之一 为恐怖活动", "article", 120, "第一百二十条之一"),
        ("第八条 的规定", "article", 8, "第八条"),
        ("第12条　甲方", "article", 12, "第12条"),
        ("第二编 分则", "book", 2, "第二编"),
        ("第三部分 措施", "part", 3, "第三部分"),
        ("1.3.2 地域范围", "dot3", 2, "1.3.2"),
    ],
)
def test_reads_every_shape(line: str, style: str, number: int, text: str) -> None:
    """Each shape of label is read with its value, its text folded and without white space."""
    label = read_label(line)

    assert label is not None
    assert (label.style, label.number, label.text) == (style, number, text)


@pytest.mark.parametrize(
    "line",
    [
        "2021年以来的做法",
        "1.5亿元的资金",
        "3.5个工作日内办结",
        "10月30日前完成",
        "2017.12.31前",
        "第三条规定的情形",
        "第二项至第七项所列单位",
        "第一章至第三章的规定",
        "(一)至(三)项所列材料",
        "(二)项规定",
        "一、二级响应由县启动",
        "3、4月份完成",
        "一般要求",
        "附件1",
        "一直以来",
        "",
        "、",
        "（责任单位：县司法局）",
    ],
)
def test_mentions_are_no_labels(line: str) -> None:
    """Years, decimals, dates and numbers that are only spoken of are no labels."""
    assert read_label(line) is None


def test_length_covers_the_label_and_its_space() -> None:
    """The length leads to the first word after the label."""
    line = "　第三条　【目的】为了"
    label = read_label(line)

    assert label is not None
    assert line[label.length :] == "【目的】为了"


def test_dotted_labels_keep_the_numbers_above() -> None:
    """1.3.2 stands below 1.3."""
    assert read_label("1.3.2 范围") == Label("dot3", 2, "1.3.2", 6, (1, 3))


def test_bare_numbers_are_headings_only_when_short() -> None:
    """A number before a heading is read on request; a sentence that begins with a number is not."""
    assert read_bare("2 组织体系") == Label("dot1", 2, "2", 2)
    assert read_bare("3名以上工作人员从事依法行政工作；") is None


def test_labels_after_lost_line_breaks() -> None:
    """Paragraphs run together on a line are found after a sentence's end and white space."""
    line = "第一条 为了规范管理，制定本办法，适用于全县。 第二条 本办法由县司法局负责解释。"

    assert [(start, label.text) for start, label in read_labels(line)] == [
        (0, "第一条"),
        (line.index("第二条"), "第二条"),
    ]


def test_enumeration_inside_a_sentence_is_no_label() -> None:
    """一是…二是… inside a paragraph stays text."""
    line = "满意度调查。一是第三方评估，委托专业机构进行。二是单位互评，由考核对象相互评价。三是网上评议。"

    assert read_labels(line) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("二十", 20),
        ("三十八", 38),
        ("一百零三", 103),
        ("一千二百六十", 1260),
        ("12", 12),
        ("甲", 0),
    ],
)
def test_chinese_numbers(text: str, number: int) -> None:
    """Numerals up to the thousands have their value; anything else is 0."""
    assert chinese_number(text) == number


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    """Folding never moves a character, so places in the folded line are places in the line."""
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="第一二十〇0123456789.、()（）条章节是附件① \t□年", max_size=12))
def test_a_label_lies_inside_its_line(line: str) -> None:
    """Whatever the line, a label's length is within it and its value is positive."""
    label = read_label(line)

    assert label is None or (0 < label.length <= len(line) and label.number > 0 and label.text)
