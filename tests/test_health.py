"""What machines ask: health, readiness, counts; and what is logged of each request."""

import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.serving import Serving
from bot.settings import SignIn
from bot.state.records import Channel, Role
from bot.web import health
from bot.web.cookies import SESSION
from bot.web.meter import Meter
from bot.web.site import Site
from index.errors import YoujuError
from index.search import open_index
from tests.folders import built
from tests.web_site import LOOPBACK, OUTSIDE, PAGE, access, client_of, site_in

ADDRESS = "http://youju.example"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site with accounts and an index."""
    folder = built()[1]
    with open_index(folder) as index:
        made = site_in(tmp_path, access(SignIn.ACCOUNTS), Serving.of(index), folder)
        made.state.accounts.add("张三", "long enough 1", Role.OPERATOR)
        yield made


@pytest.fixture
def machine(site: Site) -> TestClient:
    """A program on the machine itself."""
    return client_of(site, LOOPBACK)


def samples(machine: TestClient) -> dict[str, float]:
    """Return every count."""
    lines = machine.get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line[:1] != "#"}


def test_the_service_lives(site: Site) -> None:
    """Anybody may ask whether the service lives; nothing is looked up for it."""
    assert client_of(site, OUTSIDE, ADDRESS).get("/healthz").json() == {"status": "ok"}


def test_the_service_is_ready(site: Site) -> None:
    """With an index, a state and room on the disk the service is ready, and anybody may ask."""
    answer = client_of(site, OUTSIDE, ADDRESS).get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": []})


def test_what_is_not_ready_is_told(
    site: Site, machine: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Each part that is out is a reason; strangers are not told paths, the log is."""

    def broken() -> None:
        raise YoujuError("状态数据库 /srv/secret/state.sqlite 写不进去")

    monkeypatch.setattr(site.state, "check", broken)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=health.LEAST_FREE - 1))

    answer = machine.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reasons": ["状态数据库不能读写", "磁盘空间不足"]}
    details = [record.facts["detail"] for record in caplog.records if record.message == "not ready"]  # type: ignore[attr-defined]
    assert "/srv/secret/state.sqlite" in details[0]


