"""The whole site as its users have it: ``python -m bot web`` in a process of its own, over documents of
fictional places written here, and windows onto it that note whatever a page must not do.
"""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page

from tests.bases import write_documents
from tests.page_fakes import PAYLOADS
from tests.test_browser import ROOT

STARTED = re.compile(r"有据已启动：(http://127\.0\.0\.1:\d+)\n")
PATIENCE = 120  # seconds a start or a build may take beside other work
ARTEFACTS = Path(os.environ.get("PICTURES") or ROOT / "tests" / "artefacts")
RULES = "Content Security Policy"
HACK = "<img src=x onerror=window.hacked=1>"
HOSTILE_NAME = f"恶{HACK}.txt"
HOSTILE = "\n".join(
    [
        "白沙县公共档案利用办法",
        f"一、开放档案{PAYLOADS[0]}",
        f"白沙县档案馆每年开放档案不少于700卷，{HACK}[x](javascript:window.hacked=1)向社会公布目录。",
        "二、查阅登记",
        f"查阅档案应当登记。{PAYLOADS[7]}{PAYLOADS[3]}",
    ]
)


@dataclass(frozen=True)
class Service:
    """The site that runs: where it is, and the folder that holds all it has."""

    address: str
    home: Path
    process: subprocess.Popen[str]

    @property
    def documents(self) -> Path:
        """The documents folder."""
        return self.home / "documents"

    @property
    def staging(self) -> Path:
        """Where files wait that were uploaded."""
        return self.home / "index-library" / "staging"

    def tree(self) -> dict[str, bytes]:
        """Every file of the documents folder with its bytes."""
        files = (path for path in self.documents.rglob("*") if path.is_file())
        return {path.relative_to(self.documents).as_posix(): path.read_bytes() for path in files}


def write_site(home: Path) -> Path:
    """Write the documents of a site and return its folder."""
    write_documents(home / "documents")
    (home / "documents" / HOSTILE_NAME).write_text(HOSTILE, "utf-8")
    return home


def command(*arguments: str) -> list[str]:
    """Return the words of a command of ours."""
    return [sys.executable, "-m", "bot", *arguments]


def settings(home: Path, **given: str) -> dict[str, str]:
    """Return the environment of a site that keeps everything in ``home``."""
    return {**os.environ, "YOUJU_HOME": str(home / "state"), "OPENBLAS_NUM_THREADS": "1", **given}


@contextmanager
def serving(home: Path, **given: str) -> Iterator[Service]:
    """Serve the site in ``home`` with these settings, and end it."""
    process = subprocess.Popen(
        command("web", "--documents", str(home / "documents"), "--index", str(home / "index"), "--port", "0"),
        cwd=ROOT, env=settings(home, **given), stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    giving_up = threading.Timer(PATIENCE, process.kill)
    giving_up.start()
    try:
        assert process.stdout
        said = list(iter(process.stdout.readline, "按 Ctrl-C 退出。\n"))
        found = STARTED.fullmatch(said[-1])
        assert found, said
        giving_up.cancel()
        yield Service(found[1], home, process)
    finally:
        giving_up.cancel()
        process.kill()
        process.communicate()


@dataclass
class Window:
    """A browser of one person, onto one site, and what its pages did that they must not do."""

    context: BrowserContext
    address: str
    size: str
    asked: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def page(self, path: str = "/") -> Page:
        """Open a page."""
        page = self.context.new_page()
        page.goto(f"{self.address}{path}")
        return page

    def watch(self) -> "Window":
        """Note every request, every error and dialog, and what the console says of broken rules."""
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("weberror", lambda error: self.broken.append(str(error.error)))
        self.context.on("dialog", lambda dialog: self.broken.append(dialog.message))
        self.context.on("console", lambda said: self.broken.append(said.text) if RULES in said.text else None)
        return self

    def check(self, page: Page, state: str) -> None:
        """Keep a picture of a state; fail where axe finds something serious or the page is wider than the
        screen, or where markup of somebody's words came alive.
        """
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"site-{state}-{self.size}.png")
        found = Axe().run(page).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"]) for v in serious] == [], state
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state} is too wide"
        assert page.evaluate("window.hacked") is None, state

    def close(self) -> None:
        """Close it; fail where a page asked another host for anything, broke, or was kept from something by
        the content security policy.
        """
        self.context.close()
        assert [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))] == []
        assert self.broken == []


def window(browser: Browser, address: str, size: tuple[int, int]) -> Window:
    """Open a browser of somebody new at a size."""
    context = browser.new_context(
        locale="zh-CN",
        reduced_motion="reduce",
        viewport={"width": size[0], "height": size[1]},
        accept_downloads=True,
    )
    return Window(context, address, f"{size[0]}").watch()
