"""An answer as text for a terminal and as a record for a program."""

from dataclasses import replace

from bot.render import plain, record
from tests.page_fakes import ANSWER, CITATIONS, HOURS, REFUSAL


def test_an_answer_is_copied_with_its_evidence_and_nothing_else() -> None:
    """Below the words stands every citation with its number, address and quote, one a line; what could be
    asked next is no part of the answer.
    """
    said = plain(ANSWER).splitlines()

    assert said == [
        *ANSWER.text.splitlines(),
        "",
        "依据：",
        f"[1] 《云溪市执法培训办法》二：“{HOURS}”",
        "[2] 《云溪市考核细则》附件1、2：“2 学时 20”",
    ]


def test_the_only_citation_stands_on_one_line() -> None:
    """依据：《…》二：“…” can be pasted behind a sentence as it is."""
    said = plain(replace(ANSWER, citations=CITATIONS[:1]))

    assert said.endswith(f"\n\n依据：《云溪市执法培训办法》二：“{HOURS}”")


def test_a_refusal_has_no_evidence_to_show() -> None:
    """Where nothing is cited there is no list of evidence; what can be asked is still offered."""
    said = plain(REFUSAL)

    assert "依据：" not in said
    assert said.endswith("可以改问：\n" + REFUSAL.suggestions[0])


def test_nothing_is_offered_where_there_is_nothing_to_ask() -> None:
    """Without suggestions no line announces them."""
    assert "可以改问" not in plain(type(REFUSAL)("没有写明。", refused=True))


def test_a_record_holds_every_citation_with_its_place() -> None:
    """A program reads the same words, numbers and quotes."""
    written = record("第7题", ANSWER)

    assert written["id"] == "第7题"
    assert written["answer"] == ANSWER.text
    assert [c["n"] for c in written["citations"]] == [1, 2]
    assert [c["quote"] for c in written["citations"]] == [c.quote for c in CITATIONS]
    assert [c["path"] for c in written["citations"]] == [["二"], ["附件1", "2"]]
