"""Documents and sections of a text."""

import hashlib
import json
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean import clean
from index.document import Document
from index.labels import chinese_number
from index.parse import parse

GOLDEN = Path(__file__).parent / "golden"
# Set to True, run this file once, read the difference (git diff tests/golden), set it back.
REGENERATE = False
SAMPLE = 200  # statutes

PLAN = """临川县营商环境提升行动计划
（2023—2025年）
为优化营商环境，制定本计划。
一、总体要求
（一）指导思想
坚持改革。
持续创新。
（二）工作目标
到2025年，达到一流。
二、重点任务
（一）提升政务服务
1．推行一网通办。到2023年底，办件比例达到90%以上。
2．压缩时限。平均压缩至1.5个工作日。
2021年以来的做法继续坚持。
3．推进电子证照。
（1）扩大种类。
（2）扩大应用。
（二）加强法治保障
4．清理文件。
5．规范执法。
三、保障措施
加强领导。
各乡镇、各部门要高度重视，落实责任。"""

STATUTE = """云溪县行政规范性文件管理办法
（2022年5月10日县政府第3次常务会议通过）
第一章　总则
第一条　【目的】为了规范文件管理，制定本办法。
第二条　本办法所称规范性文件，包括：
（一）县政府文件；
（二）部门文件：
1．通知；
2．公告；
（三）其他文件。
前款所列文件不含内部文件。
第三条　下列情形适用本办法：
（一）制定；
（二）清理。
有下列情形之一的除外：
（一）人事任免；
（二）财务。
第二章　程序
第一节　起草
第四条　起草应当调研。
第二节　审核
第五条　审核应当依法进行。
第三章　附则
第六条　本办法自2022年7月1日起施行。2010年印发的办法同时废止。
解释由县司法局负责。"""


def read(text: str) -> tuple[Document, ...]:
    """Parse a text as if it had been loaded and cleaned."""
    return parse("folder/a.txt", "0" * 64, text, text)


def outline(text: str) -> list[str]:
    """Return the paths of a text that holds one document, labels joined by a blank."""
    (document,) = read(text)
    return [" ".join(section.path) for section in document.sections]


def headings(text: str) -> dict[str, str]:
    """Return the headings by path."""
    (document,) = read(text)
    return {" ".join(section.path): section.heading for section in reversed(document.sections)}


def words(text: str, path: str) -> str:
    """Return the words of the first section at a path."""
    (document,) = read(text)
    return next(document.section_text(s) for s in document.sections if " ".join(s.path) == path)


def test_a_plan() -> None:
    """Levels come from the order of labels; 1. runs on across (一) and (二); full width is folded."""
    assert outline(PLAN) == [
        "文首", "一", "一 (一)", "一 (二)", "二", "二 (一)", "二 (一) 1.", "二 (一) 2.", "二 (一) 3.",
        "二 (一) 3. (1)", "二 (一) 3. (2)", "二 (二)", "二 (二) 4.", "二 (二) 5.", "三", "文末",
    ]  # fmt: skip


def test_headings_of_a_plan() -> None:
    """A heading stands alone on its line, or is the first sentence where text follows."""
    found = headings(PLAN)

    assert found["一 (一)"] == "指导思想"
    assert found["二 (一) 1."] == "推行一网通办"
    assert found["二 (一) 3."] == "推进电子证照"
    assert found["二 (一) 3. (1)"] == ""


def test_text_that_begins_with_a_number_is_text() -> None:
    """A year at a paragraph's start numbers nothing."""
    assert words(PLAN, "二 (一) 2.").endswith("2021年以来的做法继续坚持。\n")


def test_a_statute() -> None:
    """Chapters, sections, articles, items and sub-items nest; articles run on across chapters."""
    assert outline(STATUTE) == [
        "文首", "第一章", "第一章 第一条", "第一章 第二条", "第一章 第二条 (一)", "第一章 第二条 (二)",
        "第一章 第二条 (二) 1.", "第一章 第二条 (二) 2.", "第一章 第二条 (三)", "第一章 第二条",
        "第一章 第三条", "第一章 第三条 (一)", "第一章 第三条 (二)", "第一章 第三条", "第一章 第三条 (一)",
        "第一章 第三条 (二)", "第二章", "第二章 第一节", "第二章 第一节 第四条", "第二章 第二节",
        "第二章 第二节 第五条", "第三章", "第三章 第六条",
    ]  # fmt: skip


