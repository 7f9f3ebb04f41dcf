"""Passages: pieces of sections."""

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from index.chunk import LIMIT, chunk
from index.document import Document
from index.parse import parse

SENTENCES = st.text(alphabet="一二、（）(1.第条章：。；，的法治\n a", max_size=1500)


def _parse(text: str) -> tuple[Document, ...]:
    return parse("a.txt", "0" * 64, text, text)


@given(SENTENCES)
def test_passages_of_a_section_joined_are_the_section(text: str) -> None:
    """No character is lost, doubled or moved to another section, and no passage is empty or too long."""
    for document in _parse(text):
        passages = chunk(document)
        for number, group in groupby(passages, key=lambda passage: passage.section):
            pieces = list(group)

            assert "".join(piece.text for piece in pieces) == document.section_text(document.sections[number])
            assert all(0 < len(piece.text) <= LIMIT for piece in pieces)
        assert {passage.section for passage in passages} == set(range(len(document.sections)))


def test_cuts_at_sentence_ends() -> None:
    """A long section is cut where sentences end, into pieces of like length."""
    text = "一、总体要求\n" + "这是一个用来测试的句子，它有一定的长度。" * 50 + "\n二、保障措施\n完。"
    (document,) = _parse(text)
    pieces = [passage.text for passage in chunk(document) if passage.section == 0]

    assert len(pieces) == 3
    assert all(piece.rstrip("\n").endswith("。") for piece in pieces)
    assert max(map(len, pieces)) - min(map(len, pieces)) < 60


def test_text_without_stops_is_cut_hard() -> None:
    """A thousand characters without any stop still make pieces within the limit."""
    (document,) = _parse("法" * 1000)

    assert len(chunk(document)) == 3
    assert all(len(passage.text) <= LIMIT for passage in chunk(document))


def test_ids_name_document_section_and_piece() -> None:
    """A passage's id is the document's id, the section's place and the piece's place."""
    (document,) = _parse("云溪县工作方案\n一、目标\n到2025年完成。\n二、措施\n抓好落实。")

    assert [passage.id for passage in chunk(document)] == [f"{'0' * 16}:{n}:0" for n in range(3)]
