"""The page's HTML: marks, cards, lists, and that no words become markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Answer, Turn
from bot.web import page
from tests.page_fakes import (
    ANSWER,
    CITATIONS,
    DOCUMENTS,
    HOURS,
    PAYLOADS,
    REFUSAL,
    RULES,
    TABLE,
    asked,
    citation,
    document,
)

BY_ID = {d.id: d for d in DOCUMENTS}
TAGS = {
    "a",
    "button",
    "details",
    "div",
    "h1",
    "h2",
    "i",
    "li",
    "mark",
    "p",
    "section",
    "span",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "ul",
}
ATTRIBUTES = {"class", "href", "id", "open", "tabindex", "title", "type"}


class Reader(HTMLParser):
    """Reads HTML into its tags, attributes, words and marked words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and its attributes."""
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost tag closes."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data
        if "mark" in self._open:
            self.marked += data

    def handle_comment(self, data: str) -> None:
        """Comments are never written."""
        raise AssertionError(data)

    def check(self) -> "Reader":
        """Assert that there is nothing in it but what the page writes."""
        assert not self._open
        assert set(self.tags) <= TAGS
        assert {name for name, _ in self.attributes} <= ATTRIBUTES
        assert all(value.startswith("#") for name, value in self.attributes if name == "href")
        return self


def checked(html: str) -> Reader:
    """Return HTML as read, after checking that every block is one line that begins with a tag."""
    for block in html.split("\n\n"):
        assert "\n" not in block
        assert block.startswith("<")
        assert not set(block) & set("`*_[]()~|\\{}$@")
    return Reader(html).check()


def hostile(payload: str) -> Answer:
    """Return an answer with the payload wherever an answer has words."""
    home = document(f"前文\n{payload}\n后文", "h", payload, source=payload, place=payload)
    quoted = citation(1, home, payload, (payload,), payload)
    return Answer(f"{payload}[1]", (quoted,), reason=payload, suggestions=(payload,))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words(payload: str) -> None:
    """A payload in a question, answer, title, path, heading, quote, place, file name, suggestion or
    example adds no tag, attribute, link target or Markdown.
    """
    answer = hostile(payload)
    home = document(f"前文\n{payload}\n后文", "h", payload, source=payload, place=payload, number=payload)
    refusal = Answer(payload, answer.citations, refused=True, reason=f"因为{payload}", suggestions=(payload,))

    for html in (
        page.turn_block(1, payload, answer),
        page.turn_block(1, payload, refusal),
        page.evidence(1, payload, answer, {"h": home}),
        page.evidence(1, payload, answer, {}),
        page.welcome([payload], 3),
        page.library([home]),
    ):
        checked(html)


@given(st.text())
def test_escape_shows_every_visible_character(text: str) -> None:
    """Whatever is escaped reads back as the same words, only invisible controls are gone."""
    shown = Reader(f"<p>{page.escape(text)}</p>").check()

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


@given(st.text(alphabet=st.sampled_from("甲乙。；\n\t <&[1]　"), min_size=1), st.data())
def test_section_marks_exactly_the_quote(text: str, data: st.DataObject) -> None:
    """Marked words are the quote and all words are the section, white space aside, wherever it stands."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    home = document(text, "d", "题")
    quoted = citation(1, home, "", ("一",), "")
    quoted = type(quoted)(
        **{
            **{f: getattr(quoted, f) for f in quoted.__slots__},
            "quote": text[start:end],
            "start": start,
            "end": end,
        }
    )

    read = checked(page.section_html(quoted, home)) if text.strip() else Reader("")

    assert "".join(read.words.split()) == "".join(text.split())
    assert "".join(read.marked.split()) == "".join(text[start:end].split())


def test_marks_link_to_their_cards() -> None:
    """Each [n] of a citation is a link to that citation's card of that turn."""
    html = page.turn_block(3, "问", ANSWER)
    links = [value for name, value in Reader(html).attributes if name == "href"]
    cards = [
        value for name, value in Reader(page.evidence(3, "问", ANSWER, BY_ID)).attributes if name == "id"
    ]

    assert links == ["#cite-3-1", "#cite-3-1", "#cite-3-2"]
    assert cards == ["cite-3-1", "cite-3-2"]


def test_mark_without_citation_is_text() -> None:
    """A [n] that no citation has stays as it was written."""
    read = checked(page.turn_block(1, "问", Answer("见[7]和[1]。", CITATIONS[:1])))

    assert "见[7]和[1]。" in read.words
    assert read.tags.count("a") == 1


def test_place_that_begins_a_line_stands_out() -> None:
    """The place of a citation is set off where a line begins with it, nowhere else."""
    html = page.turn_block(1, "问", Answer("云溪市：见[1]。\n在云溪市：也见[1]。", CITATIONS[:1]))

    assert html.count('<span class="place">云溪市</span>：') == 1
    assert "<p>在云溪市：" in html


def test_table_of_an_answer_is_a_table_of_the_page() -> None:
    """Rows of a Markdown table become one table with a head, its rule is not shown, and marks in its cells
    are links; what stands before and after stays a paragraph.
    """
    text = (
        "先看这里。\n| 地方 | 规定 |\n| --- | --- |\n| 云溪市 | 48学时[1] |\n| 别处 | 未写明[7] |\n再看这里。"
    )
    html = page.turn_block(3, "问", Answer(text, CITATIONS[:1]))
    read = checked(html)

    assert read.tags.count("table") == 1
    assert "<tr><th>地方</th><th>规定</th></tr><tr><td>云溪市</td>" in html
    assert html.count("<tr>") == 3
    assert "---" not in read.words
    assert [value for name, value in read.attributes if name == "href"] == ["#cite-3-1"]
    assert "<td>未写明&#91;7&#93;</td>" in html
    assert "<p>先看这里。</p><table>" in html
    assert "</table><p>再看这里。</p>" in html