def test_a_paragraph_after_items_is_the_articles() -> None:
    """The paragraph after an article's items, and the one that opens a second list, are the article's."""
    (document,) = read(STATUTE)
    second = [document.section_text(s) for s in document.sections if s.path == ("第一章", "第二条")]
    third = [document.section_text(s) for s in document.sections if s.path == ("第一章", "第三条")]

    assert second[1] == "前款所列文件不含内部文件。\n"
    assert third[1] == "有下列情形之一的除外：\n"


def test_articles_have_bracketed_headings_only() -> None:
    """【目的】 is an article's heading; its sentences are not."""
    found = headings(STATUTE)

    assert found["第一章 第一条"] == "目的"
    assert found["第一章 第三条"] == found["第一章 第二条 (一)"] == ""
    assert found["第二章 第一节"] == "起草"


def test_an_articles_last_paragraph_stays_with_it() -> None:
    """The paragraph after the last article is the article's second, not the document's close."""
    assert words(STATUTE, "第三章 第六条").endswith("解释由县司法局负责。")


def test_articles_under_numbered_headings() -> None:
    """Where 一、 stands for a chapter, articles run on below it."""
    text = (
        "关于审理案件的规定\n一、程序\n第一条 甲。\n第二条 乙：\n（一）丙；\n（二）丁。\n"
        "二、附则\n第三条 戊。"
    )

    assert outline(text) == [
        "文首", "一", "一 第一条", "一 第二条", "一 第二条 (一)", "一 第二条 (二)", "二", "二 第三条",
    ]  # fmt: skip


def test_inserted_articles() -> None:
    """第二条之一 stands beside 第二条."""
    assert outline("某法\n第一条 甲。\n第二条 乙。\n第二条之一 丙。\n第三条 丁。")[2:] == [
        "第二条", "第二条之一", "第三条",
    ]  # fmt: skip


def test_items_named_yi_shi_directly_under_a_chapter() -> None:
    """一是 at paragraph starts stands under 一、 in one chapter, 1. under (三) in another."""
    text = """云溪县2021年度法治政府建设情况的报告
现将情况报告如下:
一、加强领导
一是健全机制。召开会议3次。
二是压实责任。明确清单。
二、优化服务
(一)简化审批。取消12项。
(二)提升效能
1.集中办理。设置窗口。
2.网上办理。开通平台。
三、规范执法
一是培训。组织考试,内容有三项。一是法律,二是业务,三是纪律。
二是监督。开展检查。
虽然工作取得一定成绩,但还存在不足。
下一步,我们将继续努力。"""

    assert outline(text) == [
        "文首", "一", "一 一是", "一 二是", "二", "二 (一)", "二 (二)", "二 (二) 1.", "二 (二) 2.",
        "三", "三 一是", "三 二是", "文末",
    ]  # fmt: skip
    assert words(text, "文末").count("\n") == 1


def test_one_yi_shi_is_no_list() -> None:
    """A paragraph that starts with 一是 without 二是 after it is text."""
    assert outline("通知\n一、内容\n一是抓落实。\n二、要求\n完成。") == ["文首", "一", "二"]


def test_numbers_running_on_across_chapters() -> None:
    """Items numbered through the whole document stand under the chapter they are printed in."""
    text = "工作安排\n一、甲\n1.子。\n2.丑。\n二、乙\n3.寅。\n三、丙\n4.卯。\n5.辰。"

    assert outline(text) == ["文首", "一", "一 1.", "一 2.", "二", "二 3.", "三", "三 4.", "三 5."]


