"""An answer's text cut into paragraphs, items and tables."""

from bot.blocks import Item, Paragraph, Table, blocks
from tests.page_fakes import ANSWER, COMPARISON, HOURS


def test_lines_are_paragraphs_and_items() -> None:
    """A line that begins as an item is one, every other line is a paragraph, and an empty one is nothing."""
    assert blocks(f"{ANSWER.text}\n\n 末行 ") == [
        Paragraph("每人每年不少于48学时。[1]"),
        Item(f"办法：{HOURS}[1]"),
        Item("细则：学时占20分。[2]"),
        Paragraph("末行"),
    ]


def test_a_comparison_is_one_table_without_its_rule() -> None:
    """The rows stand together, the heads first."""
    assert blocks(f"{COMPARISON.text}\n完。") == [
        Paragraph("各地规定不同。"),
        Table((("地方", "规定"), ("云溪市", "不少于48学时[1]"), ("禾清县", "学时占20分[2]"))),
        Paragraph("完。"),
    ]


def test_rows_of_a_table_have_equally_many_cells() -> None:
    """A row that a document's words broke is filled up, and loses none of its words."""
    assert blocks("| 甲 | 乙 |\n| 丙 |\n| 丁 | 戊 | 己 |") == [
        Table((("甲", "乙", ""), ("丙", "", ""), ("丁", "戊", "己")))
    ]


def test_what_only_looks_like_a_table_is_a_paragraph() -> None:
    """A rule without a table, and a line that does not end as a row, stay words."""
    assert blocks("| --- | --- |")[0] == Table((("---", "---"),))
    assert blocks("| 甲") == [Paragraph("| 甲")]
    assert blocks("") == []
