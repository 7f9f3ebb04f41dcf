"""The figures of a Chinese clause are said in English."""

import re

import cn2an  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.figures import in_english
from bot.numerals import NUMERAL, number

NUMERALS = re.compile(NUMERAL)


@pytest.mark.parametrize(
    ("clause", "english"),
    [
        ("确保每人每年接受不少于60学时的培训", "at least 60 class hours a year"),
        ("一般不少于7个工作日", "at least 7 working days"),
        ("在5个工作日内核实", "within 5 working days"),
        ("不低于全部人员编制的80%", "at least 80%"),
        ("95%以上纠纷在基层化解", "at least 95%"),
        ("达到百分之八十", "80%"),
        ("累计扣分原则上不超过10分", "at most 10 points"),
        ("扣5分", "minus 5 points"),
        ("不超过规定时限的,扣2分", "minus 2 points"),
        ("每件扣1.5分", "minus 1.5 points per case"),
        ("在行政诉讼中败诉的,出现一起扣2分", "minus 2 points per case"),
        ("行政应诉案件13件", "13 cases"),
        ("公共服务事项151项", "151 matters"),
        ("由9名律师组成", "9 lawyers"),
        ("涉及10个部门", "10 departments"),
        ("13个设区市完成建设", "13 cities"),
        ("解答法律咨询2400余件", "more than 2,400 consultations"),
        ("约300人", "about 300 people"),
        ("送审时间不足6个工作日的", "less than 6 working days"),
        ("处1万元以上5万元以下罚款", "at least 10,000 yuan, at most 50,000 yuan"),
        ("预算20余万元", "more than 200,000 yuan"),
        ("扣3至5分", "minus 3 to 5 points"),
        ("保存期限不少于三年", "at least 3 years"),
        ("自公布之日起30日后施行", "after 30 days"),
        ("届满6个月前评估", "6 months before"),
        ("不得低于总数的三分之一", "at least 1/3"),
        ("比上年下降3.4个百分点", "3.4 percentage points"),
        ("审结115件,败诉5件", "115 cases, 5 cases"),
    ],
)
def test_how_much(clause: str, english: str) -> None:
    """Each figure comes with its unit and what binds it."""
    assert in_english(clause) == english


@pytest.mark.parametrize(
    ("clause", "english"),
    [
        ("从2021年11月1日起", "from 1 November 2021"),
        ("2022年底前", "by the end of 2022"),
        ("2024年年底前基本建成", "by the end of 2024"),
        ("每年3月1日前报送", "by 1 March each year"),
        ("6月底前公布", "by the end of June"),
        ("年底以前", "by the end of the year"),
        ("每年第一季度报告", "in the first quarter each year"),
        ("2017年12月1日至10日", "from 1 to 10 December 2017"),
        ("每月5日前报送", "by the 5th of each month"),
        ("次年3月底前", "by the end of March of the following year"),
        ("二〇二五年底前", "by the end of 2025"),
        ("2021-2025年", "2021 to 2025"),
        ("到2025年", "by 2025"),
        ("7月中旬", "in mid-July"),
    ],
)
def test_dates(clause: str, english: str) -> None:
    """Points in time, limits and periods."""
    assert in_english(clause, "date") == english


@pytest.mark.parametrize(
    ("clause", "english"),
    [
        ("每两年至少清理一次", "at least once every 2 years"),
        ("每季度开展一次", "once a quarter"),
        ("每半年听取一次汇报", "once every half year"),
        ("每年至少组织两次", "at least 2 times a year"),
        ("各级政府每年应当举办两期以上讲座", "at least 2 sessions a year"),
        ("定期评估", "regularly"),
        ("每年开展评估", "every year"),
    ],
)
def test_how_often(clause: str, english: str) -> None:
    """A frequency is a figure even without a number when it is asked for."""
    assert in_english(clause, "often") == english


@pytest.mark.parametrize(
    "clause",
    [
        "印发《实施方案(2021-2025年)》(沁政办发〔2021〕28号)",
        "第二十条",
        "三是规范行政应诉",
        "进一步统一标准",
        "7*24小时不打烊",
        "最多跑一次",
        "四个意识",
        "12345热线",
        "由司法局负责",
        "定期评估",
        "",
    ],
)
def test_numbers_in_names_are_no_figures(clause: str) -> None:
    """Titles, document numbers, labels, slogans and hotlines are left alone, and so is what has no figure."""
    assert in_english(clause) == ""


PIECES = st.sampled_from(
    "不少于 不超过 至少 每年 每两年 每件 扣 约 百分之 % 个 件 项 分 年 月 日 工作日 学时 万元 元 次 "
    "名律师 以上 以内 前 底前 起 至 - "
    "， 。 余 成 分之 第 季度 案件 半 《 》 ( ) 号 、 的 一 两 十 万 点 . ,".split()
)
NUMBERS = st.integers(0, 3000).flatmap(lambda n: st.sampled_from([str(n), cn2an.an2cn(n), f"{n:,}"]))


@given(st.lists(st.one_of(PIECES, NUMBERS, NUMBERS), max_size=9).map("".join))
def test_no_number_is_invented(clause: str) -> None:
    """Every number in the English stands in the clause, in Chinese or Arabic numerals."""
    stands = {number(numeral) for numeral in _parts_of_numerals(clause)}

    for said in re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", in_english(clause)):
        assert number(said) in stands or number(said.replace(",", "")) in stands, (clause, said)


def _parts_of_numerals(clause: str) -> set[str]:
    """Every stretch of the clause that may be a numeral, 余 and 多 left out, tenths as percent."""
    text = re.sub("[余多]", "", clause)
    found = {text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)}
    tenths = {f"{n}0" for c, n in zip("一二三四五六七八九", range(1, 10), strict=True) if f"{c}成" in text}
    return found | tenths
