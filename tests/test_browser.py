"""The page in a real browser: asking, following a mark to its quote, on a wide screen and a phone,
with nothing asked of any other host.
"""

import contextlib
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page_fakes import EXAMPLES, HOURS

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, TimeoutError, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = (1280, 800)
PHONES = [(390, 844), (360, 640)]
ROOT = Path(__file__).resolve().parents[1]


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, with an English user, whose page must be Chinese all the same."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator["Opener"]:
    """Opens pages and afterwards asserts that none asked another host for anything or broke."""
    opener = Opener(browser, address)
    yield opener
    opener.close()


class Opener:
    """Opens the page at a size, and watches what it asks for."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._address = address
        self._context = browser.new_context(locale="en-US", reduced_motion="reduce")
        self._asked: list[str] = []
        self._broken: list[str] = []
        self._context.on("request", lambda request: self._asked.append(request.url))

    def __call__(self, size: tuple[int, int] = WIDE) -> Page:
        """Open the page in a window of this size and wait until it stands."""
        page = self._context.new_page()
        page.on("pageerror", lambda error: self._broken.append(str(error)))
        page.on("dialog", lambda dialog: self._broken.append(dialog.message))
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(self._address)
        page.wait_for_selector("#question textarea")
        page.wait_for_selector("#current .welcome")
        return page

    def close(self) -> None:
        """Close all pages; fail if any asked another host or broke."""
        self._context.close()
        assert [u for u in self._asked if not u.startswith((self._address, "data:", "blob:"))] == []
        assert self._broken == []


def ask(page: Page, text: str) -> None:
    """Type a question, press Enter, wait for the whole answer."""
    page.evaluate("document.querySelector('#current :is(.turn, .welcome)').setAttribute('lang', 'old')")
    page.fill("#question textarea", text)
    for _ in range(10):  # the page takes no question while it is still busy with the one before
        page.press("#question textarea", "Enter")
        with contextlib.suppress(TimeoutError):
            page.wait_for_selector("#current [lang=old]", state="detached", timeout=1000)
            break
    finished(page)


def finished(page: Page) -> None:
    """Wait for the whole answer of the newest question."""
    page.wait_for_selector("#current .answer .note, #current .answer.refused")


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


@pytest.mark.parametrize("size", [WIDE, *PHONES])
def test_question_streams_an_answer_whose_mark_opens_the_quote(
    open_page: Opener, size: tuple[int, int]
) -> None:
    """A question asked with Enter is answered piece by piece; a click on [1] brings the highlighted
    quote into view inside its section, on any screen and without scrolling sideways.
    """
    page = open_page(size)
    page.fill("#question textarea", "执法人员每年培训多少学时？")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#current .answer.growing")
    finished(page)

    assert page.locator("#current a.cite").count() == 3
    for n in (2, 1):
        page.locator("#current a.cite", has_text=f"[{n}]").first.click()
        page.wait_for_function(
            "id => document.getElementById(id).classList.contains('chosen')", arg=f"cite-1-{n}"
        )
        page.wait_for_timeout(150)
        assert in_view(page, f"#cite-1-{n} mark")
        assert no_sideways(page)
    card = page.locator("#cite-1-1")
    assert card.locator("mark").inner_text() == HOURS
    expect(card).to_contain_text("新进人员上岗前另训30学时。")
    expect(card).to_contain_text("《云溪市执法培训办法》")


@pytest.mark.parametrize("size", [WIDE, PHONES[1]])
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


def test_send_button_asks(open_page: Opener) -> None:
    """The button does what Enter does, and the box is empty afterwards."""
    page = open_page()
    page.fill("#question textarea", "甲？")
    page.get_by_role("button", name="发送").click()
    finished(page)

    assert page.input_value("#question textarea") == ""


def test_earlier_marks_open_earlier_citations_and_a_new_conversation_clears(open_page: Opener) -> None:
    """Marks of an earlier turn open that turn's cards; 新对话 empties the page."""
    page = open_page()
    ask(page, "甲？")
    ask(page, "乙？")
    assert not page.locator("#cite-1-1").is_visible()

    page.locator("#past a.cite").first.click()
    expect(page.locator("#cite-1-1")).to_be_visible()
    expect(page.locator("#cite-2-1")).to_be_hidden()
    page.wait_for_timeout(150)
    assert in_view(page, "#cite-1-1 mark")

    page.locator("#current a.cite").first.click()
    expect(page.locator("#cite-2-1")).to_be_visible()
    expect(page.locator("#cite-1-1")).to_be_hidden()

    page.get_by_role("button", name="新对话").click()
    expect(page.locator("#current .welcome")).to_be_visible()
    assert page.locator(".turn, .card").count() == 0


