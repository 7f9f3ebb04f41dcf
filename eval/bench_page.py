"""How heavy the page is and how soon it can be used, in Chromium: opened first, then with a warm cache."""

import shutil
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

PAGE_HEADINGS = ("首次 KB", "首次 请求", "首次可用 秒", "再次 KB", "再次可用 秒")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_TIMES = 3  # the median of three: the first one also fills the disk cache
_PATIENCE = 120_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Opened:
    """The page opened once: bytes and requests over the network, seconds until a question can be typed."""

    weight: int
    requests: int
    usable: float


def measure_page(address: str) -> tuple[Opened, Opened] | None:
    """Open the page with an empty cache and again with a warm one; None where there is no browser."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    try:
        # Late: one of the tests' tools, which need not be installed.
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not found:
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_QUIET))
        try:
            pairs = [_twice(browser, address) for _ in range(_TIMES)]
        finally:
            browser.close()
    first, again = ([pair[n] for pair in pairs] for n in (0, 1))
    return _middle(first), _middle(again)


def page_cells(pair: tuple[Opened, Opened] | None) -> tuple[str, ...]:
    """Return what is printed under ``PAGE_HEADINGS``."""
    if pair is None:
        return ("—",) * len(PAGE_HEADINGS)
    first, again = pair
    return (
        f"{first.weight / 1000:.0f}",
        str(first.requests),
        f"{first.usable:.1f}",
        f"{again.weight / 1000:.0f}",
        f"{again.usable:.1f}",
    )


def _twice(browser: "Browser", address: str) -> tuple[Opened, Opened]:
    context = browser.new_context()
    try:
        return _open(context, address), _open(context, address)
    finally:
        context.close()


def _open(context: "BrowserContext", address: str) -> Opened:
    page = context.new_page()
    network = context.new_cdp_session(page)
    weights: list[float] = []

    def loaded(event: dict[str, Any]) -> None:
        weights.append(event["encodedDataLength"])

    network.on("Network.loadingFinished", loaded)
    network.send("Network.enable")
    page.goto(address)
    page.wait_for_selector("#opening", state="hidden", timeout=_PATIENCE)
    page.wait_for_selector("#question textarea:enabled", timeout=_PATIENCE)
    usable = float(page.evaluate("performance.now()")) / 1000
    page.wait_for_load_state("networkidle", timeout=_PATIENCE)
    page.close()
    return Opened(int(sum(weights)), len(weights), usable)


def _middle(opened: list[Opened]) -> Opened:
    return Opened(
        int(median(one.weight for one in opened)),
        int(median(one.requests for one in opened)),
        median(one.usable for one in opened),
    )
