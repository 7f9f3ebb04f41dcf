"""The sample documents and the questions on them: what a stranger sees first must be sound."""

import json
import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from eval.cases import Case, Gold, read_questions
from index.clean import clean
from index.document import HEAD, TAIL, Document
from index.load import find, load
from index.parse import parse
from prompts import examples

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
QUESTIONS = ROOT / "eval" / "questions" / "samples.jsonl"
SHARED = ROOT.parent / "shared" / "documents"

PLAN = "禾清县法治政府建设实施方案(2021-2025年).txt"
REPORT = "禾清县2023年度法治政府建设情况报告.md"
ARRANGEMENT = "松坪区2024年法治政府建设工作安排.txt"
REGULATION = "澜川市行政规范性文件管理办法.md"
TRADITIONAL = "澜川市2022年度法治政府建設報告.txt"
PAGE = "禾清县政务服务中心综合窗口管理规定.html"
# Encoding and least length in characters: together the six use every form of file that is loaded.
EXPECTED = {
    PLAN: ("utf-8", 3500),
    REPORT: ("utf-8", 3000),
    ARRANGEMENT: ("gb18030", 3500),
    REGULATION: ("utf-8", 3000),
    TRADITIONAL: ("big5", 2000),
    PAGE: ("utf-8", 2000),
}
KINDS = {
    "number", "deadline", "frequency", "who", "what", "list", "yesno", "condition", "procedure", "metadata",
    "compare", "unanswerable", "false_premise", "offtopic", "injection",
}  # fmt: skip
NUMERALS = "一二三四五六七八九十"
LONG_SENTENCE = 16  # characters; shorter runs are set phrases that every official document shares


def fold(text: str) -> str:
    """Return the text as answers are compared: NFKC, lower case, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def raw(name: str) -> str:
    """Return a sample's text, decoded strictly."""
    return (SAMPLES / name).read_bytes().decode(EXPECTED[name][0])


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    return (
        (NUMERALS[tens - 1] if tens > 1 else "")
        + ("十" if tens else "")
        + " 一二三四五六七八九"[ones].strip()
    )


@cache
def parsed(name: str) -> Document:
    """Load, clean and parse a sample, which holds exactly one document."""
    loaded = load(SAMPLES / name, SAMPLES)
    (document,) = parse(loaded.source, loaded.sha256, loaded.text, clean(loaded.text).text)
    return document


def cases() -> list[Case]:
    """Return every question of the set, the turns of dialogues included."""
    (file,) = read_questions([QUESTIONS])
    return list(file.cases)


def place_text(gold: Gold) -> str:
    """Return the folded text of a gold place with all below it; empty when there is no such place."""
    document = parsed(gold.source)
    if gold.path in ((), (HEAD,), (TAIL,)):
        return fold(document.text)
    wanted = tuple(fold(label) for label in gold.path)
    return fold(
        "".join(
            document.section_text(section)
            for section in document.sections
            if tuple(fold(label) for label in document.cited_path(section))[: len(wanted)] == wanted
        )
    )


def faults(question: str, gold: Gold) -> list[str]:
    """Return what is wrong with a gold place, in words. A fact may also be the place's name."""
    text = place_text(gold)
    if not text:
        return [f"{question}: {gold.source} has no section {gold.path}"]
    text += fold(parsed(gold.source).title)
    return [
        f"{question}: none of {group} stands at {gold.path} of {gold.source}"
        for group in gold.facts
        if not any(fold(wording) in text for wording in group)
    ]


