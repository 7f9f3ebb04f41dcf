"""What operators see of questions and feedback, what they take away as files, and the cases they save."""

import csv
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.cases import CaseBook, CaseRefusedError, Gold, SavedCase, facts_of
from bot.outline import Node, outline
from bot.spreadsheet import harmless, table
from bot.state.database import State
from bot.state.records import Channel, Reason
from bot.web.insights import today
from bot.web.period import PeriodError, period
from bot.web.shown import size
from eval.cases import read_questions
from index.search import open_index
from tests.folders import built
from tests.page_fakes import PAYLOADS
from tests.sites import SmallSite, operators_app, small_site, web_site
from tests.state_records import Clock
from tests.test_operator import HTML, Markup, words

GOOD = "云溪县政府常务会议每年学法不少于几次？"
BAD = "食堂几点开饭"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallSite]:
    """A site."""
    with small_site(tmp_path) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The time of the log."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def operator(small: SmallSite, state: State) -> TestClient:
    """An operator's browser."""
    return TestClient(operators_app(web_site(small, state)), headers=HTML)


def ask(small: SmallSite, state: State, question: str) -> int:
    """Ask and log; return the number."""
    with small.serving.base() as base:
        answer = base.engine.ask(question).answer
        return state.questions.add("甲", Channel.WEB, question, answer, base.generation)


def rows(answer: object) -> list[list[str]]:
    """The rows of a CSV answer."""
    content = answer.content  # type: ignore[attr-defined]
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_page_counts(operator: TestClient, small: SmallSite, state: State, clock: Clock) -> None:
    """Asked, refused, cited, judged: what the log holds of a time is on the page, and nothing before it."""
    for question in (GOOD, BAD, BAD):
        number = ask(small, state, question)
    state.feedback.give(number, "甲", False, Reason.BESIDE, "答非我问")
    clock.moment -= timedelta(days=40)
    ask(small, state, "去年的旧问题是什么")

    page = words(operator.get("/operator/questions").text)
    assert "提问 3 没有答上来 2 67%" in page
    assert "有用 0 没用 1" in page
    assert "食堂几点开饭 2 " in page
    assert "答非所问" in page
    assert "答非我问" in page
    assert "一、(一) 会前学法" in page
    assert "旧问题" not in page
    assert "旧问题" in operator.get("/operator/questions", params={"days": "90"}).text
    assert "提问 4" in words(operator.get("/operator/questions", params={"days": "90"}).text)


def test_a_time_is_chosen_by_its_days(operator: TestClient, small: SmallSite, state: State) -> None:
    """From one day to another, both included; what is no time is told."""
    ask(small, state, BAD)
    day = today()
    before = (day - timedelta(days=1)).isoformat()

    def asked(start: str, end: str) -> str:
        return words(operator.get("/operator/questions", params={"start": start, "end": end}).text)

    assert "提问 1" in asked(day.isoformat(), day.isoformat())
    assert "提问 0" in asked(before, before)
    wrong = ((day.isoformat(), before, "之后"), ("x", "", "2024-05-01"), ("2000-01-01", "", "太长"))
    for start, end, said in wrong:
        answer = operator.get("/operator/questions", params={"start": start, "end": end})
        assert answer.status_code == 422
        assert said in answer.text


def test_an_empty_log_is_said(operator: TestClient) -> None:
    """Before anything was asked each part says there is nothing."""
    assert operator.get("/operator/questions").text.count("这段时间没有。") == 4


