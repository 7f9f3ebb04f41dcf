"""The panel of citations: cards, the quote in its section, what stands around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Citation
from bot.web.evidence import LONGEST_SECTION, card, evidence, section_html
from index.document import Document, Section
from prompts import interface
from tests.markup import Reader, checked
from tests.page_fakes import ANSWER, CITATIONS, DOCUMENTS, HOURS, RULES, TABLE, citation, document

BY_ID = {d.id: d for d in DOCUMENTS}
ZH = interface("zh")


def of_sections(*texts: str) -> Document:
    """Return a document whose sections are these texts."""
    whole = "".join(texts)
    made = document(whole, "many", "云溪市办法")
    sections, start = [], 0
    for number, text in enumerate(texts):
        sections.append(Section((str(number),), "", start, start + len(text)))
        start += len(text)
    return Document(**{f: getattr(made, f) for f in made.__slots__} | {"sections": tuple(sections)})


def cited(home: Document, number: int, quote: str) -> Citation:
    """Return a citation of words in the numbered section."""
    section = home.sections[number]
    return citation(1, home, quote, section.path, "", section.start, section.end)


@given(st.text(alphabet=st.sampled_from("甲乙。；\n\t <&[1]　"), min_size=1), st.data())
def test_section_marks_exactly_the_quote(text: str, data: st.DataObject) -> None:
    """Marked words are the quote and all words are the section, white space aside, wherever it stands."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    home = document(text, "d", "题")
    facts = {f: getattr(CITATIONS[0], f) for f in CITATIONS[0].__slots__}
    place = {"quote": text[start:end], "start": start, "end": end}
    quoted = Citation(**facts | place | {"section_start": 0, "section_end": len(text)})

    read = checked(section_html(quoted, home)) if text.strip() else Reader("")

    assert "".join(read.words.split()) == "".join(text.split())
    assert "".join(read.marked.split()) == "".join(text[start:end].split())


def test_card_shows_title_address_heading_and_marked_quote_in_whole_section() -> None:
    """A card holds title, address, heading, file and the whole section, only the quote marked."""
    read = checked(card(1, CITATIONS[0], RULES, ZH, opened=True))

    assert "《云溪市执法培训办法》" in read.words
    assert "学时" in read.words
    assert "云溪市执法培训办法.txt" in read.words
    assert read.marked == HOURS
    assert "新进人员上岗前另训30学时。" in read.words
    assert ("open", "") in read.attributes


def test_neighbours_stand_around_the_section() -> None:
    """The sections before and after are shown, a long one folded, those further off not."""
    home = of_sections("远处。", "一、前面的话。", "二、就是这里。", f"三、{'后面的话。' * 60}", "四、更远。")
    html = card(1, cited(home, 2, "就是这里。"), home, ZH)

    assert '<div class="around"><p>一、前面的话。</p></div>' in html
    assert '<details class="around"><summary>后一条：三、后面的话。' in html
    assert "远处" not in html
    assert "更远" not in html
    assert Reader(html).marked == "就是这里。"


@pytest.mark.parametrize("number", [0, 2])
def test_first_and_last_section_have_one_neighbour(number: int) -> None:
    """At the document's edge there is nothing to show on one side."""
    home = of_sections("一、头。", "二、中。", "三、尾。")
    html = card(1, cited(home, number, home.section_text(home.sections[number])), home, ZH)

    assert html.count('class="around"') == 1
    assert "二、中。" in html


def test_long_section_is_cut_around_the_quote() -> None:
    """Of a section as long as a book only what stands near the quote is shown, and dots say so."""
    home = of_sections("甲" * LONGEST_SECTION + "要点。" + "乙" * LONGEST_SECTION)
    read = checked(section_html(cited(home, 0, "要点。"), home))

    assert read.marked == "要点。"
    assert read.words.startswith("……甲")
    assert read.words.endswith("乙……")
    assert len(read.words) < LONGEST_SECTION


def test_card_leads_to_the_original() -> None:
    """The original opens at the section, the quote marked, in a window of its own; the citation can be copied
    as it is cited.
    """
    read = checked(card(1, CITATIONS[0], RULES, ZH))
    quote = f"{CITATIONS[0].start}-{CITATIONS[0].end}"

    assert next(link for link in read.values("href") if link.startswith("/d/")).startswith(
        f"/d/rules?q={quote}#"
    )
    assert read.values("target") == ["_blank"]
    assert f"《云溪市执法培训办法》二：“{HOURS}”" in read.values("value")


def test_table_row_is_marked_cell_by_cell() -> None:
    """A quoted table row is shown as a row whose cells are marked."""
    html = card(1, CITATIONS[1], TABLE, ZH)

    assert '<div class="row"><span><mark>2</mark></span><span><mark>学时</mark></span>' in html


def test_card_without_its_document_shows_the_quote_alone() -> None:
    """When the document is gone or says something else there, the quote is still shown, nothing else of it,
    and that it was replaced.
    """
    changed = document("别的内容" * 200, "rules", "云溪市执法培训办法")

    for home in (None, changed):
        shown = section_html(CITATIONS[0], home)
        read = checked(card(1, CITATIONS[0], home, ZH))
        assert checked(shown).words == HOURS
        assert read.marked == HOURS
        assert "已经更换或移除" in read.words
        assert not [link for link in read.values("href") if link.startswith("/d/")]


def test_only_the_first_card_is_open() -> None:
    """Evidence opens its first card and leaves the others folded."""
    html = evidence(1, "问", ANSWER, BY_ID, ZH)

    assert html.count(" open>") == 1
    assert html.index(" open>") < html.index("cite-1-2")
