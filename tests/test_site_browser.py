"""The whole site in a real browser, served by the command people type, with its real engine over real files:
what people do with it from end to end, on a wide screen and a phone. Pictures are kept in tests/artefacts.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from docx import Document as open_word
from playwright.sync_api import Browser, Page, expect

from tests.bases import PLAN
from tests.chromium import BOTH, PHONE, needs_chromium
from tests.test_browser import ROOT, ask, in_view, show_list, stands
from tests.whole_site import (
    HACK,
    HOSTILE_NAME,
    PATIENCE,
    Service,
    Window,
    command,
    serving,
    settings,
    window,
    write_site,
)

pytestmark = needs_chromium

Size = tuple[int, int]
HOURS = "行政执法人员每人每年参加业务培训不少于48学时，培训情况记入个人档案。"
TRAINING = "云岭县执法人员每年培训多少学时？"
COMPARE = "对比云岭县和青川区的案卷评查"
UNKNOWN = "云岭县出租车起步价是多少？"
PASSWORD = "long enough 1"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site that everybody may open."""
    return write_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Service]:
    """A site without signing in: whoever sits at the machine is its operator."""
    with serving(home) as service:
        yield service


@pytest.fixture(scope="module")
def guarded(site: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The same site with accounts: 张三 operates it, 李四 reads."""
    home = tmp_path_factory.mktemp("guarded")
    for folder in ("documents", "index"):
        shutil.copytree(site.home / folder, home / folder)
    for name, role in (("张三", "operator"), ("李四", "reader")):
        added = command("accounts", "add", name, "--role", role)
        subprocess.run(added, cwd=ROOT, env=settings(home), input=PASSWORD, text=True, check=True)
    with serving(home, YOUJU_SIGN_IN="accounts") as service:
        yield service


@pytest.fixture
def desk(browser: Browser, site: Service, size: Size) -> Iterator[Window]:
    """A browser of somebody new, onto the site without signing in."""
    opened = window(browser, site.address, size)
    yield opened
    opened.close()


def chat(desk: Window) -> Page:
    """Open the chat and wait until it stands."""
    page = desk.page()
    stands(page)
    return page


def answer(page: Page) -> str:
    """What the newest answer says."""
    return page.locator("#current .answer").inner_text()


@BOTH
def test_from_a_question_to_the_clause_in_its_document(desk: Window, size: Size) -> None:
    """A question is answered in the document's words; its mark opens the quote, the quote its document at the
    very place; the address of that place works for a colleague.
    """
    page = chat(desk)
    desk.check(page, "welcome")
    ask(page, TRAINING)
    assert HOURS in answer(page)
    desk.check(page, "answer")
    page.locator("#current a.cite").first.click()
    expect(page.locator("#cite-1-1 mark")).to_have_text(HOURS)
    assert in_view(page, "#cite-1-1 mark")
    desk.check(page, "evidence")

    with page.expect_popup() as opened:
        page.click("#cite-1-1 a.original")
    original = opened.value
    expect(original.locator("mark.quote").first).to_be_in_viewport()
    assert "".join(original.locator("mark.quote").all_inner_texts()) == HOURS
    assert original.evaluate("document.querySelector(':target').id") == "一·(一)"
    desk.check(original, "original")
    link = original.url
    original.close()

    colleague = desk.context.browser
    assert colleague
    other = window(colleague, desk.address, size)
    theirs = other.page(link.removeprefix(desk.address))
    expect(theirs.locator("mark.quote").first).to_be_in_viewport()
    other.close()


@BOTH
def test_where_to_look_is_chosen_and_holds(desk: Window, size: Size) -> None:
    """Only documents of a chosen place answer; what lies outside is refused, with the place chosen named."""
    page = chat(desk)
    page.click("#scope > button")
    page.click("#scope-places input")
    page.get_by_role("option", name="青川区").click()
    page.keyboard.press("Escape")
    expect(page.locator("#scope-line")).to_have_text("只查：青川区")
    desk.check(page, "scope")
    ask(page, "培训多少学时？")
    assert "52学时" in answer(page)
    assert "48" not in answer(page)
    ask(page, TRAINING)

    expect(page.locator("#current .answer.refused")).to_contain_text("青川区")
    assert page.locator("#current a.cite").count() == 0
    desk.check(page, "outside")


@BOTH
def test_places_are_compared(desk: Window, size: Size) -> None:
    """Two places stand side by side in a table, on a phone as cards; each cell leads to its own document."""
    page = chat(desk)
    ask(page, COMPARE)
    cells = page.locator("#current .comparison tr", has=page.locator("td"))

    expect(cells).to_have_count(2)
    assert "每年组织两次" in cells.filter(has_text="云岭县").inner_text()
    assert "案卷评查3次" in cells.filter(has_text="青川区").inner_text()
    shown = page.locator("#current td").first.evaluate("cell => getComputedStyle(cell).display")
    assert shown == ("block" if size == PHONE else "table-cell")
    desk.check(page, "comparison")
    cells.filter(has_text="青川区").locator("a.cite").click()
    expect(page.locator(".card.chosen")).to_contain_text("青川区2023年度法治建设情况报告")


@BOTH
def test_what_no_document_says_is_refused(desk: Window, size: Size) -> None:
    """A question without evidence is refused with the reason and nothing cited, and counted for the operator
    among those that want a document.
    """
    page = chat(desk)
    ask(page, UNKNOWN)
    expect(page.locator("#current .answer.refused")).to_contain_text("没有查到")
    assert page.locator("#current a.cite").count() == 0
    desk.check(page, "refused")

    operator = desk.page("/operator/questions")
    expect(operator.locator("section", has=operator.locator("#unanswered-title"))).to_contain_text(UNKNOWN)


@BOTH
def test_feedback_reaches_the_operator(desk: Window, size: Size) -> None:
    """A thumb down with its reason and words is on the operator's page, who sees the question, its answer and
    its citation, and saves it as a case.
    """
    page = chat(desk)
    words = f"应当引第三条（{desk.size}）。"
    ask(page, "云岭县每年组织几次案卷评查？")
    page.click("#current .thumb.down")
    page.get_by_label("引用不对").check()
    page.fill("#why textarea", words)
    desk.check(page, "feedback")
    page.click("#why button.primary")
    expect(page.locator("#said")).to_have_text("已记下，谢谢。")

    operator = desk.page("/operator/questions")
    told = operator.locator("section", has=operator.locator("#feedback-title")).locator("tr", has_text=words)
    expect(told).to_contain_text("引用不对")
    desk.check(operator, "insights")
    told.get_by_role("link").click()
    expect(operator.locator(".words")).to_contain_text("每年组织两次")
    expect(operator.locator(".cited")).to_contain_text("一、(二)")
    desk.check(operator, "question")
    operator.locator("form.case button.primary").click()
    expect(operator.locator("tbody")).to_contain_text("云岭县每年组织几次案卷评查？")


@BOTH
def test_a_new_file_answers_until_it_is_rolled_back(desk: Window, site: Service, size: Size) -> None:
    """An uploaded file changes nothing until it is published; its parse is seen before; then it answers;
    rolled back, it answers no more, and what answered before still does.
    """
    place = "石泉县" if size == PHONE else "枫桥县"
    question = f"{place}执法人员每年培训多少学时？"
    file = site.home / f"{place}.txt"
    file.write_text(PLAN.replace("云岭县", place).replace("48学时", "66学时"), "utf-8")
    page = chat(desk)
    ask(page, question)
    assert "66学时" not in answer(page)

    operator = desk.page("/operator")
    desk.check(operator, "operator")
    operator.set_input_files("input[type=file]", file)
    operator.get_by_role("button", name="上传").click()
    row = operator.locator("#waiting tr", has_text=file.name)
    expect(row).to_contain_text(f"《{place}法治建设工作方案", timeout=PATIENCE * 1000)
    desk.check(operator, "waiting")
    assert not (site.documents / file.name).exists()
    row.get_by_role("link").click()
    operator.locator(".outline summary", has_text="加强培训").click()
    expect(operator.locator(".outline .words", has_text="66学时")).to_be_visible()
    desk.check(operator, "parse")
    ask(page, question)
    assert "66学时" not in answer(page)

    operator.locator("button[formaction='/operator/publish']").click()
    expect(operator.locator("#work")).to_contain_text("正在更新索引")
    desk.check(operator, "building")
    ask(page, TRAINING)  # answered while the index is built
    assert HOURS in answer(page)
    expect(operator.locator("#work")).to_have_count(0, timeout=PATIENCE * 1000)
    expect(operator.locator("#files tr", has_text=file.name)).to_contain_text("已收录")
    desk.check(operator, "published")
    ask(page, question)
    assert "66学时" in answer(page)
    expect(page.locator("#cards")).to_contain_text(file.name)

    operator.get_by_role("link", name="退回上一版").click()
    desk.check(operator, "roll-back")
    operator.get_by_role("button", name="退回").click()
    expect(operator.locator("#files tr", has_text=file.name)).to_contain_text("待更新")
    desk.check(operator, "rolled-back")
    ask(page, question)
    assert "66学时" not in answer(page)
    ask(page, TRAINING)
    assert HOURS in answer(page)


@pytest.mark.parametrize("size", [(1280, 800)])
def test_a_conversation_is_taken_away_as_a_file(desk: Window, size: Size, tmp_path: Path) -> None:
    """Exported to Word and Markdown, a conversation holds its questions, answers and citations, and opens."""
    page = chat(desk)
    ask(page, TRAINING)
    ask(page, COMPARE)
    texts = {}
    for label, kind in (("导出 Word", "docx"), ("导出 Markdown", "md")):
        show_list(page)
        page.locator("#list summary").first.click()
        with page.expect_download() as download:
            page.locator("#list a:visible", has_text=label).click()
        assert download.value.suggested_filename.endswith(f".{kind}")
        download.value.save_as(tmp_path / f"conversation.{kind}")
        page.keyboard.press("Escape")
    word = open_word(str(tmp_path / "conversation.docx"))
    texts["docx"] = "\n".join(
        [*(p.text for p in word.paragraphs), *(c.text for t in word.tables for r in t.rows for c in r.cells)]
    )
    texts["md"] = (tmp_path / "conversation.md").read_text("utf-8")

    for text in texts.values():
        for words in (TRAINING, COMPARE, HOURS, "云岭县法治建设工作方案", "案卷评查3次"):
            assert words in text.replace("\\", "")


@BOTH
def test_markup_is_words_everywhere(desk: Window, site: Service, size: Size) -> None:
    """Markup in a document, its file's name, a question and what is said of an answer runs nothing, loads
    nothing and is read as the words it is, in the chat, the original, the lists and the operator's pages.
    """
    page = chat(desk)
    ask(page, f"白沙县档案馆每年开放档案多少卷？{HACK}")
    assert "700卷" in answer(page)
    assert f"{HACK}[x](javascript:window.hacked=1)" in answer(page)
    expect(page.locator("#current .question")).to_contain_text(HACK)
    page.locator("#current a.cite").first.click()
    expect(page.locator(".card.chosen .source")).to_contain_text(HOSTILE_NAME)
    desk.check(page, "hostile")
    original = page.locator(".card.chosen a.original").get_attribute("href")
    page.keyboard.press("Escape")
    page.click("#current .thumb.down")
    page.fill("#why textarea", f"{HACK}<script>window.hacked=1</script>")
    page.click("#why button.primary")
    expect(page.locator("#said")).to_have_text("已记下，谢谢。")
    number = page.locator("#current .actions .retry").get_attribute("value")
    assert page.locator("#desk :is(img, script, iframe, style, link)").count() == 0

    where = [
        original or "",
        "/documents",
        "/operator",
        "/operator/questions",
        f"/operator/questions/{number}",
    ]
    for path in where:
        other = desk.page(path)
        shown = other.locator("main").inner_text()
        assert HACK in shown, path
        assert other.locator("main :is(img, script, iframe, style, link)").count() == 0, path
        desk.check(other, f"hostile-{where.index(path)}")
        other.close()


def sign_in(page: Page, name: str) -> None:
    """Fill in the form and send it."""
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    stands(page)


@BOTH
def test_signing_in_and_who_may_do_what(browser: Browser, guarded: Service, size: Size) -> None:
    """Nobody sees anything before signing in; a reader asks but is refused the operator's pages; whoever
    signs out is out; conversations are one's own, even before an operator.
    """
    desk = window(browser, guarded.address, size)
    page = desk.page("/operator")
    assert "/sign-in" in page.url
    desk.check(page, "sign-in")
    page.goto(f"{guarded.address}/")
    sign_in(page, "李四")
    ask(page, TRAINING)
    assert HOURS in answer(page)
    theirs = page.url
    assert page.locator(".bar a[href='/operator']").count() == 0
    refused = desk.context.new_page()
    said = refused.goto(f"{guarded.address}/operator")
    assert said
    assert said.status == 403
    desk.check(refused, "forbidden")
    page.locator(".bar form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in**")
    desk.page("/documents").wait_for_url("**/sign-in**")
    desk.close()

    other = window(browser, guarded.address, size)
    page = other.page("/sign-in?next=/")
    sign_in(page, "张三")
    page.goto(theirs)
    stands(page)
    assert page.locator("#current .question").count() == 0
    other.check(page, "not-yours")
    page.goto(f"{guarded.address}/operator")
    expect(page.locator("#files")).to_contain_text("plan.txt")
    other.check(page, "signed-in-operator")
    other.close()