def test_a_lost_number_does_not_break_the_list() -> None:
    """Damage may hide a label; the labels after it keep their level."""
    assert outline("方案\n一、甲\n(一)子。\n(二)丑。\n??寅。\n(四)卯。\n二、乙\n完。") == [
        "文首", "一", "一 (一)", "一 (二)", "一 (四)", "二",
    ]  # fmt: skip


def test_a_number_printed_twice() -> None:
    """Two items both numbered (三) are two sections with one path."""
    assert outline("方案\n(一)子。\n(二)丑。\n(三)寅。\n(三)卯。\n(四)辰。")[3:] == ["(三)", "(三)", "(四)"]


def test_a_stray_number_is_text() -> None:
    """A number that follows nothing and leads to nothing is text."""
    assert outline("方案\n一、甲\n7.某事。\n(九)某事。\n二、乙\n完。") == ["文首", "一", "二"]


def test_decimal_numbering() -> None:
    """1, 1.1, 1.1.1 nest by their own digits."""
    text = (
        "应急预案\n1 总则\n1.1 目的\n为了应对。\n1.2 依据\n1.2.1 法律\n有关法律。\n"
        "1.2.2 规章\n有关规章。\n2 组织\n2.1 指挥部\n由县长任总指挥。"
    )

    assert outline(text) == [
        "文首", "1", "1 1.1", "1 1.2", "1 1.2 1.2.1", "1 1.2 1.2.2", "2", "2 2.1",
    ]  # fmt: skip
    assert headings(text)["1 1.2"] == "依据"


def test_a_list_owns_its_clauses_and_its_parent_the_rest() -> None:
    """After items that are clauses of one sentence, the next paragraph is the parent's."""
    text = (
        "考核方案\n一、对象\n下列单位为考核对象:\n(一)各市;\n(二)各县;\n(三)各部门。\n"
        "前两项称地方。\n二、方式\n打分。"
    )

    assert outline(text) == ["文首", "一", "一 (一)", "一 (二)", "一 (三)", "一", "二"]
    assert headings(text)["一 (三)"] == ""


def test_the_last_item_keeps_its_paragraphs_below_a_bare_heading() -> None:
    """Below a chapter that says nothing itself, the paragraphs after its last item are the item's."""
    text = "报告\n一、甲\n一是子。丑。\n二是寅。卯。\n三是辰。巳。\n四是午。未。\n另一段申。\n二、乙\n完。"

    assert outline(text) == ["文首", "一", "一 一是", "一 二是", "一 三是", "一 四是", "二"]


def test_a_report_section_on_problems_is_no_close() -> None:
    """The last numbered section keeps its own paragraphs, even when they speak of what comes next."""
    text = (
        "报告\n一、工作\n(一)甲。乙。\n(二)丙。丁。\n二、成效\n良好。\n三、成果\n良好。\n"
        "四、问题和打算\n虽然有成绩,但有不足。\n下一步,继续努力。"
    )

    assert outline(text)[-1] == "四"


NOTICE = """云溪县人民政府办公室关于印发《云溪县2023年工作安排》的通知
云政办发〔2023〕7号
各乡镇人民政府：
现将工作安排印发给你们，请认真执行。
云溪县人民政府办公室
2023年4月6日
云溪县2023年工作安排
为做好工作，安排如下。
一、目标
1.甲。
2.乙。
二、措施
3.丙。
附件:1.云溪县目标责任书
2.云溪县乡镇(街道)目标
责任
3.评分细则
附件1
云溪县目标责任书
序号
考核项目
目标内容
1
依法决策
落实程序规定,建立目录;落实追责机制。
2
依法接受
监督
接受人大监督,尊重司法监督。
3
保障措施
机构、人员与任务相适应。
附件2
云溪县乡镇(街道)目标责任
序号
考核项目
目标内容
1
政务公开
每月公开信息不少于2条。
2
培训
每年不少于20天。
附件3
评分细则
考核事项
考核内容
评分标准
得分
一、决策(15分)
1.程序(10分)
未履行程序的,扣2分。
2.备案(5分)
未备案的,扣1分。
二、执法(10分)
1.培训(10分)
未培训的,扣2分。
三、加分和扣分
特别加分
获得省级表彰的,加5分。
特别扣分
被通报批评的,扣3分。
备注:考核采取书面审查。一、自查。各单位自查。二、复核。县政府复核。"""


