"""What every request goes through: which doors are open, how much may be sent, and from where."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import gradio
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.datastructures import Headers
from starlette.routing import BaseRoute

from bot.settings import Access
from bot.web.guard import LARGEST_BODY, LARGEST_UPLOAD, UPLOADS, Guard, is_open, largest_body
from bot.web.origin import same_origin
from tests.web_site import client_of, site_in

# All that the page has been seen to ask Gradio for.
NEEDED = {
    "/",
    "/config",
    "/static/{path:path}",
    "/assets/{path:path}",
    "/favicon.ico",
    "/robots.txt",
    "/theme.css",
    "/gradio_api/theme.css",
    "/gradio_api/app_id",
    "/gradio_api/reset",
    "/gradio_api/cancel",
    "/gradio_api/queue/join",
    "/gradio_api/queue/data",
    "/gradio_api/startup-events",
    "/gradio_api/heartbeat/x",
}


def paths_of(routes: list[BaseRoute]) -> Iterator[str]:
    """Return every path of an application, those of routers it includes as well."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from paths_of(included.routes)
        else:
            yield str(getattr(route, "path", ""))


async def gradios() -> FastAPI:
    """Return Gradio's own application."""
    with gradio.Blocks() as blocks:
        gradio.Textbox()
    undescribed = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app: FastAPI = gradio.routes.App.create_app(blocks, app_kwargs=undescribed)
    return app


def test_of_gradios_doors_only_those_needed_are_open() -> None:
    """Whatever routes the installed Gradio has, uploads, files, proxies and the like among them, no other
    is reached than the page needs; a new version that adds some fails here until they are looked at.
    """
    # Inside a loop, because Gradio opens one for each lock it makes outside and never closes it.
    app = asyncio.run(gradios())

    every = {path.replace("{session_hash}", "x") for path in paths_of(app.routes)}

    assert len(every) > 60
    assert {path.rstrip("/") or "/" for path in every if is_open(path)} == NEEDED


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/gradio_api//upload",
        "/gradio_api/queue/data/../../upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/heartbeat/a/b",
        "/gradio_api/",
        "/gradio_api/queue/joinx",
        "/monitoring",
        "/login",
        "/svelte/x",
        "/proxy=http://x",
    ],
)
def test_closed_doors_stay_closed_in_every_spelling(path: str) -> None:
    """More slashes or steps upwards open nothing."""
    assert not is_open(path)


# From where

ADDRESS = "youju.example:7860"


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"cookie": "youju_session=x"}, False),
        ({"origin": f"http://{ADDRESS}"}, True),
        ({"origin": f"http://{ADDRESS}", "cookie": "youju_session=x"}, True),
        ({"origin": "http://YOUJU.example:7860"}, True),
        ({"origin": "http://youju.example:7861"}, False),
        ({"origin": "http://youju.example"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://youju.example.evil.example:7860"}, False),
        ({"origin": "http://evil.example/youju.example:7860"}, False),
        ({"origin": "http://youju.example:7860@evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({"origin": "file://"}, False),
        ({"origin": "chrome-extension://youju.example:7860"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": f"http://{ADDRESS}"}, False),
        ({"sec-fetch-site": "same-origin", "origin": f"http://{ADDRESS}"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://youju.example"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
        ({"sec-fetch-site": ""}, False),
    ],
)
def test_orders_are_taken_from_our_own_pages_alone(headers: dict[str, str], ours: bool) -> None:
    """All that a browser says of where a request comes from must speak for us; one that says nothing is a
    program, and has no cookies.
    """
    assert same_origin(Headers({"host": ADDRESS, **headers})) is ours


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("youju.example", "https://youju.example:443"),
        ("youju.example:80", "http://youju.example"),
        ("[::1]:7860", "http://[::1]:7860"),
    ],
)
def test_usual_ports_may_be_left_out(host: str, origin: str) -> None:
    """A port that goes without saying need not be said by both."""
    assert same_origin(Headers({"host": host, "origin": origin}))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
def test_another_site_changes_nothing(tmp_path: Path, method: str) -> None:
    """Every method that may change something is refused to other sites, before anybody is asked for."""
    client = client_of(site_in(tmp_path, Access()))

    answer = client.request(method, "/operator/pages", headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert "别的网站" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_our_own_forms_can_say_where_they_come_from(tmp_path: Path) -> None:
    """The pages do not keep their origin back from ourselves: browsers would send "null" with each form."""
    client = client_of(site_in(tmp_path, Access()))

    assert client.get("/who").headers["referrer-policy"] == "same-origin"


def test_other_sites_read_nothing() -> None:
    """No response lets a page of another site read it, though Gradio's own would."""
    app = asyncio.run(gradios())
    asked = {"Origin": "http://evil.example", "Access-Control-Request-Method": "GET"}
    bare = TestClient(app, base_url=f"http://{ADDRESS}")
    guarded = TestClient(Guard(app), base_url=f"http://{ADDRESS}")

    for method, path in (("GET", "/config"), ("OPTIONS", "/config"), ("GET", "/gradio_api/queue/data")):
        assert "access-control-allow-origin" in bare.request(method, path, headers=asked).headers
        answer = guarded.request(method, path, headers=asked)
        assert [name for name in answer.headers if name.startswith("access-control")] == []


# How much


@pytest.mark.parametrize(
    ("path", "largest"),
    [
        ("/who", LARGEST_BODY),
        (UPLOADS, LARGEST_UPLOAD),
        (f"{UPLOADS}/staged", LARGEST_UPLOAD),
        (f"{UPLOADS}er", LARGEST_BODY),
        ("/x/operator/upload", LARGEST_BODY),
    ],
)
def test_only_uploads_may_be_large(path: str, largest: int) -> None:
    """Two hundred megabytes may be uploaded; anywhere else a megabyte is enough."""
    assert largest_body(path) == largest


@pytest.fixture
def sink() -> TestClient:
    """A guarded application that counts what arrives at it."""
    app = FastAPI()
    arrived: list[int] = []

    @app.post("/{path:path}")
    async def take(request: Request) -> dict[str, int]:
        pieces = [len(piece) async for piece in request.stream()]
        arrived.extend(pieces)
        return {"bytes": sum(pieces), "largest": max(pieces)}

    client = TestClient(Guard(app), base_url="http://127.0.0.1")
    client.app_state["arrived"] = arrived
    return client


def test_large_bodies_never_arrive(sink: TestClient) -> None:
    """A body above the limit is refused in words, and no piece of it reaches the application."""
    answer = sink.post("/x", content=b"x" * (LARGEST_BODY + 1))

    assert answer.status_code == 413
    assert "1 MB" in answer.text
    assert sink.app_state["arrived"] == []


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e3", "0x10", "٣", "9" * 5000])
def test_a_length_that_is_none_is_refused(sink: TestClient, length: str) -> None:
    """A body whose length cannot be told beforehand is not read."""
    headers = [(b"Content-Length", length.encode())]

    assert sink.post("/x", content=b"abc", headers=headers).status_code == 411


def test_a_body_in_pieces_is_refused(sink: TestClient) -> None:
    """Chunked bodies have no length."""
    assert sink.post("/x", content=iter([b"x"])).status_code == 411