def test_the_folder_holds_the_six_samples() -> None:
    """Nothing else lies there, for whatever lies there is indexed by a bare `make run`."""
    assert sorted(path.name for path in SAMPLES.iterdir()) == sorted(EXPECTED)
    assert len(find(SAMPLES).files) == len(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_long_enough_and_says_what_it_is(name: str) -> None:
    """Each sample has the length of a real document and tells that its places and figures are invented."""
    text = raw(name)
    assert len(text) >= EXPECTED[name][1]
    assert re.search("示例文件，?,?地名与数字均为虚构|示例檔案,地名與數字均為虛構", text)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_loads_in_its_encoding(name: str) -> None:
    """The encoding is found, nothing is lost, and a sound text needs no repair."""
    loaded = load(SAMPLES / name, SAMPLES)
    cleaned = clean(loaded.text)
    assert loaded.encoding.lower().replace("_", "-") == EXPECTED[name][0]
    assert "\ufffd" not in loaded.text
    assert (cleaned.repaired, cleaned.unrepaired) == (0, 0)
    assert cleaned.converted == (name == TRADITIONAL)


@pytest.mark.parametrize("name", [ARRANGEMENT, TRADITIONAL])
def test_legacy_encodings_are_no_utf8(name: str) -> None:
    """The two legacy files really exercise detection: their bytes are not UTF-8."""
    with pytest.raises(UnicodeDecodeError):
        (SAMPLES / name).read_bytes().decode("utf-8")


def test_the_plan_numbers_its_sections_through() -> None:
    """Ten chapters, twenty-nine sections, each number once and in order."""
    text = raw(PLAN)
    assert re.findall(r"^([一二三四五六七八九十]+)、", text, re.M) == [numeral(n) for n in range(1, 11)]
    assert re.findall(r"^\(([一二三四五六七八九十]+)\)", text, re.M) == [numeral(n) for n in range(1, 30)]


def test_the_regulation_numbers_its_articles_through() -> None:
    """Six chapters, forty articles, each number once and in order."""
    text = raw(REGULATION)
    assert re.findall(r"^## 第(.+?)章", text, re.M) == [numeral(n) for n in range(1, 7)]
    assert re.findall(r"^第(.+?)条 ", text, re.M) == [numeral(n) for n in range(1, 41)]


@pytest.mark.parametrize("annex", ["附件2", "附件3"])
def test_scoring_tables_add_up_to_a_hundred(annex: str) -> None:
    """Chapters of a scoring table give 100 points, and the items of a chapter give its points."""
    table = re.split(r"^附件[123]\r?$", raw(ARRANGEMENT), flags=re.M)[int(annex[-1])]
    rows = re.findall(r"^(\d．|[一二三四五]、).+?（(\d+)分）\r?$", table, re.M)
    chapters = [int(points) for label, points in rows if label.endswith("、")]
    items = [int(points) for label, points in rows if label.endswith("．")]
    assert sum(chapters) == sum(items) == 100


def test_the_page_has_a_table_inside_site_chrome() -> None:
    """The page exercises the HTML loader: navigation, widget and footer go, the table's rows stay."""
    text = raw(PAGE)
    assert all(f"<{tag}" in text for tag in ("nav", "aside", "footer", "script", "table"))
    kept = clean(load(SAMPLES / PAGE, SAMPLES).text).text
    assert "ICP备" not in kept
    assert "智能客服" not in kept
    assert "分享到" not in kept
    assert "3\t不动产登记\t转移登记、抵押登记、水电气联动过户\t5个\t2个工作日" in kept


def test_the_set_covers_every_kind_and_manner() -> None:
    """Sixty questions and more, all kinds, three scripts, at least four dialogues of three turns."""
    every = cases()
    assert len(every) >= 60
    assert {case.kind for case in every} == KINDS
    assert {case.language for case in every} == {"zh", "zh-Hant", "en"}
    turns = [sum(1 for case in every if case.family == family) for family in {case.family for case in every}]
    assert sum(1 for count in turns if count >= 3) >= 4


def test_no_question_repeats_another() -> None:
    """Every question is asked once, and none holds a quotation in place of an address."""
    questions = sorted(fold(case.question) for case in cases())
    assert all(first != second for first, second in pairwise(questions))
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        for turn in json.loads(line).get("turns", [json.loads(line)]):
            assert not any("evidence" in gold for gold in turn["gold"])


def test_answerable_questions_have_an_answer() -> None:
    """An answerable question has a required place, a question to be refused has none."""
    for case in cases():
        assert any(not gold.optional for gold in case.gold) == case.answerable, case.id


def test_every_fact_stands_at_its_place() -> None:
    """Each place exists in the parsed outline, and one wording of every fact stands in it."""
    assert [fault for case in cases() for gold in case.gold for fault in faults(case.id, gold)] == []


def test_examples_are_few_and_in_two_languages() -> None:
    """The page shows eight example questions, two of them English."""
    shown = examples()
    assert len(shown) == 8
    assert sum(1 for example in shown if example.isascii()) == 2


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real documents are not here")
def test_no_sentence_is_taken_from_a_real_document() -> None:
    """The samples are written for this project: no sentence of theirs stands in a real document."""
    real = fold(clean("\n".join(path.read_text(encoding="utf-8") for path in SHARED.glob("*.txt"))).text)
    for name in EXPECTED:
        text = clean(load(SAMPLES / name, SAMPLES).text).text
        sentences = (fold(part) for part in re.split(r"[。；;\n]", text))
        assert not [part for part in sentences if len(part) > LONG_SENTENCE and part in real]
