"""Youju over HTTP, as programs ask it: real HTTP to a running service."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import SignIn
from bot.state.records import Asked, Channel, Role
from tests.page_fakes import ANSWER, FakeEngine, fake_app, fake_site
from tests.programs import FACT, FOLLOW_UP, FOLLOWED, QUESTION, Running, fake_service, real_service
from tests.wecom_emulator.serving import served

CONTRACT = {"id", "answer", "refused", "reason", "citations", "seconds"}
CITED = {"n", "source", "document", "path", "heading", "quote"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service on this machine where nobody signs in, over the plans."""
    with real_service(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture(scope="module")
def client(service: Running) -> Iterator[httpx.Client]:
    """A program on this machine without a key."""
    with service.client() as client:
        yield client


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Running]:
    """A service whose answers take their time."""
    with fake_service(tmp_path, FakeEngine(pause=0.15)) as running:
        yield running


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Running]:
    """A service where people sign in, and programs need a key."""
    with real_service(tmp_path, SignIn.ACCOUNTS) as running:
        yield running


def log_of(running: Running) -> list[Asked]:
    """The log of questions, newest first."""
    now = datetime.now(UTC)
    return list(running.site.state.questions.between(now - timedelta(hours=1), now + timedelta(hours=1)))


def events_of(response: httpx.Response) -> list[tuple[str, Any]]:
    """The events of a stream with their objects."""
    blocks = [block.split("\n", 1) for block in response.text.strip().split("\n\n")]
    return [(n.removeprefix("event: "), json.loads(d.removeprefix("data: "))) for n, d in blocks]


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The error a program is told, in OpenAI's shape."""
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return dict(error)


def test_an_answer_is_the_object_of_the_contract(client: httpx.Client) -> None:
    """/api/ask gives what ``ask --batch`` gives, each quote with the link where it stands."""
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    cited = answer["citations"][0]

    assert answer.keys() >= CONTRACT
    assert cited.keys() >= CITED
    assert "[1]" in answer["answer"]
    assert not answer["refused"]
    assert (cited["source"], cited["path"], cited["quote"]) == ("plan-0.txt", ["一", "(一)"], FACT)
    assert cited["link"].startswith(f"{client.base_url}".rstrip("/") + f"/d/{cited['document_id']}?q=")


def test_a_refusal_is_an_answer(client: httpx.Client) -> None:
    """What the documents do not say is refused with its reason and nothing cited."""
    answer = client.post("/api/ask", json={"question": "火星上有几个村？"}).json()

    assert answer["refused"]
    assert answer["reason"]
    assert answer["citations"] == []


def test_a_conversation_goes_on_and_is_its_owners(service: Running, client: httpx.Client) -> None:
    """A follow-up is understood in its conversation; another program is told there is none."""
    first = client.post("/api/ask", json={"question": QUESTION}).json()
    body = {"question": FOLLOW_UP, "conversation": first["conversation"]}
    second = client.post("/api/ask", json=body).json()

    assert FOLLOWED in second["answer"]
    assert second["conversation"] == first["conversation"]
    with service.client(service.key("other")) as other:
        refused = other.post("/api/ask", json=body)
    assert refused.status_code == 404
    assert error_of(refused)["code"] == "not_found"


def test_a_scope_holds_and_stays_with_the_conversation(client: httpx.Client) -> None:
    """Nothing outside is cited, in the next question of the conversation neither."""
    body = {"question": "常务会议每年学法不少于几次？", "scope": {"places": ["松坪区"]}}
    first = client.post("/api/ask", json=body).json()
    body = {"question": "每年评查案卷多少件？", "conversation": first["conversation"]}
    second = client.post("/api/ask", json=body).json()

    assert {c["source"] for c in first["citations"] + second["citations"]} == {"plan-2.txt"}


def test_questions_are_logged_as_programs(service: Running, client: httpx.Client) -> None:
    """Operators see what programs asked, by the name of the key."""
    with service.client(service.key("audited")) as program:
        number = program.post("/api/ask", json={"question": QUESTION}).json()["id"]
    asked = service.site.state.questions.get(int(number))

    assert (asked.person, asked.channel, asked.question) == ("api:audited", Channel.API, QUESTION)


