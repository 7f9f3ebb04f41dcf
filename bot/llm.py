"""The only door to language models: LangChain's client of any OpenAI-compatible endpoint.

One question is one stream of deltas, made in a thread with an event loop of its own: there every limit of
time is exact, and whoever stops listening ends the request at once.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.llm_client import TooLongError, open_client, unused_client
from bot.llm_settings import LlmSettings
from bot.thoughts import Thoughts
from index.errors import YoujuError

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

logger = logging.getLogger(__name__)

_RETRIES = 2  # of what may pass: 429, 5xx, a connection refused; with back-off, or as the server says
_FAILURES, _REST = 4, 30.0  # so many in a row, and for so many seconds nobody waits for the model again
_CHARACTERS = 2  # to a token that an answer may have at most: more means the server knows no limit
_PULSE = 0.5  # seconds without a word after which whoever listens is given a turn, to go on or to leave


class Trouble(StrEnum):
    """What went wrong with a model; the value is what the reader is told."""

    UNREACHABLE = "语言模型连接不上"
    SILENT = "语言模型没有及时答复"
    REFUSED = "语言模型拒绝了访问"
    UNKNOWN = "语言模型服务没有这个模型或地址"
    BUSY = "语言模型现在太忙"
    BROKEN = "语言模型服务出错"
    GARBAGE = "语言模型的答复无法识别"
    CUT = "语言模型没有写完"
    ENDLESS = "语言模型写个不停"
    RESTING = "语言模型接连出错，暂停使用"


class LlmError(YoujuError):
    """A model gave no usable answer. ``trouble`` is what the reader is told, the message tells operators."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}{f'（{detail}）' if detail else ''}。")
        self.trouble = trouble


class Message(NamedTuple):
    """One message: the role (system, user) and its words."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds are waited: for a connection, for the first token, from one token to the next, and
    for the whole answer, tries that failed included.
    """

    connect: float = 3.0
    first: float = 15.0
    between: float = 8.0
    total: float = 60.0


def tokens(text: str) -> int:
    """Return how many tokens a text takes at most, without the model's own table: one for every character
    beyond ASCII (tables made for Chinese need two thirds of that), one for every two within.
    """
    wide = sum(not character.isascii() for character in text)
    return wide + (len(text) - wide + 1) // 2


@dataclass
class Llm:
    """A model that is asked. Safe to use from many threads."""

    settings: LlmSettings
    patience: Patience = Patience()
    clock: Callable[[], float] = time.monotonic
    _failed: int = field(default=0, init=False)
    _until: float = field(default=0.0, init=False)

    def stream(self, messages: Sequence[Message], most: int) -> Generator[str, None, None]:
        """Yield the answer as it is written, at most so many tokens, thoughts left out; ``AGAIN`` says that
        what came before was thought aloud. Nothing ("") comes while the model says nothing: closing the
        iterator then ends the request.

        Raises LlmError, also after some of the answer: then that is not whole.
        """
        if self._failed >= _FAILURES and self.clock() < self._until:
            raise LlmError(Trouble.RESTING)
        _load()
        try:
            with closing(_Asking(self, messages, most)) as asking:
                yield from asking.deltas()
        except LlmError as error:
            logger.warning("%s", error)
            if error.trouble is not Trouble.CUT:  # it does answer, only too long
                self._failed, self._until = self._failed + 1, self.clock() + _REST
            raise
        self._failed = 0

    def write(self, messages: Sequence[Message], most: int) -> str:
        """Return the whole answer. Raises LlmError."""
        return Thoughts.without("".join(self.stream(messages, most)))

    def models(self) -> tuple[str, ...]:
        """Return the names of the models that the server lists. Raises LlmError."""

        async def listed() -> tuple[str, ...]:
            async with open_client(self.patience.connect) as client, asyncio.timeout(self.patience.first):
                page = await _chat(self.settings, client, 1).root_async_client.models.list()
                return tuple(model.id for model in page.data)

        _load()
        try:
            return asyncio.run(listed())
        except TimeoutError:
            raise LlmError(Trouble.SILENT) from None
        except Exception as error:  # noqa: BLE001 - told as what it means
            raise _told(error) from None


