"""The HTML of questions and answers: marks, tables, buttons, and that no words become markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Answer
from bot.web import page
from bot.web.escape import escape
from bot.web.evidence import evidence
from bot.web.page import Standing
from prompts import interface
from tests.markup import Reader, checked
from tests.page_fakes import ANSWER, CITATIONS, DOCUMENTS, PAYLOADS, REFUSAL, citation, document

BY_ID = {d.id: d for d in DOCUMENTS}
ZH, EN = interface("zh"), interface("en")
KEPT = Standing("/conversations/c/turns/7", 7, last=True)


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words(payload: str, words: page.Words) -> None:
    """A payload in a question, answer, title, path, heading, quote, place, suggestion, trouble or example
    adds no tag, attribute, link target or Markdown.
    """
    home = document(f"前文\n{payload}\n后文", "h", payload, source=payload, place=payload, number=payload)
    quoted = citation(1, home, payload, (payload,), payload)
    answer = Answer(f"{payload}[1]", (quoted,), reason=payload, suggestions=(payload,))
    refusal = Answer(payload, answer.citations, refused=True, reason=f"因为{payload}", suggestions=(payload,))
    standing = Standing("/conversations/c/turns/7", 7, last=True, trouble=payload)

    for html in (
        page.turn_block(1, payload, answer, words, standing),
        page.turn_block(1, payload, refusal, words, standing),
        page.turn_block(1, payload, answer, words),
        evidence(1, payload, answer, {"h": home}, words),
        evidence(1, payload, answer, {}, words),
        page.welcome([payload], 3, words),
        page.notice(payload),
        page.questions([payload], words["chat_first"]),
    ):
        checked(html)


@given(st.text())
def test_escape_shows_every_visible_character(text: str) -> None:
    """Whatever is escaped reads back as the same words, only invisible controls are gone."""
    shown = Reader(f"<p>{escape(text)}</p>").check()

    expected = "".join(
        " " if c in "\n\t\r" else c
        for c in text
        if c in "\n\t\r"
        or not (
            ord(c) < 0x20
            or 0x7F <= ord(c) < 0xA0
            or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        )
    )
    assert shown.words == expected


def test_marks_link_to_their_cards() -> None:
    """Each [n] of a citation is a link to that citation's card of that turn."""
    html = page.turn_block(3, "问", ANSWER, ZH, KEPT)
    cards = Reader(evidence(3, "问", ANSWER, BY_ID, ZH)).values("id")

    assert Reader(html).values("href") == ["#cite-3-1", "#cite-3-1", "#cite-3-2"]
    assert cards == ["cite-3-1", "cite-3-2"]


def test_mark_without_citation_is_text() -> None:
    """A [n] that no citation has stays as it was written."""
    read = checked(page.turn_block(1, "问", Answer("见[7]和[1]。", CITATIONS[:1]), ZH, KEPT))

    assert "见[7]和[1]。" in read.words
    assert read.tags.count("a") == 1


def test_place_that_begins_a_line_stands_out() -> None:
    """The place of a citation is set off where a line or a part of it begins with it, nowhere else."""
    answer = Answer("云溪市：见[1]；云溪市：再见[1]。\n在云溪市：也见[1]。", CITATIONS[:1])
    html = page.turn_block(1, "问", answer, ZH, KEPT)

    assert html.count('<span class="place">云溪市</span>：') == 2
    assert "<p>在云溪市：" in html


def test_items_of_a_list_stand_together() -> None:
    """Lines that begin with a dash are one list; the line after them is a paragraph again."""
    html = page.turn_block(1, "问", Answer("先：\n- 甲\n- 乙\n后。"), ZH, KEPT)

    assert "<p>先：</p><ul><li>甲</li><li>乙</li></ul><p>后。</p>" in html


def test_table_of_an_answer_is_a_table_of_the_page() -> None:
    """Rows of a Markdown table become one table with a head that can be copied; its rule is not shown, marks
    in its cells are links, each cell names its column; what stands before and after stays a paragraph.
    """
    text = (
        "先看这里。\n| 地方 | 规定 |\n| --- | --- |\n| 云溪市 | 48学时[1] |\n| 别处 | 未写明[7] |\n再看这里。"
    )
    html = page.turn_block(3, "问", Answer(text, CITATIONS[:1]), ZH, KEPT)
    read = checked(html)

    assert read.tags.count("table") == 1
    assert "<tr><th>地方</th><th>规定</th></tr>" in html
    assert '<td><span class="column">地方</span>云溪市</td>' in html
    assert '<td><span class="column">规定</span>未写明&#91;7&#93;</td>' in html
    assert html.count("<tr>") == 3
    assert "---" not in read.words
    assert read.values("href") == ["#cite-3-1"]
    assert "复制表格" in read.words
    assert '<p>先看这里。</p><div class="comparison"><table>' in html
    assert "</div><p>再看这里。</p>" in html


def test_tables_with_words_between_them_stay_apart() -> None:
    """Two tables in an answer each have their own head."""
    table = "| 地方 | 规定 |\n| --- | --- |\n| 云溪市 | 48学时 |"
    html = page.turn_block(1, "问", Answer(f"{table}\n其次：\n{table}"), ZH, KEPT)

    assert checked(html).tags.count("table") == 2
    assert html.count("<th>地方</th>") == 2


