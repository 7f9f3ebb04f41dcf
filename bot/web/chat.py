"""The chat page, and the only door to Gradio: a question box, the answer as it grows, its citations.

The frame around it (bar, list of conversations, dialogs) is a template, put there by ``bot.web.shell``.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

# Read by Gradio itself: nothing may be reported to anyone, and no statistics of all events so far are
# to be computed with pandas after each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from bot.web import page
from bot.web.events import Events, Shown
from bot.web.page import Words
from bot.web.scopes import SIDES, Field

THREADS = 400  # Gradio's own limit of 40 caps all users together
ASKING_AT_ONCE = 100
FOLLOWING_AT_ONCE = 3  # finding out what to ask next takes longer than an answer
WAITING_AT_MOST = 1000

Updates = dict[Any, object]  # what components show, as Gradio takes it


def mount(app: FastAPI, events: Events, words: Words, path: str) -> FastAPI:
    """Mount the chat at a path of ``app``, in the language of ``words``, and return the application.

    Not to be called where no event loop runs: Gradio would open one for each lock and never close it.
    """
    blocks = _Chat(events, words).blocks()
    blocks.max_threads = THREADS
    blocks.queue(default_concurrency_limit=ASKING_AT_ONCE, max_size=WAITING_AT_MOST, api_open=False)
    fonts = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"]
    theme = gradio.themes.Base(
        primary_hue="blue", neutral_hue="slate", font=fonts, font_mono=["ui-monospace", "monospace"]
    )
    mounted: FastAPI = gradio.mount_gradio_app(
        app,
        blocks,
        path=path,
        footer_links=[],
        run_history=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
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


class _Chat:
    """The page in one language: its parts by name, and what happens when something is done with them."""

    def __init__(self, events: Events, words: Words) -> None:
        self._events, self._words = events, words
        self._parts: dict[str, Any] = {}

    def blocks(self) -> gradio.Blocks:
        """Return the page: conversation and question box on one side, evidence on the other."""
        blocks: gradio.Blocks
        title = self._words["chat_title"]
        with gradio.Blocks(title=title, analytics_enabled=False, fill_width=True) as blocks:
            with gradio.Row(elem_id="desk"):
                with gradio.Column(elem_id="talk"):
                    with gradio.Column(elem_id="turns"):
                        _html(page.heading(self._words), "heading")
                        for name in ("past", "current", "more"):
                            self._parts[name] = _html("", name)
                    self._parts["notice"] = _html("", "notice")
                    self._scope()
                    self._box()
                with gradio.Column(elem_id="evidence"):
                    _html(page.evidence_head(self._words), "evidence-head")
                    self._parts["cards"] = _html("", "cards")
            # Set by the page's script, so that one event serves all the ways to ask or open.
            for name in ("conversation", "replaces"):
                self._parts[name] = gradio.Textbox(elem_id=name, show_label=False, container=False)
            self._parts["open"] = gradio.Button(elem_id="open")
            self._wire(blocks)
        return blocks

    def _scope(self) -> None:
        """Add the fields of the scope, folded, and the line that says what is chosen."""
        with gradio.Column(elem_id="scope-bar"):
            with gradio.Accordion(self._words["chat_scope"], open=False, elem_id="scope"):
                for name in SIDES:
                    label = self._words[f"chat_{name}"]
                    self._parts[name] = gradio.Dropdown(
                        [], multiselect=True, label=label, elem_id=f"scope-{name}"
                    )
                self._parts["limited"] = _html("", "limited")
            with gradio.Row(elem_id="chosen"):
                self._parts["scope"] = _html("", "scope-line")
                label = self._words["chat_scope_clear"]
                self._parts["clear"] = gradio.Button(label, elem_id="scope-clear", visible=False)

    def _box(self) -> None:
        """Add the question box."""
        words = self._words
        with gradio.Row(elem_id="box"):
            self._parts["box"] = gradio.Textbox(
                placeholder=words["chat_placeholder"],
                label=words["chat_question"],
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                elem_id="question",
            )
            send = gradio.Button(words["chat_send"], variant="primary", elem_id="send", min_width=72)
            stop = gradio.Button(words["chat_stop"], elem_id="stop", min_width=72)
            self._parts |= {"send": send, "stop": stop}

    def _wire(self, blocks: gradio.Blocks) -> None:
        """Say what happens when something is done with a part."""
        parts, events = self._parts, self._events
        shared: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            "concurrency_limit": ASKING_AT_ONCE,
            # Values come as they are: whether a place is one of those offered is for the engine to find out,
            # not for what Gradio remembers of this page, which a restart of the server forgets.
            "preprocess": False,
            # Nor is anything to be done with what goes out: for each part Gradio would change threads.
            "postprocess": False,
        }
        everything = [part for name, part in parts.items() if name not in ("send", "stop", "open")]
        here, sides = parts["conversation"], [parts[name] for name in SIDES]
        scope = [*sides, parts["limited"], parts["scope"], parts["clear"]]
        open_, ask = self._streamed(events.open), self._streamed(events.ask)
        blocks.load(self._streamed(events.load), outputs=everything, **shared)
        parts["open"].click(open_, inputs=[here], outputs=everything, **shared)
        asking = gradio.on(
            [parts["box"].submit, parts["send"].click],
            ask,
            inputs=[parts["box"], here, parts["replaces"], *sides],
            outputs=[part for part in everything if part not in scope],
            trigger_mode="once",
            **shared,
        )
        # After the answer, never before it: whoever reads does not wait for what to ask next. Few at once, so
        # that nobody else's answer waits for it either.
        later = {**shared, "concurrency_limit": FOLLOWING_AT_ONCE}
        asking.then(self._once(events.follow), inputs=[here], outputs=[parts["more"]], **later)
        parts["stop"].click(self._once(events.stop), inputs=[here], **shared)
        for side in sides:
            side.input(self._once(events.choose), inputs=[here, *sides], outputs=scope[2:], **shared)
        parts["clear"].click(self._once(events.clear), inputs=[here], outputs=scope, **shared)

    def _streamed(self, event: Callable[..., Iterator[Shown]]) -> Callable[..., Iterator[Updates]]:
        """Return an event that shows several things one after another, as Gradio calls it."""

        @_called_like(event)
        def streamed(request: gradio.Request, *values: object) -> Iterator[Updates]:
            before: Updates = {}
            for shown in event(_connection(request), *values):
                updates = self._updates(shown)
                yield {**before, **updates}
                # Texts are shown again as they are, because Gradio makes a component anew for each part left
                # out. Not in the question box, nor what is chosen: somebody may be at it.
                texts = {part: value for part, value in updates.items() if isinstance(value, str)}
                texts.pop(self._parts["box"], None)
                before |= texts

        return streamed

    def _once(self, event: Callable[..., Shown | None]) -> Callable[..., Updates | None]:
        """Return an event that shows something once, as Gradio calls it."""

        @_called_like(event)
        def once(request: gradio.Request, *values: object) -> Updates | None:
            shown = event(_connection(request), *values)
            return None if shown is None else self._updates(shown)

        return once

    def _updates(self, shown: Shown) -> Updates:
        updates: Updates = {}
        for name, value in shown.items():
            if isinstance(value, Field):
                update: object = gradio.update(choices=list(value.offered), value=list(value.chosen))
            else:
                update = gradio.update(visible=value) if isinstance(value, bool) else value
            updates[self._parts[name]] = update
        return updates


def _html(value: str, name: str) -> gradio.Markdown:
    """Return a component for HTML of our own. Not gradio.HTML: that one needs ``unsafe-eval``."""
    return gradio.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])


def _called_like(event: Callable[..., object]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that gives a function the name of an event: Gradio names its events by it."""

    def named(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__name__ = getattr(event, "__name__", function.__name__)
        return function

    return named


def _connection(request: gradio.Request) -> HTTPConnection:
    assert isinstance(request.request, HTTPConnection)
    return request.request
