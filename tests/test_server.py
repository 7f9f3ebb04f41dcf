"""The server as a process: it says where it is, finishes what it began, and can be ended at once."""

import http.client
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.web.guard import LARGEST_BODY

WAIT = 60  # seconds a test waits before it fails; nothing takes as long
PROGRAM = """
import asyncio, sys
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse
from bot.web import server
from bot.web.guard import Guard

server.PATIENCE = float(sys.argv[1])
app = FastAPI()

@app.get("/answer")
def answer():
    async def parts():
        yield "begun "
        await asyncio.to_thread(lambda: open(sys.argv[2]).read())  # until the test lets it go on
        yield "ended"
    return StreamingResponse(parts())

@app.get("/endless")
def endless():
    async def parts():
        yield "begun "
        await asyncio.Event().wait()
    return StreamingResponse(parts())

@app.get("/gradio_api/heartbeat/x")
def heartbeat():
    async def parts():
        while True:
            yield "begun "
            await asyncio.sleep(15)
    return StreamingResponse(parts())

@app.post("/take")
async def take(request: Request):
    return len(await request.body())

server.serve(Guard(app), "127.0.0.1", 0)
print("closed", flush=True)
"""


class Running:
    """A server that runs, and what goes on with it."""

    def __init__(self, gate: Path, patience: float) -> None:
        self.gate = gate
        self.open = ExitStack()
        os.mkfifo(gate)
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(patience), str(gate)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.first = self.line()
        self.port = int(self.first.rpartition(":")[2])
        self.line()

    def line(self) -> str:
        """Return the next line the server says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def get(self, path: str) -> http.client.HTTPResponse:
        """Ask for a path and return the answer once its first words are there."""
        connection = self.connection()
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.read(6) == b"begun "
        return answer

    def connection(self) -> http.client.HTTPConnection:
        """Return a connection that is closed when the test ends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        self.open.callback(connection.close)
        return connection

    def refuses(self) -> bool:
        """Tell whether a new connection is refused."""
        try:
            socket.create_connection(("127.0.0.1", self.port), WAIT).close()
        except OSError:
            return True
        return False

    def stop(self, with_signal: int = signal.SIGTERM) -> None:
        """Send a signal and return once the server says that it stops."""
        self.process.send_signal(with_signal)
        assert self.line().startswith("正在退出")

    def end(self) -> tuple[int, str, str]:
        """Return the exit code and what was still said, once the process has ended."""
        said, complained = self.process.communicate(timeout=WAIT)
        return self.process.returncode, said, complained


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A pipe that lets the answer go on once something is written to it."""
    return tmp_path / "gate"


@pytest.fixture
def running(gate: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    """A server that waits as long as the test says, 30 seconds if it says nothing."""
    server = Running(gate, getattr(request, "param", 30))
    with server.open:
        yield server
    server.process.kill()
    server.process.communicate()


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_an_answer_begun_is_finished(running: Running, with_signal: int) -> None:
    """Told to stop, the server takes nothing new, the answer that runs is written to its end, and what
    comes after serving is still done.
    """
    answer = running.get("/answer")
    running.stop(with_signal)
    while not running.refuses():  # the listener is closed a moment after it is said
        assert running.process.poll() is None
    running.gate.write_text("go on")

    assert answer.read() == b"ended"
    assert running.end() == (0, "closed\n", "")


def test_nobody_waits_for_pages_that_are_open(running: Running) -> None:
    """The connection that each open page holds does not keep the server: it is ended, long before the time
    that answers get.
    """
    heartbeat = running.get("/gradio_api/heartbeat/x")
    running.stop()

    with pytest.raises(http.client.IncompleteRead):
        heartbeat.read()
    assert running.end() == (0, "closed\n", "")


def test_a_page_that_is_open_stays_so_while_its_answer_is_written(running: Running) -> None:
    """The connection an open page holds is ended after the last answer, not before: Gradio gives up the
    answers of a page whose connection is gone.
    """
    answer, heartbeat = running.get("/answer"), running.get("/gradio_api/heartbeat/x")
    running.stop()
    while not running.refuses():
        assert running.process.poll() is None
    assert select.select([heartbeat], [], [], 0)[0] == []
    running.gate.write_text("go on")

    assert answer.read() == b"ended"
    with pytest.raises(http.client.IncompleteRead):
        heartbeat.read()
    assert running.end() == (0, "closed\n", "")


@pytest.mark.parametrize("running", [0.5], indirect=True)
def test_patience_ends(running: Running) -> None:
    """An answer that does not end is cut off when the time is up."""
    answer = running.get("/endless")
    running.stop()

    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    assert running.end() == (0, "closed\n", "")


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_at_once(running: Running, with_signal: int) -> None:
    """Whoever insists does not wait for answers."""
    running.get("/answer")
    running.stop()

    running.process.send_signal(with_signal)

    assert running.end()[0] == -with_signal


def test_a_server_without_work_ends_in_silence(running: Running) -> None:
    """With nothing running there is nothing to say."""
    running.process.send_signal(signal.SIGTERM)

    assert running.end() == (0, "closed\n", "")
    assert running.first.startswith("有据已启动：http://127.0.0.1:")


def test_a_body_too_large_is_refused_in_words(running: Running) -> None:
    """A client that sends a whole body before it looks reads why it was refused, instead of losing the
    connection; the server goes on.
    """
    connection = running.connection()
    connection.request("POST", "/take", body=b"x" * (8 * LARGEST_BODY))
    answer = connection.getresponse()

    assert answer.status == 413
    assert "内容太长" in answer.read().decode()
    connection.request("POST", "/take", body=b"abc")
    assert connection.getresponse().read() == b"3"


def test_the_server_does_not_name_its_library(running: Running) -> None:
    """Strangers are not told what serves."""
    assert "server" not in running.get("/answer").headers
    running.gate.write_text("go on")