def test_tables_with_words_between_them_stay_apart() -> None:
    """Two tables in an answer each have their own head."""
    table = "| 地方 | 规定 |\n| --- | --- |\n| 云溪市 | 48学时 |"
    html = page.turn_block(1, "问", Answer(f"{table}\n其次：\n{table}"))

    assert checked(html).tags.count("table") == 2
    assert html.count("<th>地方</th>") == 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_in_a_table_stay_words(payload: str) -> None:
    """A payload in a cell adds no tag, attribute, link target or Markdown."""
    row = " ".join(payload.split())

    checked(
        page.turn_block(1, "问", Answer(f"| 地方 | 规定 |\n| --- | --- |\n| {row} | {row}[1] |", CITATIONS))
    )


def test_card_shows_title_address_heading_and_marked_quote_in_whole_section() -> None:
    """A card holds title, address, heading, file and the whole section, only the quote marked."""
    read = checked(page.card(1, CITATIONS[0], RULES, opened=True))

    assert "《云溪市执法培训办法》" in read.words
    assert "学时" in read.words
    assert "云溪市执法培训办法.txt" in read.words
    assert read.marked == HOURS
    assert "新进人员上岗前另训30学时。" in read.words
    assert "总体要求" not in read.words
    assert ("open", "") in read.attributes


def test_table_row_is_marked_cell_by_cell() -> None:
    """A quoted table row is shown as a row whose cells are marked."""
    html = page.card(1, CITATIONS[1], TABLE)

    assert '<div class="row"><span><mark>2</mark></span><span><mark>学时</mark></span>' in html


def test_card_without_its_document_shows_the_quote_alone() -> None:
    """When the document is gone or says something else there, the quote is still shown and nothing else."""
    changed = document("别的内容" * 200, "rules", "云溪市执法培训办法")

    for home in (None, changed):
        read = checked(page.section_html(CITATIONS[0], home))
        assert read.words == HOURS
        assert read.marked == HOURS


def test_only_the_first_card_is_open() -> None:
    """Evidence opens its first card and leaves the others folded."""
    html = page.evidence(1, "问", ANSWER, BY_ID)

    assert html.count(" open>") == 1
    assert html.index(" open>") < html.index("cite-1-2")


def test_refusal_gives_reason_once_and_suggestions_to_ask() -> None:
    """A refusal shows its words, its reason, and suggestions as buttons; a reason said already is not
    repeated.
    """
    read = checked(page.turn_block(1, "问", REFUSAL))
    once = checked(page.turn_block(1, "问", Answer("没有写明。", refused=True, reason="没有写明。")))

    assert "收录的是执法培训文件。" in read.words
    assert read.tags.count("button") == 1
    assert once.words.count("没有写明。") == 1


def test_waiting_and_growing_turns_differ_from_finished_ones() -> None:
    """A turn says that it is being looked up, then grows, and has its note only when finished."""
    assert "正在查找依据" in page.turn_block(1, "问", None)
    assert "growing" in page.turn_block(1, "问", ANSWER, finished=False)
    assert "2 处依据" not in page.turn_block(1, "问", ANSWER, finished=False)
    assert "2 处依据" in page.turn_block(1, "问", ANSWER)


def test_long_question_is_shown_shortened_and_blank_one_not_at_all() -> None:
    """A question of 10,000 characters does not fill the page; a blank one leaves no bubble."""
    shown = checked(page.turn_block(1, "长" * 10_000, REFUSAL)).words

    assert shown.count("长") == page.LONGEST_QUESTION
    assert "10000 字" in shown
    assert "question" not in page.turn_block(1, " \n", REFUSAL).split("answer")[0]


def test_conversation_numbers_turns() -> None:
    """Turns stand one block each, in order."""
    turns = [Turn(asked(text), ANSWER) for text in ("甲", "乙")]
    html = page.conversation(turns)

    checked(html)
    assert [block[:28] for block in html.split("\n\n")] == [
        '<section class="turn" id="tu',
        '<section class="turn" id="tu',
    ]
    assert html.index('id="turn-1"') < html.index("甲") < html.index('id="turn-2"') < html.index("乙")


def test_library_lists_title_place_years_and_number() -> None:
    """The panel of documents is folded and names each one; a very large base is cut and says so."""
    read = checked(page.library(DOCUMENTS))
    many = checked(page.library([RULES] * (page.MOST_LISTED + 7)))

    assert "收录的文件（3 份）" in read.words
    assert "云溪市　2024年　云政〔2024〕8号" in read.words
    assert ("open", "") not in read.attributes
    assert "另有 7 份" in many.words


@pytest.mark.parametrize(
    ("about", "written"),
    [((), ""), ((2017,), "2017年"), ((2021, 2022, 2023), "2021—2023年"), ((2019, 2022), "2019、2022年")],
)
def test_years_are_written_as_people_write_them(about: tuple[int, ...], written: str) -> None:
    """A run of years is written as a range, others one by one."""
    assert page.years(about) == written