class _Asking:
    """One request, in a thread of its own."""

    def __init__(self, llm: Llm, messages: Sequence[Message], most: int) -> None:
        self._llm, self._messages, self._most = llm, messages, most
        self._said: queue.SimpleQueue[str | LlmError | None] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._ask())
        self._thread = threading.Thread(target=self._run, name="llm", daemon=True)
        self._thread.start()

    def deltas(self) -> Generator[str, None, None]:
        while True:
            try:
                said = self._said.get(timeout=_PULSE)
            except queue.Empty:
                said = ""
            if said is None:
                return
            if isinstance(said, LlmError):
                raise said
            yield said

    def close(self) -> None:
        """End the request, where it still runs, and wait for its thread."""
        with suppress(RuntimeError):  # its thread has come to the end and closed the loop
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._said.put(None)
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(self._llm.patience.total):
                await self._listen()
        except LlmError as error:
            self._said.put(error)
        except TimeoutError:
            self._said.put(LlmError(Trouble.SILENT))
        # Whatever the libraries raise at what a server sends: here is where it ends.
        except Exception as error:  # noqa: BLE001 - told as what it means
            self._said.put(_told(error))

    async def _listen(self) -> None:
        """Pass on what is said, without the thoughts, until the model says that it has ended."""
        patience, thoughts, length, end = self._llm.patience, Thoughts(), 0, ""
        async with open_client(patience.connect) as client:
            model = _chat(self._llm.settings, client, self._most)
            told = [(message.role, message.content) for message in self._messages]
            stream: Any = model.astream(told)  # a generator, though its type does not say so
            async with aclosing(stream) as pieces:
                wait = patience.first
                while True:
                    async with asyncio.timeout(wait):
                        piece = await anext(pieces, None)
                    if piece is None:
                        break
                    # A role without words comes before the first token is thought of.
                    wait = patience.between if piece.text or wait != patience.first else wait
                    end = piece.response_metadata.get("finish_reason") or end
                    length += len(piece.text)
                    if length > self._most * _CHARACTERS:
                        raise LlmError(Trouble.ENDLESS)
                    if "\ufffd" in piece.text:
                        raise LlmError(Trouble.GARBAGE, "不是 UTF-8 编码")
                    if said := thoughts.feed(piece.text):
                        self._said.put(said)
        if rest := thoughts.rest():
            self._said.put(rest)
        if end != "stop":
            raise LlmError(Trouble.CUT, end or "没有结束标记")
        if not length:
            raise LlmError(Trouble.GARBAGE, "没有内容")


@cache
def _load() -> None:
    """Load the libraries, which take seconds, before any time is counted."""
    # Late: only a model needs them.
    import langchain_openai  # noqa: F401

    unused_client()


def _chat(settings: LlmSettings, client: object, most: int) -> "ChatOpenAI":
    # Late: two seconds, and only a model needs it.
    from langchain_openai import ChatOpenAI

    values: dict[str, Any] = {
        "base_url": settings.base_url,
        "model": settings.model,
        "api_key": settings.api_key or "none",  # the client wants one, whatever the server does
        "organization": "",  # these two would be taken from other programs' settings
        "openai_proxy": "",
        "http_async_client": client,
        "http_client": unused_client(),
        "max_retries": _RETRIES,
        "temperature": 0,
        "stream_usage": False,
        "stream_chunk_timeout": None,
        "use_responses_api": False,
        "extra_body": {"max_tokens": most},  # the name every server knows
    }
    return ChatOpenAI(**values)


def _told(error: Exception) -> LlmError:
    """Return what an error of the libraries means, the most telling first."""
    # Late, as above.
    import openai

    cause: BaseException | None = error
    while cause is not None:  # our own, raised inside theirs
        if isinstance(cause, LlmError):
            return cause
        if isinstance(cause, TooLongError):
            return LlmError(Trouble.ENDLESS)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, openai.APITimeoutError):
        return LlmError(Trouble.UNREACHABLE, "连接超时")
    if isinstance(error, openai.APIConnectionError):
        return LlmError(Trouble.UNREACHABLE)
    if not isinstance(error, openai.APIStatusError):
        return LlmError(Trouble.GARBAGE, type(error).__name__)
    known = {401: Trouble.REFUSED, 403: Trouble.REFUSED, 404: Trouble.UNKNOWN, 429: Trouble.BUSY}
    return LlmError(known.get(error.status_code, Trouble.BROKEN), f"HTTP {error.status_code}")
