"""A model's words become the lines of an answer, or are left out."""

import itertools

import pytest

from bot.generate import generate, sentences
from bot.thoughts import AGAIN
from tests.material import source

GOOD = "行政执法人员每人每年参加业务培训不少于60学时"
SOURCES = (source(), source(2, "(二)案卷评查。县审计局每年组织两次案卷评查。\n", "青川区"))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_sentences_are_cut_alike_however_they_come(size: int) -> None:
    """A sentence keeps the marks that follow it, before or after its full stop."""
    text = "一句。[1][2]\n- 二句[1]。三句！四句没有完"
    pieces = [text[i : i + size] for i in range(0, len(text), size)]

    assert list(filter(None, sentences(pieces))) == ["一句。[1][2]\n", "- 二句[1]。", "三句！", "四句没有完"]


def test_what_was_thought_aloud_is_no_sentence() -> None:
    """All that came before the sign is forgotten."""
    assert list(filter(None, sentences(["也许40", AGAIN, "六十学时[1]。"]))) == ["六十学时[1]。"]


def test_lines_grow_and_marks_are_our_own() -> None:
    """Each snapshot begins with the one before; the marks number the quotes, not the passages."""
    deltas = [f"**{GOOD}**[1]。", "未经培训不得上岗。[1]\n", "1. 县审计局每年组织两次案卷评查[2]。\n"]
    grown = [written.text for written in generate(deltas, SOURCES)]
    last = list(generate(deltas, SOURCES))[-1]

    assert all(after.startswith(before) for before, after in itertools.pairwise(grown))
    assert last.lines == (
        f"云岭县：{GOOD}。[1]云岭县：未经培训不得上岗。[2]",
        "青川区：县审计局每年组织两次案卷评查。[3]",
    )
    assert [citation.n for citation in last.citations] == [1, 2, 3]
    documents = {source.document.id: source.document for source in SOURCES}
    for citation in last.citations:
        assert documents[citation.document_id].text[citation.start : citation.end] == citation.quote


def test_the_same_words_are_cited_once() -> None:
    """Two sentences from one unit share a mark, and a sentence said twice is shown once."""
    last = list(generate([f"{GOOD}[1]。{GOOD}[1]。公共法律知识培训不少于20学时[1]。"], SOURCES[:1]))[-1]

    assert last.text == f"{GOOD}。[1]公共法律知识培训不少于20学时。[1]"
    assert len(last.citations) == 1


def test_what_is_left_out_is_kept_with_its_reason() -> None:
    """Lead-ins are dropped without a word, claims and tables with one."""
    text = f"具体如下：\n{GOOD}[1]。\n以上仅供参考。\n| 地方 | 60学时 |[1]\n"
    text += "行政执法人员每人每年参加业务培训不少于40学时[1]。"
    last = list(generate([text], SOURCES[:1]))[-1]

    assert last.lines == (f"{GOOD}。[1]",)
    assert [(left.sentence, left.reason) for left in last.left_out[:1]] == [("以上仅供参考。", "unmarked")]
    assert [left.reason for left in last.left_out[1:]] == ["table", "figure"]


def test_what_is_judged_unsupported_is_left_out() -> None:
    """A judge may only take away."""
    last = list(generate([f"{GOOD}[1]。"], SOURCES[:1], lambda *_: False))[-1]

    assert last.lines == ()
    assert last.citations == ()
    assert last.left_out[0].reason == "judged"