def test_a_notice_with_annexes_is_one_document() -> None:
    """Notice and arrangement are one document; its list of annexes is no section but the close."""
    assert outline(NOTICE) == [
        "文首", "一", "一 1.", "一 2.", "二", "二 3.", "文末",
        "附件1", "附件1 1", "附件1 2", "附件1 3", "附件2", "附件2 1", "附件2 2",
        "附件3", "附件3 一", "附件3 一 1.", "附件3 一 2.", "附件3 二", "附件3 二 1.",
        "附件3 三", "附件3 三 特别加分", "附件3 三 特别扣分", "附件3 备注",
    ]  # fmt: skip


def test_rows_of_a_flattened_table() -> None:
    """A row holds all its cells; the cell that names it may stand on two lines."""
    found = headings(NOTICE)

    assert found["附件1"] == "云溪县目标责任书"
    assert found["附件1 2"] == "依法接受监督"
    assert found["附件3 二 1."] == "培训(10分)"
    assert words(NOTICE, "附件1 2").count("\n") == 4
    assert words(NOTICE, "附件3 三 特别加分") == "特别加分\n获得省级表彰的,加5分。\n"


def test_rows_with_tabs() -> None:
    """Rows of a table from a web page: a number or a label in the first cell makes a section."""
    text = """云溪县管理规定
一、事项
办理事项如下：
序号\t事项\t时限
1\t企业开办\t半日
2\t不动产登记\t2个工作日
二、评分
考核事项\t考核内容\t分值
（一）决策（40分）\t1.程序\t20
（一）决策（40分）\t2.备案\t20
（二）执法（60分）\t1.培训\t30
\t2.监督\t30
备注：总分100分。"""

    assert outline(text) == [
        "文首", "一", "一 1", "一 2", "二", "二 (一)", "二 (一) 1.", "二 (一) 2.",
        "二 (二)", "二 (二) 1.", "二 (二) 2.", "备注",
    ]  # fmt: skip
    assert headings(text)["一 1"] == "企业开办"
    assert words(text, "一").endswith("序号\t事项\t时限\n")


def test_a_numbered_list_inside_a_cell_stays_in_its_row() -> None:
    """The cells after a cell with 1. 2. belong to the row, so the row is one section."""
    text = """云溪县权力清单
序号
权力名称
实施依据
责任单位
1
处罚
某条例
1.未经批准的；
2.超过期限的。
县城管局
2
审批
某法
县住建局"""

    assert outline(text) == ["文首", "1", "2"]
    assert words(text, "1").endswith("县城管局\n")


def test_rows_whose_cells_begin_with_labels() -> None:
    """The row's number is its label, whatever its cells begin with."""
    text = "责任清单\n序号\t任务\t单位\n1\t（一）改革\t县委办\n2\t（二）环境\t县政府办\n说明：均为年底前。"

    assert outline(text) == ["文首", "1", "2", "说明"]


def test_a_notice_that_forwards_two_documents() -> None:
    """Each document is called by its own title, not by the notice's; the notice is the first one's head."""
    body = "第一条 甲。\n第二条 乙。\n"
    notice = "云溪县人民政府关于印发《停车办法》等办法的通知\n云政发〔2023〕8号\n各单位：\n现印发给你们。\n"

    first, second = read(f"{notice}云溪县停车管理办法\n{body}云溪县养犬管理规定\n{body}")

    assert (first.part, second.part) == ("管理办法", "管理规定")
    assert first.title == "云溪县停车管理办法"
    assert first.number == "云政发〔2023〕8号"
    assert second.issuer == first.issuer == "云溪县人民政府"


def test_numerals_without_a_mark_and_ordinals() -> None:
    """一 提高认识 is a heading where the mark is missing; 第一， at paragraph starts is a list."""
    text = "意见\n一 提高认识\n要认识。\n二 加强保障\n第一，加强领导。\n第二，加强考核。"

    assert outline(text) == ["文首", "一", "二", "二 第一", "二 第二"]


