"""The web application: its document in two languages, its headers, its closed doors, what an event shows."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.web.guard import LARGEST_BODY, is_open
from bot.web.server import serve
from index.errors import YoujuError
from tests.page_fakes import EXAMPLES, FakeEngine, fake_app, fake_site


def client_of(folder: Path, asks_per_minute: int = 1000) -> TestClient:
    """Return a browser on this machine at a site of its own."""
    app = fake_app(fake_site(folder, FakeEngine(), asks_per_minute))
    return TestClient(
        app,
        "http://127.0.0.1",
        client=("127.0.0.1", 5000),
        headers={"Accept": "text/html", "Origin": "http://127.0.0.1"},
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application with a fake engine."""
    with client_of(tmp_path_factory.mktemp("site")) as client:
        client.get("/")  # gives the browser its cookie
        yield client


@pytest.fixture(autouse=True)
def chinese(client: TestClient) -> None:
    """Each test begins in Chinese."""
    client.cookies.delete("youju_language")


def run(client: TestClient, event: str, data: list[object], mount: str = "") -> list[dict[str, object]]:
    """Send an event of the page as its script would; return what its parts show, step by step.

    ``event`` is how the event's function is called on the server.
    """
    config = client.get(f"{mount}/config").json()
    names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
    event_of = next(d for d in config["dependencies"] if d["api_name"] == event)
    body = {"data": data, "fn_index": event_of["id"], "session_hash": "s1", "trigger_id": None}
    client.post(f"{mount}/gradio_api/queue/join", json=body).raise_for_status()
    steps: list[dict[str, object]] = []
    shown: list[object] = []
    with client.stream("GET", f"{mount}/gradio_api/queue/data?session_hash=s1") as stream:
        for line in stream.iter_lines():
            message = json.loads(line.removeprefix("data: ") or "{}")
            # What came in pieces is not said again at the end.
            if message.get("msg") == "process_generating" or (
                message.get("msg") == "process_completed" and not steps
            ):
                assert message["success"], message
                values = message["output"]["data"]
                shown = [_changed(*pair) for pair in zip(shown, values, strict=True)] if shown else values
                steps.append(
                    dict(zip((names[i] for i in event_of["outputs"]), map(_value, shown), strict=True))
                )
    return steps


def _changed(old: object, changes: list[tuple[str, list[object], object]]) -> object:
    """Return a value after what the server says changed in it."""
    for action, path, value in changes:
        if not path:
            old = f"{old}{value}" if action == "append" else value
        elif isinstance(old, dict):
            old = {**old, str(path[0]): value}
    return old


def _value(shown: object) -> object:
    """Return the value that a part is given; None where it stays as it is."""
    return shown.get("value") if isinstance(shown, dict) else shown


def ask(client: TestClient, text: str, conversation: str = "") -> dict[str, object]:
    """Ask a question and return what each part of the page was given last."""
    return last(run(client, "ask", [text, conversation, "", [], [], []]))


def last(steps: list[dict[str, object]]) -> dict[str, object]:
    """Return what each part was given last."""
    return {part: value for step in steps for part, value in step.items() if value is not None}


def test_page_is_chinese_and_names_no_other_host(client: TestClient) -> None:
    """The document is marked Chinese, bears our title and frame, and loads nothing from elsewhere."""
    page = client.get("/", headers={"Accept-Encoding": "gzip, br"})

    assert '<html\n\tlang="zh-CN"' in page.text
    assert "有据 · 问政策，答有据" in page.text
    assert '<aside id="talks"' in page.text
    assert "/youju/page.js" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert not re.findall(r"""(?:src|href|content|url)\s*[=(]\s*["']?(?:https?:)?//[^"')\s]*""", page.text)


def test_page_is_english_for_whoever_chose_so(client: TestClient) -> None:
    """The cookie of the language decides; the address stays, its parts come from the English mount."""
    client.cookies.set("youju_language", "en")
    page = client.get("/?c=abc")

    assert '<html\n\tlang="en"' in page.text
    assert "Youju · Answers from the documents" in page.text
    assert "New conversation" in page.text
    assert "http://127.0.0.1/en" in page.text
    assert "搜索以前的对话" not in page.text
    assert not re.findall(r"""(?:src|href|content|url)\s*[=(]\s*["']?(?:https?:)?//[^"')\s]*""", page.text)


