"""Conversations as files: everything said is in them, and no word of it works as anything but a word."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Answer, Citation, Turn
from bot.export import markdown, word
from tests.page_fakes import ANSWER, CITATIONS, COMPARISON, HOSTILE, HOURS, PAYLOADS, REFUSAL, asked, citation

TURNS = (
    Turn(asked("执法人员每年培训\n多少学时？"), ANSWER),
    Turn(asked("各地有什么不同？"), COMPARISON),
    Turn(asked("要培训几天？"), REFUSAL),
)
# What text may be made of: surrogates, controls and marks among everything else.
ANY_TEXT = st.text(st.characters(codec=None), max_size=40) | st.text(
    "\\`*_{}[]()<>#+-.!|~$&=:@/w1\n \t", max_size=40
)


def link(cited: Citation) -> str:
    """Return the address of a citation on a site."""
    return f"https://youju.example/d/{cited.document_id}?q={cited.start}-{cited.end}#{cited.path[-1]}"


def no_link(_: Citation) -> str:
    """Return that there is no address."""
    return ""


def opened(title: str = "培训学时", turns: Sequence[Turn] = TURNS, language: str = "zh") -> WordDocument:
    """Return a conversation's Word file, opened."""
    return Document(BytesIO(word(title, turns, link, language)))


def texts(document: WordDocument) -> list[str]:
    """Return what the paragraphs outside tables say, empty ones left out."""
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def hostile(text: str) -> Turn:
    """Return a turn in which the question, the answer, the title and the quote are all this text."""
    cited = replace(citation(1, HOSTILE, PAYLOADS[0], (text,), text), document=text, quote=text, address=text)
    return Turn(asked(text), Answer(f"{text}[1]", (cited,)))


def test_a_word_file_tells_the_whole_conversation() -> None:
    """Question, answer, evidence with the link's words, and the refusal with its reason, in this order."""
    assert texts(opened()) == [
        "培训学时",
        "问：执法人员每年培训 多少学时？",
        "每人每年不少于48学时。[1]",
        f"办法：{HOURS}[1]",
        "细则：学时占20分。[2]",
        "依据",
        f"[1] 《云溪市执法培训办法》二：“{HOURS}” 打开原文",
        "[2] 《云溪市考核细则》附件1、2：“2 学时 20” 打开原文",
        "问：各地有什么不同？",
        "各地规定不同。",
        "依据",
        f"[1] 《云溪市执法培训办法》二：“{HOURS}” 打开原文",
        "[2] 《云溪市考核细则》附件1、2：“2 学时 20” 打开原文",
        "问：要培训几天？",
        "未作回答。",
        REFUSAL.text,
        str(REFUSAL.reason),
    ]


def test_a_comparison_is_a_table_in_word() -> None:
    """Its cells stand in columns, and its heads come again on every page."""
    (table,) = opened().tables

    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["地方", "规定"],
        ["云溪市", "不少于48学时[1]"],
        ["禾清县", "学时占20分[2]"],
    ]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "w:tblHeader" not in table.rows[1]._tr.xml


def test_links_in_word_are_links() -> None:
    """Each citation opens its own address, with what does not fit in an address encoded."""
    links = [each for paragraph in opened().paragraphs for each in paragraph.hyperlinks]

    assert [each.text for each in links] == ["打开原文"] * 4
    assert links[0].url == link(CITATIONS[0]).replace("#二", "#%E4%BA%8C")


@pytest.mark.parametrize(
    "address", ["", "/d/rules#二", "javascript:alert(1)", "file:///etc/passwd", "httpx://a"]
)
def test_only_addresses_of_the_web_become_links(address: str) -> None:
    """Where there is no address, or none that a browser may open, nothing is to be clicked."""
    document = Document(BytesIO(word("题", TURNS, lambda _: address)))

    assert not [each for paragraph in document.paragraphs for each in paragraph.hyperlinks]
    assert "打开原文" not in markdown("题", TURNS, lambda _: address)


def test_a_word_file_is_set_for_chinese_on_a4() -> None:
    """Paper, sizes and the fonts of Chinese characters are those of an office, with their other names."""
    data = word("题", TURNS, link)
    document = Document(BytesIO(data))
    page = document.sections[0]
    with ZipFile(BytesIO(data)) as package:
        styles = package.read("word/styles.xml").decode()
        fonts = package.read("word/fontTable.xml").decode()

    assert page.page_width
    assert page.page_height
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert document.styles["Normal"].font.size.pt == 12
    for name, font in (("Normal", "宋体"), ("Title", "黑体"), ("Heading 1", "黑体")):
        assert f'w:eastAsia="{font}"' in document.styles[name].element.xml
    assert 'w:eastAsia="zh-CN"' in styles
    assert 'w:name="宋体"><w:altName w:val="SimSun"/>' in fonts
    assert 'w:eastAsia="仿宋"' in document.element.xml


