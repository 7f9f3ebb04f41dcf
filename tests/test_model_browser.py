"""The page with a language model behind it, in a real browser: what it writes, what becomes of its failures,
and a stop while it says nothing.
"""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect

from tests.chromium import BOTH, needs_chromium
from tests.llm_server import Handler, Server, fails, says, silent
from tests.llm_server import serving as model_serving
from tests.test_browser import ask, send, stands
from tests.whole_site import Service, Window, serving, window, write_site

pytestmark = needs_chromium

Size = tuple[int, int]
TRAINING = "云岭县执法人员每年培训多少学时？"
GOOD = "云岭县行政执法人员每人每年参加业务培训不少于48学时"
MARKUP = '<img src=x onerror="window.hacked=1">云岭县行政执法人员每人每年参加业务培训不少于480学时'


@pytest.fixture(scope="module")
def model() -> Iterator[Server]:
    """A model, whose script each test sets."""
    with model_serving(fails(500)) as server:
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, model: Server) -> Iterator[Service]:
    """The site with that model."""
    home = write_site(tmp_path_factory.mktemp("site"))
    with serving(home, YOUJU_LLM_BASE_URL=model.url, YOUJU_LLM_MODEL="test") as service:
        yield service


@pytest.fixture
def desk(browser: Browser, site: Service, size: Size) -> Iterator[Window]:
    """A browser of somebody new."""
    opened = window(browser, site.address, size)
    yield opened
    opened.close()


def answer(page: Page) -> str:
    """What the newest answer says."""
    return page.locator("#current .answer").inner_text()


def falters(handler: Handler, asked: dict[str, Any]) -> None:
    """Say one sentence and then nothing until the test goes on."""
    handler.begin()
    handler.delta(content=f"{GOOD}[1]。\n")
    handler.server.go_on.wait(60)


@BOTH
def test_a_model_that_fails_costs_a_line_and_the_page_goes_on(
    desk: Window, model: Server, size: Size
) -> None:
    """First the documents' words and why, then, the model well again, its sentence with its quote."""
    model.replies = [fails(400)]
    page = desk.page()
    stands(page)
    ask(page, TRAINING)
    assert "48学时" in answer(page)
    assert "（语言模型服务出错，以上是文件原文的摘录。）" in answer(page)
    desk.check(page, "model-failed")

    model.replies = [says(*f"<think>想一想</think>{GOOD}[1]。{MARKUP}[1]。")]
    ask(page, TRAINING)
    assert answer(page).startswith(GOOD)
    assert "有 1 句与原文核对不上" in answer(page)
    assert "480" not in page.content()
    page.locator("#current a.cite").first.click()
    expect(page.locator("mark").first).to_contain_text("不少于48学时")
    desk.check(page, "model-answer")


@BOTH
def test_a_stop_keeps_what_stood(desk: Window, model: Server, size: Size) -> None:
    """A model that falls silent in the middle can be stopped, and the next question asked."""
    model.replies = [falters]
    page = desk.page()
    stands(page)
    send(page, TRAINING)
    expect(page.locator("#current .answer")).to_contain_text(GOOD)
    page.click("#stop")
    page.wait_for_selector("#desk:not(.answering)")
    assert GOOD in answer(page)
    desk.check(page, "model-stopped")

    model.replies = [silent]
    send(page, TRAINING)
    page.wait_for_selector("#desk.answering")
    desk.check(page, "model-waiting")
    page.click("#stop")
    page.wait_for_selector("#desk:not(.answering)")
    model.replies = [says(f"{GOOD}[1]。", "")]
    ask(page, TRAINING)
    assert answer(page).startswith(GOOD)
