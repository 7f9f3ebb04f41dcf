"""Cleaning as a whole: the real documents, the invariants, and text that needs none."""

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean import Cleaned, clean
from index.script import traditional_share

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
DOCUMENTS = SHARED / "documents"
needs_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the shared documents are absent")

RESIDUE = re.compile("[\u4e00-\u9fff?][(][a-zāáǎàēéěèīíǐìōóǒòūúǔùǘǚǜ]+[)]")
DIGITS = "〇一二三四五六七八九"
ALPHABET = (
    "的法治政府行政一二三四（）()。，,;；:：?？!！“”《》、 　\t\n\r12aA務規執監檔案程式視窗最佳化瞭望乾著發麵"
    "\ue7a9\ue46a\ufffd\u200b\ufeff\u2028□┲唬笇ㄒ枷āīùè分享到:首页当前位置>"
)


@cache
def cleaned(name: str) -> Cleaned:
    """Clean a shared document, once for all tests."""
    return clean(raw(name))


def raw(name: str) -> str:
    """Return a shared document as it stands."""
    return (DOCUMENTS / name).read_text(encoding="utf-8")


def han(number: int) -> str:
    """Write a number up to 99 as list labels do."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


def bracketed(text: str, numerals: str) -> list[str]:
    """Return the bracketed labels at line starts, in order."""
    return re.findall(rf"^\(([{numerals}]+)\)", text, re.MULTILINE)


HENAN = "henan-plan-2021-2025.txt"
JIANGSU = "jiangsu-report-2020.txt"
SOUND = ("qinshui-report-2021.txt", "zhaohua-arrangement-2017.txt", "zongyang-plan-2021-2025.txt")


@needs_documents
def test_henan_sections_are_back_in_order() -> None:
    """Every section number of both documents in the file stands where it belongs."""
    plan, scheme = cleaned(HENAN).text.split("\n法治河南(法治政府)建设考核方案\n", 1)

    assert bracketed(plan, "一二三四五六七八九十") == [han(n) for n in range(1, 39)]
    chapters = re.findall(r"^([一二三四五六七八九十]+)、", scheme, re.MULTILINE)
    assert chapters == [han(n) for n in range(1, 8)]
    sections = [han(n) for count in (7, 3, 7, 4, 3) for n in range(1, count + 1)]
    assert bracketed(scheme, "一二三四五六七八九十") == sections
    assert re.findall(r"^(\d)\.", scheme, re.MULTILINE) == list("12345" + "123" + "12345")
    items = [str(n) for count in (4, 5, 9, 6, 3) for n in range(1, count + 1)]
    assert bracketed(scheme, "0-9") == items


@needs_documents
def test_henan_is_restored() -> None:
    """No residue, no private-use character, no lone byte and nothing unknown is left."""
    document = cleaned(HENAN)

    assert document.converted
    assert document.repaired > 2700
    assert document.unrepaired == document.text.count("□") == 0
    assert not RESIDUE.search(document.text)
    assert not re.search("[\ue000-\uf8ff?\ufffd\u2500-\u257f\u3105-\u3129]", document.text)
    assert traditional_share(document.text) < 0.001
    marks = [document.text.count(mark) for mark in "“”《》()"]
    assert marks[0::2] == marks[1::2]


@needs_documents
def test_henan_keeps_mainland_words() -> None:
    """A mainland document in traditional script does not go through Taiwan's words."""
    text = cleaned(HENAN).text

    assert (text.count("档案"), text.count("文件") > 20, text.count("着力") > 5) == (1, True, True)
    assert all(word not in text for word in ("文档", "内核", "指针", "创建健全", "在线下"))