def test_tables_are_taken_away(operator: TestClient, small: SmallSite, state: State) -> None:
    """Each table comes as CSV that Excel reads as UTF-8, of the time that was chosen."""
    number = ask(small, state, GOOD)
    ask(small, state, BAD)
    state.feedback.give(number, "甲", True, None, "好，\n“有用”")
    find = operator.get

    assert rows(find("/operator/questions/unanswered.csv"))[1][:2] == [BAD, "1"]
    assert {row[0] for row in rows(find("/operator/questions/asked.csv"))[1:]} == {GOOD, BAD}
    cited = rows(find("/operator/questions/cited.csv"))
    assert cited[0] == ["文件", "条目", "标题", "文件名", "次数"]
    assert cited[1][1:] == ["一、(一)", "会前学法", "plan-1.txt", "1"]
    daily = rows(find("/operator/questions/daily.csv", params={"days": "7"}))
    assert len(daily) == 8
    assert daily[-1] == [today().isoformat(), "2", "1"]
    feedback = rows(find("/operator/questions/feedback.csv"))
    assert feedback[1][1:5] == ["有用", "", "好，\n“有用”", GOOD]
    answer = find("/operator/questions/asked.csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="asked-')
    assert find("/operator/questions/secret.csv").status_code == 422


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")'])
def test_no_cell_is_a_formula(text: str) -> None:
    """A text that a spreadsheet would reckon with gets an apostrophe; numbers stay numbers."""
    made = table(["甲"], [[text, -1, "好=1"]])

    assert list(csv.reader(io.StringIO(made, newline="")))[1] == [f"'{text}", "-1", "好=1"]
    assert harmless("文") == "文"


def test_a_formula_in_a_question(operator: TestClient, state: State, small: SmallSite) -> None:
    """What an asker wrote cannot reckon in an operator's spreadsheet."""
    number = ask(small, state, "=cmd|' /C calc'!A0")
    state.feedback.give(number, "@甲", False, None, "-2+3")

    for what in ("unanswered", "asked", "feedback"):
        for row in rows(operator.get(f"/operator/questions/{what}.csv"))[1:]:
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_hostile_questions_show_as_text(operator: TestClient, small: SmallSite, state: State) -> None:
    """Markup in questions and feedback is text."""
    for payload in PAYLOADS[:12]:
        state.feedback.give(ask(small, state, payload), payload[:40], False, None, payload)
    ours = Markup(operator.get("/operator").text).tags
    ours |= {"q", "ol", "strong", "svg", "rect", "title", "dl", "dt", "dd", "details", "summary", "br"}
    ours |= {"textarea", "fieldset", "legend", "datalist", "option", "select"}

    for path in ("/operator/questions", "/operator/questions/1", "/operator/questions/5"):
        seen = Markup(operator.get(path).text)
        assert seen.tags <= ours
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert all(link.startswith(("/", "#")) for link in seen.links)


def form(page: str) -> dict[str, list[str]]:
    """What the case form of a page is filled in with: fields that may come several times."""
    found: dict[str, list[str]] = {}
    inside = page[page.index('class="case"') :]
    for name, value in re.findall(r'<input name="(\w+)"(?: value="([^"]*)")?', inside):
        found.setdefault(name, []).append(unescape(value))
    for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', inside):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', inside):
        chosen = re.search(r'value="(\w+)" selected', options) or re.search(r'value="(\w+)"', options)
        assert chosen
        found[name] = [chosen[1]]
    checked = re.search(r'value="(\w+)"(?: required)? checked', inside)
    assert checked
    found["expected"] = [checked[1]]
    return found


def test_an_answered_question_becomes_a_case(
    operator: TestClient, small: SmallSite, state: State, tmp_path: Path
) -> None:
    """The form is filled in from the citations; what it saves is read by the evaluation as it stands."""
    number = ask(small, state, GOOD)
    page = operator.get(f"/operator/questions/{number}").text
    fields = form(page)
    assert fields["source"] == ["plan-1.txt", ""]
    assert fields["path"] == ["一·(一)", ""]
    assert "不少于5次" in fields["facts"][0]
    assert fields["expected"] == ["answer"]
    assert fields["kind"] == ["frequency"]

    fields["facts"] = ["5次 | 五次\n学法", ""]
    saved = operator.post(f"/operator/questions/{number}/case", data=fields)
    assert "已存为评测题" in saved.text
    download = operator.get("/operator/cases.jsonl")
    (tmp_path / "site.jsonl").write_bytes(download.content)

    ((case,),) = (file.cases for file in read_questions([tmp_path / "site.jsonl"]))
    assert case.question == GOOD
    assert case.answerable
    assert case.gold[0].source == "plan-1.txt"
    assert case.gold[0].path == ("一", "(一)")
    assert case.gold[0].facts == (("5次", "五次"), ("学法",))


