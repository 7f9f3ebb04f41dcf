"""Many people asking at once, each with a browser of their own, as the page asks: the question joins the
queue of Gradio, its answer comes as a stream of events; then what to ask next and the list at the side are
fetched.
"""

import asyncio
import itertools
import json
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import numpy as np

from bot.state.database import State
from eval.processes import BenchError, served

TURNS = 5  # questions asked in a conversation before a new one is begun
MOST_ASKS = {"YOUJU_ASKS_PER_MINUTE": "10000"}  # they all come from one address, and never stop to read
LOAD_HEADINGS = (
    "答完",
    "丢失",
    "每秒",
    "首字 中位秒",
    "首字 95分位秒",
    "全文 中位秒",
    "全文 95分位秒",
    "追问 中位秒",
    "追问 95分位秒",
    "内存 MB",
)
_PATIENCE = 120.0  # seconds an answer may take before it counts as lost
_REUSED = 3.0  # seconds a connection is used again; the server closes it a little later
_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
_BEGUN = re.compile(r'class="answer (?:answered|refused)"')
_WHOLE = re.compile(r'<section class="turn" id="[^"]*">.*' + _BEGUN.pattern, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """One question and what came of it: seconds to the first words, to the whole answer, and to the questions
    that are offered next; ``trouble`` says why there is no answer.
    """

    first: float = 0.0
    whole: float = 0.0
    settled: float = 0.0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What many people asking at once got. ``kept`` counts the questions in the log of the service after it
    was killed; ``seconds`` is wall time, ``memory`` the service's peak bytes.
    """

    replies: tuple[Reply, ...]
    kept: int
    seconds: float
    memory: int

    @property
    def answered(self) -> tuple[Reply, ...]:
        """Those that got their whole answer."""
        return tuple(reply for reply in self.replies if not reply.trouble)

    @property
    def troubles(self) -> Counter[str]:
        """Why the others got none."""
        return Counter(reply.trouble for reply in self.replies if reply.trouble)


def measure_load(
    places: Sequence[str], questions: Sequence[str], home: Path, users: int, seconds: float
) -> Loaded:
    """Serve the documents in ``places``, and let so many people ask for so many seconds, each the next
    question as soon as their page stands still. ``home`` is a folder that is not there yet.

    Raises BenchError when the page does not start.
    """
    began = datetime.now(UTC)
    with served(places, home, MOST_ASKS) as service:
        replies, took = asyncio.run(_ask_all(service.address, questions, users, seconds))
    assert service.spent
    with closing(State(str(home / "state.sqlite"))) as state:
        kept = sum(1 for _ in state.questions.between(began, datetime.now(UTC)))
    return Loaded(replies, kept, took, service.spent.memory)


async def _ask_all(
    address: str, questions: Sequence[str], users: int, seconds: float
) -> tuple[tuple[Reply, ...], float]:
    """Return what everybody got, and the seconds from the first question to the last answer."""
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(Person.coming(address)) for _ in range(users)]
        await asyncio.gather(*(person.open() for person in people))
        began = perf_counter()
        apart = max(1, len(questions) // users)  # not everybody asks the same
        starts = [number * apart % len(questions) for number in range(users)]
        told = await asyncio.gather(
            *(
                person.ask_until(began + seconds, (*questions[start:], *questions[:start]))
                for person, start in zip(people, starts, strict=True)
            )
        )
        return tuple(itertools.chain.from_iterable(told)), perf_counter() - began


class LostError(Exception):
    """An answer did not come; the message says what came instead."""


class Person:
    """Somebody with a browser of their own, who asks as the page does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._session = secrets.token_hex(6)
        self._events: dict[str, int] = {}  # name -> number
        self._named = 0  # where among what an event shows the name of the conversation stands
        self._conversation = ""

    @classmethod
    @asynccontextmanager
    async def coming(cls, address: str) -> AsyncIterator["Person"]:
        """Come with a new browser, and close it in the end."""
        async with httpx.AsyncClient(
            base_url=address,
            headers={"Origin": address},
            timeout=_PATIENCE,
            limits=httpx.Limits(keepalive_expiry=_REUSED),
            trust_env=False,
        ) as client:
            yield cls(client)

    async def open(self) -> None:
        """Open the page. Raises BenchError when it is not the page."""
        page = await self._client.get("/", headers={"Accept": "text/html"})
        found = _CONFIG.search(page.text)
        if not found:
            raise BenchError(f"打开网页没有成功：{page.status_code}。")
        config = json.loads(found[1])
        self._events = {event["api_name"]: event["id"] for event in config["dependencies"]}
        names = {part["id"]: part["props"].get("elem_id") for part in config["components"]}
        shown = next(event["outputs"] for event in config["dependencies"] if event["api_name"] == "ask")
        self._named = [names[part] for part in shown].index("conversation")
        async for _ in self._event("load", []):
            pass

    async def ask_until(self, end: float, questions: Sequence[str]) -> list[Reply]:
        """Ask one question after another until the time (of ``perf_counter``) has come."""
        replies: list[Reply] = []
        for question in itertools.cycle(questions):
            if perf_counter() >= end:
                break
            if len(replies) % TURNS == 0:
                self._conversation = ""
            try:
                async with asyncio.timeout(_PATIENCE):
                    replies.append(await self._ask(question))
            except (LostError, TimeoutError, httpx.HTTPError) as error:
                replies.append(Reply(trouble=f"{type(error).__name__} {error}".strip()))
        return replies

    async def _ask(self, question: str) -> Reply:
        began, first, shown = perf_counter(), 0.0, ""
        async for shown, data in self._event("ask", [question, self._conversation, "", [], [], []]):
            if not self._conversation and isinstance(data[self._named], str):
                self._conversation = data[self._named]
            if not first and _BEGUN.search(shown):
                first = perf_counter() - began
        if not _WHOLE.search(shown):
            raise LostError(re.sub("<[^>]+>", "", shown)[:200])
        whole = perf_counter() - began
        # What the page does by itself after an answer.
        (await self._client.get("/conversations", params={"search": ""})).raise_for_status()
        async for _ in self._event("follow", [self._conversation]):
            pass
        return Reply(first, whole, perf_counter() - began)

    async def _event(self, name: str, data: list[object]) -> AsyncIterator[tuple[str, list[Any]]]:
        """Let the page do something; yield what it shows, as text and part by part, to the end."""
        order = {"fn_index": self._events[name], "session_hash": self._session, "data": data}
        joined = await self._client.post("/gradio_api/queue/join", json=order)
        joined.raise_for_status()
        whole = False
        where = {"session_hash": self._session}
        async with self._client.stream("GET", "/gradio_api/queue/data", params=where) as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data: "):
                    continue
                message = json.loads(line.removeprefix("data: "))
                if message["msg"] in ("process_generating", "process_completed"):
                    if not message["success"]:
                        raise LostError(str(message["output"]))
                    whole = message["msg"] == "process_completed"
                    shown = message["output"]["data"]
                    yield "\n".join(_texts(shown)), shown
        if not whole:
            raise LostError("stream ended early")


def _texts(shown: object) -> list[str]:
    """Return every text in what an event shows, which after the first time are changes of it."""
    if isinstance(shown, str):
        return [shown]
    return [text for one in shown for text in _texts(one)] if isinstance(shown, list) else []


def load_cells(loaded: Loaded) -> tuple[str, ...]:
    """Return what is printed under ``LOAD_HEADINGS``; the times are those of who was answered."""
    replies = loaded.answered or (Reply(),)
    times = [[getattr(reply, name) for reply in replies] for name in ("first", "whole", "settled")]
    return (
        str(len(loaded.answered)),
        str(len(loaded.replies) - len(loaded.answered)),
        f"{len(loaded.answered) / loaded.seconds:.1f}",
        *(f"{np.percentile(one, percent):.2f}" for one in times for percent in (50, 95)),
        f"{loaded.memory / 1e6:.0f}",
    )


def trouble_lines(loaded: Loaded) -> list[str]:
    """Return a line on each way in which answers were lost, and one where the log holds fewer than came."""
    lines = [f"丢失 {count} 次：{trouble}" for trouble, count in loaded.troubles.most_common()]
    if loaded.kept < len(loaded.answered):
        lines.append(f"答了 {len(loaded.answered)} 次，服务的记录里只有 {loaded.kept} 次。")
    return lines
