"""The browser that the tests of pages are run in, and the sizes they are looked at in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WIDE = (1280, 800)
PHONE = (360, 640)
BOTH = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
_QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched(*more: str) -> Iterator[Browser]:
    """Run the browser, with more switches where they are given."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *more])
        yield browser
        browser.close()
