"""WeCom's callbacks: what it calls, and what it is answered within its five seconds."""

import json
import time
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.wecom.crypto import Crypto, EnvelopeError, Key, sign
from bot.wecom.desk import Desk
from bot.wecom.messages import (
    LONGEST_BODY,
    Inbound,
    Sort,
    from_application,
    from_bot,
    parsed,
    sealed_json,
    sealed_xml,
)
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.task import SHOWN_UNTIL, Clock, Task
from bot.wecom.wording import STREAM_BYTES, fitted, pieces
from prompts import wecom

TOLERANCE = 600  # seconds a callback's clock may differ from ours
_SIGNED = ("msg_signature", "timestamp", "nonce")
_ANSWERED = (Sort.QUESTION, Sort.MENU, Sort.UNREADABLE)


@dataclass(frozen=True, slots=True)
class _Signed:
    signature: str
    timestamp: str
    nonce: str


def router(desk: Desk, settings: WecomSettings, clock: Clock = time.time) -> APIRouter:
    """Return the routes of the callbacks in use: ``/wecom/app``, ``/wecom/aibot``.

    Whatever is not WeCom's gets the same 403.
    """
    routes = APIRouter()
    if Mode.APPLICATION in settings.modes:
        application = _Application(desk, Crypto(settings.keys, settings.corp_id), settings.agent_id, clock)
        routes.add_api_route("/wecom/app", application.verify, methods=["GET"], include_in_schema=False)
        routes.add_api_route("/wecom/app", application.message, methods=["POST"], include_in_schema=False)
    if Mode.BOT_CALLBACK in settings.modes:
        bot = _Bot(desk, Crypto(settings.keys, ""), settings.bot_id, clock)
        routes.add_api_route("/wecom/aibot", bot.verify, methods=["GET"], include_in_schema=False)
        routes.add_api_route("/wecom/aibot", bot.message, methods=["POST"], include_in_schema=False)
    return routes


@dataclass(frozen=True)
class _Callback:
    desk: Desk
    crypto: Crypto
    receiver: str  # the application's or bot's own id, which a message must name
    clock: Clock

    async def verify(self, request: Request) -> Response:
        """Prove to the console that this address holds the token and key."""
        try:
            signed = self._signed(request)
            echo = _only(request, "echostr")
            plain, _ = self.crypto.open(signed.signature, signed.timestamp, signed.nonce, echo)
        except EnvelopeError:
            return _refused()
        return Response(plain, media_type="text/plain")

    async def message(self, request: Request) -> Response:
        """Take in a message or event."""
        try:
            signed = self._signed(request)
            body = await _body(request)
            sealed = self._sealed(body)
            plain, key = self.crypto.open(signed.signature, signed.timestamp, signed.nonce, sealed)
            inbound = self._read(plain)
        except EnvelopeError:
            return _refused()
        return await run_in_threadpool(self._answer, inbound, signed, key)

    def _sealed(self, body: bytes) -> str:
        raise NotImplementedError

    def _read(self, plain: bytes) -> Inbound:
        raise NotImplementedError

    def _answer(self, inbound: Inbound, signed: _Signed, key: Key) -> Response:
        raise NotImplementedError

    def _signed(self, request: Request) -> _Signed:
        signature, timestamp, nonce = (_only(request, name) for name in _SIGNED)
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            raise EnvelopeError
        if abs(self.clock() - int(timestamp)) > TOLERANCE:
            raise EnvelopeError
        return _Signed(signature, timestamp, nonce)


class _Application(_Callback):
    def _sealed(self, body: bytes) -> str:
        return sealed_xml(body)

    def _read(self, plain: bytes) -> Inbound:
        inbound = from_application(plain)
        if inbound.bot != self.receiver:
            raise EnvelopeError
        return inbound

    def _answer(self, inbound: Inbound, signed: _Signed, key: Key) -> Response:
        """Answer nothing: what there is to say is sent. Only a whole acceptance is acknowledged."""
        del signed, key  # of use only to a reply
        if inbound.sort in (*_ANSWERED, Sort.ENTER):
            self.desk.receive(Mode.APPLICATION, inbound)
        return Response()


class _Bot(_Callback):
    def _sealed(self, body: bytes) -> str:
        return sealed_json(body)

    def _read(self, plain: bytes) -> Inbound:
        inbound = from_bot(parsed(plain))
        # An empty receiver binds nothing: the message itself must name this bot.
        if inbound.bot != self.receiver:
            raise EnvelopeError
        return inbound

    def _answer(self, inbound: Inbound, signed: _Signed, key: Key) -> Response:
        reply = self._reply(inbound)
        if reply is None:
            return Response()
        text = json.dumps(reply, ensure_ascii=False)
        sealed = self.crypto.seal(text.encode(), key)
        stamp = int(self.clock())
        return PlainTextResponse(
            json.dumps(
                {
                    "encrypt": sealed,
                    "msgsignature": sign(key, str(stamp), signed.nonce, sealed),
                    "timestamp": stamp,
                    "nonce": signed.nonce,
                }
            )
        )

    def _reply(self, inbound: Inbound) -> dict[str, Any] | None:
        if inbound.sort is Sort.ENTER:
            return {"msgtype": "text", "text": {"content": self.desk.answering.greeting()}}
        if inbound.sort is Sort.FEEDBACK:
            self.desk.vote(inbound)
        elif inbound.sort is Sort.POLL:
            task = self.desk.inbox.by_stream(inbound.stream)
            return self._frame(task) if task else frame(inbound.stream, wecom()["forgotten"], finish=True)
        elif inbound.sort in (Sort.QUESTION, Sort.UNREADABLE):
            return self._frame(self.desk.receive(Mode.BOT_CALLBACK, inbound))
        return None

    def _frame(self, task: Task) -> dict[str, Any]:
        """Return what is shown of an answer now. Each frame takes the place of the one before."""
        late = self.clock() - task.received >= SHOWN_UNTIL
        # Late and not shown before, it is sent: shown as well it would be there twice.
        if task.finished and (task.sent or not late or not task.message.response_url):
            if not task.sent:
                self.desk.inbox.sent(task, 1)
            return frame(task.stream, pieces(task.text, STREAM_BYTES)[0], finish=True)
        if late:
            so_far = "" if task.finished else task.text
            return frame(task.stream, f"{so_far}\n{wecom()['continued']}".strip(), finish=True)
        return frame(task.stream, task.text or wecom()["waiting"], finish=False)


def frame(stream: str, text: str, finish: bool) -> dict[str, Any]:
    """Return one picture of a streamed answer (path/101031); votes on it will go by the stream's name."""
    content = fitted(text, STREAM_BYTES)
    return {
        "msgtype": "stream",
        "stream": {"id": stream, "finish": finish, "content": content, "feedback": {"id": stream}},
    }


def _only(request: Request, name: str) -> str:
    values = request.query_params.getlist(name)
    if len(values) != 1:
        raise EnvelopeError
    return values[0]


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_BODY:
                raise EnvelopeError
    except ClientDisconnect:
        raise EnvelopeError from None
    return bytes(body)


def _refused() -> Response:
    return PlainTextResponse("forbidden", status_code=403)