def test_a_stream_grows_to_the_whole_answer(slow: Running) -> None:
    """Each event begins with what was shown before, and the last one is the answer as it is kept."""
    with slow.client() as client:
        response = client.post("/api/ask", json={"question": "培训", "stream": True})
    events = events_of(response)
    texts = [body["answer"] for _, body in events]

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _ in events] == ["answer"] * (len(events) - 1) + ["done"]
    assert len(events) > 3
    assert all(late.startswith(early) for early, late in pairwise(texts))
    assert texts[-1] == ANSWER.text
    assert [c["n"] for c in events[-1][1]["citations"]] == [1, 2]
    assert events[-1][1]["id"] == str(log_of(slow)[0].id)


def test_who_stops_listening_stops_the_answer(slow: Running) -> None:
    """What was shown until then is what is logged; nothing runs on for nobody."""
    asked = {"question": "慢", "stream": True}
    with slow.client() as client, client.stream("POST", "/api/ask", json=asked) as response:
        next(response.iter_lines())
    deadline = time.monotonic() + 10
    while not log_of(slow):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    answer = log_of(slow)[0].answer.text

    assert ANSWER.text.startswith(answer)
    assert len(answer) < len(ANSWER.text)


def test_an_error_of_ours_is_told_without_its_details(slow: Running) -> None:
    """A failing engine is a 500 in JSON, an event in a stream, and leaves its question in the log."""
    with slow.client() as client:
        response = client.post("/api/ask", json={"question": "出错"})
        events = events_of(client.post("/api/ask", json={"question": "出错", "stream": True}))

    assert response.status_code == 500
    assert error_of(response)["code"] == "internal"
    assert "内部细节" not in response.text
    assert [(name, body["error"]["code"]) for name, body in events] == [("error", "internal")]
    assert [asked.question for asked in log_of(slow)] == ["出错", "出错"]


def test_search_gives_passages_best_first(client: httpx.Client) -> None:
    """By POST and by GET alike, inside a scope, each with its score."""
    posted = client.post("/api/search", json={"query": "案卷评查", "limit": 3}).json()["passages"]
    got = client.get("/api/search", params={"query": "案卷评查", "limit": 3}).json()["passages"]
    inside = client.get("/api/search", params={"query": "案卷评查", "place": "云溪县"}).json()["passages"]

    assert posted == got
    assert len(posted) == 3
    assert [p["score"] for p in posted] == sorted((p["score"] for p in posted), reverse=True)
    assert "案卷" in posted[0]["text"]
    assert {p["source"] for p in inside} == {"plan-1.txt"}


def test_documents_open_down_to_the_section(client: httpx.Client) -> None:
    """From the list to a document to a section, whose text stands in the document."""
    listed = client.get("/api/documents", params={"place": "云溪县"}).json()
    identity = listed["documents"][0]["id"]
    opened = client.get(f"/api/documents/{identity}").json()
    names = [section["section"] for section in opened["sections"]]
    section = client.get(f"/api/documents/{identity}/sections/一·(一)").json()

    assert listed["total"] == 1
    assert opened["document"]["title"].startswith("云溪县2022年")
    assert names[:3] == ["文首", "一", "一·(一)"]
    assert "学法不少于5次" in section["text"]
    assert section["trail"] == ["依法决策", "会前学法"]
    assert client.get(f"/api/documents/{identity}/sections/一").json()["below"] == ["一·(一)", "一·(二)"]
    assert client.get("/api/documents", params={"limit": 2, "offset": 2}).json()["total"] == 3


@pytest.mark.parametrize(
    "path", ["/api/documents/nix", "/api/documents/nix/sections/一", "/api/nix", "/v1/nix"]
)
def test_what_is_not_there_is_told_as_json(client: httpx.Client, path: str) -> None:
    """A program never gets a page."""
    response = client.get(path)

    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"


def test_another_method_names_the_right_one(client: httpx.Client) -> None:
    """A slip of the method is not taken for a missing path."""
    response = client.get("/api/ask")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert error_of(response)["code"] == "method_not_allowed"


def raw(body: bytes) -> dict[str, Any]:
    """A request's body as it is."""
    return {"content": body, "headers": {"Content-Type": "application/json"}}


