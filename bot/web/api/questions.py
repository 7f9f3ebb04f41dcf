"""``/api/ask``: a question, and its answer at once or as it grows."""

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.web.api import shape
from bot.web.api.clerk import Clerk, Effort, Wish
from bot.web.api.forms import AnswerBody, Ask
from bot.web.api.route import ERRORS, ProgramRoute, body_of, caller_of, home_of
from bot.web.api.watching import end, growing
from index.errors import YoujuError

# Each event as its fields: there is no way to say more of a stream.
_FIELDS = {"event": {"type": "string"}, "data": {"type": "string"}}
STREAM = {"text/event-stream": {"schema": {"type": "object", "properties": _FIELDS}}}
# Proxies that collect a response before they hand it on would make a stream pointless.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_STREAM = {
    "description": (
        "回答。stream 为 true 时是 text/event-stream：事件 answer 是到这时为止的回答（answer 一段一段变长），"
        "最后一个事件 done 是完整的回答，出错时是 error。每个事件的 data 都是一个 JSON 对象。"
    ),
    "content": STREAM,
}


def router(clerk: Clerk) -> APIRouter:
    """Return the route."""
    routes = APIRouter(route_class=ProgramRoute)

    @routes.post(
        "/api/ask",
        response_model=AnswerBody,
        responses={**ERRORS, 200: _STREAM},
        summary="提问",
        operation_id="ask",
        tags=["有据"],
    )
    async def ask(request: Request, asked: Ask) -> Response:
        """回答一个问题，附上依据；没有依据就说明原因（refused）。带上 conversation 可以接着问。"""
        scope = asked.scope.scope() if asked.scope else None
        wish = Wish(asked.question, asked.conversation or "", scope=scope)
        effort = await run_in_threadpool(clerk.ask, caller_of(request), wish)
        home = home_of(request)
        if asked.stream:
            events = _events(effort, home)
            return StreamingResponse(events, 200, STREAM_HEADERS, "text/event-stream")
        step = await end(effort)
        body = shape.answered(effort.whole(step), effort.identity, step.documents, home)
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    return routes


def event(name: str, body: object) -> str:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


async def _events(effort: Effort, home: str) -> AsyncIterator[str]:
    async for step in growing(effort):
        if step.done:
            try:
                kept = effort.whole(step)
            except YoujuError as error:
                yield event("error", body_of(error))
            else:
                yield event("done", shape.answered(kept, effort.identity, step.documents, home))
        elif step.turn:
            yield event("answer", shape.shown("", step.turn.answer, effort.identity, step.documents, home))