@pytest.mark.parametrize("path", ["/en", "/en/"])
def test_the_english_mount_is_no_page_of_its_own(client: TestClient, path: str) -> None:
    """Gradio's own document, without our frame, is served to nobody."""
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/youju/page.js", "/youju/page.css", "/config", "/conversations", "/nowhere"]
)
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    """Every response forbids other hosts, framing and guessing of types."""
    headers = client.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("mount", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api/upload/",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=https://example.com",
        "/gradio_api/proxy=https://example.com",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/gradio_api/call/ask",
        "/gradio_api/run/ask",
        "/gradio_api/api/ask",
        "/gradio_api/component_server",
        "/gradio_api/vibe-code",
        "/gradio_api/runs",
        "/gradio_api/stream/1",
        "/gradio_api/deep_link",
        "/monitoring",
        "/monitoring/summary",
        "/login",
    ],
)
def test_doors_the_page_does_not_need_are_closed(client: TestClient, mount: str, path: str) -> None:
    """Uploads, files, proxies, monitoring and the programming interface are not offered."""
    assert client.get(mount + path).status_code == 404
    assert client.post(mount + path, content=b"x").status_code == 404
    assert not is_open(mount + path)


def test_docs_are_not_offered(client: TestClient) -> None:
    """The application does not describe its interface to strangers."""
    for path in ("/docs", "/redoc", "/openapi.json", "/en/docs", "/en/openapi.json"):
        assert "swagger" not in client.get(path).text.lower()
        assert '"paths"' not in client.get(path).text


def test_large_and_unmeasured_bodies_are_refused(client: TestClient) -> None:
    """A body above the limit, or of unknown length, is refused before it is read."""
    large = client.post("/gradio_api/queue/join", content=b"x" * (LARGEST_BODY + 1))
    unmeasured = client.post("/gradio_api/queue/join", content=iter([b"x"]))

    assert large.status_code == 413
    assert unmeasured.status_code == 411


@pytest.mark.parametrize("mount", ["", "/en"])
def test_nothing_is_public_in_gradios_interface(client: TestClient, mount: str) -> None:
    """No event of the page is offered as a named endpoint, none waits for all the others."""
    config = client.get(f"{mount}/config").json()

    assert config["dependencies"]
    assert {d["api_visibility"] for d in config["dependencies"]} == {"private"}
    assert all(d["concurrency_limit"] != 1 for d in config["dependencies"] if d.get("concurrency_limit"))


def test_a_page_opens_with_what_can_be_asked(client: TestClient) -> None:
    """Before anything is asked the page offers first questions and the base's places, years, documents."""
    shown = run(client, "load", [])[-1]

    assert all(example in str(shown["current"]) for example in EXAMPLES)
    assert "已收录 3 份文件" in str(shown["current"])
    assert shown["conversation"] == ""


def test_answer_grows_then_is_kept_as_a_turn(client: TestClient) -> None:
    """The question leaves the box at once; the answer comes with its cards; the conversation has a name."""
    steps = run(client, "ask", ["多少学时？", "", "", [], [], []])
    end = last(steps)

    assert steps[0]["question"] == ""
    assert steps[0]["conversation"]
    assert "不少于48学时" in str(end["current"])
    assert str(end["cards"]).count('<details class="card') == 2
    assert f"/conversations/{end['conversation']}/turns/" in str(end["current"])


def test_follow_up_stands_below_the_turns_before(client: TestClient) -> None:
    """The next question goes to the same conversation; what came before stands above it."""
    identity = str(ask(client, "甲？")["conversation"])
    end = ask(client, "那乙呢？", identity)

    assert end["conversation"] == identity
    assert "甲？" in str(end["past"])
    assert 'id="turn-2"' in str(end["current"])
    assert 'id="cite-2-1"' in str(end["cards"])