def test_a_table_of_contents_is_no_outline() -> None:
    """The numbers under 目录 number nothing; the text begins where the first comes again."""
    text = (
        "云溪县规划\n目　录\n第一章　总则\n第二章　任务\n第一节　改革\n附件：指标表\n"
        "为推进建设，制定本规划。\n"
        "第一章　总则\n坚持改革。\n第二章　任务\n第一节　改革\n推进改革。"
    )

    assert outline(text) == ["文首", "第一章", "第二章", "第二章 第一节"]


def test_a_signature_closes_a_notice() -> None:
    """The name of an annex, the signature and the date close a document."""
    text = (
        "关于检查的通知\n一、时间\n6月。\n二、范围\n全县。\n附件：检查表\n"
        "云溪县应急管理局\n2024年5月20日\n（此件公开发布）"
    )

    assert outline(text) == ["文首", "一", "二", "文末"]
    assert words(text, "文末").startswith("附件")


def test_an_annex_without_a_number() -> None:
    """附件 alone on a line begins the annex."""
    text = "关于印发办法的通知\n各单位：\n现予印发。\n附件\n云溪县停车办法\n第一条 甲。\n第二条 乙。"

    assert outline(text) == ["文首", "附件", "附件 第一条", "附件 第二条"]


def test_a_table_ends_with_its_rows() -> None:
    """What stands below a table belongs to what holds the table, with lists of its own."""
    text = (
        "云溪县考核方案\n一、内容\n分值如下：\n序号\t项目\t分值\n1\t决策\t60\n2\t执法\t40\n另设加分。\n"
        "有下列情形的，一票否决：\n（一）违法；\n（二）造假。\n二、运用\n等次\t得分\n优秀\t90分\n结果上报。\n"
        "各单位要认真落实。\n云溪县司法局\n2024年3月1日"
    )

    assert outline(text) == [
        "文首", "一", "一 1", "一 2", "一", "一 (一)", "一 (二)", "二", "文末",
    ]  # fmt: skip
    assert words(text, "文末").startswith("各单位要")
    assert words(text, "一 2") == "2\t执法\t40\n"


def test_tables_elsewhere_do_not_change_an_article() -> None:
    """A paragraph after items is the article's, whatever tables the document has."""
    text = (
        "某办法\n第一条 对象：\n（一）县；\n（二）乡。\n前款所称乡含镇。\n第二条 分值：\n序号\t项目\n"
        "1\t甲\n2\t乙\n第三条 施行。"
    )

    assert outline(text) == [
        "文首", "第一条", "第一条 (一)", "第一条 (二)", "第一条", "第二条", "第二条 1", "第二条 2", "第三条",
    ]  # fmt: skip


def test_three_levels_of_a_table_in_one_row() -> None:
    """Groups merged over rows are printed on their first row, before the item."""
    text = (
        "评分标准\n一级指标\t二级指标\t三级指标\t评分标准\n一、职能\t（一）清单\t1.调整\t扣5分\n\t\t2.公开\t扣5分\n"
        "二、制度\t（二）文件\t3.审核\t扣2分\n\t\t4.备案\t扣2分"
    )

    assert outline(text)[1:] == [
        "一", "一 (一)", "一 (一) 1.", "一 (一) 2.", "二", "二 (二)", "二 (二) 3.", "二 (二) 4.",
    ]  # fmt: skip


def test_points_are_no_row_numbers() -> None:
    """A row's points may be the next row's number; a row takes all columns that are filled in."""
    rows = [("领导", 2), ("计划", 3), ("审查", 4), ("参与", 5), ("公示", 6)]
    cells = [f"{number}\n{name}\n{points}\n未做的扣分" for number, (name, points) in enumerate(rows, start=1)]
    text = "附件\n云溪县考核评分表\n序号\n考核内容\n分值\n评分标准\n得分\n" + "\n".join(cells) + "\n合计\n20"

    assert list(headings(text).values())[::-1] == ["云溪县考核评分表", *(name for name, _ in rows)]
    assert words(text, "附件 4") == "4\n参与\n5\n未做的扣分\n"
    assert read(text)[0].title == "云溪县考核评分表"


