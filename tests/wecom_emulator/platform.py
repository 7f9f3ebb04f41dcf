"""WeCom's HTTP interface as our service calls it: tokens, messages sent, late answers, the group robot."""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CORP, SECRET, AGENT = "ww0123456789abcdef", "corp-secret", "1000002"
WEBHOOK = "hook-key"
LIFE = 7200  # seconds of a token
TEXT_BYTES = 2048
A_MINUTE = 30  # messages to one member; the rest is dropped without a word


class Platform:
    """A WeCom that remembers what arrived. ``errors`` are codes the next calls of a path answer with."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.inboxes: dict[str, list[str]] = defaultdict(list)  # what each member sees
        self.late: dict[str, list[str]] = defaultdict(list)  # by response_code
        self.group: list[str] = []
        self.calls: Counter[str] = Counter()
        self.errors: dict[str, list[int]] = defaultdict(list)
        self.members: set[str] | None = None  # None: everybody
        self._tokens: dict[str, float] = {}
        self._seen: dict[str, float] = {}
        self._times: dict[str, list[float]] = defaultdict(list)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def revoke(self) -> None:
        """Take every token back before its time."""
        with self._lock:
            self._tokens.clear()

    def response_url(self, code: str) -> str:
        """Return an address that takes one late answer."""
        return f"{self.base}/cgi-bin/aibot/response?response_code={code}"

    def answer(self, path: str, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """Answer one call as WeCom does."""
        with self._lock:
            self.calls[path] += 1
            if self.errors[path]:
                return _error(self.errors[path].pop(0), "from ip: 203.0.113.7")
            if path == "/cgi-bin/gettoken":
                return self._token(query)
            if path == "/cgi-bin/webhook/send":
                return self._robot(query, body)
            if path == "/cgi-bin/aibot/response":
                return self._late(query["response_code"], body)
            if query.get("access_token", "") not in self._tokens:
                return _error(40014, "invalid access_token")
            if self._tokens[query["access_token"]] <= self.clock():
                return _error(42001, "access_token expired")
            if path == "/cgi-bin/getcallbackip":
                return {"errcode": 0, "errmsg": "ok", "ip_list": ["127.0.0.1"]}
            return self._message(body) if path == "/cgi-bin/message/send" else _error(-1, "unknown path")

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("corpid") != CORP:
            return _error(40013, "invalid corpid")
        if query.get("corpsecret") != SECRET:
            return _error(40001, "invalid credential")
        live = [token for token, until in self._tokens.items() if until > self.clock()]
        token = live[0] if live else f"token-{self.calls['/cgi-bin/gettoken']}"
        self._tokens.setdefault(token, self.clock() + LIFE)
        return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": LIFE}

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        user, content = str(body["touser"]), str(body["text"]["content"])
        if str(body["agentid"]) != AGENT:
            return _error(40056, "invalid agentid")
        if self.members is not None and user not in self.members:
            return _error(81013, "user & party & tag all invalid")
        if not content:
            return _error(44004, "empty content")
        same = json.dumps(body, sort_keys=True)
        if body.get("enable_duplicate_check") and self._seen.get(same, 0.0) > self.clock():
            return {"errcode": 0, "errmsg": "ok"}
        self._seen[same] = self.clock() + float(body.get("duplicate_check_interval", 1800))
        self._times[user] = [t for t in self._times[user] if t > self.clock() - 60] + [self.clock()]
        if len(self._times[user]) <= A_MINUTE:
            shown = content.encode()[:TEXT_BYTES].decode("utf-8", "ignore")
            self.inboxes[user].append(shown.rstrip("\u200b\u200c"))  # which no eye sees
        return {"errcode": 0, "errmsg": "ok"}

    def _late(self, code: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.late[code]:
            return _error(60140, "response_code used")  # WeCom's own number is not known
        self.late[code].append(str(body["markdown"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}

    def _robot(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if query.get("key") != WEBHOOK:
            return _error(93000, "invalid webhook")
        if len(self.group) >= 20:
            return _error(45009, "api freq out of limit")
        self.group.append(str(body["text"]["content"]))
        return {"errcode": 0, "errmsg": "ok"}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._reply({})

            def do_POST(self) -> None:
                self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, body: dict[str, Any]) -> None:
                address = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(address.query).items()}
                data = json.dumps(platform.answer(address.path, query, body)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Write nothing: addresses carry secrets."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200  # many may come at once


def _error(code: int, words: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": words}
