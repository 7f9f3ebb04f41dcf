"""WeCom's side of the long connection: one live connection a bot, acknowledgements, pictures of answers."""

import json
import threading
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

BOT, SECRET = "bot-1", "bot-secret"
STREAM_LIFE = 360.0  # seconds from the message
WELCOME_WITHIN = 5.0


class Socket:
    """A server that remembers what it was sent. What it does wrong is switched on by its fields."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.pictures: dict[str, list[dict[str, Any]]] = defaultdict(list)  # frames of an answer, by request
        self.sent: list[dict[str, Any]] = []  # messages of their own
        self.welcomes: list[dict[str, Any]] = []
        self.subscriptions = 0
        self.silent = False  # acknowledges nothing
        self.errors: list[int] = []  # codes the next answers to pictures get
        self.unwanted = ""  # words it does not let through
        self._requests: dict[str, float] = {}
        self._events: set[str] = set()
        self._live: ServerConnection | None = None
        self._lock = threading.Lock()
        self._server = serve(self._talk, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()

    @property
    def connected(self) -> bool:
        """Tell whether a bot is subscribed."""
        return self._live is not None

    def push(self, user: str, message: dict[str, Any], request: str = "") -> str:
        """Push a message or event to the bot; return the request its answer must name."""
        request = request or uuid.uuid4().hex
        event = message.get("msgtype") == "event"
        with self._lock:
            self._requests.setdefault(request, self.clock())
            if event:
                self._events.add(request)
            live = self._live
        assert live is not None
        body = {"aibotid": BOT, "chattype": "single", "from": {"userid": user}, **message}
        command = "aibot_event_callback" if event else "aibot_msg_callback"
        live.send(json.dumps({"cmd": command, "headers": {"req_id": request}, "body": body}))
        return request

    def ask(self, user: str, text: str, message_id: str, request: str = "") -> str:
        """Push a question."""
        return self.push(user, {"msgid": message_id, "msgtype": "text", "text": {"content": text}}, request)

    def kick(self) -> None:
        """Let another program subscribe: the live connection is told and then closed without a word."""
        self.push("", {"msgtype": "event", "event": {"eventtype": "disconnected_event"}})
        self.drop()

    def drop(self, code: int | None = None) -> None:
        """End the connection: with a close code, or without a word."""
        with self._lock:
            live, self._live = self._live, None
        if live is None:
            return
        if code is None:
            live.socket.close()
        else:
            live.close(code)

    def _talk(self, connection: ServerConnection) -> None:
        subscribed = False
        try:
            for text in connection:
                frame = json.loads(text)
                request = frame["headers"]["req_id"]
                if frame["cmd"] == "aibot_subscribe":
                    code = self._subscribe(connection, frame["body"])
                    subscribed = code == 0
                elif not subscribed:
                    code = 846609
                else:
                    code = self._take(frame["cmd"], request, frame.get("body") or {})
                if not self.silent:
                    word = "ok" if code == 0 else "error"
                    connection.send(
                        json.dumps({"headers": {"req_id": request}, "errcode": code, "errmsg": word})
                    )
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self._lock:
                if self._live is connection:
                    self._live = None

    def _subscribe(self, connection: ServerConnection, body: dict[str, Any]) -> int:
        self.subscriptions += 1
        if (body.get("bot_id"), body.get("secret")) != (BOT, SECRET):
            return 853000  # and the socket stays open
        with self._lock:
            self._live = connection
        return 0

    def _take(self, command: str, request: str, body: dict[str, Any]) -> int:
        with self._lock:
            if command == "ping":
                return 0
            if command == "aibot_send_msg":
                self.sent.append(body)
                return 0
            asked = self._requests.get(request)
            if command == "aibot_respond_welcome_msg":
                if request not in self._events or self.clock() - (asked or 0) > WELCOME_WITHIN:
                    return 846605
                self.welcomes.append(body)
                return 0
            if asked is None or request in self._events:
                return 846605
            if self.errors:
                return self.errors.pop(0)
            if self.clock() - asked > STREAM_LIFE:
                return 846608
            if self.unwanted and self.unwanted in body["stream"]["content"]:
                return 40201
            self.pictures[request].append(body["stream"])
            return 0
