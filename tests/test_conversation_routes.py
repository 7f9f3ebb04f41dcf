"""The routes of conversations: list, renaming, deleting, copying, evidence, thumbs, and whose they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient

from bot.conversation import Turn
from bot.state.errors import StateError
from bot.state.records import Channel, Conversation, KeptTurn, Reason
from bot.web.access import Access
from bot.web.conversations import LONGEST_WORDS, grouped, router
from bot.web.peer import Peers
from bot.web.site import Site, person_of
from index.document import Scope
from tests.page_fakes import ANSWER, HOURS, PAYLOADS, FakeEngine, asked, fake_site


@dataclass
class Desk:
    """A site, and two browsers that look at it."""

    site: Site
    li: TestClient
    wang: TestClient

    def owner(self, browser: TestClient) -> str:
        """Return the name of who uses a browser."""
        return self._names[id(browser)]

    def __post_init__(self) -> None:
        self._names = {id(b): b.get("/who").text for b in (self.li, self.wang)}

    def keep(self, title: str = "甲？", browser: TestClient | None = None) -> tuple[str, int]:
        """Keep a conversation of one turn; return its name and the turn's number in the log."""
        owner = self.owner(browser or self.li)
        turn = Turn(asked(title), ANSWER)
        number = self.site.state.questions.add(owner, Channel.WEB, title, ANSWER, "g1")
        identity = self.site.state.conversations.start(owner).id
        self.site.state.conversations.keep(owner, identity, KeptTurn(number, turn))
        return identity, number


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A site of which only these routes are served."""
    site = fake_site(tmp_path, FakeEngine())
    app = FastAPI()
    app.include_router(router(site))

    @app.get("/who")
    def who(request: Request) -> PlainTextResponse:
        return PlainTextResponse(person_of(request).name)

    app.add_middleware(Access, site=site)
    app.add_middleware(Peers, proxies=())
    browsers = [
        TestClient(app, "http://127.0.0.1", client=("127.0.0.1", 5000), headers={"Accept": "text/html"})
        for _ in range(2)
    ]
    for browser in browsers:
        browser.get("/conversations")  # gives it its cookie
    yield Desk(site, *browsers)
    site.state.close()


def test_list_holds_the_persons_own_newest_first(desk: Desk) -> None:
    """Each person sees only their own conversations, the last changed first; an empty one is not listed."""
    desk.keep("甲？")
    desk.keep("乙？")
    desk.keep("别人的？", desk.wang)
    desk.site.state.conversations.start(desk.owner(desk.li))
    listed = desk.li.get("/conversations").text

    assert re.findall(r'<a href="/\?c=\w+" title="(.+?)">', listed) == ["乙？", "甲？"]
    assert "今天" in listed


def test_search_finds_words_of_titles_and_answers(desk: Desk) -> None:
    """What is searched for may stand in the title, a question or an answer; nothing found is told."""
    identity, _ = desk.keep("甲？")
    desk.keep("乙？")
    desk.site.state.conversations.rename(desk.owner(desk.li), identity, "培训的事")

    assert "培训的事" in desk.li.get("/conversations", params={"search": "培训的事"}).text
    assert "乙？" not in desk.li.get("/conversations", params={"search": "培训的事"}).text
    assert "乙？" in desk.li.get("/conversations", params={"search": "48学时"}).text
    assert "没有找到含“没有的词”的对话" in desk.li.get("/conversations", params={"search": "没有的词"}).text
    assert "还没有对话" in desk.wang.get("/conversations").text


def test_list_is_in_the_language_chosen(desk: Desk) -> None:
    """The pieces of the page speak the language of the page."""
    desk.li.cookies.set("youju_language", "en")

    assert "No conversations yet" in desk.li.get("/conversations").text


def test_hostile_titles_stay_words(desk: Desk) -> None:
    """A title is a question somebody typed: it adds no tag and no attribute, and neither do search words."""
    for payload in PAYLOADS:
        desk.keep(payload)
    searched = [desk.li.get("/conversations", params={"search": payload[:200]}).text for payload in PAYLOADS]
    for html in (desk.li.get("/conversations").text, *searched):
        tags = set(re.findall(r"<\s*([a-z!-][a-z0-9-]*)", html, re.IGNORECASE))
        assert tags <= {"a", "button", "details", "div", "h3", "li", "p", "summary", "ul"}


def test_renaming_and_deleting(desk: Desk) -> None:
    """A conversation takes the name given, and is gone when it is deleted."""
    identity, _ = desk.keep()

    assert desk.li.post(f"/conversations/{identity}/title", json={"title": " 新  名 "}).status_code == 204
    assert ">新 名</a>" in desk.li.get("/conversations").text
    assert desk.li.delete(f"/conversations/{identity}").status_code == 204
    assert "新 名" not in desk.li.get("/conversations").text
    assert desk.li.delete(f"/conversations/{identity}").status_code == 404


@pytest.mark.parametrize("title", ["", "   ", "长" * 101, None, 7])
def test_impossible_titles_are_refused(desk: Desk, title: object) -> None:
    """An empty, endless or wrong name is refused, and the old one stays."""
    identity, _ = desk.keep()

    assert desk.li.post(f"/conversations/{identity}/title", json={"title": title}).status_code == 422
    assert ">甲？</a>" in desk.li.get("/conversations").text


@pytest.mark.parametrize(("kind", "begins"), [("docx", b"PK"), ("md", "# 甲".encode())])
def test_conversation_is_exported_as_a_file(desk: Desk, kind: str, begins: bytes) -> None:
    """A conversation is saved under its title as Word or Markdown, its citations leading back here."""
    identity, _ = desk.keep('甲/乙"？')
    file = desk.li.get(f"/conversations/{identity}/export.{kind}")
    text = file.text
    if kind == "docx":
        with ZipFile(BytesIO(file.content)) as parts:
            names = ("word/document.xml", "word/_rels/document.xml.rels")
            text = "".join(parts.read(name).decode() for name in names)

    assert file.content.startswith(begins)
    assert file.headers["content-disposition"] == (
        f"attachment; filename*=UTF-8''%E7%94%B2%2F%E4%B9%99%22%EF%BC%9F.{kind}"
    )
    assert HOURS in text
    assert "http://127.0.0.1/d/rules?q=" in text
    assert desk.li.get(f"/conversations/{identity}/export.pdf").status_code == 422
    assert desk.wang.get(f"/conversations/{identity}/export.{kind}").status_code == 404


def test_copied_answer_carries_its_citations(desk: Desk) -> None:
    """What is pasted is plain text: the answer, then each citation with title, address and words."""
    identity, number = desk.keep()
    answer = desk.li.get(f"/conversations/{identity}/turns/{number}/plain")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "每人每年不少于48学时。[1]" in answer.text
    assert f"[1] 《云溪市执法培训办法》二：“{HOURS}”" in answer.text


def test_evidence_of_an_earlier_turn(desk: Desk) -> None:
    """The cards of a turn come with its position in the conversation, as its marks name them."""
    identity, number = desk.keep()
    cards = desk.li.get(f"/conversations/{identity}/turns/{number}/evidence").text

    assert 'id="cite-1-1"' in cards
    assert f"<mark>{HOURS}</mark>" in cards
    assert '<a class="original" href="/d/rules?q&#61;' in cards


def test_thumbs_are_kept(desk: Desk) -> None:
    """A thumb down keeps its reason and words; a later one takes its place; up needs no reason."""
    identity, number = desk.keep()
    address, owner = f"/conversations/{identity}/turns/{number}/feedback", desk.owner(desk.li)
    down = {"good": False, "reason": "引用不对", "words": " 应引第三条。 "}

    assert desk.li.post(address, json=down).status_code == 204
    given = desk.site.state.feedback.of(number, owner)
    assert given
    assert (given.good, given.reason, given.words) == (False, Reason.CITATION, "应引第三条。")
    assert desk.li.post(address, json={"good": True, "reason": "其他"}).status_code == 204
    given = desk.site.state.feedback.of(number, owner)
    assert given
    assert (given.good, given.reason) == (True, None)
    counted = desk.site.meter.text().decode()
    assert 'youju_feedback_total{thumb="up"} 1.0' in counted
    assert 'youju_feedback_total{thumb="down"} 1.0' in counted


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"good": "也许"},
        {"good": False, "reason": "乱写"},
        {"good": False, "words": "长" * (LONGEST_WORDS + 1)},
    ],
)
def test_impossible_thumbs_are_refused(desk: Desk, said: dict[str, object]) -> None:
    """A thumb without direction, with a reason of its own or endless words is refused."""
    identity, number = desk.keep()

    assert desk.li.post(f"/conversations/{identity}/turns/{number}/feedback", json=said).status_code == 422
    assert desk.site.state.feedback.of(number, desk.owner(desk.li)) is None


def test_nothing_of_another_person_can_be_reached(desk: Desk) -> None:
    """Whoever knows the name of another's conversation can read, change, judge or delete nothing of it."""
    identity, number = desk.keep()
    turn = f"/conversations/{identity}/turns/{number}"

    for answer in (
        desk.wang.get(f"{turn}/plain"),
        desk.wang.get(f"{turn}/evidence"),
        desk.wang.post(f"{turn}/feedback", json={"good": False}),
        desk.wang.post(f"/conversations/{identity}/title", json={"title": "我的"}),
        desk.wang.delete(f"/conversations/{identity}"),
    ):
        assert answer.status_code == 404
        assert HOURS not in answer.text
    own, _ = desk.keep("我的？", desk.wang)
    assert desk.wang.get(f"/conversations/{own}/turns/{number}/plain").status_code == 404
    assert desk.site.state.conversations.get(desk.owner(desk.li), identity).title == "甲？"