def test_an_index_that_is_closed_is_not_ready(
    site: Site, machine: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an index raises, the service says that it is not ready instead of breaking."""

    def closed() -> None:
        raise RuntimeError("closed")

    monkeypatch.setattr(site.serving, "base", closed)

    assert machine.get("/readyz").json()["reasons"] == ["索引打不开"]


def test_questions_are_counted(site: Site, machine: TestClient) -> None:
    """Outcomes by channel, seconds to the first words and to the whole, what runs now, thumbs."""
    meter = site.meter
    with meter.answering(Channel.WEB):
        assert samples(machine)['youju_questions_running{channel="web"}'] == 1
    meter.answered(Channel.WEB, refused=False, first_seconds=0.15, seconds=3)
    meter.answered(Channel.WECOM, refused=True, first_seconds=0.01, seconds=0.02)
    meter.failed(Channel.WEB)
    meter.turned_away(Channel.WEB)
    meter.judged(good=False)

    counted = samples(machine)

    assert counted['youju_questions_total{channel="web",outcome="answered"}'] == 1
    assert counted['youju_questions_total{channel="wecom",outcome="refused"}'] == 1
    assert counted['youju_questions_total{channel="web",outcome="failed"}'] == 1
    assert counted['youju_questions_total{channel="web",outcome="turned_away"}'] == 1
    assert counted['youju_feedback_total{thumb="down"}'] == 1
    assert counted['youju_questions_running{channel="web"}'] == 0
    assert counted['youju_first_text_seconds_bucket{channel="web",le="0.1"}'] == 0
    assert counted['youju_first_text_seconds_bucket{channel="web",le="0.2"}'] == 1
    assert counted['youju_answer_seconds_sum{channel="web"}'] == 3


def test_the_index_is_measured(site: Site, machine: TestClient) -> None:
    """Documents, passages and the age of the index that serves."""
    with site.serving.base() as base:
        documents, passages = len(base.documents), base.index.passage_count

    counted = samples(machine)

    assert counted["youju_documents"] == documents > 0
    assert counted["youju_passages"] == passages > 0
    assert 0 <= counted["youju_index_age_seconds"] < 3600


def test_applications_count_apart() -> None:
    """Two applications in one process share no counts."""
    one, other = Meter(), Meter()
    one.failed(Channel.WEB)

    assert b'outcome="failed"' in one.text()
    assert b'outcome="failed"' not in other.text()


def test_requests_are_counted_by_route(machine: TestClient) -> None:
    """However many documents are opened, their route is counted; what is no route of ours is one more."""
    for number in range(5):
        machine.get(f"/d/{number}", headers={"Cookie": ""})
    machine.get("/nowhere/secret")
    machine.request("BREW" * 20, "/healthz")

    text = machine.get("/metrics").text

    assert "secret" not in text
    assert "BREW" not in text
    assert 'method="OTHER"' in text
    assert len(re.findall("^youju_http_requests_total", text, re.MULTILINE)) <= 4


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        (OUTSIDE, {}),
        (LOOPBACK, {"X-Forwarded-For": "10.1.1.1"}),
        (LOOPBACK, {"Host": "youju.example"}),
    ],
)
def test_counts_are_for_the_machine_and_for_operators(
    site: Site, client: tuple[str, int], headers: dict[str, str]
) -> None:
    """Strangers, also those a proxy on the machine hands on, read no counts; an operator does."""
    asker = client_of(site, client)

    assert asker.get("/metrics", headers=headers).status_code == 401

    asker.cookies.set(SESSION, site.state.sessions.open("张三"))
    assert asker.get("/metrics", headers=headers).status_code == 200


# The log


def requests(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return what was logged of requests."""
    return [record.facts for record in caplog.records if record.message == "request"]  # type: ignore[attr-defined]


def test_a_request_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """Who, from where, what, how it ended and how long it took, under the number the answer carries; the
    path's template and not the path, no query, no cookie.
    """
    caplog.set_level(logging.INFO, "bot")
    client = client_of(site, OUTSIDE, ADDRESS)
    token = site.state.sessions.open("张三")
    client.cookies.set(SESSION, token)

    answer = client.get("/d/secret-document?q=secret-question", headers={"User-Agent": "secret-agent"})

    (line,) = requests(caplog)
    assert line.pop("ms") >= 0
    assert line == {
        "id": answer.headers["x-request-id"],
        "person": "张三",
        "address": OUTSIDE[0],
        "method": "GET",
        "route": "/d/{document}",
        "status": 200,
    }
    written = json.dumps([str(vars(record)) for record in caplog.records])
    assert "secret" not in written
    assert token not in written


def test_what_is_refused_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A request that got no further than a door is in the log as well."""
    caplog.set_level(logging.INFO, "bot")
    client = client_of(site, OUTSIDE, ADDRESS)

    client.get("/who")
    client.post("/who", headers={"Origin": "http://evil.example"})
    client.get("/gradio_api/upload")

    assert [(line["status"], line["person"]) for line in requests(caplog)] == [
        (401, None),
        (403, None),
        (404, None),
    ]


def test_files_of_the_pages_are_only_counted(machine: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """A style sheet or an icon makes no line in the log, unless something is wrong with it."""
    caplog.set_level(logging.INFO, "bot")

    machine.get("/youju/site.css")
    assert requests(caplog) == []

    machine.get("/youju/nothing.css")
    assert [line["status"] for line in requests(caplog)] == [404]
    assert 'route="/youju/{path}",status="200"' in machine.get("/metrics").text


@pytest.mark.parametrize(("accept", "kind"), [(PAGE["Accept"], "text/html"), ("*/*", "application/json")])
def test_what_breaks_is_told_with_its_number(
    machine: TestClient, site: Site, caplog: pytest.LogCaptureFixture, accept: str, kind: str
) -> None:
    """An error nobody caught is a page with a number that stands in the log; its words are shown nowhere,
    and the answer carries the security headers.
    """
    machine.cookies.set(SESSION, site.state.sessions.open("张三"))

    answer = machine.get("/broken/a-secret", headers={"Accept": accept})

    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert requests(caplog)[-1]["id"] in answer.text
    assert requests(caplog)[-1]["status"] == 500
    assert "a-secret" not in answer.text


def test_each_request_has_a_number_of_its_own(machine: TestClient) -> None:
    """Numbers are ours: what a client sends as one is not taken."""
    numbers = {
        machine.get("/healthz", headers={"X-Request-ID": "forged"}).headers["x-request-id"] for _ in range(5)
    }

    assert len(numbers) == 5
    assert "forged" not in numbers
