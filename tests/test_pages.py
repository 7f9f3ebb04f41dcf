"""Lines broken at a printed page's margin become paragraphs again; page numbers go; nothing else changes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean import clean
from index.pages import find_margin, flow, width

PLAN = """临川县人民政府关于印发《临川县优化营商环境
行动计划》的通知
　　为持续优化营商环境，激发市场主体活力，根据省、市有关部署，结
合我县实际，制定本计划。
　　一、总体要求
　　（一）指导思想。坚持问题导向和目标导向，对标国内先进水平，着
力解决市场主体反映的难点和堵点，推动全县营商环境进入全省第一方阵。
用三年时间完成各项任务。
- 1 -
　　（二）工作目标。到2025年，企业开办时间压缩至0.5个工作日以内，
1个窗口办理全部政务服务事项；对失信行为应当依照本计划第二条、
第三条的规定处理，措施一是提醒，二是约谈，三是公示，四是通报；
五是惩戒。
　　二、主要任务
　　（三）提升服务。推行“一网通办”，实现高频事项网上可办，并向社
会公布。
临川县人民政府
2023年3月15日"""


def test_paragraphs_are_put_together() -> None:
    """A full line goes on with the next one: also after a stop, before a number and before 五是."""
    kept, numbers = flow(PLAN.split("\n"))

    assert numbers == ("- 1 -",)
    assert kept[3] == "一、总体要求"
    assert kept[4].endswith("第一方阵。用三年时间完成各项任务。")
    assert "工作日以内，1个窗口" in kept[5]
    assert kept[5].endswith("四是通报；五是惩戒。")
    assert kept[-2:] == ("临川县人民政府", "2023年3月15日")


def test_a_label_begins_a_paragraph_after_a_full_line() -> None:
    """（二） on the line after a full one is a section, whatever the line before ends in."""
    kept, _ = flow(PLAN.replace("用三年时间完成各项任务。\n", "").split("\n"))

    assert kept[5].startswith("（二）工作目标")


def test_lines_of_ordinary_documents_stay() -> None:
    """Headings, clauses and cells of one length are no broken lines, nor are paragraphs of any length."""
    clauses = [
        f"（{number}）对第{number}项工作应当在规定的时间里完成并且报告；" for number in "一二三四五六七八"
    ]
    cells = ["组织领导", "十分", "未成立领导小组的扣五分"] * 8
    paragraphs = ["做好工作" * count + "。" for count in (3, 9, 14, 30, 55, 80)]

    for lines in (clauses, cells, paragraphs):
        assert find_margin(lines) == 0
        assert flow(lines) == (tuple(lines), ())


def test_a_head_printed_on_every_page_goes() -> None:
    """A line that stands beside each page number is no part of the text; beside one it is."""
    lines = ["甲。", "— 1 —", "工作报告", "乙。", "— 2 —", "工作报告", "丙。", "第 3 页 共 3 页"]

    assert flow(lines)[0] == ("甲。", "乙。", "丙。")
    assert flow(lines[:4])[0] == ("甲。", "工作报告", "乙。")


def test_table_rows_set_with_blanks_get_tabs() -> None:
    """Below a head of three cells or more, rows that begin with a number are rows."""
    lines = ["序号 任务 责任单位 备注", "1 优化流程 县审批局", "2 公布清单 县委编办 长期", "请 各单位 落实"]

    assert flow(lines)[0] == (
        "序号\t任务\t责任单位\t备注", "1\t优化流程\t县审批局", "2\t公布清单\t县委编办\t长期",
        "请 各单位 落实",
    )  # fmt: skip


def test_a_tab_that_sets_off_a_label_is_a_blank() -> None:
    """第二章<tab>程序 is a heading; a row's number keeps its tab."""
    assert flow(["第二章\t程序", "1\t程序"])[0] == ("第二章 程序", "1\t程序")


PIECES = ["推进依法行政", "，", "。", "；", "（一）", "一是", "2023年", "：", "第三条", "1.5个", "\t", " "]
LINE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, min_size=6, max_size=30), st.sampled_from([20, 24, 28]))
def test_no_character_is_lost_and_twice_is_once(parts: list[str], columns: int) -> None:
    """Whatever is broken at a margin, its characters stay in order, and cleaning again changes nothing."""
    text = "".join(parts)
    lines = [text[start : start + columns] for start in range(0, len(text), columns)]
    kept, left_out = flow(lines)
    cleaned = clean("\n".join(lines)).text

    assert "".join("".join(kept).split()) == "".join(text.split())
    assert not left_out
    assert clean(cleaned).text == cleaned


def test_width_counts_columns() -> None:
    """A Han character or full-width mark takes two columns, ASCII one."""
    assert width("（一）a1") == 8