@pytest.mark.parametrize("text", ["| --- | --- |", "| 只有表头 |", "| a | b |\n| c |\n| d | e | f |"])
def test_a_table_that_grows_or_is_crooked_is_shown(text: str) -> None:
    """A table of which only the rule or the head has come, or with rows of other lengths, breaks nothing."""
    checked(page.turn_block(1, "问", Answer(text), ZH))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_in_a_table_stay_words(payload: str) -> None:
    """A payload in a cell or a head adds no tag, attribute, link target or Markdown."""
    row = " ".join(payload.split())
    text = f"| 地方 | {row} |\n| --- | --- |\n| {row} | {row}[1] |"

    checked(page.turn_block(1, "问", Answer(text, CITATIONS), ZH, KEPT))


def test_refusal_gives_reason_once_and_suggestions_to_ask() -> None:
    """A refusal shows its words, its reason, and suggestions as buttons; a reason said already is not
    repeated.
    """
    read = checked(page.turn_block(1, "问", REFUSAL, ZH, KEPT))
    said = Answer("没有写明。", refused=True, reason="没有写明。")
    once = checked(page.turn_block(1, "问", said, ZH, KEPT))

    assert "收录的是执法培训文件。" in read.words
    assert read.values("class").count("ask") == 1
    assert once.words.count("没有写明。") == 1


def test_suggestions_stand_under_the_newest_answer_only() -> None:
    """What could be asked instead is not repeated through a long conversation."""
    assert "可以试试" in page.turn_block(1, "问", REFUSAL, ZH, KEPT)
    assert "可以试试" not in page.turn_block(1, "问", REFUSAL, ZH, Standing("/conversations/c/turns/7", 7))


def test_waiting_and_growing_turns_differ_from_finished_ones() -> None:
    """A turn says that it is being looked up, then grows, and has its note and buttons only when finished."""
    waiting = page.turn_block(1, "问", None, ZH)
    growing = page.turn_block(1, "问", ANSWER, ZH)
    finished = page.turn_block(1, "问", ANSWER, ZH, KEPT)

    assert "正在查找依据" in waiting
    assert [re.search(r'class="turn( open)?"', html) is not None for html in (waiting, growing)] == [True] * 2
    assert 'class="turn open"' in growing
    assert 'class="turn"' in finished
    assert "2 处依据" not in growing
    assert "2 处依据" in finished
    assert "actions" not in growing


def test_buttons_carry_what_they_act_on() -> None:
    """Copy, thumbs and sources know their routes, asking anew the turn's number; who gave a thumb sees it."""
    html = page.turn_block(
        1, "问", ANSWER, ZH, Standing("/conversations/c/turns/7", 7, good=False, last=True)
    )

    assert '<button type="button" class="sources" value="/conversations/c/turns/7/evidence">' in html
    assert 'class="copy" value="/conversations/c/turns/7/plain"' in html
    assert 'class="thumb up" value="/conversations/c/turns/7/feedback"' in html
    assert 'class="thumb down given" value="/conversations/c/turns/7/feedback"' in html
    assert 'class="retry" value="7"' in html
    assert 'class="edit" value="7"' in html


def test_only_the_last_turn_can_be_asked_anew() -> None:
    """Earlier turns can be copied and judged, not asked anew: what followed would stand without them."""
    read = Reader(page.turn_block(1, "问", ANSWER, ZH, Standing("/conversations/c/turns/7", 7)))

    assert {"copy", "thumb up", "thumb down"} < set(read.values("class"))
    assert not {"retry", "edit"} & set(read.values("class"))


def test_a_turn_that_was_not_kept_says_so() -> None:
    """Why it was not kept stands under the answer; what needs it kept is not offered."""
    standing = Standing(last=True, trouble="磁盘已满。")
    read = checked(page.turn_block(1, "问", ANSWER, ZH, standing))

    assert "这一轮没有保存：磁盘已满。" in read.words
    assert "48学时" in read.words
    assert not {"thumb up", "thumb down"} & set(read.values("class"))
    assert "copy" in read.values("class")


def test_long_question_is_shown_shortened_and_blank_one_not_at_all() -> None:
    """A question of 10,000 characters does not fill the page; a blank one leaves no bubble."""
    shown = checked(page.turn_block(1, "长" * 10_000, REFUSAL, ZH, KEPT)).words

    assert shown.count("长") == page.LONGEST_QUESTION
    assert "10000 字" in shown
    assert 'class="question"' not in page.turn_block(1, " \n", REFUSAL, ZH, KEPT)


def test_welcome_tells_what_is_held() -> None:
    """Before anything is asked the page says how many documents there are, or that there are none."""
    held = checked(page.welcome(["问什么？"], 3, ZH))
    empty = checked(page.welcome([], 0, ZH))

    assert "已收录 3 份文件。" in held.words
    assert held.values("class").count("ask") == 1
    assert "还没有收录文件。" in empty.words
    assert "请管理员先添加文件" in empty.words


def test_english_pages_have_no_chinese_words_of_ours() -> None:
    """In the English interface only what comes from documents and questions is Chinese."""
    plain = Answer("It says so[1].", CITATIONS[:1], seconds=0.1)
    shown = [
        page.turn_block(1, "What?", plain, EN, KEPT),
        page.turn_block(1, "What?", None, EN),
        page.welcome(["What?"], 3, EN),
        page.welcome([], 0, EN),
        page.evidence_head(EN),
        page.heading(EN),
    ]

    for html in shown:
        words = Reader(html).words
        assert not re.findall(r"[\u3400-\u9fff]", words), words