def test_a_refused_question_becomes_a_case(
    operator: TestClient, small: SmallSite, state: State, tmp_path: Path
) -> None:
    """A question that was refused is a case to be refused, unless the operator says where the answer is."""
    number = ask(small, state, BAD)
    fields = form(operator.get(f"/operator/questions/{number}").text)
    assert fields["expected"] == ["refuse"]
    operator.post(f"/operator/questions/{number}/case", data=fields)
    known = {"expected": ["answer"], "source": ["plan-0.txt"], "path": ["三·(一)"], "facts": ["网上受理"]}
    operator.post(f"/operator/questions/{number}/case", data=fields | known)
    (tmp_path / "site.jsonl").write_bytes(operator.get("/operator/cases.jsonl").content)

    one, two = read_questions([tmp_path / "site.jsonl"])[0].cases
    assert (one.answerable, one.gold, one.id) == (False, (), "site-0001")
    assert (two.answerable, two.gold[0].path, two.id) == (True, ("三", "(一)"), "site-0002")
    assert "共 2 道" in operator.get("/operator/cases").text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"source": ["nothing.txt"]}, "没有收录文件"),
        ({"path": ["九十九"]}, "没有条目“九十九”"),
        ({"facts": ["", ""]}, "没有写出依据"),
        ({"question": ["  "]}, "没有写全"),
        ({"kind": ["nonsense"]}, "没有写全"),
    ],
)
def test_a_case_that_is_wrong_is_not_saved(
    wrong: dict[str, list[str]], said: str, operator: TestClient, small: SmallSite, state: State
) -> None:
    """A file, section or fact that is not there is told; nothing is written."""
    number = ask(small, state, GOOD)
    fields = form(operator.get(f"/operator/questions/{number}").text)
    answer = operator.post(f"/operator/questions/{number}/case", data=fields | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert operator.get("/operator/cases.jsonl").content == b""


def test_a_question_that_is_not_there(operator: TestClient) -> None:
    """A number nobody asked under is told as missing."""
    assert operator.get("/operator/questions/99").status_code == 404
    assert operator.post("/operator/questions/99/case", data={"question": "x"}).status_code in (404, 422)


CASE = SavedCase("问？", "zh", "what", (Gold("a.txt", ("一",), (("甲",),)),))


def test_half_a_line_is_taken_away(tmp_path: Path) -> None:
    """What a process that died wrote half counts for nothing, and the next case starts a line of its own."""
    book = CaseBook(tmp_path / "home" / "cases.jsonl")
    assert book.content() == b""
    book.add(CASE)
    whole = book.content()
    book.path.write_bytes(whole + b'{"id": "site-0002", "quest')

    assert book.content() == whole
    assert len(book.all()) == 1
    assert book.add(CASE) == "site-0002"
    assert [case["id"] for case in book.all()] == ["site-0001", "site-0002"]
    assert book.path.read_bytes().startswith(whole)


def test_many_save_at_once(tmp_path: Path) -> None:
    """Cases saved at the same time are all there, each under its own number."""
    books = [CaseBook(tmp_path / "cases.jsonl") for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda book: [book.add(CASE) for _ in range(5)], books))

    assert {case["id"] for case in books[0].all()} == {f"site-{n:04d}" for n in range(1, 41)}


def test_a_case_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Where the folder cannot be written, that is said."""
    (tmp_path / "home").write_text("a file", "utf-8")
    with pytest.raises(CaseRefusedError, match="没有存下来"):
        CaseBook(tmp_path / "home" / "cases.jsonl").add(CASE)


def test_facts_are_written_a_line_each() -> None:
    """Lines are facts, strokes part their wordings, empty ones are none."""
    assert facts_of(" 5次 | 五次 \n\n|\n学法") == (("5次", "五次"), ("学法",))


def test_a_period() -> None:
    """The latest days, or from a date to a date; a range too long or turned round is refused."""
    day = date(2024, 3, 1)
    assert period("", "", 7, day).days == tuple(date(2024, 2, 24) + timedelta(days=n) for n in range(7))
    assert period("2024-02-28", "2024-03-01", 7, day).days[-1] == day
    assert period("2024-02-28", "", 7, day).last == day
    chosen = period("2024-02-28", "2024-02-28", 7, day)
    assert chosen.end - chosen.start == timedelta(days=1)
    turned, long = ("2024-03-02", "2024-03-01"), ("2020-01-01", "2024-03-01")
    for first, last in (turned, long, ("2024-02-30", ""), ("", "0001-01-02")):
        with pytest.raises(PeriodError):
            period(first, last, 7, day)


def test_the_outline_is_a_tree() -> None:
    """Sections stand below their parents by their own labels, each with its own words, once."""
    with open_index(built()[1]) as index:
        document = index.documents[0]
        top = outline(document, 1000)

        def flat(nodes: list[Node]) -> list[str]:
            return [text for node in nodes for text in (node.text, *flat(node.children))]

        assert [node.label for node in top] == ["文首", "一", "二", "三"]
        assert [node.label for node in top[1].children] == ["(一)", "(二)"]
        assert flat(top) == [document.section_text(section).strip() for section in document.sections]
        assert len(outline(document, 2)) == 2


def test_sizes() -> None:
    """Bytes are written as people do."""
    assert [size(n) for n in (0, 999, 1000, 14_400, 3_210_000)] == ["0 B", "999 B", "1 KB", "14 KB", "3.2 MB"]


def test_cases_are_lines_of_json(tmp_path: Path) -> None:
    """A case with markup and line ends is one line."""
    book = CaseBook(tmp_path / "cases.jsonl")
    book.add(SavedCase("a\nb\u2028", "zh", "what", note=PAYLOADS[0]))

    assert json.loads(book.content())["question"] == "a\nb\u2028"
    assert book.content().count(b"\n") == 1