HOSTILE = {
    "no JSON": (raw(b"{"), 400),
    "not UTF-8": (raw(b'{"question": "\x80\xff"}'), 400),
    "deep": (raw(b"[" * 400_000), 400),
    "deep and closed": (raw(b'{"question":' + b"[" * 50_000 + b"]" * 50_000 + b"}"), 400),
    "endless number": (raw(b'{"question": ' + b"9" * 100_000 + b"}"), 400),
    "half a character": (raw(b'{"question": "\\ud800"}'), 422),
    "no object": (raw(b"[]"), 422),
    "nothing": (raw(b""), 422),
    "empty": (raw(b'{"question": ""}'), 422),
    "a number": (raw(b'{"question": 1}'), 422),
    "too long": ({"json": {"question": "问" * 10_001}}, 422),
    "a megabyte": (raw(b'{"question": "' + b"x" * 1_000_000 + b'"}'), 413),
    "no length": ({"content": iter([b"{}"])}, 411),
    "NUL": ({"json": {"question": "学法\0几次"}}, 200),
    "unknown fields": ({"json": {"question": QUESTION, "temperature": 1}}, 200),
    "strange conversation": ({"json": {"question": QUESTION, "conversation": "\0' OR 1=1 --"}}, 404),
    "strange scope": ({"json": {"question": QUESTION, "scope": {"places": ["\0", "火星"]}}}, 200),
    "strange year": ({"json": {"question": QUESTION, "scope": {"years": [10**30]}}}, 422),
    "from another site": (
        {"json": {"question": QUESTION}, "headers": {"Origin": "http://evil.example"}},
        403,
    ),
    "by another name": ({"json": {"question": QUESTION}, "headers": {"Host": "evil.example"}}, 403),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_requests_are_answered_or_refused(client: httpx.Client, name: str) -> None:
    """Nothing that is sent breaks the service, and every refusal is an error in the one shape."""
    more, status = HOSTILE[name]
    response = client.post("/api/ask", **more)

    assert response.status_code == status
    if status != 200:
        assert error_of(response)["message"]


def test_a_key_is_needed_where_people_sign_in(closed: Running) -> None:
    """Without one, with a wrong one and with a name's password in its place: 401, on every path."""
    with closed.client() as nobody, closed.client("yj-wrong") as wrong, closed.client("sk-1") as other:
        for client in (nobody, wrong, other):
            for method, path in (
                ("POST", "/api/ask"),
                ("GET", "/api/search?query=x"),
                ("GET", "/api/documents"),
                ("GET", "/api/openapi.json"),
                ("GET", "/v1/models"),
                ("POST", "/v1/chat/completions"),
                ("POST", "/mcp"),
            ):
                response = client.request(method, path)

                assert response.status_code == 401
                assert response.headers["www-authenticate"] == "Bearer"
                assert error_of(response)["code"] == "invalid_api_key"


def test_a_key_opens_and_a_revoked_one_does_not(closed: Running) -> None:
    """Revoking takes effect on the very next request, in the same connection."""
    with closed.client(closed.key("office")) as client:
        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 200

        closed.site.state.keys.revoke("office")

        assert client.post("/api/ask", json={"question": QUESTION}).status_code == 401


def test_a_key_opens_no_page_and_no_operators_door(closed: Running) -> None:
    """What a program may do is to ask."""
    with closed.client(closed.key()) as client:
        assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"}).status_code in (401, 403)
        assert client.get("/operator").status_code in (401, 403)


def test_who_is_signed_in_needs_no_key_on_this_site_only(closed: Running) -> None:
    """A page of this site asks with its cookie; a page of another site does not."""
    closed.site.state.accounts.add("张三", "long enough 1", Role.READER)
    cookie = {"Cookie": f"youju_session={closed.site.state.sessions.open('张三')}"}
    ours, theirs = {"Origin": closed.url, **cookie}, {"Origin": "http://evil.example", **cookie}
    with closed.client() as client:
        asked = client.post("/api/ask", json={"question": QUESTION}, headers=ours)
        refused = client.post("/api/ask", json={"question": QUESTION}, headers=theirs)

    assert asked.status_code == 200
    assert closed.site.state.questions.get(int(asked.json()["id"])).person == "张三"
    assert (refused.status_code, error_of(refused)["code"]) == (403, "cross_site")


def test_everybody_needs_a_key_where_nobody_signs_in_but_others_may_read(tmp_path: Path) -> None:
    """``open`` opens pages; programs still say who they are."""
    with real_service(tmp_path, SignIn.OPEN) as running:
        with running.client() as client:
            assert client.get("/v1/models").status_code == 401
        with running.client(running.key()) as client:
            assert client.get("/v1/models").status_code == 200


def test_on_this_machine_a_key_of_somebody_else_is_no_key(service: Running) -> None:
    """Clients that must send something are let in; a key of ours that is wrong is not."""
    with service.client("sk-anything") as client:
        assert client.get("/v1/models").status_code == 200
    with service.client("yj-revoked") as client:
        assert client.get("/v1/models").status_code == 401


def test_each_key_has_a_limit_of_its_own(tmp_path: Path) -> None:
    """One that asks too much is told how long to wait, and the others go on."""
    chat = {"messages": [{"role": "user", "content": QUESTION}]}
    with (
        real_service(tmp_path, asks_per_minute=5) as running,
        running.client(running.key("small", 2)) as small,
        running.client(running.key("large", 9)) as large,
    ):
        codes = [small.post("/api/ask", json={"question": QUESTION}).status_code for _ in range(3)]
        refused = small.post("/v1/chat/completions", json=chat)
        others = [large.get("/api/search", params={"query": "学法"}).status_code for _ in range(10)]

    assert codes == [200, 200, 429]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert error_of(refused)["type"] == "rate_limit_error"
    assert others == [200] * 9 + [429]


def test_nothing_that_was_asked_is_in_the_log_file(
    service: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Requests are logged by who, what and when, without a word of the question or the key."""
    key = service.key("quiet")
    caplog.set_level(logging.DEBUG, "bot")
    with service.client(key) as client:
        client.post("/api/ask", json={"question": f"{QUESTION}秘密"})
        client.get("/api/search", params={"query": "秘密"})
        client.post("/api/ask", json={"question": "秘密" * 10_000})
    records = [record for record in caplog.records if record.name.startswith("bot")]
    lines = [f"{record.getMessage()} {getattr(record, 'facts', '')}" for record in records]

    assert any("'/api/ask'" in line and "api:quiet" in line for line in lines)
    assert not any("秘密" in line or "%E7%A7%98" in line or key in line for line in lines)


def test_what_is_under_way_is_kept_before_the_service_ends(tmp_path: Path) -> None:
    """A question asked just before the end is answered and logged."""
    with fake_service(tmp_path, FakeEngine(pause=0.1)) as running:

        def ask() -> None:
            with running.client() as client:
                client.post("/api/ask", json={"question": "培训"})

        asking = threading.Thread(target=ask)
        asking.start()
        while not running.site.meter.text().count(b'youju_questions_running{channel="api"} 1.0'):
            time.sleep(0.01)
        state = running.site.state
        close = state.close
        seen: list[str] = []

        def closing() -> None:
            seen.extend(asked.answer.text for asked in log_of(running))
            close()

        state.close = closing  # type: ignore[method-assign]
    asking.join()

    assert seen == [ANSWER.text]


def test_programs_and_pages_live_under_one_roof(tmp_path: Path) -> None:
    """In the whole application the page at / takes nothing that is meant for programs."""
    site = fake_site(tmp_path, FakeEngine())
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    with served(fake_app(site)) as url, httpx.Client(base_url=url, timeout=30) as client:
        answer = client.post("/api/ask", json={"question": "培训"}).json()
        tools = client.post("/mcp", json=call, headers=accept).json()

        assert answer["answer"] == ANSWER.text
        assert [tool["name"] for tool in tools["result"]["tools"]] == ["ask", "search", "open_section"]
        assert client.get("/v1/models").json()["data"][0]["id"] == "youju"
        assert error_of(client.get("/api/nix"))["code"] == "not_found"
        assert "<html" in client.get("/", headers={"Accept": "text/html"}).text
    site.state.close()