def test_every_page_says_that_the_original_counts_and_when_it_was_exported() -> None:
    """The foot holds the sentence, today's date and the page number."""
    today = datetime.now().astimezone().date()
    foot = opened().sections[0].footer.paragraphs

    assert foot[0].text == (
        f"回答均摘自原文，请以原文为准。 导出日期：{today.year}年{today.month}月{today.day}日"
    )
    assert 'w:instr="PAGE"' in foot[1]._p.xml
    assert markdown("题", TURNS, link).endswith(f"---\n\n{foot[0].text}\n")


def test_an_export_in_english_has_english_around_the_chinese() -> None:
    """What is said around the answers follows the language of the pages."""
    assert "Not answered." in texts(opened(language="en"))
    assert "**Sources**" in markdown("", TURNS, no_link, "en")
    assert markdown("", TURNS, no_link, "en").startswith("# Untitled conversation\n")


def test_markdown_tells_the_whole_conversation() -> None:
    """Heads, paragraphs, lists, the table, and the evidence with links stand as Markdown writes them."""
    said = markdown("培训学时", TURNS, link)

    assert said.startswith(
        "# 培训学时\n\n## 问：执法人员每年培训 多少学时？\n\n每人每年不少于48学时。\\[1\\]\n\n- 办法："
    )
    assert (
        f"- \\[1\\] 《云溪市执法培训办法》二：“{HOURS}” [打开原文](<https://youju.example/d/rules?q=" in said
    )
    assert "| 地方 | 规定 |\n| --- | --- |\n| 云溪市 | 不少于48学时\\[1\\] |\n" in said
    assert f"**未作回答。**\n\n{REFUSAL.text}\n\n{REFUSAL.reason}\n" in said


def test_a_reason_that_was_said_is_not_said_again() -> None:
    """Of a refusal whose text holds its reason the file holds it once."""
    said = "没有写明。目前收录了两份文件。"
    turn = Turn(asked("问"), Answer(said, refused=True, reason="没有写明。"))

    assert markdown("题", (turn,), no_link).count("没有写明。") == 1


def test_a_conversation_without_turns_is_a_file_with_a_title() -> None:
    """Nothing was asked: the title and the foot stand there all the same."""
    assert texts(opened("", ())) == ["未命名的对话"]
    assert markdown("", (), link).startswith("# 未命名的对话\n\n---\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words_in_word(payload: str) -> None:
    """Markup, scripts, links and fields in any part of a conversation are text, and only our links link."""
    document = opened(payload, (hostile(payload),))
    links = [each.url for paragraph in document.paragraphs for each in paragraph.hyperlinks]
    said = " ".join("\n".join(texts(document)).split())

    assert shown(payload) in said
    assert len(links) == 1
    assert links[0].startswith("https://youju.example/d/hostile?q=")
    assert "w:instrText" not in document.element.xml


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_words_stay_words_in_markdown(payload: str) -> None:
    """Every mark that Markdown or HTML would read in them is escaped."""
    for line in markdown(payload, (hostile(payload),), no_link).splitlines():
        assert not unescaped(line), line


@settings(deadline=None, max_examples=150)
@given(ANY_TEXT)
def test_any_text_can_be_exported(text: str) -> None:
    """Half characters, controls and marks of every kind break neither file, and escaping loses no word."""
    turns = (hostile(text),)
    said = markdown(text, turns, no_link)
    heading = said.splitlines()[1 + said.splitlines().index("")]

    Document(BytesIO(word(text, turns, no_link)))
    said.encode("utf-8")
    assert not any(unescaped(line) for line in said.splitlines())
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", heading) == f"## 问：{shown(text)}"


def shown(text: str) -> str:
    """Return what of a text is shown on one line: all but what carries no word."""
    controls = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    wordless = "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff"
    return " ".join(re.sub(f"[{controls}{wordless}]", "", text).split())


def unescaped(line: str) -> str:
    """Return the marks of a line that stand unescaped, those left out that an export writes itself."""
    if line == "---" or re.fullmatch(r"\| --- (\| --- )*\|", line):
        return ""
    rest = re.sub(r"\\[!-/:-@\[-`{-~]", "x", re.sub(r"^(# |## |- |\*\*[^*]*\*\*$)", "", line))
    rest = re.sub(r"^\| | \|$| \| ", "", rest) if line.startswith("| ") else rest
    return "".join(re.findall(r"[\\`*_{}\[\]<>|~$&#@]|://|www\.|^[-+=]|^[0-9]+[.)](?:\s|$)", rest))
