"""Sentences recast as what they answer."""

from dataclasses import replace

import pytest

from bot.recast import Sort, about, recast
from bot.sentences import units
from tests.page_fakes import document


def answers(text: str) -> list[tuple[Sort, str]]:
    """Return what the first sentence of a text answers."""
    (first, *_) = units(document(text, text, "云溪市办法"), 0)
    return list(recast(first))


@pytest.mark.parametrize(
    ("sentence", "sort", "words"),
    [
        ("执法人员每年培训不少于60学时。", Sort.BOUND, "执法人员每年培训不少于多少学时"),
        ("文件的有效期一般不超过5年。", Sort.BOUND, "文件的有效期一般不超过几年"),
        ("应当留足审查时间，一般不少于7个工作日。", Sort.BOUND, "应当留足审查时间，一般不少于多少个工作日"),
        ("行政机关负责人出庭应诉率达到98%。", Sort.FIGURE, "行政机关负责人出庭应诉率达到多少"),
        ("全年收到行政复议申请35件。", Sort.FIGURE, "全年收到行政复议申请多少件"),
        (
            "文件自公布之日起15日内，制定机关应当报送备案。",
            Sort.FIGURE,
            "文件自公布之日起多少日内，制定机关应当报送备案",
        ),
        ("到2022年底前基本形成统一高效的复议体制。", Sort.DEADLINE, "在什么时候前基本形成统一高效的复议体制"),
        ("县政府每年第一季度向县委报告工作。", Sort.DEADLINE, "县政府每年什么时候向县委报告工作"),
        ("规范性文件每两年清理一次。", Sort.DEADLINE, "规范性文件多久清理一次"),
        ("权责清单由县委编办牵头管理。", Sort.WHO, "权责清单由谁牵头管理"),
        ("重大决策应当履行下列程序：", Sort.LIST, "重大决策应当履行哪些程序"),
        ("有下列情形之一的，应当及时清理：", Sort.LIST, "有哪些情形的，应当及时清理"),
        ("会议纪要不得作为行政执法依据。", Sort.BAN, "会议纪要可以作为行政执法依据吗"),
        ("未经合法性审查的，不得提交集体讨论。", Sort.BAN, "未经合法性审查的，可以提交集体讨论吗"),
    ],
)
def test_what_a_sentence_states_is_asked_back(sentence: str, sort: Sort, words: str) -> None:
    """The figure, the date, the body, the list or the ban gives its place to the word that asks for it."""
    assert (sort, words) in answers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "根据省里统一部署推进“一件事”改革。",
        "推行“马上办、一次办”和三项制度。",
        "开展为期不定的三年行动计划。",
        "设立7×24小时便民专区。",
        "2021年4月1日召开会议。",
        "法律、法规禁止的其他行为。",
        "第一批、第二批名单已经公布。",
        "收到35件，其中8件不予受理，办结17件中的5件。",
        "情况紧急的，可以缩短，但不少于3日。",
        "坚持问题导向。",
    ],
)
def test_what_states_nothing_alone_is_not_asked_back(sentence: str) -> None:
    """Numerals inside words, slogans and dates, several figures at once, and clauses that lean on others
    give no question.
    """
    assert answers(sentence) == []


def test_a_responsible_body_answers_for_its_heading() -> None:
    """责任单位 under a task says who does the task that the heading names."""
    text = "3.严格落实年度报告制度\n责任单位：区政府办、区司法局"
    home = document(text, "who", "云溪市安排")
    headed = replace(home, sections=(replace(home.sections[0], heading="严格落实年度报告制度"),))
    found = [each for unit in units(headed, 0) for each in recast(unit)]

    assert found == [(Sort.WHO, "严格落实年度报告制度由哪些单位负责")]


@pytest.mark.parametrize(
    ("heading", "asked", "of_report"),
    [
        ("完善行政执法程序", "怎么完善行政执法程序", "在完善行政执法程序上做了哪些工作"),
        ("满意度调查", "满意度调查有什么要求", ""),
        ("积极应诉工作(5分)", "怎么积极应诉工作", "在积极应诉工作上做了哪些工作"),
        ("总体要求", "", ""),
        ("立法成效明显", "", ""),
        ("健全机构职能体系，推动政府更好发挥作用", "", ""),
        ("", "", ""),
    ],
)
def test_a_heading_tells_what_its_section_is_about(heading: str, asked: str, of_report: str) -> None:
    """A task is asked how, of a report what was done; a thing what is required; a general heading nothing."""
    assert about(heading, done=False) == asked
    assert about(heading, done=True) == of_report
