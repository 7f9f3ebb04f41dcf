"""``/v1``: the assistant as a model of OpenAI's chat API, for any chat client.

The client keeps the conversation and sends all of it. Only what its user asked is looked at: earlier
questions say what a follow-up leans on; instructions and earlier answers change nothing.
"""

import json
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.render import plain
from bot.web.api import shape
from bot.web.api.chat import MODEL, Chat, Completion, ModelBody, Models, annotations, tokens
from bot.web.api.clerk import Clerk, Effort, Wish
from bot.web.api.questions import STREAM, STREAM_HEADERS
from bot.web.api.route import ERRORS, ProgramRoute, body_of, caller_of, home_of
from bot.web.api.watching import end, growing
from bot.web.asking import Step
from bot.web.programs import error
from index.errors import YoujuError

_STREAM = {
    "description": "回答。stream 为 true 时是 text/event-stream，格式与 OpenAI 一致，以 data: [DONE] 结束。",
    "content": STREAM,
}
_DONE = "data: [DONE]\n\n"


def router(clerk: Clerk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(route_class=ProgramRoute, tags=["与 OpenAI 兼容"])
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}

    @routes.get("/v1/models", response_model=Models, responses=ERRORS, summary="模型", operation_id="models")
    def models() -> Response:
        """返回唯一的模型。"""
        return JSONResponse({"object": "list", "data": [model]})

    @routes.get(
        "/v1/models/{name}",
        response_model=ModelBody,
        responses=ERRORS,
        summary="一个模型",
        operation_id="model",
    )
    def one_model(name: str) -> Response:
        """返回模型的信息。"""
        if name != MODEL:
            return error(404, f"没有这个模型，可用的是 {MODEL}。", "model_not_found", "model")
        return JSONResponse(model)

    @routes.post(
        "/v1/chat/completions",
        response_model=Completion,
        responses={**ERRORS, 200: _STREAM},
        summary="对话",
        operation_id="chat_completions",
    )
    async def complete(request: Request, chat: Chat) -> Response:
        """回答最后一个问题。只看 user 消息：前面的问题用来理解后面的，system 消息和前面的回答不起作用。"""
        asked = chat.asked()
        if not asked:
            return error(422, "messages 里没有 user 消息。", "invalid_request", "messages")
        wish = Wish(asked[-1], None, tuple(asked[:-1]))
        effort = await run_in_threadpool(clerk.ask, caller_of(request), wish)
        reply = _Reply(effort, chat, home_of(request))
        if chat.stream:
            return StreamingResponse(reply.chunks(), 200, STREAM_HEADERS, "text/event-stream")
        return JSONResponse(reply.whole(await end(effort)), headers={"Cache-Control": "no-store"})

    return routes


class _Reply:
    """One answer as OpenAI's clients read it."""

    def __init__(self, effort: Effort, chat: Chat, home: str) -> None:
        self._effort = effort
        self._chat = chat
        self._home = home
        self._created = int(time.time())
        self._identity = f"chatcmpl-{secrets.token_hex(12)}"

    def whole(self, step: Step) -> dict[str, Any]:
        """Return the answer at once. Raises YoujuError where there is none."""
        said = self._said(step)
        message = {"role": "assistant", "content": said["text"], "refusal": None}
        message["annotations"] = said["annotations"]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        body = self._envelope("chat.completion", [choice])
        return body | {"usage": said["usage"], "youju": said["body"]}

    async def chunks(self) -> AsyncIterator[str]:
        """Yield the answer as it grows."""
        shown = ""
        yield self._chunk({"role": "assistant", "content": ""})
        async for step in growing(self._effort):
            if not step.done:
                text = step.turn.answer.text if step.turn else ""
                if len(text) > len(shown):
                    yield self._chunk({"content": text[len(shown) :]})
                    shown = text
                continue
            try:
                said = self._said(step)
            except YoujuError as wrong:
                yield _data(body_of(wrong))
                yield _DONE
                return
            yield self._chunk({"content": said["text"][len(shown) :]})
            last = {"annotations": said["annotations"]} if said["annotations"] else {}
            yield self._chunk(last, "stop", {"youju": said["body"]})
            if self._chat.wants_usage:
                usage = self._envelope("chat.completion.chunk", []) | {"usage": said["usage"]}
                yield _data(usage)
            yield _DONE

    def _said(self, step: Step) -> dict[str, Any]:
        kept = self._effort.whole(step)
        answer = kept.turn.answer
        text = plain(answer)
        sent, came = self._chat.size, tokens(text)
        return {
            "text": text,
            "annotations": annotations(answer, step.documents, self._home),
            "usage": {"prompt_tokens": sent, "completion_tokens": came, "total_tokens": sent + came},
            "body": shape.answered(kept, None, step.documents, self._home),
        }

    def _chunk(
        self,
        delta: Mapping[str, Any],
        finish: str | None = None,
        more: Mapping[str, Any] = {},
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**self._envelope("chat.completion.chunk", [choice]), **more})

    def _envelope(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self._identity,
            "object": kind,
            "created": self._created,
            "model": MODEL,
            "choices": choices,
        }


def _data(body: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"
