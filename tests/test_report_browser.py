"""The report of a run in a real browser: offline, at a desk, on a phone, on paper."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from eval.cases import read_questions
from eval.kept import Kept
from eval.page import page
from tests.chromium import needs_chromium
from tests.evaluations import RECORDS, run

pytestmark = needs_chromium


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Return a report that sets a run against another one."""
    path = tmp_path / "made-up.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    asked = read_questions([path])
    before, after = run(asked), run(asked, **{"几天？": ("<b>很多</b>天，" * 60, 1)})
    (tmp_path / "report.html").write_text(page(Kept("新的", after), Kept("旧的", before)), encoding="utf-8")
    return tmp_path / "report.html"


def test_the_report_opens_offline_and_prints(report: Path, browser: Browser) -> None:
    """Nothing is asked of any host, nothing is amiss, nothing sticks out sideways, paper holds it all."""
    asked: list[str] = []
    amiss: list[str] = []
    for width in (1360, 390):
        shown = browser.new_page(viewport={"width": width, "height": 900})
        shown.on("request", lambda request: asked.append(request.url))
        shown.on("console", lambda message: amiss.append(message.text))
        shown.on("pageerror", lambda error: amiss.append(str(error)))
        shown.goto(report.as_uri())
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.get_by_text("新答错 1 道").is_visible()
        assert shown.locator("figure svg").count() == 2
        assert shown.locator("article b").count() == 0  # an answer is words, whatever it holds
    printed = shown.pdf(prefer_css_page_size=True)

    assert set(asked) == {report.as_uri()}
    assert amiss == []
    assert printed.startswith(b"%PDF")
    assert len(printed) > 20_000
