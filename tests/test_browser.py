"""The chat in a real browser: asking, following a mark to its quote and its original, conversations, scope,
comparison, thumbs, copying, on a wide screen and a phone, with nothing asked of any other host.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import BOTH, PHONE, WIDE, needs_chromium
from tests.page_fakes import EXAMPLES, HOURS

pytest.importorskip("playwright", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = needs_chromium

ROOT = Path(__file__).resolve().parents[1]
# Screenshots of each state are kept where this names a folder.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    """The page served by a process of its own, with a fake engine."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.page_fakes", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def address(server: subprocess.Popen[str]) -> str:
    """Where the page is, as the server says when it serves."""
    assert server.stdout
    said = server.stdout.readline()
    found = re.fullmatch(r"有据已启动：(http://127\.0\.0\.1:\d+)\n", said)
    assert found, said
    return found[1]


@pytest.fixture
def open_page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator["Opener"]:
    """Opens pages and afterwards asserts that none asked another host for anything or broke."""
    opener = Opener(browser, address, request.node.name)
    yield opener
    opener.close()


class Opener:
    """Opens the page at a size, as one person, and watches what it asks for."""

    def __init__(self, browser: Browser, address: str, name: str) -> None:
        self._browser, self.address, self._name = browser, address, name
        self._contexts: list[BrowserContext] = []
        self._asked: list[str] = []
        self._broken: list[str] = []

    def __call__(self, size: tuple[int, int] = WIDE, path: str = "/", *, dark: bool = False) -> Page:
        """Open the page as somebody new and wait until it stands."""
        context = self._browser.new_context(
            locale="en-US",
            reduced_motion="reduce",
            color_scheme="dark" if dark else "light",
            viewport={"width": size[0], "height": size[1]},
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.on("request", lambda request: self._asked.append(request.url))
        self._contexts.append(context)
        return self.again(context, path)

    def again(self, context: BrowserContext, path: str = "/") -> Page:
        """Open another page of the same person."""
        page = context.new_page()
        page.on("pageerror", lambda error: self._broken.append(str(error)))
        page.on("dialog", lambda dialog: self._broken.append(dialog.message))
        page.goto(f"{self.address}{path}")
        stands(page)
        return page

    def close(self) -> None:
        """Close all pages; fail if any asked another host or broke."""
        for number, context in enumerate(self._contexts):
            for page in context.pages if PICTURES else ():
                with contextlib.suppress(Exception):
                    page.screenshot(path=f"{PICTURES}/{self._name}-{number}.png")
            context.close()
        assert [u for u in self._asked if not u.startswith((self.address, "data:", "blob:"))] == []
        assert self._broken == []


def stands(page: Page) -> None:
    """Wait until the page can be used."""
    page.wait_for_selector("#opening", state="hidden")
    page.wait_for_selector("#current :is(.turn, .welcome)")


def send(page: Page, text: str) -> None:
    """Type a question and press Enter, once the page is no longer busy with the one before."""
    page.wait_for_selector("#desk:not(.answering):not(.opening)")
    page.evaluate("document.querySelector('#current :is(.turn, .welcome)').setAttribute('lang', 'old')")
    page.fill("#question textarea", text)
    page.press("#question textarea", "Enter")


def finished(page: Page) -> None:
    """Wait for the whole answer of the newest question."""
    page.wait_for_selector("#current .turn:not(.open):not([lang=old])")


def ask(page: Page, text: str) -> None:
    """Ask and wait for the whole answer."""
    send(page, text)
    finished(page)


def listed(page: Page) -> list[str]:
    """Return the titles of the conversations in the list."""
    return page.locator("#list li > a").all_inner_texts()


def show_list(page: Page) -> None:
    """Bring the list of conversations out where it is a drawer."""
    if page.locator(".bar .drawer").is_visible():
        page.click(".bar .drawer")


def in_view(page: Page, selector: str) -> bool:
    """Tell whether the middle of an element's first line is what the eye sees there."""
    return bool(
        page.evaluate(
            """selector => {
                const element = document.querySelector(selector);
                const box = element && element.getClientRects()[0];
                if (!box) return false;
                const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return seen === element || element.contains(seen);
            }""",
            selector,
        )
    )


def no_sideways(page: Page) -> bool:
    """Tell whether the page fits the width of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def clipboard(page: Page) -> str:
    """Return what was copied."""
    expect(page.locator("#said")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


@BOTH
def test_question_streams_an_answer_whose_mark_opens_the_quote(
    open_page: Opener, size: tuple[int, int]
) -> None:
    """A question asked with Enter is answered piece by piece; a click on [1] brings the highlighted
    quote into view inside its section, on any screen and without scrolling sideways.
    """
    page = open_page(size)
    send(page, "执法人员每年培训多少学时？")
    page.wait_for_selector("#current .turn.open .answered")
    finished(page)

    assert page.locator("#current a.cite").count() == 3
    for n in (2, 1):
        page.locator("#current a.cite", has_text=f"[{n}]").first.click()
        page.wait_for_selector(f"#cite-1-{n}.chosen[open]")
        expect(page.locator(f"#cite-1-{n} > summary")).to_be_focused()
        page.wait_for_function(
            "id => { const box = document.querySelector(id).getBoundingClientRect();"
            " return box.top > 0 && box.bottom < innerHeight; }",
            arg=f"#cite-1-{n} mark",
        )
        assert in_view(page, f"#cite-1-{n} mark")
        assert no_sideways(page)
        if size == PHONE:
            page.keyboard.press("Escape")
            expect(page.locator("#evidence")).to_be_hidden()
            expect(page.locator("#current a.cite", has_text=f"[{n}]").first).to_be_focused()
    card = page.locator("#cite-1-1")
    assert card.locator("mark").inner_text() == HOURS
    expect(card).to_contain_text("新进人员上岗前另训30学时。")
    expect(card).to_contain_text("《云溪市执法培训办法》")
    expect(card.locator(".around").last).to_contain_text("培训情况记入个人档案。")


def test_original_opens_beside_at_the_quote(open_page: Opener) -> None:
    """“打开原文” opens the document in a page of its own, the quoted words marked and in view."""
    page = open_page()
    ask(page, "甲？")
    page.locator("#current a.cite").first.click()
    with page.expect_popup() as opened:
        page.click("#cite-1-1 a.original")
    original = opened.value

    expect(original.locator("mark").first).to_be_visible()
    assert HOURS.startswith(original.locator("mark").first.inner_text()[:5])
    assert "/d/rules?q=" in original.url


@BOTH
def test_click_on_an_example_asks_it(open_page: Opener, size: tuple[int, int]) -> None:
    """Example questions ask themselves, and so do suggestions under an answer."""
    page = open_page(size)
    page.get_by_role("button", name=EXAMPLES[1]).click()
    finished(page)

    expect(page.locator("#current .question")).to_have_text(EXAMPLES[1])
    page.get_by_role("button", name="新进人员培训多少学时？").click()
    expect(page.locator("#current .question")).to_have_text("新进人员培训多少学时？")
    finished(page)
    expect(page.locator("#past .question")).to_have_text(EXAMPLES[1])


def test_what_to_ask_next_comes_below_the_answer(open_page: Opener) -> None:
    """After an answer that suggests nothing itself, follow-ups come that ask themselves."""
    page = open_page()
    ask(page, "各地？")
    page.locator("#more button.ask", has_text="那各地呢？").click()

    expect(page.locator("#current .question")).to_have_text("那各地呢？")


def test_earlier_marks_open_earlier_citations(open_page: Opener) -> None:
    """Marks of an earlier turn open that turn's cards, those of the newest its own again."""
    page = open_page()
    ask(page, "甲？")
    ask(page, "乙？")
    assert page.locator("#cite-1-1").count() == 0

    page.locator("#past a.cite").first.click()
    expect(page.locator("#cite-1-1 mark")).to_be_visible()
    expect(page.locator("#cite-2-1")).to_be_hidden()
    page.locator("#current a.cite").first.click()
    expect(page.locator("#cite-2-1 mark")).to_be_visible()
    assert page.locator("#cite-1-1").count() == 0


@BOTH
def test_conversations_are_kept_named_found_and_deleted(open_page: Opener, size: tuple[int, int]) -> None:
    """Each conversation stands in the list by its first question; it can be opened, renamed, searched for by
    its title and its words, and deleted after being asked.
    """
    page = open_page(size)
    ask(page, "甲事？")
    show_list(page)
    page.click("#talks a.new")
    page.wait_for_selector("#current .welcome")
    ask(page, "拒绝乙事？")
    show_list(page)
    expect(page.locator("#list a[aria-current]")).to_have_text("拒绝乙事？")
    assert listed(page) == ["拒绝乙事？", "甲事？"]

    page.locator("#list summary").nth(1).click()
    page.locator("#list button:visible", has_text="重命名").click()
    page.fill("#rename input", "培训的事")
    page.click("#rename button.primary")
    expect(page.locator("#list")).to_contain_text("培训的事")
    for words, found in (
        ("培训的事", ["培训的事"]),
        ("没有写明", ["拒绝乙事？"]),
        ("", ["拒绝乙事？", "培训的事"]),
    ):
        page.fill("#search", words)
        expect(page.locator("#list li > a")).to_have_text(found)
    page.locator("#list li > a", has_text="培训的事").click()
    expect(page.locator("#current .question")).to_have_text("甲事？")
    assert "?c=" in page.url

    show_list(page)
    page.locator("#list summary").nth(1).click()
    page.locator("#list button:visible", has_text="删除").click()
    expect(page.locator("#delete")).to_contain_text("“培训的事”")
    page.click("#delete button.danger")
    page.wait_for_selector("#current .welcome")
    expect(page.locator("#list li")).to_have_count(1)
    assert page.url == f"{open_page.address}/"
    assert no_sideways(page)


def test_deleting_can_be_left(open_page: Opener) -> None:
    """Esc leaves the conversation as it is."""
    page = open_page()
    ask(page, "甲？")
    page.locator("#list summary").click()
    page.locator("#list button:visible", has_text="删除").click()
    page.keyboard.press("Escape")

    expect(page.locator("#delete")).to_be_hidden()
    assert listed(page) == ["甲？"]


def test_reload_and_address_restore_a_conversation(open_page: Opener) -> None:
    """The address of a conversation holds its name: a reload, another tab and the browser's back bring it
    back as it was.
    """
    page = open_page()
    ask(page, "甲？")
    ask(page, "乙？")
    address = page.url.removeprefix(open_page.address)
    page.reload()
    stands(page)
    assert page.locator(".turn .question").all_inner_texts() == ["甲？", "乙？"]
    expect(page.locator("#cite-2-1 mark")).to_be_visible()

    page.click("#talks a.new")
    page.wait_for_selector("#current .welcome")
    page.go_back()
    expect(page.locator("#current .question")).to_have_text("乙？")
    other = open_page.again(page.context, address)
    assert other.locator(".turn .question").all_inner_texts() == ["甲？", "乙？"]


def test_two_tabs_on_one_conversation(open_page: Opener) -> None:
    """What one tab asks is there when the other asks next; nothing is lost or doubled."""
    page = open_page()
    ask(page, "甲？")
    other = open_page.again(page.context, page.url.removeprefix(open_page.address))
    ask(other, "乙？")
    ask(page, "丙？")

    assert page.locator(".turn .question").all_inner_texts() == ["甲？", "乙？", "丙？"]
    # The second tab has not seen the last question: asking its own last one anew replaces nothing.
    other.locator("#current .retry").click()
    finished(other)
    expect(other.locator("#current .question")).to_have_text("乙？")
    expect(other.locator(".turn")).to_have_count(4)


def test_asking_anew_and_editing_the_last_question(open_page: Opener) -> None:
    """重新回答 and 修改问题 put a new answer in the last turn's place; leaving the edit changes nothing."""
    page = open_page()
    ask(page, "甲？")
    ask(page, "乙？")
    page.click("#current .edit")
    expect(page.locator("#editing")).to_be_visible()
    page.click("#editing button")
    expect(page.locator("#editing")).to_be_hidden()
    assert page.input_value("#question textarea") == ""

    page.click("#current .edit")
    assert page.input_value("#question textarea") == "乙？"
    ask(page, "乙改？")
    expect(page.locator("#editing")).to_be_hidden()
    assert page.locator(".turn .question").all_inner_texts() == ["甲？", "乙改？"]

    page.evaluate("document.querySelector('#current .turn').setAttribute('lang', 'old')")
    page.click("#current .retry")
    finished(page)
    page.reload()
    stands(page)
    assert page.locator(".turn .question").all_inner_texts() == ["甲？", "乙改？"]


def test_stopping_keeps_what_was_asked(open_page: Opener) -> None:
    """停止 ends the answer where it is; question and what was said stay, after a reload, too."""
    page = open_page()
    send(page, "慢慢说？")
    page.wait_for_selector("#current .turn.open .answered")
    page.click("#stop")
    finished(page)

    expect(page.locator("#current .answer")).to_contain_text("已停止")
    expect(page.locator("#send")).to_be_visible()
    page.reload()
    stands(page)
    expect(page.locator("#current .question")).to_have_text("慢慢说？")
    expect(page.locator("#current .answer")).to_contain_text("已停止")


def test_what_is_typed_meanwhile_stays(open_page: Opener) -> None:
    """While an answer grows, what is typed stays in the box, and what stands above is not drawn anew."""
    page = open_page()
    ask(page, "甲？")
    send(page, "慢慢说？")
    page.wait_for_selector("#current .turn.open .answered")
    page.fill("#question textarea", "下一问？")
    page.evaluate("document.querySelector('#past .turn').setAttribute('lang', 'kept')")
    finished(page)

    expect(page.locator("#question textarea")).to_have_value("下一问？")
    expect(page.locator("#past .turn")).to_have_attribute("lang", "kept")


def test_a_page_closed_in_the_middle_loses_nothing(open_page: Opener) -> None:
    """An answer under way goes on without its page; who comes back sees it grow, or whole."""
    page = open_page()
    send(page, "慢慢说？")
    page.wait_for_selector("#current .turn.open .answered")
    page.wait_for_function("() => location.search.startsWith('?c=')")
    page.reload()
    page.wait_for_selector("#current .turn")
    expect(page.locator("#current .question")).to_have_text("慢慢说？")
    page.wait_for_selector("#current .turn:not(.open)")

    expect(page.locator("#current .answer")).to_contain_text("细则：学时占20分。")
    assert page.locator(".turn").count() == 1


@BOTH
def test_scope_is_chosen_kept_and_cleared(open_page: Opener, size: tuple[int, int]) -> None:
    """A chosen place stands above the question box, holds for the answer, is there after a reload, and goes
    with one click.
    """
    page = open_page(size)
    page.click("#scope > button")
    page.click("#scope-places input")
    page.get_by_role("option", name="云溪市").click()
    expect(page.locator("#scope-line")).to_have_text("只查：云溪市")
    page.keyboard.press("Escape")
    ask(page, "多少学时？")
    expect(page.locator("#current .answer")).to_contain_text("只查云溪市。")

    page.reload()
    stands(page)
    expect(page.locator("#scope-line")).to_have_text("只查：云溪市")
    assert no_sideways(page)
    page.click("#scope-clear")
    expect(page.locator("#scope-line p")).to_have_count(0)
    ask(page, "多少学时？")
    expect(page.locator("#current .answer")).to_contain_text("每人每年不少于48学时。")


@BOTH
def test_comparison_is_a_table_or_cards_and_can_be_copied(open_page: Opener, size: tuple[int, int]) -> None:
    """Several places stand in a table, on a phone as cards that name their column; copied it is a table for
    Word and cells for a spreadsheet.
    """
    page = open_page(size)
    ask(page, "各地怎么规定？")
    shown = page.locator("#current td").first.evaluate("cell => getComputedStyle(cell).display")
    assert shown == ("table-cell" if size == WIDE else "block")
    assert page.locator("#current td .column").nth(1).is_visible() == (size == PHONE)

    page.click("#current .copy-table")
    assert clipboard(page) == "地方\t规定\r\n云溪市\t不少于48学时[1]\r\n禾清县\t学时占20分[2]"
    rich = page.evaluate(
        "navigator.clipboard.read().then(items => items[0].getType('text/html')).then(blob => blob.text())"
    )
    assert "<th>地方</th>" in rich
    assert "<td>不少于48学时[1]</td>" in rich
    assert no_sideways(page)


def test_answer_and_citation_are_copied_as_text(open_page: Opener) -> None:
    """Copied, an answer carries its citations with title, address and words; each can be copied by itself."""
    page = open_page()
    ask(page, "甲？")
    page.click("#current .copy")
    copied = clipboard(page)
    assert "每人每年不少于48学时。[1]" in copied
    assert f"依据：\n[1] 《云溪市执法培训办法》二：“{HOURS}”" in copied

    page.click("#cite-1-1 .copy-citation")
    page.wait_for_timeout(50)
    assert clipboard(page) == f"《云溪市执法培训办法》二：“{HOURS}”"


@pytest.mark.parametrize(("label", "ending"), [("导出 Word", ".docx"), ("导出 Markdown", ".md")])
def test_conversation_is_saved_as_a_file(open_page: Opener, label: str, ending: str) -> None:
    """The menu of a conversation saves it as a file named by its title."""
    page = open_page()
    ask(page, "甲？")
    page.locator("#list summary").click()
    with page.expect_download() as saving:
        page.locator("#list a:visible", has_text=label).click()

    assert saving.value.suggested_filename.endswith(ending)
    assert Path(saving.value.path()).stat().st_size > 100


def test_thumbs_are_given_and_seen_again(open_page: Opener) -> None:
    """A thumb down asks why; it is seen after a reload; a thumb up takes its place; Esc gives none."""
    page = open_page()
    ask(page, "甲？")
    page.click("#current .thumb.down")
    page.keyboard.press("Escape")
    expect(page.locator("#current .thumb.down")).to_have_attribute("aria-pressed", "false")

    page.click("#current .thumb.down")
    page.get_by_label("引用不对").check()
    page.fill("#why textarea", "应引第三条。")
    page.click("#why button.primary")
    expect(page.locator("#said")).to_have_text("已记下，谢谢。")
    page.reload()
    stands(page)
    expect(page.locator("#current .thumb.down")).to_have_attribute("aria-pressed", "true")
    page.click("#current .thumb.up")
    expect(page.locator("#current .thumb.up")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#current .thumb.down")).to_have_attribute("aria-pressed", "false")


def test_odd_questions_leave_a_usable_page(open_page: Opener) -> None:
    """Refusals, failures, emoji and very long questions end in words, blanks in nothing; the next question
    is answered.
    """
    page = open_page(PHONE)
    for question in ("拒绝", "出错", "😀🎉", "长" * 10_000):
        ask(page, question)
        assert len(page.locator("#current .answer").inner_text()) > 5
        assert no_sideways(page)
    page.fill("#question textarea", "   ")
    page.press("#question textarea", "Enter")
    expect(page.locator("#question textarea")).to_have_value("")

    ask(page, "甲？")
    assert page.locator("#current a.cite").count() == 3
    assert page.locator(".turn").count() == 5


@BOTH
def test_hostile_texts_do_nothing(open_page: Opener, size: tuple[int, int]) -> None:
    """Markup in a question, answer, quote, title, file name, suggestion, place or a conversation's name runs
    nothing, loads nothing and shows as the words it is.
    """
    page = open_page(size)
    ask(page, "恶意<img src=x onerror=window.hacked=1>![x](https://evil.example/q.png)")
    for number in (1, 4, 13):
        page.locator("#current a.cite", has_text=f"[{number}]").first.click()
        page.wait_for_selector(f"#cite-1-{number}.chosen")
        page.keyboard.press("Escape")
    page.click("#scope > button")
    page.click("#scope-places input")
    page.get_by_role("option").first.click()
    show_list(page)
    page.locator("#list summary").click()

    assert page.evaluate("window.hacked") is None
    inert = "img, script, iframe, style, link, form:not([method=dialog]), base, b, code"
    assert page.locator(f"#desk :is({inert}), #talks :is({inert})").count() == 0
    assert page.locator("#desk a:not([href^='#'], [href^='/d/'], [href='/documents'])").count() == 0
    assert "![x](https://evil.example/leak.png)" in page.locator("#current .answer").inner_text()
    assert no_sideways(page)


@pytest.mark.parametrize(("language", "foreign"), [("zh", "[A-Za-z]{2,}"), ("en", r"[\u3400-\u9fff]")])
def test_interface_speaks_one_language(open_page: Opener, language: str, foreign: str) -> None:
    """In Chinese no English label is left, in English no Chinese one: in words, hints and names for screen
    readers, but for the name of the other language and of file formats.
    """
    page = open_page()
    page.goto(f"{open_page.address}/language?to={language}&back=/")
    stands(page)
    named = page.evaluate(
        """() => [document.title, document.body.innerText,
            ...[...document.querySelectorAll('body *')].flatMap(element =>
                ['placeholder', 'title', 'aria-label', 'alt'].map(name => element.getAttribute(name) || ''))
        ].join('\\n')"""
    )
    ours = {*EXAMPLES, "English", "中文"}
    for words in ours:
        named = named.replace(words, "")

    expected = "en" if language == "en" else "zh-CN"
    assert page.evaluate("[document.documentElement.lang, navigator.language]") == [expected, expected]
    assert re.findall(foreign, named) == []


def test_a_conversation_goes_on_in_english(open_page: Opener) -> None:
    """The language changes where one is: the conversation stays, its next answer comes in the new frame."""
    page = open_page()
    ask(page, "甲？")
    address = page.url
    page.get_by_role("link", name="English").click()
    stands(page)
    assert page.url == address
    ask(page, "乙？")

    expect(page.locator("#current .note")).to_contain_text("2 citations")
    expect(page.locator("#cite-2-1 a.original")).to_have_text("Open the original")


@pytest.mark.parametrize("system_dark", [False, True])
def test_dark_and_light(open_page: Opener, system_dark: bool) -> None:
    """The page follows the system until a person chooses; the choice holds after a reload; in the dark the
    words stand out from their ground.
    """
    page = open_page(dark=system_dark)
    assert page.evaluate("document.body.classList.contains('dark')") == system_dark
    page.emulate_media(color_scheme="light" if system_dark else "dark")
    expect(page.locator("html.dark body.dark")).to_have_count(0 if system_dark else 1)
    page.emulate_media(color_scheme="dark" if system_dark else "light")
    page.click(".bar .theme")
    assert page.evaluate("document.body.classList.contains('dark')") != system_dark
    page.reload()
    stands(page)
    assert page.evaluate("document.body.classList.contains('dark')") != system_dark

    ask(page, "甲？")
    shades = page.evaluate(
        """() => ['.answer', '#cite-1-1 .section', '#cite-1-1 mark', '.question span', '#talks'].map(s => {
            const style = getComputedStyle(document.querySelector(s));
            return [style.color, style.backgroundColor].map(c => {
                const [r, g, b] = c.match(/[\\d.]+/g).map(Number);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            });
        })"""
    )
    assert all(abs(ink - ground) > 90 for ink, ground in shades), shades


@BOTH
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_use_it(open_page: Opener, size: tuple[int, int], dark: bool) -> None:
    """Axe finds nothing serious before asking, in answers, refusals, tables, evidence, dialogs, menus and the
    scope.
    """
    page = open_page(size, dark=dark)
    found: list[str] = []

    def check(state: str) -> None:
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append(f"{state}: {violation['id']}: {violation['nodes'][0]['html']}")

    check("welcome")
    for question in ("甲？", "拒绝", "各地？"):
        ask(page, question)
    check("answers")
    page.locator("#current a.cite").first.click()
    page.wait_for_selector(".card.chosen")
    check("evidence")
    page.keyboard.press("Escape")
    page.click("#current .thumb.down")
    check("why")
    page.keyboard.press("Escape")
    page.click("#scope > button")
    check("scope")
    show_list(page)
    page.locator("#list summary").click()
    check("list")

    assert found == []


def test_keyboard_alone_is_enough(open_page: Opener) -> None:
    """From the question box one asks, walks to a mark, opens its citation and comes back, without a mouse."""
    page = open_page()
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("甲？")
    page.keyboard.press("Enter")
    finished(page)
    page.locator("#current a.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cite-1-1 > summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")

    expect(page.locator("#cite-1-1 a.original")).to_be_focused()


def test_lost_connection_is_told_and_comes_back(open_page: Opener) -> None:
    """While the server cannot be reached a line of ours says so, no notice of Gradio's; when it is back the
    conversation stands there, what was typed stays in its box, and the next question is answered.
    """
    page = open_page()
    ask(page, "甲？")
    page.context.set_offline(True)
    page.fill("#question textarea", "没有发出的问题？")
    page.press("#question textarea", "Enter")
    expect(page.locator("#offline")).to_contain_text("连接已断开")
    page.wait_for_selector(".toast-body.error", state="attached")
    expect(page.locator(".toast-body")).to_be_hidden()
    page.evaluate("document.body.setAttribute('lang', 'old')")
    page.context.set_offline(False)
    page.wait_for_selector("body:not([lang=old])", state="attached")  # Gradio reads the page anew
    stands(page)

    expect(page.locator("#question textarea")).to_have_value("没有发出的问题？")
    expect(page.locator("#current .question")).to_have_text("甲？")
    page.press("#question textarea", "Enter")
    expect(page.locator("#current .question")).to_have_text("没有发出的问题？")
    finished(page)


def test_interrupt_ends_the_server_quietly(
    server: subprocess.Popen[str], address: str, browser: Browser
) -> None:
    """Ctrl-C ends the server within seconds, open pages or not, without a stack trace. Stands last:
    it ends the server of this file.
    """
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")

    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=15)
    page.close()

    assert "Traceback" not in errors
    assert server.returncode in (0, 130)