def test_row_numbers_in_a_later_column() -> None:
    """The head says in which column the rows' numbers stand."""
    text = "指标表\n类别\t序号\t指标\t单位\n决策\t1\t审查率\t县司法局\n决策\t2\t参与率\t县府办"

    assert headings(text) == {"文首": "", "1": "审查率", "2": "参与率"}


def test_a_table_under_its_own_title_is_an_annex() -> None:
    """A titled table behind the last section is not in that section, even without the word 附件."""
    text = (
        "云溪县考核方案\n一、对象\n各单位。\n二、附则\n由司法局解释。\n云溪县考核评分标准\n序号\n考核内容\n分值\n"
        "1\n领导\n10\n2\n执法\n90"
    )

    assert outline(text) == [
        "文首", "一", "二", "云溪县考核评分标准", "云溪县考核评分标准 1", "云溪县考核评分标准 2",
    ]  # fmt: skip
    assert outline(text.replace("二、附则", "三、附则") + "\n四、其他\n完。")[1:3] == ["一", "三"]


def test_an_imprint_is_no_row() -> None:
    """抄送 and the printing line close the file, also behind an annex."""
    text = (
        "关于检查的通知\n各单位：\n请落实。\n附件1\n检查表\n序号\n项目\n1\n甲\n2\n乙\n抄送：县委办。\n"
        "云溪县司法局 2023年2月1日印发"
    )

    assert outline(text) == ["文首", "附件1", "附件1 1", "附件1 2", "文末"]


def test_a_list_announced_anew_is_the_parents() -> None:
    """下一步要做好: before a new 一是 belongs to the section that holds both lists."""
    text = (
        "报告\n一、问题和打算\n主要有：\n一是宣传不够。\n二是人手不足。\n下一步要做好：\n"
        "一是宣传。\n二是培训。\n二、其他\n完。"
    )

    assert outline(text) == ["文首", "一", "一 一是", "一 二是", "一", "一 一是", "一 二是", "二"]
    assert words(text, "一 二是") == "二是人手不足。\n"


def test_a_bare_chapter_without_parts() -> None:
    """4 附则 follows 3 although it has no 4.1; a number before a measure word is text."""
    text = (
        "应急预案\n1 总则\n1.1 目的\n为应对。\n2 组织\n2.1 指挥\n县长指挥。\n3 运行\n3.1 预警\n"
        "四色。\n4 附则\n自印发起施行。"
    )

    assert outline(text)[-1] == "4"


def test_an_annex_title_ends_where_it_is_whole() -> None:
    """Lines with a colon, and lines after a whole title, are the annex's content."""
    text = (
        "关于检查的通知\n各单位：\n请落实。\n附件1\n执法监督通知书\n编号：1号\n请改正。\n附件2\n联席会议成员名单\n"
        "召集人：甲\n成员：乙"
    )

    assert headings(text)["附件1"] == "执法监督通知书"
    assert headings(text)["附件2"] == "联席会议成员名单"


def test_headings_with_responsible_persons_and_quotes() -> None:
    """负责人 is no provision; a sentence that ends inside quotes is no heading with half a quote."""
    text = (
        "报告\n一、甲\n（一）主要负责人。主持会议3次。\n（二）将第三条修改为：“每月补贴。”\n二、 . 乙\n完。"
    )

    assert headings(text)["一 (一)"] == "主要负责人"
    assert headings(text)["一 (二)"] == "将第三条修改为"
    assert headings(text)["二"] == "乙"


def test_a_signature_before_long_annexes() -> None:
    """Who signed and when stands before the annexes, however long these are."""
    annex = "附件1\n云溪县管理办法\n" + "".join(f"第{number}条 甲。\n" for number in "一二三四五六七八九") * 2
    text = f"关于征求意见的公告\n一、时间\n5月。\n二、方式\n来信。\n云溪县司法局\n2023年4月28日\n{annex}"

    (document,) = read(text)

    assert (document.issuer, document.date) == ("云溪县司法局", "2023-04-28")


