"""A saved web page becomes its document's lines, without the site around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.html import nested_too_deep, read, to_text

BODY = (
    "<p>为规范窗口服务，方便企业和群众办事，根据有关法律法规的规定，结合本县实际，制定本办法，请遵照执行。</p>"
    * 3
)
SENTENCE = BODY[3 : BODY.index("</p>")]
PIECES = (
    "<p>|</p>|<div>|</div>|<table>|<tr>|<td>|<td rowspan=2>|<td colspan=3>|</td>|</table>|<ol>|<li>|</ol>|"
    "<caption>|<form>|<h1>|</h1>|<pre>|<nav>|<header>|正文|1|<br>|<script>|</script>|<!--|-->|<svg>|&|<"
).split("|")


def page(*parts: str) -> str:
    """A page with these parts round a body long enough to be a document."""
    return f"<!DOCTYPE html><html><body>{parts[0]}{BODY}{''.join(parts[1:])}</body></html>"


def lines(*parts: str) -> list[str]:
    """The lines of such a page, the body's own left out."""
    return [line for line in to_text(page(*parts)).split("\n") if line != SENTENCE]


@pytest.mark.parametrize(
    "furniture",
    [
        "<script>var a = '脚本';</script>",
        "<style>.样式 {}</style>",
        "<nav>首页 政务公开</nav>",
        "<header><div>禾清县人民政府</div></header>",
        "<footer>主办单位：县政府办公室</footer>",
        "<aside>智能客服</aside>",
        "<form>请输入关键字<input><button>搜索</button></form>",
        "<iframe>框架</iframe>",
        "<noscript>请打开脚本</noscript>",
        "<div hidden>隐藏</div>",
        "<p style='display: none'>隐藏</p>",
        "<i aria-hidden='true'>图标</i>",
        "<div class='bdsharebuttonbox'>分享到微信</div>",
        "<div class='breadcrumb'>当前位置：首页</div>",
        "<div id='siteNav'><a>首页</a> <a>新闻</a></div>",
        "<div class='page-footer'>版权所有</div>",
        "<select><option>友情链接</option></select>",
        "<!-- 注释 -->",
        "<img alt='图片'>",
    ],
)
def test_site_furniture_is_dropped(furniture: str) -> None:
    """What is not the document leaves no line."""
    assert lines(furniture) == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("<h1>关于印发办法的通知</h1>", ["关于印发办法的通知"]),
        ("<p>发布日期：2023-09-06&nbsp;&nbsp;来源：县司法局</p>", ["发布日期：2023-09-06 来源：县司法局"]),
        ("<p>一<br>二<br/>三</p>", ["一", "二", "三"]),
        ("<p>甲<b>乙</b><span>丙</span></p>", ["甲乙丙"]),
        ("<p>&emsp;&emsp;&lt;办法&gt;&amp;说明&#65288;试行）</p>", ["<办法>&说明（试行）"]),
        ("<p>全面推进\n      依法行政 law\n  based</p>", ["全面推进依法行政 law based"]),
        ("<pre>一行\n二行</pre>", ["一行", "二行"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
        ("<ol><li>甲<li><p>乙</p></ol>", ["1.甲", "2.乙"]),
        ("<ol start=3><li>甲<li value=9>乙<li>丙</ol>", ["3.甲", "9.乙", "10.丙"]),
        ("<ol type=a><li>甲<li>乙</ol>", ["a.甲", "b.乙"]),
        ("<ol><li>甲<ol><li>子</ol><li>乙</ol>", ["1.甲", "1.子", "2.乙"]),
        ("<ol><li>1.甲<li>（二）乙<li>第三条 丙</ol>", ["1.甲", "（二）乙", "第三条 丙"]),
        ("<ol style='list-style: none'><li>甲</ol>", ["甲"]),
        ("<div class='header'><h2>办法</h2><p>县政府</p></div>", ["办法", "县政府"]),
        ("<article><footer>禾清县人民政府</footer></article>", ["禾清县人民政府"]),
        ("<header><h1>唯一的标题</h1></header>", ["唯一的标题"]),
        ("<header><h1>网站</h1></header><article><h1>标题</h1></article>", ["标题"]),
        ("<div class='article-head'>成文日期 2023年</div>", ["成文日期 2023年"]),
    ],
)
def test_words_of_the_document_are_kept(part: str, expected: list[str]) -> None:
    """Headings, metadata, paragraphs and list items are one line each."""
    assert lines(part) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("<tr><th>序号<th>任务<tr><td>1<td>立制度", ["序号\t任务", "1\t立制度"]),
        ("<tr><td>1<td>甲<td rowspan=2>司法局<tr><td>2<td>乙", ["1\t甲\t司法局", "2\t乙\t司法局"]),
        ("<tr><td rowspan=2>1<td>甲<td>县<tr><td>乙<td>乡", ["1\t甲\t县", "\t乙\t乡"]),
        ("<tr><td colspan=2>合计<td>10<tr><td>甲<td>乙<td>3", ["合计\t\t10", "甲\t乙\t3"]),
        ("<tr><td colspan=3>一、总则<tr><td>甲<td><td>", ["一、总则", "甲"]),
        ("<tr><td><p>第一段</p><p>第二段</p><td>乙", ["第一段 第二段\t乙"]),
        ("<tr><td>考<br>核<td>乙乙乙", ["考核\t乙乙乙"]),
        ("<tr><td><ol><li>甲甲<li>乙乙</ol><td>丙", ["1.甲甲 2.乙乙\t丙"]),
        ("<caption>附件</caption><tr><td>甲<td>乙", ["附件", "甲\t乙"]),
        ("<tr><td rowspan=99999 colspan=99999>甲", ["甲"]),
        ("<tr><td><table><tr><td>内一<td>内二</table>", ["内一\t内二"]),
        ("<tr><td><h2>标题</h2><p>一段</p>", ["标题", "一段"]),
    ],
)
def test_a_table_row_is_a_line(table: str, expected: list[str]) -> None:
    """Cells are joined by tabs, spans filled in, and tables that only arrange the page are not rows."""
    assert lines(f"<table>{table}</table>") == expected


