"""The outline at the side: nested as the document is numbered, and never too long."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote

from bot.web.contents import MOST_ENTRIES, Entry, outline
from bot.web.links import anchors
from index.document import Document, Section
from index.parse import parse
from tests.bases import PLAN
from tests.page_fakes import RULES


def parsed(text: str) -> Document:
    """Parse a text of one document."""
    return parse("x.txt", "0" * 64, text, text)[0]


def flat(entries: Sequence[Entry], depth: int = 0) -> list[tuple[int, str, str]]:
    """List entries with their depths."""
    return [
        found for e in entries for found in [(depth, e.words, unquote(e.href)), *flat(e.children, depth + 1)]
    ]


def test_the_outline_is_nested_as_the_document_is_numbered() -> None:
    """Chapters hold their sections, these their items; one without a heading goes by its words."""
    assert flat(outline(parsed(PLAN)))[1:6] == [
        (0, "一、执法队伍", "一"),
        (1, "(一) 加强培训", "一·(一)"),
        (1, "(二) 案卷评查", "一·(二)"),
        (0, "二、决策程序", "二"),
        (1, "(三) 合法性审查", "二·(三)"),
    ]
    assert (2, "1.公众参与；", "二·(四)·1.") in flat(outline(parsed(PLAN)))


def test_items_of_articles_are_left_to_their_articles() -> None:
    """The outline of a law lists its articles."""
    items = "第一条 有下列情形的：\n（一）甲；\n（二）乙。\n第二条 本办法自公布之日起施行。\n"
    law = parsed(f"某县管理办法\n第一章 总则\n{items}")

    assert [href for _, _, href in flat(outline(law))][1:] == ["第一章", "第一章·第一条", "第一章·第二条"]


def test_every_entry_leads_to_a_section() -> None:
    """An entry's link is the anchor of a section of the page."""
    document = parsed(PLAN)

    assert {href for _, _, href in flat(outline(document))} <= set(anchors(document).values())


def test_the_outline_of_thousands_of_sections_is_short() -> None:
    """Where there are too many sections, the outline stops at the depth that still can be read."""
    paths = [(f"第{n // 100}章",) if n % 100 == 0 else (f"第{n // 100}章", f"({n})") for n in range(5_000)]
    sections = tuple(Section(path, "题", at, at + 1) for at, path in enumerate(paths))
    document = replace(RULES, text="字" * 5_000, sections=sections)

    assert len(flat(outline(document))) == 50
    alone = replace(
        RULES, text="字" * 5_000, sections=tuple(replace(s, path=(str(s.start),)) for s in sections)
    )
    assert len(flat(outline(alone))) == 5_000 > MOST_ENTRIES
