"""A scripted OpenAI-compatible server on a real port: what it says, and how it fails, is told beforehand."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Handler", dict[str, Any]], None]


class Handler(BaseHTTPRequestHandler):
    """One request; the script of its server says what becomes of it."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        """List the models."""
        self.whole(200, json.dumps({"object": "list", "data": [{"id": "test", "object": "model"}]}))

    def do_POST(self) -> None:
        """Answer as the script says."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked | {"headers": dict(self.headers), "path": self.path})
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        try:
            reply(self, asked)
        except (BrokenPipeError, ConnectionResetError):
            self.server.left.set()

    def whole(self, status: int, body: str, kind: str = "application/json", **headers: str) -> None:
        """Send a response in one piece."""
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self) -> None:
        """Begin a stream of events that ends with the connection."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: str) -> None:
        """Send an event."""
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def delta(self, end: str | None = None, **delta: str) -> None:
        """Send a piece of the answer."""
        choice = {"index": 0, "delta": delta, "finish_reason": end}
        piece = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "test"}
        self.event(json.dumps(piece | {"choices": [choice]}, ensure_ascii=False))

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


class Server(ThreadingHTTPServer):
    """The server: ``replies`` are used up one after the other, the last one stays."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.left = threading.Event()
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def serving(*replies: Reply) -> Iterator[Server]:
    """Serve on a free port."""
    with Server(*replies) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join()


def says(*pieces: str, end: str | None = "stop", **first: str) -> Reply:
    """Return a reply that streams pieces; ``end`` None cuts it off."""

    def reply(handler: Handler, asked: dict[str, Any]) -> None:
        handler.begin()
        handler.delta(role="assistant", content="")
        if first:
            handler.delta(**first)
        for piece in pieces:
            handler.delta(content=piece)
        if end:
            handler.delta(end=end)
            handler.event("[DONE]")

    return reply


def fails(status: int, **headers: str) -> Reply:
    """Return a reply that is an error."""
    body = json.dumps({"error": {"message": "no", "type": "x"}})

    def reply(handler: Handler, asked: dict[str, Any]) -> None:
        handler.whole(status, body, retry_after_ms="1", **headers)

    return reply


def page(handler: Handler, asked: dict[str, Any]) -> None:
    """Answer with the page of a captive portal."""
    handler.whole(200, "<html><body>请登录</body></html>", "text/html")


def broken_json(handler: Handler, asked: dict[str, Any]) -> None:
    """Stream what is no JSON."""
    handler.begin()
    handler.event('{"choices": [{"delta": {"content": "执法')


def wrong_encoding(handler: Handler, asked: dict[str, Any]) -> None:
    """Stream GBK where UTF-8 is agreed."""
    handler.begin()
    handler.wfile.write('data: {"choices":[{"index":0,"delta":{"content":"执法人员"}}]}\n\n'.encode("gbk"))
    handler.event("[DONE]")


def silent(handler: Handler, asked: dict[str, Any]) -> None:
    """Begin to answer and say nothing more until the test is over."""
    handler.begin()
    handler.delta(role="assistant", content="")
    handler.server.go_on.wait(30)


def breaks_off_silently(handler: Handler, asked: dict[str, Any]) -> None:
    """Say something and then nothing more."""
    handler.begin()
    handler.delta(content="云岭县")
    handler.server.go_on.wait(30)


def endless(handler: Handler, asked: dict[str, Any]) -> None:
    """Write on and on until the other side leaves."""
    handler.begin()
    while not handler.server.go_on.is_set():
        handler.delta(content="的确如此，" * 20)


def one_endless_line(handler: Handler, asked: dict[str, Any]) -> None:
    """Write one event that never ends."""
    handler.begin()
    while not handler.server.go_on.is_set():
        handler.wfile.write(b"data: " + b"x" * 65536)


def forever_slow(handler: Handler, asked: dict[str, Any]) -> None:
    """Write a character now and then, for longer than anybody waits."""
    handler.begin()
    while not handler.server.go_on.wait(0.03):
        handler.delta(content="的")
