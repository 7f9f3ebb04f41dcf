"""The pages of documents in a real browser: to the quote, along the outline, links copied, on a wide screen
and a phone, with nothing asked of any other host and no serious barrier.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from index.clean import clean
from tests.chromium import WIDE, needs_chromium
from tests.viewer_site import damaged_plan

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = needs_chromium

PHONE = (360, 640)
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages of a small base are, served by a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.viewer_site", str(tmp_path_factory.mktemp("site")), "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    said = process.stdout.readline()
    found = re.fullmatch(r"有据已启动：(http://127\.0\.0\.1:\d+)\n", said)
    assert found, said
    yield found[1]
    process.kill()
    process.communicate()


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def context(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A window of either size, that must ask nothing of another host and break nowhere."""
    width, height = request.param
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    asked: list[str] = []
    broken: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: broken.append(str(error.error)))
    yield context
    context.close()
    assert [url for url in asked if not url.startswith(address)] == []
    assert broken == []


def link_to(page: Page, title: str) -> str:
    """Return the address of a document, found in the list."""
    page.goto("/documents")
    return page.locator("tbody a", has_text=title).first.get_attribute("href") or ""


def in_sight(page: Page, selector: str) -> bool:
    """Tell whether an element lies inside the window."""
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    return bool(box and size and 0 <= box["y"] < size["height"])


@pytest.mark.parametrize(
    ("title", "query"),
    [("青岩县", ""), ("青岩县", "?text=raw&q=20-60"), ("石泉县", "?q=0-20"), ("onerror", ""), ("", "")],
)
@pytest.mark.parametrize("dark", [False, True])
def test_no_serious_barrier(context: BrowserContext, title: str, query: str, dark: bool) -> None:
    """Axe finds nothing serious on a document's page, its original, a table, the list of documents."""
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(link_to(page, title) + query if title else "/documents")
    if title:
        page.locator(".cleaning summary").or_(page.locator(".outline summary")).first.click()

    found = Axe().run(page).response["violations"]

    assert page.evaluate("document.documentElement.classList.contains('dark')") is dark
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")] == []


def test_a_link_with_a_quote_opens_at_the_quote(context: BrowserContext) -> None:
    """The section the link names is set off, the quote is in the middle of the window."""
    page = context.new_page()
    home = link_to(page, "青岩县")
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": 300})
    start = clean(damaged_plan()).text.index("重大决策应当履行")
    page.goto(f"{home}?q={start}-{start + 12}#{quote('二·(四)')}")

    expect(page.locator("mark.quote").first).to_be_in_viewport()
    assert in_sight(page, "mark.quote")
    assert page.evaluate("document.querySelector(':target').id") == "二·(四)"
    page.locator(".switch a", has_text="原文").click()
    expect(page.locator("mark.quote").first).to_be_in_viewport()


def test_without_scripts_the_section_is_still_found(browser: Browser, address: str) -> None:
    """The address alone brings the reader to the section."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.set_viewport_size({"width": 800, "height": 300})
    page.goto(link_to(page, "青岩县") + "#" + quote("三·(五)"))

    assert in_sight(page, "[id='三·(五)']")
    context.close()


def test_the_outline_follows_and_leads(context: BrowserContext) -> None:
    """A click on an entry opens its section and marks the entry; on a phone the outline folds away."""
    page = context.new_page()
    page.goto(link_to(page, "青岩县"))
    phone = page.evaluate("innerWidth") < 900
    if phone:
        page.locator(".outline summary").click()

    page.locator(".outline li a", has_text="集体讨论").click()

    assert in_sight(page, "[id='二·(四)·3.']")
    expect(page.locator(".outline [aria-current]")).to_have_text(re.compile("集体讨论"))
    assert page.locator(".outline details").evaluate("outline => outline.open") is not phone


def test_the_switch_keeps_the_place(context: BrowserContext) -> None:
    """Whoever reads a section in one text sees it in the other."""
    page = context.new_page()
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": 200})
    page.goto(link_to(page, "青岩县") + "#" + quote("二·(四)"))

    page.locator(".switch a", has_text="原文").click()

    page.wait_for_url("**text=raw**")
    expect(page.locator("[id='二·(四)']")).to_be_in_viewport()


def test_a_sections_link_is_copied_by_keyboard(context: BrowserContext, address: str) -> None:
    """The control is reached with the keyboard, copies the permanent link, and says so."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    home = link_to(page, "青岩县")
    page.goto(home)

    page.locator("[id='一·(一)'] a.link").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_have_text("链接已复制。")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{address}{home}#{quote('一·(一)', safe='')}"


def test_a_section_that_is_not_there_is_told(context: BrowserContext) -> None:
    """A link into another version of the document says that the section is gone."""
    page = context.new_page()
    page.goto(link_to(page, "青岩县") + "#" + quote("九十九"))

    expect(page.locator(".toast")).to_contain_text("没有链接所指的这一条")


def test_nothing_is_wider_than_the_window(context: BrowserContext) -> None:
    """Neither page scrolls sideways, whatever the title or the table."""
    page = context.new_page()
    for path in ("/documents", link_to(page, "石泉县"), link_to(page, "onerror"), link_to(page, "青岩县")):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_hostile_documents_do_nothing(context: BrowserContext) -> None:
    """No word of a document runs as a script."""
    page = context.new_page()
    for query in ("", "?text=raw", "?q=0-300"):
        page.goto(link_to(page, "onerror") + query)
        assert page.evaluate("window.hacked") is None