def test_state_that_fails_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the state cannot be read the list says why, the others answer 503 with the reason."""
    identity, number = desk.keep()

    def fail(*_arguments: object) -> None:
        msg = "状态数据库无法读取：磁盘坏了。"
        raise StateError(msg)

    for name in ("of", "turns", "rename", "delete"):
        monkeypatch.setattr(desk.site.state.conversations, name, fail)
    answers = [
        desk.li.get(f"/conversations/{identity}/turns/{number}/plain"),
        desk.li.post(f"/conversations/{identity}/title", json={"title": "新"}),
        desk.li.delete(f"/conversations/{identity}"),
    ]

    assert "暂时读不到以前的对话：状态数据库无法读取：磁盘坏了。" in desk.li.get("/conversations").text
    assert [(a.status_code, "磁盘坏了" in a.json()["error"]) for a in answers] == [(503, True)] * 3


def test_conversations_stand_under_their_days() -> None:
    """Today, yesterday, the last seven days, earlier: by the clock of this place."""
    noon = datetime(2026, 5, 20, 12, tzinfo=UTC).astimezone()

    def changed(**ago: int) -> Conversation:
        return Conversation("c", "li", "题", Scope(), (noon - timedelta(**ago)).astimezone(UTC))

    found = [
        changed(hours=1),
        changed(days=1),
        changed(days=6),
        changed(days=7),
        changed(days=8),
        changed(days=400),
    ]

    assert [(name, len(group)) for name, group in grouped(found, noon.astimezone(UTC))] == [
        ("chat_today", 1),
        ("chat_yesterday", 1),
        ("chat_week", 2),
        ("chat_earlier", 2),
    ]
