"""A stretch of text in pieces: nothing lost, the quote found, marks where they belong."""

from hypothesis import given
from hypothesis import strategies as st

from bot.web.pieces import Cutter, Layers, Mark, Piece

TEXT = "为推进法治建设,制定本方案。"


@given(
    st.lists(st.integers(0, 14), max_size=6, unique=True),
    st.integers(0, 14),
    st.integers(0, 14),
    st.integers(0, 14),
)
def test_pieces_joined_are_the_stretch(cuts: list[int], start: int, end: int, lead: int) -> None:
    """Whatever lies over a text, every character is shown once."""
    places = sorted(cuts)
    marks = [Mark(a, b, "repaired") for a, b in zip(places[::2], places[1::2], strict=False)]
    quote = (min(start, end), max(start, end))

    pieces = Cutter(TEXT, Layers(marks, quote))(2, 12, lead)

    assert "".join(piece.text for piece in pieces) == TEXT[2:12]
    marked = "".join(piece.text for piece in pieces if piece.kind)
    assert marked == "".join(TEXT[max(m.start, 2) : min(m.end, 12)] for m in marks if m.end > 2)
    quoted = "".join(piece.text for piece in pieces if piece.quoted)
    assert quoted == TEXT[max(quote[0], 2) : max(min(quote[1], 12), 2)]
    assert "".join(piece.text for piece in pieces if piece.lead) == TEXT[2 : max(min(lead, 12), 2)]


def test_only_the_quotes_first_piece_is_its_beginning() -> None:
    """The page is scrolled to one place, though a repaired character cuts the quote in three."""
    pieces = Cutter(TEXT, Layers([Mark(5, 6, "repaired", "設(shè)")], (3, 9)))(0, len(TEXT))

    assert [(piece.text, piece.quoted) for piece in pieces if piece.quoted] == [
        ("法治", "first"), ("建", "more"), ("设,制", "more"),
    ]  # fmt: skip
    assert [piece for piece in pieces if piece.kind] == [Piece("建", "repaired", "設(shè)", "more")]


def test_a_quote_that_begins_with_white_space_begins_with_its_first_word() -> None:
    """White space at the edges is not shown, so the page could not be scrolled to it."""
    cut = Cutter("甲\n  乙丙", Layers(quote=(1, 6)))

    assert [*cut.stripped(0, 1), *cut.stripped(2, 6)] == [Piece("甲"), Piece("乙丙", quoted="first")]


def test_characters_that_cannot_be_seen_are_not_shown() -> None:
    """A character that turns the reading direction round must not disguise what stands beside it."""
    assert Cutter("甲\u202e乙\u200b\x00", Layers())(0, 5) == [Piece("甲乙")]
