"""The web page, and the only door to Gradio: a question box, the answer as it grows, its citations.

The page sees an engine that streams answers, and the documents to show a citation's section from.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

# Read by Gradio itself: nothing may be reported to anyone, and no statistics of all events so far are
# to be computed with pandas after each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from bot.conversation import Answer, Turn
from bot.web import page
from bot.web.guard import Guard
from bot.web.server import serve
from index.document import Document
from prompts import sentences

__all__ = ["Engine", "asker", "build_app", "paced", "serve"]

STATIC = Path(__file__).with_name("static")
HEAD = (
    '<link rel="icon" href="/youju/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/youju/colours.css"><link rel="stylesheet" href="/youju/page.css"><script src="/youju/page.js"></script>'
)
MOST_TURNS = 30  # turns kept on the page and for follow-up questions
UPDATE_SECONDS = 0.2  # more updates a second make everybody wait when many ask at once
THREADS = 400  # Gradio's own limit of 40 caps all users together
ASKING_AT_ONCE = 100
WAITING_AT_MOST = 1000

logger = logging.getLogger(__name__)


class Engine(Protocol):
    """What the page needs of the engine."""

    def ask(self, text: str, history: Sequence[Turn] = ()) -> Turn:
        """Answer a question; the turns so far are the history of the next one."""
        ...

    def stream(self, text: str, history: Sequence[Turn] = ()) -> Iterator[Turn]:
        """Yield snapshots of the turn whose answer grows; the last one is whole."""
        ...


def build_app(engine: Engine, documents: Sequence[Document], examples: Sequence[str]) -> FastAPI:
    """Return the application: the page at ``/``, its files under ``/youju``, ``/health``.

    ``documents`` are the documents of the index that ``engine`` answers from; ``examples`` are
    questions offered before anything is asked, those that the documents answer. Not to be called
    where an event loop runs.
    """

    # Inside a loop, because Gradio opens one for each lock it makes outside and never closes it.
    async def assembled() -> FastAPI:
        return _assemble(engine, documents, examples)

    return asyncio.run(assembled())


def _assemble(engine: Engine, documents: Sequence[Document], examples: Sequence[str]) -> FastAPI:
    undescribed: dict[str, Any] = {"docs_url": None, "redoc_url": None, "openapi_url": None}
    app = FastAPI(title=page.NAME, **undescribed)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    app.mount("/youju", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, head=HEAD)
    blocks = _blocks(engine, documents, [text for text in examples if _answers(engine, text)])
    blocks.max_threads = THREADS
    blocks.queue(default_concurrency_limit=ASKING_AT_ONCE, max_size=WAITING_AT_MOST, api_open=False)
    fonts = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"]
    theme = gradio.themes.Base(
        primary_hue="blue", neutral_hue="slate", font=fonts, font_mono=["ui-monospace", "monospace"]
    )
    mounted: FastAPI = gradio.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        app_kwargs=undescribed,
        allowed_paths=[],
        max_file_size="1kb",
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        theme=theme,
    )
    return mounted


def _answers(engine: Engine, question: str) -> bool:
    """Tell whether a question would be answered: an example that is refused misleads."""
    try:
        return not engine.ask(question).answer.refused
    except Exception as error:
        logger.error("示例问题无法回答：%s: %s", type(error).__name__, error)
        logger.debug("出错的位置", exc_info=True)
        return False


def _blocks(engine: Engine, documents: Sequence[Document], examples: Sequence[str]) -> gradio.Blocks:
    """Return the page: conversation and question box on one side, evidence on the other."""
    by_id = {document.id: document for document in documents}
    title = f"{page.NAME} · {page.MOTTO}"
    start = page.welcome(examples, len(documents))
    blocks: gradio.Blocks
    with gradio.Blocks(title=title, analytics_enabled=False, fill_width=True) as blocks:
        turns = gradio.State((), time_to_live=24 * 3600)
        with gradio.Row(elem_id="top"):
            _html(page.header())
            renew = gradio.Button("新对话", elem_id="renew", size="sm", min_width=80)
        with gradio.Row(elem_id="desk"):
            with gradio.Column(elem_id="talk"):
                with gradio.Column(elem_id="turns"):
                    past = _html("", "past")
                    current = _html(start, "current")
                with gradio.Row(elem_id="box"):
                    box = gradio.Textbox(
                        placeholder="请输入问题，回车发送",
                        label="问题",
                        show_label=False,
                        container=False,
                        lines=1,
                        max_lines=6,
                        elem_id="question",
                    )
                    send = gradio.Button("发送", variant="primary", elem_id="send", min_width=72)
                _html(page.footer())
            with gradio.Column(elem_id="evidence"):
                _html('<h2 class="aside">依据</h2>')
                past_cards = _html("", "past-cards")
                cards = _html(page.no_evidence(), "cards")
                _html(page.library(documents), "library")
        asking = gradio.on(
            [box.submit, send.click],
            asker(engine, by_id),
            inputs=[box, turns],
            outputs=[box, past, current, past_cards, cards, turns],
            api_visibility="private",
            show_progress="hidden",
            trigger_mode="once",
            concurrency_limit=ASKING_AT_ONCE,
        )
        renew.click(
            lambda: ("", "", start, "", page.no_evidence(), ()),
            outputs=[box, past, current, past_cards, cards, turns],
            cancels=[asking],
            api_visibility="private",
            show_progress="hidden",
        )
    return blocks


def _html(value: str, name: str | None = None) -> gradio.Markdown:
    """Return a component for HTML of our own. Not gradio.HTML: that one needs ``unsafe-eval``."""
    return gradio.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])


Shown = tuple[object, object, object, object, object, object]


def asker(
    engine: Engine, documents: Mapping[str, Document]
) -> Callable[[str | None, tuple[Turn, ...]], Iterator[Shown]]:
    """Return what the page does with a question: yield what each part of it shows next."""

    def ask(question: str | None, turns: tuple[Turn, ...]) -> Iterator[Shown]:
        text = question or ""
        number = len(turns) + 1
        same = gradio.skip()
        earlier = page.conversation(turns)
        earlier_cards = "\n\n".join(
            page.evidence(n, turn.question.text, turn.answer, documents)
            for n, turn in enumerate(turns, start=1)
            if turn.answer.citations
        )
        yield "", earlier, page.turn_block(number, text, None), earlier_cards, page.no_evidence(), same
        turn: Turn | None = None
        cited: tuple[object, ...] = ()
        try:
            for turn in paced(engine.stream(text, turns), UPDATE_SECONDS, time.monotonic):
                block = page.turn_block(number, text, turn.answer, finished=False)
                evidence = same
                if turn.answer.citations != cited:
                    cited = turn.answer.citations
                    evidence = page.evidence(number, text, turn.answer, documents)
                yield same, same, block, same, evidence, same
        except Exception as error:
            logger.error("回答问题时出错：%s: %s", type(error).__name__, error)
            logger.debug("出错的位置", exc_info=True)
            turn = None
        if turn is None:
            failed = Answer(sentences()["broken"], refused=True)
            yield same, same, page.turn_block(number, text, failed), same, page.nothing_cited(), same
            return
        kept = (*turns, turn)[-MOST_TURNS:] if text.strip() else turns
        cards = same if turn.answer.citations else page.nothing_cited()
        yield same, same, page.turn_block(number, text, turn.answer), same, cards, kept

    return ask


def paced(turns: Iterable[Turn], seconds: float, clock: Callable[[], float]) -> Iterator[Turn]:
    """Yield the first snapshot at once, then at most one in so many seconds, and always the last."""
    waiting: Turn | None = None
    due = clock()
    for turn in turns:
        if clock() >= due:
            waiting = None
            yield turn
            due = clock() + seconds
        else:
            waiting = turn
    if waiting is not None:
        yield waiting
