"""The web application: its routes, headers, closed doors, and what a question makes the page show."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.conversation import Answer, Turn
from bot.web.chat import MOST_TURNS, asker, build_app, paced, serve
from bot.web.guard import LARGEST_BODY, is_open
from index.errors import YoujuError
from prompts import sentences
from tests.page_fakes import DOCUMENTS, EXAMPLES, FakeEngine, asked


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """The application with a fake engine."""
    with TestClient(build_app(FakeEngine(), DOCUMENTS, EXAMPLES)) as client:
        yield client


def show(engine: object, question: str | None, turns: tuple[Turn, ...] = ()) -> list[tuple[Any, ...]]:
    """Return everything the page shows for a question, in order."""
    ask = asker(engine, {d.id: d for d in DOCUMENTS})  # type: ignore[arg-type]
    return list(ask(question, turns))


def last(steps: list[tuple[Any, ...]], part: int) -> Any:  # noqa: ANN401 - what Gradio takes
    """Return what a part of the page shows in the end, steps that leave it as it is skipped."""
    return [step[part] for step in steps if not isinstance(step[part], dict)][-1]


def test_health_answers(client: TestClient) -> None:
    """A machine can ask whether the service lives."""
    assert client.get("/health").json() == {"status": "ok"}


def test_page_is_chinese_and_names_no_other_host(client: TestClient) -> None:
    """The document is marked Chinese, bears our title, and loads nothing from elsewhere."""
    html = client.get("/", headers={"Accept-Encoding": "gzip, br"}).text

    assert '<html\n\tlang="zh-CN"' in html
    assert "有据 · 问政策，答有据" in html
    assert "/youju/page.js" in html
    assert not re.findall(r"""(?:src|href|content|url)\s*[=(]\s*["']?(?:https?:)?//[^"')\s]*""", html)


@pytest.mark.parametrize("path", ["/", "/health", "/youju/page.js", "/youju/page.css", "/config", "/nowhere"])
def test_every_response_carries_the_security_headers(client: TestClient, path: str) -> None:
    """Every response forbids other hosts, framing and guessing of types."""
    headers = client.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


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
        "/monitoring",
        "/monitoring/summary",
        "/login",
    ],
)
def test_doors_the_page_does_not_need_are_closed(client: TestClient, path: str) -> None:
    """Uploads, files, proxies, monitoring and the programming interface are not offered."""
    assert client.get(path).status_code == 404
    assert client.post(path, content=b"x").status_code == 404
    assert not is_open(path)


def test_docs_are_not_offered(client: TestClient) -> None:
    """The application does not describe its interface to strangers."""
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert "swagger" not in client.get(path).text.lower()
        assert '"paths"' not in client.get(path).text


def test_large_and_unmeasured_bodies_are_refused(client: TestClient) -> None:
    """A body above the limit, or of unknown length, is refused before it is read."""
    large = client.post("/gradio_api/queue/join", content=b"x" * (LARGEST_BODY + 1))
    unmeasured = client.post("/gradio_api/queue/join", content=iter([b"x"]))

    assert large.status_code == 413
    assert unmeasured.status_code == 411


def test_answer_grows_then_is_kept_as_a_turn() -> None:
    """A question is shown at once, then its answer, then its cards; the turn is kept for the next one."""
    steps = show(FakeEngine(), "多少学时？")

    assert steps[0][0] == ""
    assert "正在查找依据" in steps[0][2]
    assert "不少于48学时" in last(steps, 2)
    assert last(steps, 4).count('<details class="card') == 2
    assert [turn.question.text for turn in last(steps, 5)] == ["多少学时？"]


def test_follow_up_gets_the_turns_before() -> None:
    """The engine sees earlier turns, the page shows them above, their cards stay at hand."""
    engine = FakeEngine()
    turns = last(show(engine, "甲？"), 5)
    steps = show(engine, "那乙呢？", turns)

    assert engine.histories == [(), turns]
    assert "甲？" in steps[0][1]
    assert 'id="cite-1-1"' in steps[0][3]
    assert 'id="cite-2-1"' in last(steps, 4)
    assert len(last(steps, 5)) == 2


def test_only_so_many_turns_are_kept() -> None:
    """A conversation that lasts all day does not grow without end."""
    turns = last(show(FakeEngine(), "甲？"), 5) * MOST_TURNS

    assert len(last(show(FakeEngine(), "乙？", turns), 5)) == MOST_TURNS


@pytest.mark.parametrize("question", ["", "  \n", None, "😀🎉", "长" * 10_000, "\x00\x1b[31m", "拒绝"])
def test_odd_questions_do_not_break_the_page(question: str | None) -> None:
    """Empty, emoji-only, very long and control-character questions get an answer or a polite line."""
    shown = last(show(FakeEngine(), question), 2)

    assert 'class="answer' in shown
    assert "正在查找" not in shown


def test_blank_question_is_not_kept() -> None:
    """Asking nothing adds nothing to the conversation."""
    assert last(show(FakeEngine(), " "), 5) == ()


def test_failure_is_a_polite_line(caplog: pytest.LogCaptureFixture) -> None:
    """When the engine breaks, the asker reads one Chinese sentence, the log names the error without
    the question, and the conversation stays as it was.
    """
    steps = show(FakeEngine(), "出错的问题")

    assert sentences()["broken"] in last(steps, 2)
    assert "内部细节" not in last(steps, 2)
    assert "RuntimeError" in caplog.text
    assert "出错的问题" not in caplog.text
    assert all(isinstance(step[5], dict) for step in steps)


def test_silent_engine_is_a_polite_line() -> None:
    """An engine that yields nothing counts as broken."""

    class Silent:
        def stream(self, *_asked: object) -> Iterator[Turn]:
            return iter(())

    assert sentences()["broken"] in last(show(Silent(), "问"), 2)


def test_stream_is_paced() -> None:
    """At most five snapshots a second are shown, the first at once, the last always."""
    answers = [Turn(asked("问"), Answer("字" * n)) for n in range(1, 41)]
    now = iter([n * 0.01 for n in range(100)])

    shown = list(paced(answers, 0.2, lambda: next(now)))

    assert shown[0] == answers[0]
    assert shown[-1] == answers[-1]
    assert 2 <= len(shown) <= 4


def test_nothing_is_public_in_gradios_interface(client: TestClient) -> None:
    """No event of the page is offered as a named endpoint."""
    config = client.get("/config").json()

    assert config["dependencies"]
    assert {d["api_visibility"] for d in config["dependencies"]} == {"private"}
    assert all(d["concurrency_limit"] != 1 for d in config["dependencies"] if d.get("concurrency_limit"))


def test_only_examples_that_are_answered_are_offered() -> None:
    """An example that the documents do not answer, or that breaks the engine, is not offered."""
    app = build_app(FakeEngine(), DOCUMENTS, ("甲要多久？", "拒绝什么？", "出错了？"))
    with TestClient(app) as client:
        config = client.get("/config").text

    assert "甲要多久" in config
    assert "拒绝什么" not in config
    assert "出错了" not in config


def test_used_port_is_told_in_chinese() -> None:
    """A port in use is an error the user can mend, named in one sentence."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(YoujuError, match=rf"{port} 端口.*端口已被占用.*--port"):
            serve(build_app(FakeEngine(), (), ()), "127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.7", 7860), ("127.0.0.1", 99999), ("不是地址", 7860)])
def test_impossible_address_is_told_in_chinese(host: str, port: int) -> None:
    """An address that is not this machine's, or no address at all, is an error the user can mend."""
    with pytest.raises(YoujuError, match="无法在"):
        serve(build_app(FakeEngine(), (), ()), host, port)
