"""WeCom as it calls our service: verification, messages, retries, polls."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bot.wecom.crypto import Crypto, Key, sign

RETRIES = 3
POLLS_FOR = 360.0  # seconds after the message


@dataclass
class Caller:
    """Signs, seals and delivers as WeCom does."""

    client: httpx.Client  # of our service; the test client is one too
    key: Key
    corp: str
    agent: str
    bot: str
    clock: Callable[[], float]

    def verify(self, path: str) -> bool:
        """Verify a callback's address as the console does; tell whether it would be accepted."""
        echo = str(secrets.randbelow(10**19))
        sealed = self._crypto(path).seal(echo.encode())
        answer = self.client.get(path, params={**self.signed(sealed), "echostr": sealed})
        return answer.status_code == 200 and answer.content == echo.encode()

    def signed(self, sealed: str, at: float | None = None) -> dict[str, str]:
        """Return the parameters of a callback."""
        stamp, nonce = str(int(self.clock() if at is None else at)), str(secrets.randbelow(10**10))
        return {"msg_signature": sign(self.key, stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}

    def application(self, user: str, text: str, message_id: str, **fields: str) -> httpx.Response:
        """Deliver a text or, with ``fields``, another message to the application, with WeCom's retries."""
        given = {
            "ToUserName": self.corp,
            "FromUserName": user,
            "CreateTime": str(int(self.clock())),
            "MsgType": "text",
            "Content": text,
            "MsgId": message_id,
            "AgentID": self.agent,
            **fields,
        }
        inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in given.items() if value)
        return self.deliver("/wecom/app", f"<xml>{inner}</xml>".encode())

    def to_bot(self, user: str, **fields: object) -> dict[str, Any] | None:
        """Deliver a message, poll or event to the bot and return the opened reply, None where it is empty."""
        message = {"aibotid": self.bot, "chattype": "single", "from": {"userid": user}, **fields}
        answer = self.deliver("/wecom/aibot", json.dumps(message, ensure_ascii=False).encode())
        assert answer.status_code == 200, answer.content
        return self.opened(answer.content) if answer.content else None

    def ask_bot(self, user: str, text: str, message_id: str, **fields: object) -> dict[str, Any]:
        """Ask the bot and return the stream its first reply opens."""
        reply = self.to_bot(user, msgid=message_id, msgtype="text", text={"content": text}, **fields)
        assert reply is not None
        stream: dict[str, Any] = reply["stream"]
        return stream

    def poll(self, user: str, stream: str) -> dict[str, Any]:
        """Ask how far an answer is."""
        reply = self.to_bot(user, msgid=secrets.token_hex(8), msgtype="stream", stream={"id": stream})
        assert reply is not None
        shown: dict[str, Any] = reply["stream"]
        return shown

    def until_finished(self, user: str, stream: str, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Poll as WeCom does until the answer is whole; return every picture of it."""
        shown = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            shown.append(self.poll(user, stream))
            if shown[-1]["finish"]:
                return shown
            time.sleep(0.02)
        raise AssertionError(f"the answer is not whole after {seconds} s: {shown[-1:]}")

    def deliver(self, path: str, plain: bytes) -> httpx.Response:
        """Deliver, and again up to three times while the answer is no 200."""
        for _ in range(1 + RETRIES):
            answer = self.deliver_once(path, plain)
            if answer.status_code == 200:
                break
        return answer

    def deliver_once(self, path: str, plain: bytes, at: float | None = None) -> httpx.Response:
        """Deliver without a retry."""
        sealed = self._crypto(path).seal(plain)
        return self.client.post(path, params=self.signed(sealed, at), content=self.body(path, sealed))

    def body(self, path: str, sealed: str) -> bytes:
        """Return the envelope of a callback."""
        if path == "/wecom/aibot":
            return json.dumps({"encrypt": sealed}).encode()
        head = f"<ToUserName><![CDATA[{self.corp}]]></ToUserName><AgentID><![CDATA[{self.agent}]]></AgentID>"
        return f"<xml>{head}<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()

    def opened(self, content: bytes) -> dict[str, Any]:
        """Return what a reply to the bot's callback says; all four of its fields must be right."""
        reply = json.loads(content)
        assert set(reply) == {"encrypt", "msgsignature", "timestamp", "nonce"}
        assert isinstance(reply["timestamp"], int)
        signature, stamp = reply["msgsignature"], str(reply["timestamp"])
        plain, _ = Crypto([self.key], "").open(signature, stamp, reply["nonce"], reply["encrypt"])
        said: dict[str, Any] = json.loads(plain)
        return said

    def _crypto(self, path: str) -> Crypto:
        return Crypto([self.key], "" if path == "/wecom/aibot" else self.corp)
