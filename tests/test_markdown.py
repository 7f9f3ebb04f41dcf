"""Markdown becomes its words, one block a line; numbers stay as printed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.formats.markdown import to_text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# 一、总体要求 #\n\n正文。", "一、总体要求\n正文。"),
        ("##标题\n### 　标题二", "标题\n标题二"),
        ("标题\n====\n小标题\n----\n正文", "标题\n小标题\n正文"),
        ("**（一）指导思想。**坚持*依法*和~~旧~~__新__", "（一）指导思想。坚持依法和旧新"),
        ("***全部***，_强调_，`代码`", "全部，强调，代码"),
        (
            "见[办法](http://x.cn/(1).html '题')、[意见][1]、<http://x.cn>\n[1]: http://x.cn",
            "见办法、意见、http://x.cn",
        ),
        ("前![图](a.png)后", "前后"),
        ("- 甲\n  * 乙\n+ [x] 丙", "甲\n乙\n丙"),
        ("1. 第一\n1. 又一\n3）三", "1. 第一\n1. 又一\n3）三"),
        ("> 引文\n> > 再引", "引文\n再引"),
        ("甲\n\n---\n\n乙\n***\n丙", "甲\n乙\n丙"),
        ("| 序号 | 任务 |\n|---|:-:|\n| 1 | **立** \\| 改 |\n|  | 续 |", "序号\t任务\n1\t立 | 改\n\t续"),
        ("序号 | 任务\n--- | ---\n1 | 甲<br>乙", "序号\t任务\n1\t甲 乙"),
        ("<table><tr><td>1</td><td>甲</td></tr></table>", "1\t甲"),
        ("<!-- 示例\n文件 -->正文", "正文"),
        ("\\*不是强调\\* 3\\. 号 \\# 号", "*不是强调* 3. 号 # 号"),
        ("\\*\\_\\*`码`\\#，<http://x.cn/a\\_b>", "*_*码#，http://x.cn/a_b"),
        ("2*3*4=24，snake_case_name，**未完", "2*3*4=24，snake_case_name，**未完"),
        ("甲<br>乙<br/>丙  \n丁", "甲\n乙\n丙\n丁"),
        ("<center>标题</center>&lt;注&gt;&nbsp;<u>文</u>", "标题<注> 文"),
        ("见注[^1]。\n[^1]: 注文", "见注。\n注文"),
        ("```\n# 不是标题\n```", "# 不是标题"),
        ('---\ntitle: "标题"\ndate: 2023-01-01\n---\n正文', "标题\n正文"),
        ("---\ntitle: 标题\n---\n# 另有标题\n正文", "另有标题\n正文"),
        ("---\n\n第一条 正文\n\n---\n末", "第一条 正文\n末"),
        ("a | b 不是表格", "a | b 不是表格"),
        ("（一）比例为5<6且7>3", "（一）比例为5<6且7>3"),
    ],
)
def test_marks_go_and_words_stay(source: str, expected: str) -> None:
    """Every mark of the format is taken off; what only looks like one stays."""
    assert to_text(source) == expected


@pytest.mark.parametrize("mark", ["<!--", "<table ", "`", "[", "**", "![", "[^", "<a ", "~~", "---\n"])
def test_marks_that_never_end_take_no_time(mark: str) -> None:
    """A file of openings without an end is read in the time its length takes."""
    assert "正文" in to_text("文" + mark * 30_000 + "正文")


@given(st.text(alphabet="# *_-+>|`[]()!\\~=<&;:.1a文\n\t", max_size=80))
def test_any_markdown_is_read(source: str) -> None:
    """However broken the marks, lines come out and none is blank."""
    text = to_text(source)

    assert all(line.strip() for line in text.split("\n")) or not text


@given(
    st.lists(st.text(alphabet="一二三县法、。（）：2023年", min_size=1, max_size=30), min_size=1, max_size=8)
)
def test_plain_lines_are_not_changed(written: list[str]) -> None:
    """A text without marks comes back line by line."""
    assert to_text("\n".join(written)) == "\n".join(written)
