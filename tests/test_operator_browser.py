"""The operators' pages in a real browser: files dropped and chosen, their parse, published with progress,
rolled back, with and without scripts, wide and on a phone, with nothing asked of any other host.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.load import LARGEST
from tests.chromium import BOTH, WIDE, needs_chromium
from tests.folders import plan
from tests.test_browser import PICTURES, ROOT

pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

pytestmark = needs_chromium

BUILT = 120_000  # milliseconds a build may take beside other work
HOSTILE = "<img src=x onerror=window.hacked=1>.html"
# What a browser does where files are dropped on an element.
DROP = """([selector, files]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  document.querySelector(selector).dispatchEvent(
    new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data }));
}"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a site of three plans is, to change."""
    yield from served(tmp_path)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a site is that nobody changes."""
    yield from served(tmp_path_factory.mktemp("site"))


def served(home: Path) -> Iterator[str]:
    """Serve a site of three plans by a process of its own and yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sites", str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    said = process.stdout.readline()
    found = re.fullmatch(r"有据已启动：(http://127\.0\.0\.1:\d+)\n", said)
    assert found, said
    yield found[1]
    process.kill()
    process.communicate()


def opened(browser: Browser, address: str, size: tuple[int, int], scripts: bool = True) -> Page:
    """Open the operators' first page."""
    context = browser.new_context(
        base_url=address, viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts
    )
    page = context.new_page()
    page.on("request", lambda request: _inside(request.url, address))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto("/operator")
    return page


def _inside(url: str, address: str) -> None:
    assert url.startswith((address, "blob:", "data:")), url


def no_barrier(page: Page, name: str) -> None:
    """Axe finds nothing serious, in light and dark, and nothing is wider than the window."""
    for dark in (False, True):
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dark)
        if PICTURES:
            kind = f"{page.evaluate('innerWidth')}-{'dark' if dark else 'light'}"
            page.screenshot(path=f"{PICTURES}/operator-{name}-{kind}.png", full_page=True)
        found = [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@BOTH
def test_from_dropping_to_rolling_back(
    browser: Browser, address: str, size: tuple[int, int], tmp_path: Path
) -> None:
    """Files dropped wait with their parse, bad ones are told; published and rolled back, it is seen."""
    page = opened(browser, address, size)
    no_barrier(page, "start")
    good, bad = ["新县.txt", plan("新县", 2024, 7)], ["假.txt", "%PDF-1.7"]
    hostile = [HOSTILE, "<p>恶县法治办法</p><p>一、<script>window.hacked=1</script>要求</p><p>二、任务</p>"]
    page.evaluate(DROP, [".drop", [good, bad, hostile]])

    sent = page.locator(".sending li")
    expect(sent.nth(0)).to_contain_text("已收下，等待发布", timeout=BUILT)
    expect(sent.nth(1)).to_contain_text("内容其实是PDF", timeout=BUILT)
    expect(sent.nth(2)).to_contain_text("已收下，等待发布", timeout=BUILT)
    expect(page.locator("#waiting tbody tr")).to_have_count(2)
    no_barrier(page, "waiting")
    page.locator("#waiting tr", has_text="新县.txt").get_by_role("link").click()
    page.locator(".outline summary", has_text="会前学法").click()
    expect(page.locator(".outline .words", has_text="不少于7次")).to_be_visible()
    no_barrier(page, "parse")

    page.goto("/operator")
    page.get_by_role("button", name="发布所选").click()
    expect(page.locator("#work")).to_contain_text("正在更新索引")
    no_barrier(page, "progress")
    expect(page.locator("#work")).to_have_count(0, timeout=BUILT)
    expect(page.locator("#index")).to_contain_text("5 个文件、5 份文档在回答")
    expect(page.locator("#files tr", has_text="新县.txt")).to_contain_text("已收录")
    assert (tmp_path / "documents" / HOSTILE).is_file()

    page.get_by_role("link", name="退回上一版").click()
    expect(page.locator("main")).to_contain_text("会不再用来回答的文件（2）")
    no_barrier(page, "rollback")
    page.get_by_role("button", name="退回").click()
    expect(page.locator("#index")).to_contain_text("3 个文件、3 份文档在回答")
    expect(page.locator("#files tr", has_text="新县.txt")).to_contain_text("待更新")
    assert page.evaluate("window.hacked") is None


def test_what_is_too_large_is_not_even_sent(browser: Browser, unchanged: str, tmp_path: Path) -> None:
    """The page's script says so before a byte has gone."""
    page = opened(browser, unchanged, WIDE)
    (tmp_path / "大.txt").write_bytes(b"a" * (LARGEST + 1))
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.set_input_files("input[type=file]", tmp_path / "大.txt")
    page.get_by_role("button", name="上传").click()

    expect(page.locator(".sending li")).to_contain_text("超过 20 MB")
    assert posted == []


def test_a_connection_that_breaks_is_told(browser: Browser, unchanged: str, tmp_path: Path) -> None:
    """Where the server cannot be reached the page says that nothing has changed."""
    page = opened(browser, unchanged, WIDE)
    page.context.set_offline(True)
    (tmp_path / "新县.txt").write_text(plan("新县"), "utf-8")
    page.set_input_files("input[type=file]", tmp_path / "新县.txt")
    page.get_by_role("button", name="上传").click()

    expect(page.locator(".sending li")).to_contain_text("什么也没有改")


def test_without_scripts(browser: Browser, address: str, tmp_path: Path) -> None:
    """Every step works by plain forms: sent, published, removed, put back."""
    page = opened(browser, address, WIDE, scripts=False)
    (tmp_path / "新县.txt").write_text(plan("新县"), "utf-8")
    page.set_input_files("input[type=file]", tmp_path / "新县.txt")
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#waiting")).to_contain_text("新县2023年法治政府建设工作方案")
    page.get_by_role("button", name="发布所选").click()
    # The page asks anew by itself until the rebuild has ended.
    expect(page.locator("#index")).to_contain_text("4 个文件、4 份文档在回答", timeout=BUILT)

    page.locator("#files tr", has_text="新县.txt").get_by_role("link", name="移除").click()
    page.get_by_role("button", name="移除并更新索引").click()
    expect(page.locator("#index")).to_contain_text("3 个文件、3 份文档在回答", timeout=BUILT)
    page.goto("/operator/kept")
    page.get_by_role("button", name="放回").click()
    expect(page.locator("#waiting")).to_contain_text("新县.txt")


@BOTH
def test_the_other_pages(browser: Browser, unchanged: str, size: tuple[int, int]) -> None:
    """Insights, former files, cases, replacing and removing show no barrier on either size."""
    page = opened(browser, unchanged, size)
    for path in ("questions", "kept", "cases", "replace?source=plan-0.txt", "remove?source=plan-0.txt"):
        page.goto(f"/operator/{path}")
        no_barrier(page, path.split("?")[0])
