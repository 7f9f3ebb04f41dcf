"""Answers in WeCom's form: cited, harmless, within the platform's sizes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Answer, Citation
from bot.wecom.wording import STREAM_BYTES, TEXT_BYTES, fitted, harmless, markdown, pieces, plain, shortened

QUOTE = "执法人员每人每年参加培训不少于60学时，新进人员另训30学时。"
CITATION = Citation(
    1, "枞阳.txt", "枞阳县法治政府建设工作方案(2021-2025年)", "id", "枞阳县", ("十", "(二十七)"),
    "十、(二十七)", "加强培训", QUOTE, 0, len(QUOTE), 0, 99,
)  # fmt: skip
ANSWER = Answer("每人每年不少于60学时。[1]", (CITATION,), suggestions=("那河南省呢？",))
TABLE = Answer(
    "两地都有规定。[1]\n| 地方 | 规定 |\n|---|---|\n| 枞阳县 | 60学时 [1] |\n| 河南省 | 40学时 [2] |",
    (CITATION,),
)


def link(citation: Citation) -> str:
    """Return where the citation stands on the page."""
    return f"https://youju.example.gov.cn/d/{citation.document_id}#s"


def no_link(citation: Citation) -> str:
    """There is no page."""
    return ""


@pytest.mark.parametrize("write", [markdown, plain])
def test_every_answer_carries_its_citation(write: object) -> None:
    """Address and quote stand in the message, whatever its form."""
    text = write(ANSWER, link)  # type: ignore[operator]

    assert text.startswith("每人每年不少于60学时。[1]")
    assert "《枞阳县法治政府建设工作方案(2021-2025年)》十、(二十七)" in text
    assert f"“{QUOTE}”" in text
    assert "https://youju.example.gov.cn/d/id#s" in text
    assert "- 那河南省呢？" in text


def test_without_a_page_there_is_no_link() -> None:
    """A citation without an address on the web is written without one."""
    assert "](" not in markdown(ANSWER, no_link)
    assert "://" not in plain(ANSWER, no_link)


def test_a_table_becomes_one_line_a_place() -> None:
    """Phones show no tables: each row is a line, head and rule go."""
    lines = plain(TABLE, no_link).split("\n")

    assert lines[1:3] == ["枞阳县：60学时 [1]", "河南省：40学时 [2]"]


@pytest.mark.parametrize(
    "text",
    [
        "<@zhangsan>", "<@all>", "@all", "@所有人", "<a href='https://evil.example'>点</a>", "</font>",
        "<font color=\"warning\">红</font>", "[点这里](https://evil.example)", "![图](https://evil.example/x.png)",
        "https://evil.example/", "HTTP://evil.example", "wxwork://message", "[点](evil.example)",
        "[点](//evil.example)", "[点]: //evil.example", "www.evil.example",
        "\u202e倒过来\u2066", "\x00\x1b[31m",
    ],
)  # fmt: skip
def test_words_of_documents_mention_nobody_and_link_nowhere(text: str) -> None:
    """What could act in WeCom is broken up, in the answer, the quote and the suggestions alike."""
    hostile = Answer(text, (CITATION,), suggestions=(text,))

    for written in (harmless(text), markdown(hostile, no_link), plain(hostile, no_link)):
        live = r"<[a-zA-Z/@!]|@all|@所有人|\]\(|!\[|://|\]:|www\."
        assert not re.search(live, written, re.IGNORECASE)
        assert not re.search("[\x00-\x08\x1b\u202a-\u202e\u2066-\u2069]", written)


def test_harmless_words_stay_as_they_are() -> None:
    """Brackets, comparisons and e-mail addresses of official texts are not touched."""
    text = "(二十七)不少于60学时[1]，3<5，联系：a@gov.cn！"

    assert harmless(text) == text


def test_a_long_quote_is_cut_at_a_clause() -> None:
    """A quote is shortened where a clause ends, and says that it goes on."""
    quote = "各级行政机关应当建立健全制度，" * 20

    cut = shortened(quote)

    assert len(cut) <= 122
    assert cut.endswith("制度……")
    assert shortened(QUOTE) == QUOTE


@given(st.text(max_size=3000), st.sampled_from([200, 500, TEXT_BYTES]))
def test_pieces_fit_and_nothing_is_lost(text: str, limit: int) -> None:
    """Every piece fits, and together they hold every character that is no white space, in order."""
    parts = pieces(text.encode("utf-8", "ignore").decode(), limit)

    assert all(len(part.encode()) <= limit for part in parts)
    joined = "".join(re.sub(r"^\(\d+/\d+\) ", "", part) for part in parts) if len(parts) > 1 else parts[0]
    assert "".join(joined.split()) == "".join(text.encode("utf-8", "ignore").decode().split())


def test_a_long_answer_is_cut_at_sentences_and_numbered() -> None:
    """25,000 bytes go out as numbered messages, each ending where a sentence does."""
    text = "执法人员每人每年参加培训不少于60学时。" * 450

    parts = pieces(text, TEXT_BYTES)

    assert len(text.encode()) > 25_000
    assert parts[0].startswith(f"(1/{len(parts)}) ")
    assert all(part.endswith("。") for part in parts)


@given(st.text(max_size=30_000))
def test_one_message_never_grows_too_long(text: str) -> None:
    """What does not fit a stream's message is left out, and that is said."""
    clean = text.encode("utf-8", "ignore").decode() * 3
    shown = fitted(clean, STREAM_BYTES)

    assert len(shown.encode()) <= STREAM_BYTES
    assert shown == clean or shown.endswith("（内容较长，其余请到网页查看）")