TWO = """某站首段:近日,有关部门印发了两个方案。
云州省法治政府建设实施方案
(2021-2025年)
为推进建设,制定本方案。
一、总体要求
(一)目标。到2025年完成。
(二)原则。坚持依法。
二、措施
(三)改革。深化改革。
各地各部门要认真落实本方案。
云州省法治建设考核方案
《考核方案》全文如下。
一、考核对象
各市。
二、考核方式
(一)日常评价。按季度进行。
(二)实地考核。按年度进行。
云州省2015年印发的考核办法同时废止。"""


def test_two_documents_in_one_file() -> None:
    """A title whose numbering starts again begins a second document with its own text and places."""
    first, second = read(TWO)

    assert (first.part, second.part) == ("实施方案", "考核方案")
    assert (first.id, second.id) == ("0" * 16 + "-1", "0" * 16 + "-2")
    assert first.text + second.text == TWO
    assert first.title == "云州省法治政府建设实施方案(2021-2025年)"
    assert second.title == "云州省法治建设考核方案"
    assert [" ".join(first.cited_path(s)) for s in first.sections] == [
        "实施方案 文首", "实施方案 一", "实施方案 一 (一)", "实施方案 一 (二)", "实施方案 二",
        "实施方案 二 (三)", "实施方案 文末",
    ]  # fmt: skip
    assert [s.path for s in second.sections][-1] == ("文末",)


def test_parts_of_one_kind_get_longer_names() -> None:
    """Two documents of one kind are told apart by their titles, two of one title by their order."""
    body = "一、甲\n子。\n二、乙\n丑。\n"

    named = read(f"云溪县停车管理办法\n{body}云溪县养犬管理办法\n{body}")
    alike = read(f"云溪县停车管理办法\n{body}云溪县停车管理办法\n{body}")

    assert [document.part for document in named] == ["云溪县停车管理办法", "云溪县养犬管理办法"]
    assert [document.part for document in alike] == ["第1份", "第2份"]


def test_a_title_quoted_in_the_text_starts_no_document() -> None:
    """A line that names a plan inside a section, with numbering going on, splits nothing."""
    assert (
        len(read("云溪县工作方案\n一、依据\n云溪县法治建设实施方案\n二、措施\n落实。\n三、要求\n完成。")) == 1
    )


def test_plain_text_is_one_head() -> None:
    """Text without numbers is one section; no text is a document without sections."""
    assert outline("云溪县公告\n今日停水。\n明日恢复。") == ["文首"]
    assert read("")[0].sections == ()
    assert read("")[0].title == "a"


BLOCKS = """一、|二、|三、甲。|（一）|(二)乙；乙。|(三)|1.|2．丙|3、|(1)|①|②|一是甲。|二是乙。
第一章　总则|第二章|第一条　甲|第二条|第三条之一|附件|附件1|附件2：|附件:1.甲
2.乙方案|序号|考核项目|1|2|3|备注：甲
1\t甲\t乙|一、甲\t1.乙|\t2.丙|云溪县工作方案|云溪县考核办法|2021年5月1日|云溪县人民政府
各部门要落实。|本办法自印发之日起施行。|1.1|1.2
1 总则|甲乙丙丁。|□"""
LINES = st.lists(st.sampled_from(re.split(r"[|\n]", BLOCKS)), max_size=40)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=300), LINES.map("\n".join)))
def test_sections_tile_any_text(text: str) -> None:
    """Whatever the text, nothing is raised and the sections of the documents joined are the text."""
    documents = read(text)

    assert "".join(document.text for document in documents) == text
    for document in documents:
        ends = [0, *(section.end for section in document.sections)]
        assert [section.start for section in document.sections] == ends[:-1]
        assert ends[-1] == len(document.text)
        assert all(section.end > section.start and section.path for section in document.sections)
    if len(documents) > 1:
        assert len({document.part for document in documents} - {""}) == len(documents)