@needs_documents
def test_jiangsu_speaks_mainland() -> None:
    """No Taiwan word is left, and ordinary words are not turned into computing terms."""
    document = cleaned(JIANGSU)

    assert document.converted
    left = (
        "程式",
        "网路",
        "视窗",
        "最佳化",
        "许可权",
        "格线",
        "契约",
        "民众",
        "档案",
        "套用",
        "计画",
        "复义",
    )
    assert [word for word in left if word in document.text] == []
    wrong = ("内核", "指针", "创建健全", "运行环", "打开智", "批量发", "集成法律", "存盘", "在线线下")
    assert [word for word in wrong if word in document.text] == []
    assert document.text.count("互联网+监管") == 3


@needs_documents
@pytest.mark.parametrize("name", [HENAN, JIANGSU, *SOUND])
def test_no_line_of_a_document_is_lost(name: str) -> None:
    """Lines kept and chrome lines together are the lines of the file; figures and marks stay in place."""
    document = cleaned(name)
    lines = [line.strip() for line in raw(name).splitlines() if line.strip()]

    kept = document.text.split("\n")
    assert len(kept) + len(document.chrome) == len(lines)
    assert all(len(line) < 60 for line in document.chrome)
    if name in SOUND:
        assert kept == [line for line in lines if line not in document.chrome]
        assert (document.repaired, document.unrepaired, document.converted) == (0, 0, False)
    if name == JIANGSU:
        figures = [re.findall(r"\d+|[,。;、:“”《》]", line) for line in kept]
        assert [
            re.findall(r"\d+|[,。;、:“”《》]", line) for line in lines if line not in RAW_CHROME
        ] == figures


RAW_CHROME = {"基本介紹", "相關詞條", "熱門詞條", "聯絡我們"} | {
    "• 中文名:江蘇省人民政府關於2020年度法治政府建設情況的報告"
}


@needs_documents
@pytest.mark.parametrize(
    ("name", "count"), [(HENAN, 3), (JIANGSU, 5), (SOUND[0], 1), (SOUND[1], 2), (SOUND[2], 0)]
)
def test_chrome_of_the_documents(name: str, count: int) -> None:
    """Navigation, widgets, share and contact lines go; date, source and number stay."""
    document = cleaned(name)

    assert len(document.chrome) == count
    assert not any(re.search(r"\d{4}-\d\d-\d\d|〔\d{4}〕", line) for line in document.chrome)


@needs_documents
@pytest.mark.parametrize("name", [HENAN, JIANGSU, *SOUND])
def test_cleaning_clean_documents_changes_nothing(name: str) -> None:
    """What came out once passes through unchanged."""
    again = clean(cleaned(name).text)

    assert again == Cleaned(cleaned(name).text, 0, 0, (), False)


@pytest.mark.skipif(not (SHARED / "laws").is_dir(), reason="the shared laws are absent")
def test_laws_pass_through_unchanged() -> None:
    """Simplified text without chrome loses nothing but blank lines and white space at line ends."""
    for path in sorted((SHARED / "laws").glob("*/*.md"))[::25]:
        text = path.read_text(encoding="utf-8")
        document = clean(text)
        lines = [line.strip().replace("\u200b", "") for line in text.splitlines()]
        assert document == Cleaned("\n".join(line for line in lines if line), 0, 0, (), False), path.name


@given(st.text(st.one_of(st.sampled_from(ALPHABET), st.characters()), max_size=40))
@settings(deadline=None, max_examples=150)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """Clean is idempotent, and leaves no blank line and no white space at line ends."""
    once = clean(text).text

    assert clean(once).text == once
    assert all(line and line == line.strip() for line in once.split("\n") if once)


def test_invisible_characters_and_blank_lines_go() -> None:
    """Zero-width and direction marks, foreign line breaks and blank lines are tidied."""
    assert clean("\ufeff甲\u200b乙\r\n\r\n 丙\u2028\u3000丁\x0b戊\x00\n").text == "甲乙\n丙\n丁\n戊"


def test_lookalike_radicals_become_characters() -> None:
    """The radicals that some converters put for characters are read as the characters."""
    assert clean("\u2f00\u4e2a\u2f08").text == "一个人"