def test_spans_do_not_pile_up() -> None:
    """A table whose every cell claims a hundred rows and columns keeps its words and stays narrow."""
    row = "<tr>" + "".join(f"<td rowspan=100 colspan=100>格{column}" for column in range(20))
    lines = to_text(f"<table>{row * 200}</table>").split("\n")

    assert len(lines) == 200
    assert all("格19" in line for line in lines)
    assert max(map(len, lines)) < 1_000


def test_the_page_title_stands_in_for_a_missing_heading() -> None:
    """The title element is used when the body has no heading, without the site's name."""
    head = "<html><head><title>关于印发窗口办法的通知_禾清县人民政府</title></head><body>"

    assert to_text(head + BODY).split("\n")[0] == "关于印发窗口办法的通知"
    assert to_text(head + "<h1>办法</h1>" + BODY).split("\n")[0] == "办法"
    assert to_text(head + "<p>关于印发窗口办法的通知</p>" + BODY).count("关于印发") == 1


def test_a_form_round_the_whole_page_is_not_dropped() -> None:
    """Sites that wrap everything in one form keep their document."""
    assert SENTENCE in to_text(f"<form id='aspnetForm'>{BODY}</form>")


def test_a_page_that_hides_its_body_is_read_all_the_same() -> None:
    """Where nothing would be left, hidden elements are read: scripts show them in the browser."""
    assert SENTENCE in to_text(f"<nav>首页</nav><div style='display:none'>{BODY * 2}</div>")


def test_a_menu_longer_than_the_document_is_dropped() -> None:
    """A menu is known by its links, however long it is."""
    menu = "<div class='menu'>" + "<a>政务公开栏目</a>" * 200 + "</div>"

    assert lines(menu) == []


def test_what_is_dropped_is_told() -> None:
    """The lines of the site can be reported; scripts are no lines."""
    words = read(page("<nav><a>首页</a></nav><script>var a</script>", "<footer><p>主办单位</p></footer>"))

    assert (set(words.lines), words.dropped) == ({SENTENCE}, ("首页", "主办单位"))


def test_deep_nesting_is_found_before_parsing() -> None:
    """Thousands of open elements are recognised; thousands of unclosed paragraphs are harmless."""
    assert nested_too_deep("<div>" * 6000)
    assert not nested_too_deep("<div></div>" * 6000)
    assert not nested_too_deep("<p>" * 6000 + "<br>" * 6000 + "<tr><td>" * 6000)


def test_nested_elements_do_not_exhaust_the_walk() -> None:
    """As deep as is let through, the page is read."""
    assert "正文" in to_text("<div>" * 3000 + "正文" + BODY)


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_page_is_read(tags: list[str]) -> None:
    """However broken the markup, lines come out: none empty, none with a line end inside."""
    text = to_text("".join(tags))

    assert all(line.strip() for line in text.split("\n")) or not text


def test_a_table_that_frames_the_page_is_no_table() -> None:
    """Rows of one cell, and a cell that holds most of the page, arrange the page; their lines stay lines."""
    report = "<br>".join(["一、做法", "（一）学习。", "二、打算", "加强培训。" * 100])
    rows = f"<tr><td>报告</td></tr><tr><td>来源：某局</td></tr><tr><td>{report}</td></tr><tr><td>完</td></tr>"

    assert to_text(f"<table>{rows}</table>").split("\n")[2:5] == ["一、做法", "（一）学习。", "二、打算"]
    beside = f"<table><tr><td>栏目</td><td><p>{report}</p></td></tr><tr><td>甲</td><td>乙</td></tr></table>"
    assert "一、做法" in to_text(beside).split("\n")


def test_a_shortened_page_title_is_not_said_again() -> None:
    """Where the page shows its title in full, the browser's short form does not go on top."""
    full = "某县城市管理局2022年度法治政府建设工作报告"
    short = "<title>县城管局2022年法治政府建设工作报告</title>"

    assert to_text(f"{short}<p><b>{full}</b></p>{BODY}").split("\n")[0] == full
    assert to_text(f"{short}<p>另一件事</p>{BODY}").startswith("县城管局")