def test_conversation_opens_as_it_was(client: TestClient) -> None:
    """A conversation opened again, in either language, shows its turns and the last one's citations."""
    identity = str(ask(client, "甲？")["conversation"])
    ask(client, "那乙呢？", identity)

    for mount in ("", "/en"):
        shown = run(client, "open", [identity], mount)[-1]
        assert "甲？" in str(shown["past"])
        assert "那乙呢？" in str(shown["current"])
        assert 'id="cite-2-1"' in str(shown["cards"])


def test_a_conversation_that_is_not_there_is_told(client: TestClient) -> None:
    """An address with a wrong name shows a new page with a line that says so."""
    shown = run(client, "open", ["nobody"])[-1]

    assert "打不开这个对话" in str(shown["notice"])
    assert "想了解哪项政策" in str(shown["current"])


@pytest.mark.parametrize("question", ["😀🎉", "长" * 10_000, "\x00\x1b[31m", "拒绝", "出错"])
def test_odd_questions_do_not_break_the_page(client: TestClient, question: str) -> None:
    """Emoji-only, very long and control-character questions, refusals and failures end in words."""
    shown = str(ask(client, question)["current"])

    assert 'class="answer' in shown
    assert "正在查找" not in shown
    assert "内部细节" not in shown


@pytest.mark.parametrize("question", ["", "  \n", None])
def test_blank_question_is_not_asked(client: TestClient, question: str | None) -> None:
    """Asking nothing changes nothing."""
    before = client.get("/conversations").text
    steps = run(client, "ask", [question, "", "", [], [], []])

    assert all(not step.get("conversation") for step in steps)
    assert client.get("/conversations").text == before


def test_scope_is_asked_in_and_kept(client: TestClient) -> None:
    """What is chosen reaches the engine; opened again, the conversation has it; a year that is none is left
    out, and choosing says what is chosen.
    """
    end = last(run(client, "ask", ["甲？", "", "", ["云溪市"], ["2024", "去年"], ["rules"]]))
    opened = run(client, "open", [end["conversation"]])[-1]
    chosen = run(client, "choose", [end["conversation"], ["云溪市"], [], []])[-1]
    cleared = run(client, "clear", [end["conversation"]])[-1]

    assert "只查云溪市" in str(end["current"])
    assert (opened["scope-places"], opened["scope-years"]) == (["云溪市"], ["2024"])
    assert opened["scope-documents"] == ["rules"]
    assert "只查：云溪市，2024年，《云溪市执法培训办法》" in str(opened["scope-line"])
    assert "只查：云溪市<" in str(chosen["scope-line"])
    assert (cleared["scope-places"], cleared["scope-line"]) == ([], "")


def test_what_can_be_asked_next_comes_after_the_answer(client: TestClient) -> None:
    """Follow-ups come as an event of their own, where the answer offers none itself."""
    table = str(ask(client, "各地？")["conversation"])
    offered = str(ask(client, "甲？")["conversation"])

    assert "那各地呢？" in str(run(client, "follow", [table])[-1]["more"])
    assert not run(client, "follow", [offered])[-1]["more"]


def test_who_asks_too_much_is_told_and_keeps_the_question(tmp_path: Path) -> None:
    """Above the limit one line says when to ask again; the question stays in its box, nothing is kept."""
    with client_of(tmp_path, asks_per_minute=1) as client:
        client.get("/")
        ask(client, "甲？")
        steps = run(client, "ask", ["乙？", "", "", [], [], []])

    assert "您问得太快了" in str(steps[-1]["notice"])
    assert all(step.get("question") is None for step in steps)


def test_used_port_is_told_in_chinese(client: TestClient) -> None:
    """A port in use is an error the user can mend, named in one sentence."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(YoujuError, match=rf"{port} 端口.*端口已被占用.*--port"):
            serve(client.app, "127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.7", 7860), ("127.0.0.1", 99999), ("不是地址", 7860)])
def test_impossible_address_is_told_in_chinese(client: TestClient, host: str, port: int) -> None:
    """An address that is not this machine's, or no address at all, is an error the user can mend."""
    with pytest.raises(YoujuError, match="无法在"):
        serve(client.app, host, port)
