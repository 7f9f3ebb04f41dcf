"""Questions drawn from documents say whose rule they ask for, and can be understood by themselves."""

from dataclasses import replace

import pytest

from bot.drawn import drawn, subject
from index.document import Document
from tests.page_fakes import document


def plan(text: str, place: str = "禾清县", title: str = "禾清县法治建设方案") -> Document:
    """Return a document of one section."""
    return document(text, f"{place}{title}{text}", title, place=place)


def texts(home: Document) -> list[str]:
    """Return the questions drawn from a document's section."""
    return [one.text for one in drawn(home, 0)]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("执法人员每年培训不少于60学时。", "禾清县执法人员每年培训不少于多少学时？"),
        ("县政府常务会议每年学法不少于4次。", "禾清县政府常务会议每年学法不少于几次？"),
        ("县外专家在论证会上不少于2人。", "禾清县县外专家在论证会上不少于多少人？"),
        ("全县规范性文件每两年清理一次。", "禾清县规范性文件多久清理一次？"),
        ("禾清每个村至少配备1名信息员。", "禾清每个村至少配备多少名信息员？"),
        ("到2025年底前实现我县文件统一公开查询。", "禾清县要在什么时候前实现全县文件统一公开查询？"),
        ("确保新录用人员岗前培训不少于20学时。", "禾清县新录用人员岗前培训不少于多少学时？"),
    ],
)
def test_the_place_is_named_once(text: str, question: str) -> None:
    """The place comes first, unless the words have it; 县政府 of 禾清县 is 禾清县政府, 我县 is 全县."""
    assert texts(plan(text)) == [question]


def test_what_a_report_did_is_asked_of_its_year() -> None:
    """A figure of a report is one of the year it is about; a rule holds in any year."""
    report = plan("全年收到行政复议申请35件。", title="禾清县2024年法治建设报告")

    assert texts(report) == ["禾清县2024年全年收到行政复议申请多少件？"]


def test_a_document_without_a_place_is_named_by_its_title() -> None:
    """Of a law the title is named, without 中华人民共和国 and the year of its wording."""
    law = plan("试用期最长不得超过六个月。", place="", title="中华人民共和国劳动合同法(2012修正)")

    assert texts(law) == ["《劳动合同法》规定，试用期最长不得超过几个月？"]


@pytest.mark.parametrize(
    "text",
    [
        "该机关每年培训不少于60学时。",
        "依照前款规定审查的，每件不超过5日。",
        "“双随机检查每年不少于2次。",
        "深入学习习近平法治思想每年不少于4次。",
        f"{'各单位和各乡镇以及其他有关组织的' * 3}培训每年不少于60学时。",
    ],
)
def test_what_needs_its_neighbours_is_not_drawn(text: str) -> None:
    """Words that point elsewhere, an open quotation, what is professed, and what is too long are left."""
    assert texts(plan(text)) == []


def test_each_question_is_drawn_once_with_the_sentence_that_answers_it() -> None:
    """The unit beside a question is the one it was made of."""
    home = plan("执法人员每年培训不少于60学时。\n执法人员每年培训不少于60学时。")
    (one,) = drawn(home, 0)

    assert one.unit.text == "执法人员每年培训不少于60学时。"


def test_the_subject_of_a_section_is_its_heading() -> None:
    """Under a heading stands what it asks for; where nothing but the heading stands there is no question."""
    home = plan("1.完善行政执法程序\n规范取证和告知。")
    headed = replace(home, sections=(replace(home.sections[0], heading="完善行政执法程序"),))
    bare = plan("1.完善行政执法程序\n")
    empty = replace(bare, sections=(replace(bare.sections[0], heading="完善行政执法程序"),))
    found = subject(headed, 0)

    assert found is not None
    assert (found.text, found.unit.text) == ("禾清县怎么完善行政执法程序？", "规范取证和告知。")
    assert subject(empty, 0) is None
    assert subject(home, 0) is None