@cache
def _documents(path: Path) -> tuple[Document, ...]:
    data = path.read_bytes()
    text = data.decode("utf-8-sig")
    return parse(path.name, hashlib.sha256(data).hexdigest(), text, clean(text).text)


def _golden(documents: Sequence[Document]) -> list[dict[str, object]]:
    """Return what the golden file holds: facts, labels, places and digests of headings, no text."""
    return [
        {
            "part": document.part,
            "title": document.title,
            "issuer": document.issuer,
            "place": document.place,
            "years": list(document.years),
            "number": document.number,
            "date": document.date,
            "sections": [
                " ".join(
                    [
                        "/".join(section.path),
                        f"{section.start}-{section.end}",
                        f"{len(section.heading)}",
                        hashlib.sha256(section.heading.encode()).hexdigest()[:8],
                    ]
                )
                for section in document.sections
            ],
        }
        for document in documents
    ]


def test_outlines_of_the_real_documents(shared: Path) -> None:
    """The outlines of the five real documents are the ones checked by eye."""
    for path in sorted((shared / "documents").glob("*.txt")):
        golden = GOLDEN / f"{path.stem}.json"
        found = _golden(_documents(path))
        if REGENERATE:
            golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

        assert json.loads(golden.read_text(encoding="utf-8")) == found, (
            f"{golden.name} differs: set REGENERATE in tests/test_parse.py to True, run it once, "
            "read the difference, set it back"
        )


def test_golden_files_are_not_being_rewritten() -> None:
    """The switch that rewrites the golden files is off."""
    assert not REGENERATE


def test_counts_of_the_real_documents(shared: Path) -> None:
    """28 numbered sections in ten chapters, 38 in ten, a scheme down to 3.(5)."""
    zongyang = _documents(shared / "documents" / "zongyang-plan-2021-2025.txt")[0]
    plan, scheme = _documents(shared / "documents" / "henan-plan-2021-2025.txt")

    for document, count in ((zongyang, 28), (plan, 38)):
        labels = [s.path[1] for s in document.sections if len(s.path) == 2]
        assert [chinese_number(label.strip("()")) for label in labels] == list(range(1, count + 1))
        assert len({s.path[0] for s in document.sections} - {"文首", "文末"}) == 10
    assert ("四", "(三)", "3.", "(5)") in {s.path for s in scheme.sections}


def test_every_gold_path_is_an_address(shared: Path) -> None:
    """Every place the real questions point to exists in the outlines."""
    known = {
        path.name: {
            document.cited_path(section)[:depth]
            for document in _documents(path)
            for section in document.sections
            for depth in range(len(document.cited_path(section)) + 1)
        }
        for path in (shared / "documents").glob("*.txt")
    }
    missing = set()
    for questions in (shared / "questions").glob("*.jsonl"):
        for line in questions.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            for turn in [question, *question.get("turns", [])]:
                for gold in turn.get("gold", []) if isinstance(turn, dict) else []:
                    if tuple(gold["path"]) not in known[gold["doc"]]:
                        missing.add((gold["doc"], tuple(gold["path"])))

    assert not missing


def test_statutes(shared: Path) -> None:
    """Statutes parse with the same code: articles printed at line starts are found, in order."""
    files = sorted(path for path in (shared / "laws").rglob("*.md") if path.name != "_index.md")
    for path in random.Random(7).sample(files, SAMPLE):
        raw = re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"))
        text = "\n".join(line.lstrip("# ").strip() for line in raw.split("\n") if line.strip())
        found = []
        for document in parse(path.name, "0" * 64, raw, text):
            assert "".join(map(document.section_text, document.sections)) == document.text
            for section in document.sections:
                if match := re.fullmatch(r"第([零一二三四五六七八九十百千]+)条.*", section.path[-1]):
                    found.append(chinese_number(match[1]))
        printed = [
            chinese_number(number)
            for number in re.findall(r"(?m)^第 ?([零一二三四五六七八九十百千]+) ?条(?=\s)", text)
        ]

        if 1 in printed:
            assert set(printed) <= set(found), path.name
            assert found == sorted(found), path.name
