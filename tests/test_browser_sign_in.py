"""Signing in in a real browser, which decides what it says of where a form comes from; and what pages of
other sites cannot do.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.chromium import WIDE, launched, needs_chromium
from tests.test_browser import ROOT

pytestmark = needs_chromium
PHONE = (360, 640)
EVIL = """<!doctype html><title>evil</title><form method="post" action="{action}">
<input name="name" value="张三"><input name="password" value="long enough 1"></form>
<script>document.forms[0].submit()</script>"""


@contextmanager
def serving(folder: Path, sign_in: str) -> Iterator[str]:
    """Serve a site and give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web_site", str(folder), sign_in],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip().partition("：")[2]
    finally:
        process.kill()
        process.communicate()


@contextmanager
def another_site(action: str) -> Iterator[str]:
    """Serve a page of somebody else that sends a form to an address as soon as it is opened."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = EVIL.format(action=action).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the account of 张三."""
    with serving(tmp_path_factory.mktemp("site"), "accounts") as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for which evil.example is this machine."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    with launched(rules) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window without cookies; the test fails where it asked another host for anything."""
    context = browser.new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [
        url for url in asked if not re.match(r"http://(127\.0\.0\.1|localhost|evil\.example):", url)
    ] == []


def sign_in(page: Page, password: str = "long enough 1") -> None:
    """Fill in the form and send it."""
    page.fill("#name", "张三")
    page.fill("#password", password)
    page.press("#password", "Enter")


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_link_leads_through_signing_in_to_its_clause(
    page: Page, address: str, size: tuple[int, int], tmp_path: Path
) -> None:
    """Whoever opens a link to a clause unsigned signs in, after a mistake too, and stands at that clause."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(f"{address}/d/abc?q=1-2#第三条")
    sign_in(page, "a wrong one")
    page.wait_for_selector("[role=alert]")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.activeElement.id") == "password"
    serious = [
        violation["id"]
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []

    sign_in(page)
    page.wait_for_url("**/d/**")
    assert page.evaluate("decodeURIComponent(location.pathname + location.search + location.hash)") == (
        "/d/abc?q=1-2#第三条"
    )


def test_scripts_see_no_cookie(page: Page, address: str) -> None:
    """Who is signed in is nothing a script of the page could give away."""
    page.goto(f"{address}/sign-in")
    sign_in(page)
    page.wait_for_selector("text=home")

    assert [cookie["name"] for cookie in page.context.cookies()] == ["youju_session"]
    assert page.evaluate("document.cookie") == ""


def test_a_page_of_another_site_signs_nobody_in(page: Page, address: str) -> None:
    """A form that another site sends, with a right password in it, is refused (login CSRF)."""
    with another_site(f"{address}/sign-in") as evil:
        page.goto(evil)
        page.wait_for_selector("text=别的网站")

    assert page.context.cookies() == []


def test_a_page_of_another_site_signs_nobody_out(page: Page, address: str) -> None:
    """Nor does another site end a session."""
    page.goto(f"{address}/sign-in")
    sign_in(page)
    page.wait_for_selector("text=home")

    with another_site(f"{address}/sign-out") as evil:
        page.goto(evil)
        page.wait_for_selector("text=别的网站")

    page.goto(f"{address}/who")
    assert "张三" in page.inner_text("body")


def test_a_name_turned_to_this_machine_sees_nothing(page: Page, tmp_path: Path) -> None:
    """A site of somebody else whose name leads to 127.0.0.1 gets a page that says where to open this, while
    the person at the machine is its operator.
    """
    with serving(tmp_path, "off") as address:
        port = address.rpartition(":")[2]
        page.goto(f"http://evil.example:{port}/who")
        assert "只能在本机打开" in page.inner_text("body")
        page.goto(f"http://127.0.0.1:{port}/who")
        assert "operator" in page.inner_text("body")
