"""An answer as text for a terminal and as a record for a program."""

from bot.render import plain, record
from tests.page_fakes import ANSWER, CITATIONS, HOURS, REFUSAL


def test_a_terminal_shows_the_answer_its_evidence_and_what_to_ask_instead() -> None:
    """Below the words stands every citation with its number, address and quote, then the suggestions, one
    a line.
    """
    said = plain(ANSWER).splitlines()

    assert said[:3] == ANSWER.text.splitlines()
    evidence = said.index("依据：")
    assert said[evidence + 1] == f"[1] 《云溪市执法培训办法》二：“{HOURS}”"
    assert said[evidence + 2] == "[2] 《云溪市考核细则》附件1、2：“2 学时 20”"
    assert said[-2:] == ["可以改问：", "新进人员培训多少学时？"]


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
