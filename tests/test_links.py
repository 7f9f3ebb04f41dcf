"""Permanent links: unique, the same tomorrow, and safe to paste anywhere."""

import time
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Citation
from bot.web.links import anchor, anchors, citation_link, document_link, section_at, section_link
from index.clean import clean
from index.document import Document, Section
from index.parse import parse
from tests.bases import PLAN
from tests.page_fakes import RULES


def document_of(*paths: tuple[str, ...], id_: str = "0123456789abcdef") -> Document:
    """A document whose sections have these paths and a character each."""
    sections = tuple(Section(path, "", at, at + 1) for at, path in enumerate(paths))
    return replace(RULES, id=id_, text="字" * len(paths), sections=sections)


def cited(document: Document, start: int, end: int, path: tuple[str, ...] = ("一",)) -> Citation:
    """A citation of some characters of a document."""
    return Citation(
        1, document.source, document.title, document.id, "", path, "", "", document.text[start:end],
        start, end, 0, len(document.text),
    )  # fmt: skip


def test_an_anchor_is_the_sections_path() -> None:
    """The anchor can be read: the labels, joined."""
    document = document_of(("文首",), ("十",), ("十", "(二十七)"), ("附件1", "8"))

    assert [anchor(document, section) for section in document.sections] == [
        "文首", "十", "十·(二十七)", "附件1·8",
    ]  # fmt: skip


def test_sections_of_one_path_are_told_apart_by_number() -> None:
    """A document that numbers two rows alike has two anchors, also where a label looks like them."""
    document = document_of(("3.",), ("3.",), ("3.~2",), ("3.",), ("3.~2",))

    assert list(anchors(document).values()) == ["3.", "3.~2", "3.~2~2", "3.~3", "3.~2~3"]


@given(st.lists(st.lists(st.text("一二·~2 \n", max_size=3), min_size=1, max_size=3), min_size=1, max_size=20))
def test_anchors_are_unique_and_hold_no_white_space(paths: list[list[str]]) -> None:
    """Whatever the labels, each section has its own anchor, and it can stand in an id."""
    names = list(anchors(document_of(*map(tuple, paths))).values())

    assert len(set(names)) == len(paths)
    assert all(name and not any(map(str.isspace, name)) for name in names)


def test_anchors_are_the_same_when_the_same_bytes_are_indexed_again() -> None:
    """A link outlives every rebuild of the index."""
    first, second = (parse("plan.txt", "0" * 64, PLAN, clean(PLAN).text)[0] for _ in range(2))

    assert first is not second
    assert dict(anchors(first)) == dict(anchors(second))


def test_a_link_is_plain_ascii_and_says_the_anchor() -> None:
    """A link survives a mail, a chat and a Word file; decoded, it is the id on the page."""
    document = document_of(("十",), ("十", "(二十七)"), id_='a/b?c#d"e')

    link = section_link(document, document.sections[1])

    assert link.isascii()
    assert not set(link) & set(" \"'<>()[]")
    assert unquote(urlsplit(link).fragment) == "十·(二十七)"
    assert urlsplit(link).path == document_link(document.id) == "/d/a%2Fb%3Fc%23d%22e"


def test_a_foreign_section_has_no_anchor() -> None:
    """A section of another document is a mistake of the caller's, not a link to somewhere."""
    with pytest.raises(KeyError):
        anchor(document_of(("一",)), Section(("九",), "", 7, 8))


def test_a_citation_links_to_its_section_and_marks_its_words() -> None:
    """The link names the section that the quote begins in, and which characters are quoted."""
    document = document_of(("一",), ("一", "(一)"), ("二",))

    assert section_at(document, 1) == document.sections[1]
    link = urlsplit(citation_link(document, cited(document, 1, 3)))
    assert (link.path, link.query) == ("/d/0123456789abcdef", "q=1-3")
    assert unquote(link.fragment) == "一·(一)"


@pytest.mark.parametrize(
    ("id_", "path", "fragment"),
    [("0123456789abcdef", ("十", "(二)"), "十·(二)"), ("0123456789abcdef-2", ("考核方案", "二"), "二")],
)
def test_a_citation_of_a_document_that_is_gone_still_links(
    id_: str, path: tuple[str, ...], fragment: str
) -> None:
    """The page of a replaced document leads on to its section; its characters are no longer the same."""
    document = document_of(("一",), id_=id_)

    link = urlsplit(citation_link(None, cited(document, 0, 1, path)))

    assert (link.path, link.query, unquote(link.fragment)) == (f"/d/{id_}", "", fragment)


def test_another_version_is_not_taken_for_the_document_cited() -> None:
    """Offsets of one text mark nothing in another."""
    old, new = document_of(("一",), id_="old"), document_of(("一",), id_="new")

    assert citation_link(new, cited(old, 0, 1)) == citation_link(None, cited(old, 0, 1))


def test_links_of_thousands_of_sections_are_fast() -> None:
    """The anchors of a document are worked out once, not for each link."""
    document = document_of(*[(f"第{n % 50}章", f"第{n % 2500}条") for n in range(5_000)])
    started = time.process_time()

    links = {section_link(document, section) for section in document.sections}

    assert len(links) == 5_000
    assert time.process_time() - started < 2
