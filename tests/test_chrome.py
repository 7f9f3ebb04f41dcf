"""Page chrome goes, everything of the document stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chrome import is_chrome, split_chrome

BODY = (
    "某县2022年度工作方案",
    "发布时间:2022-03-01 来源:某县人民政府办公室",
    "某政办发〔2022〕3号",
    "一、总体要求",
)


@pytest.mark.parametrize(
    "line",
    [
        "当前位置: 首页>专题专栏>某某报告",
        "您现在的位置：首页 > 政务公开",
        "首页 > 政务公开 > 规划计划",
        "设为首页 | 收藏本站",
        "智能问答 关闭",
        "你还可以输入40",
        "分享到:",
        "分享到：微信 微博",
        "【打印本页】【关闭窗口】",
        "字号：[大 中 小]",
        "扫一扫在手机打开当前页",
        "浏览次数：1024次",
        "上一篇：某通知",
        "版权所有：某县人民政府",
        "某ICP备12345678号-1",
        "网站不良信息举报邮箱:someone@example.cn    联系电话:0000-0000000",
        "• 中文名:某省人民政府关于某事的报告",
        "基本介绍",
    ],
)
def test_chrome_lines_are_known(line: str) -> None:
    """Breadcrumbs, toolbars, share buttons, counters, footers and info boxes are chrome."""
    assert is_chrome(line)


@pytest.mark.parametrize(
    "line",
    [
        "某县2022年度工作方案",
        "发布时间:2022-03-29 10:05:38 信息来源:",
        "来源:某市人民政府 浏览次数:12",
        "某政办发〔2022〕3号",
        "• 发布单位:某省人民政府",
        "政务公开",
        "信息公开",
        "大",
        "打印",
        "扫描件",
        "访问量",
        "位置:县城东侧",
        "网站要完成ICP备案手续。",
        "要公布不良信息举报电话,及时处理群众举报。",
        "联系人:张三 联系电话:0000-0000000",
        "附件:1.考核评分表",
        "(c)其他情形。",
    ],
)
def test_lines_of_documents_are_no_chrome(line: str) -> None:
    """Titles, dates, sources, numbers, table cells, contacts and attachments are never chrome alone."""
    assert not is_chrome(line)


def test_chrome_goes_at_both_ends_only() -> None:
    """Chrome before the first section and in the last lines goes; the same words in the body stay."""
    middle = tuple(f"{number}.第{number}项工作" for number in range(1, 60))
    page = ("首页", "设为首页 | 收藏本站", *BODY, "分享到:", *middle, "上一篇", "分享到:")

    kept, chrome = split_chrome(page)

    assert kept == (*BODY, "分享到:", *middle)
    assert chrome == ("首页", "设为首页 | 收藏本站", "上一篇", "分享到:")


def test_link_list_goes_with_its_links() -> None:
    """A list of related pages at the end goes with its heading, unless sentences follow it."""
    links = ("相关词条", "某省人民政府", "某市人民政府关于某事的报告")

    assert split_chrome((*BODY, *links)) == (BODY, links)
    assert split_chrome((*BODY, "相关链接", "以下单位负责落实。"))[1] == ()


def test_a_button_is_a_cell_inside_a_table() -> None:
    """A word that may be a button is kept between the cells of a table."""
    table = (*BODY, "项目", "登录", "10分", "搜索", "5分")

    assert split_chrome(table) == (table, ())


@given(
    st.lists(st.sampled_from([*BODY, "分享到:", "打印", "首页", "相关词条", "政务公开", "大"]), max_size=12)
)
def test_nothing_is_lost(lines: list[str]) -> None:
    """Kept and dropped lines together are the lines of the page, and a second look finds no more."""
    kept, chrome = split_chrome(tuple(lines))

    assert sorted([*kept, *chrome]) == sorted(lines)
    assert split_chrome(kept) == (kept, ())


def test_footers_beside_chrome_go() -> None:
    """Who runs the site stands beside other chrome; alone the same line names who holds an event."""
    host = "主办单位：某县人民政府 承办单位：县政府办公室"

    assert split_chrome((*BODY, host, "某ICP备12345678号-1"))[0] == BODY
    assert split_chrome((*BODY, host))[0] == (*BODY, host)
    assert split_chrome(("首页", "政务公开", *BODY))[0] == BODY


def test_whom_to_call_stays() -> None:
    """A telephone line at a document's end is the document's, between two lines of chrome the site's."""
    call = "联系电话：0000-1234567"

    assert split_chrome((*BODY, call, "【打印】【关闭】"))[0] == (*BODY, call)
    assert split_chrome((*BODY, "【打印】", call, "某ICP备12345678号-1"))[0] == BODY


def test_an_encyclopaedias_sources_go() -> None:
    """Its list of sources is no part of the document."""
    tail = ("词条图册", "更多图册", "参考资料", "1. 某报告 ．某县人民政府[引用日期2022-02-10]", "相关搜索")

    assert split_chrome((*BODY, *tail))[0] == BODY


def test_cells_below_a_word_that_heads_links_stay() -> None:
    """相关解读 over points or rows is a table's cell."""
    table = (*BODY, "相关解读", "5分", "未发布的扣分")

    assert split_chrome(table)[0] == table