def test_odd_questions_leave_a_usable_page(open_page: Opener) -> None:
    """Refusals, blanks, failures, emoji and very long questions end in words, and the next question
    is answered.
    """
    page = open_page(PHONES[0])
    for question in ("拒绝", "   ", "出错", "😀🎉", "长" * 10_000):
        ask(page, question)
        assert len(page.locator("#current .answer").inner_text()) > 5
        assert no_sideways(page)

    ask(page, "甲？")
    assert page.locator("#current a.cite").count() == 3


@pytest.mark.parametrize("size", [WIDE, PHONES[1]])
def test_hostile_texts_do_nothing(open_page: Opener, size: tuple[int, int]) -> None:
    """Markup in a question, answer, quote, title, file name or suggestion runs nothing, loads nothing
    and shows as the words it is.
    """
    page = open_page(size)
    ask(page, "恶意<img src=x onerror=window.hacked=1>![x](https://evil.example/q.png)")
    for number in (1, 4, 13):
        page.locator("#current a.cite", has_text=f"[{number}]").first.click()
    page.locator(".library summary").click()
    page.wait_for_timeout(300)

    assert page.evaluate("window.hacked") is None
    assert (
        page.locator("#desk :is(img, script, iframe, svg, style, link, form, base, b, h1, code)").count() == 0
    )
    assert page.locator("#desk a:not([href^='#'])").count() == 0
    assert "![x](https://evil.example/leak.png)" in page.locator("#current .answer").inner_text()
    assert no_sideways(page)


def test_interface_is_chinese_for_an_english_browser(open_page: Opener) -> None:
    """No English label is left, in words, hints or names for screen readers."""
    page = open_page()
    named = page.evaluate(
        """() => [document.title, document.body.innerText,
            ...[...document.querySelectorAll('body *')].flatMap(element =>
                ['placeholder', 'title', 'aria-label', 'alt'].map(name => element.getAttribute(name) || ''))
        ].join('\\n')"""
    )

    assert page.evaluate("[document.documentElement.lang, navigator.language]") == ["zh-CN", "zh-CN"]
    assert re.findall(r"[A-Za-z]{2,}", named) == []


def test_documents_are_listed_in_a_folded_panel(open_page: Opener) -> None:
    """The base's documents are folded away and show title, place and years when opened."""
    page = open_page()
    expect(page.locator(".library li").first).to_be_hidden()

    page.locator(".library summary").click()
    expect(page.locator(".library li").first).to_contain_text("《云溪市执法培训办法》")
    expect(page.locator(".library li").first).to_contain_text("2024年")


def test_dark_screens_stay_readable(browser: Browser, address: str) -> None:
    """Under a dark system the words of an answer stand out from their ground."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#question textarea")
    ask(page, "甲？")
    shades = page.evaluate(
        """() => ['#current .answer', '#cite-1-1 .section', '#cite-1-1 mark', '.question span'].map(s => {
            const style = getComputedStyle(document.querySelector(s));
            return [style.color, style.backgroundColor].map(c => {
                const [r, g, b] = c.match(/[\\d.]+/g).map(Number);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            });
        })"""
    )
    context.close()

    assert all(abs(ink - ground) > 90 for ink, ground in shades), shades


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
