"""The chat page, and the only door to Gradio: a question box, the answer as it grows, its citations.

The frame around it (bar, list of conversations, dialogs) is a template, put there by ``bot.web.shell``.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Read by Gradio itself: nothing may be reported to anyone, and no statistics of all events so far are
# to be computed with pandas after each event.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)

import gradio
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from bot.serving import Base
from bot.state.records import Person
from bot.web import page, scenes
from bot.web.access import counted_as
from bot.web.limits import TooManyAsksError
from bot.web.page import Words
from bot.web.scenes import Shown
from bot.web.scopes import Choices, choices, scope_of
from bot.web.site import person_of
from bot.web.talks import BusyError, Talks, Wish
from index.document import Scope
from prompts import interface

THREADS = 400  # Gradio's own limit of 40 caps all users together
ASKING_AT_ONCE = 100
WAITING_AT_MOST = 1000
LONGEST_IDENTITY = 100

Offers = Callable[[Base], Sequence[str]]


@dataclass(frozen=True)
class Suggestions:
    """What is offered to ask: before anything is asked, and after an answer."""

    first: Offers
    following: Callable[[Base, Sequence[Any], Scope], Sequence[str]]


def mount(app: FastAPI, talks: Talks, suggestions: Suggestions, language: str, path: str) -> FastAPI:
    """Mount the chat in a language at a path of ``app`` and return the application.

    Not to be called where no event loop runs: Gradio would open one for each lock and never close it.
    """
    blocks = _Chat(talks, suggestions, interface(language)).blocks()
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


def _html(value: str, name: str) -> gradio.Markdown:
    """Return a component for HTML of our own. Not gradio.HTML: that one needs ``unsafe-eval``."""
    return gradio.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])


class _Chat:
    """The page in one language: its parts by name, and its events."""

    def __init__(self, talks: Talks, suggestions: Suggestions, words: Words) -> None:
        self._talks, self._suggestions, self._words = talks, suggestions, words
        self._parts: dict[str, Any] = {}

    def blocks(self) -> gradio.Blocks:
        """Return the page: conversation and question box on one side, evidence on the other."""
        blocks: gradio.Blocks
        with gradio.Blocks(
            title=self._words["chat_title"], analytics_enabled=False, fill_width=True
        ) as blocks:
            with gradio.Row(elem_id="desk"):
                with gradio.Column(elem_id="talk"):
                    with gradio.Column(elem_id="turns"):
                        _html(page.heading(self._words), "heading")
                        for name in ("past", "current", "more"):
                            self._parts[name] = _html("", name)
                    self._foot()
                with gradio.Column(elem_id="evidence"):
                    _html(page.evidence_head(self._words), "evidence-head")
                    self._parts["cards"] = _html("", "cards")
            # Set by the page's script, so that one event serves all the ways to ask or open.
            for name in ("conversation", "replaces"):
                self._parts[name] = gradio.Textbox(elem_id=name, show_label=False, container=False)
            opener = gradio.Button(elem_id="open")
            self._events(blocks, opener)
        return blocks

    def _foot(self) -> None:
        """Add what stands below the turns: the scope, notices, the question box."""
        words = self._words
        self._parts["notice"] = _html("", "notice")
        with gradio.Column(elem_id="scope-bar"):
            with gradio.Accordion(words["chat_scope"], open=False, elem_id="scope"):
                for name in ("places", "years", "documents"):
                    self._parts[name] = gradio.Dropdown(
                        [],
                        multiselect=True,
                        label=words[f"chat_{name}"],
                        elem_id=f"scope-{name}",
                        filterable=True,
                    )
                self._parts["limited"] = _html("", "limited")
            with gradio.Row(elem_id="chosen"):
                self._parts["scope"] = _html("", "scope-line")
                self._parts["clear"] = gradio.Button(
                    words["chat_scope_clear"], elem_id="scope-clear", visible=False
                )
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
            self._parts["send"] = gradio.Button(
                words["chat_send"], variant="primary", elem_id="send", min_width=72
            )
            self._parts["stop"] = gradio.Button(words["chat_stop"], elem_id="stop", min_width=72)

    def _events(self, blocks: gradio.Blocks, opener: gradio.Button) -> None:
        parts = self._parts
        shared: dict[str, Any] = {
            "api_visibility": "private",
            "show_progress": "hidden",
            "concurrency_limit": ASKING_AT_ONCE,
            # Values come as they are: whether a place is one of those offered is for the engine to find out,
            # not for what Gradio remembers of this page, which a restart of the server forgets.
            "preprocess": False,
        }
        everything = [part for name, part in parts.items() if name not in ("send", "stop")]
        chosen = [parts[name] for name in ("places", "years", "documents")]
        about = [parts["scope"], parts["clear"], parts["documents"], parts["limited"]]
        blocks.load(self._load, outputs=everything, **shared)
        opener.click(self._open, inputs=[parts["conversation"]], outputs=everything, **shared)
        asking = gradio.on(
            [parts["box"].submit, parts["send"].click],
            self._ask,
            inputs=[parts["box"], parts["conversation"], parts["replaces"], *chosen],
            outputs=everything,
            trigger_mode="once",
            **shared,
        )
        # After the answer, never before it: whoever reads does not wait for what to ask next.
        asking.then(self._follow, inputs=[parts["conversation"]], outputs=[parts["more"]], **shared)
        parts["stop"].click(self._stop, inputs=[parts["conversation"]], **shared)
        for dropdown in chosen:
            dropdown.input(self._choose, inputs=[parts["conversation"], *chosen], outputs=about, **shared)
        parts["clear"].click(
            self._clear, inputs=[parts["conversation"]], outputs=[*chosen, *about[:2], about[3]], **shared
        )

    def _shown(self, values: Mapping[str, object]) -> dict[Any, object]:
        """Return values by their components, as Gradio takes them."""
        return {self._parts[name]: value for name, value in values.items()}

    def _load(self, request: gradio.Request) -> Iterator[dict[Any, object]]:
        """Show the conversation that the page's address names."""
        yield from self._open(request.query_params.get("c", ""), request)

    def _open(self, identity: object, request: gradio.Request) -> Iterator[dict[Any, object]]:
        """Show a conversation, a new one where none is named, and go on with what is being answered in it."""
        opened = self._talks.open(_person(request), _text(identity)[:LONGEST_IDENTITY])
        scope = opened.conversation.scope if opened.conversation else Scope()
        with self._talks.site.serving.base() as base:
            offered = choices(base.documents, scope, self._words)
            if opened.turns:
                view = scenes.conversation_page(opened, base.documents, self._words)
            else:
                view = scenes.first_page(self._suggestions.first(base), len(base.documents), self._words)
                if opened.conversation:
                    view["conversation"] = opened.conversation.id
            if opened.trouble:
                view["notice"] = page.line("chat_gone", self._words, why=opened.trouble)
            view["scope"] = scenes.scope_line(scope, base.documents, self._words)
        yield self._shown({**view, **_dropdowns(offered), "clear": gradio.update(visible=scope != Scope())})
        if opened.running:
            yield self._shown(scenes.past(opened, opened.turns, self._words))
            for view in scenes.growing(opened.running, opened, self._words):
                yield self._shown(dict(view))

    def _ask(
        self,
        question: object,
        identity: object,
        replaces: object,
        places: object,
        years: object,
        documents: object,
        request: gradio.Request,
    ) -> Iterator[dict[Any, object]]:
        """Answer a question, piece by piece."""
        text = _text(question).strip()
        if not text:
            yield self._shown({"box": ""})
            return
        last = _text(replaces)
        number = int(last) if last.isascii() and last.isdigit() else None
        wish = Wish(text, _text(identity)[:LONGEST_IDENTITY], number, scope_of(places, years, documents))
        try:
            asking, before = self._talks.ask(_person(request), wish, counted_as(_connection(request)))
        except (BusyError, TooManyAsksError) as error:
            yield self._shown({"notice": page.notice(error.said(self._words))})
            return
        start: Shown = {
            "box": "",
            "notice": "",
            "more": "",
            "replaces": "",
            **scenes.past(before, before.turns, self._words),
            "cards": page.line("chat_no_evidence", self._words),
        }
        yield self._shown(dict(start))
        for view in scenes.growing(asking, before, self._words):
            yield self._shown(dict(view))

    def _follow(self, identity: object, request: gradio.Request) -> str:
        """Return what can be asked next."""
        opened = self._talks.open(_person(request), _text(identity)[:LONGEST_IDENTITY])
        if not opened.turns or not opened.conversation or opened.turns[-1].turn.answer.suggestions:
            return ""
        history = [kept.turn for kept in opened.turns]
        with self._talks.site.serving.base() as base:
            offered = self._suggestions.following(base, history, opened.conversation.scope)
        return page.questions(offered, self._words["chat_more_like"])

    def _stop(self, identity: object, request: gradio.Request) -> None:
        """Stop the answer under way."""
        self._talks.stop(_person(request), _text(identity)[:LONGEST_IDENTITY], self._words["chat_stopped"])

    def _choose(
        self,
        identity: object,
        places: object,
        years: object,
        documents: object,
        request: gradio.Request,
    ) -> dict[Any, object]:
        """Keep a chosen scope, say it, and offer the documents that lie in the places and years."""
        scope = scope_of(places, years, documents)
        self._talks.choose(_person(request), _text(identity)[:LONGEST_IDENTITY], scope)
        with self._talks.site.serving.base() as base:
            offered = choices(base.documents, scope, self._words)
            line = scenes.scope_line(scope, base.documents, self._words)
        dropdowns = _dropdowns(offered)
        return self._shown(
            {
                "scope": line,
                "clear": gradio.update(visible=scope != Scope()),
                "documents": dropdowns["documents"],
                "limited": dropdowns["limited"],
            }
        )

    def _clear(self, identity: object, request: gradio.Request) -> dict[Any, object]:
        """Look everywhere again."""
        self._talks.choose(_person(request), _text(identity)[:LONGEST_IDENTITY], Scope())
        with self._talks.site.serving.base() as base:
            offered = choices(base.documents, Scope(), self._words)
        line = scenes.scope_line(Scope(), {}, self._words)
        return self._shown({**_dropdowns(offered), "scope": line, "clear": gradio.update(visible=False)})


def _text(value: object) -> str:
    """Return what a text field sent: anything may come from a page that is not ours."""
    return value if isinstance(value, str) else ""


def _dropdowns(offered: Choices) -> dict[str, object]:
    """Return what the fields of the scope offer and hold."""
    updates: dict[str, object] = {
        name: gradio.update(choices=list(field.offered), value=list(field.chosen))
        for name, field in offered.fields.items()
    }
    return {**updates, "limited": offered.note}


def _person(request: gradio.Request) -> Person:
    return person_of(_connection(request))


def _connection(request: gradio.Request) -> HTTPConnection:
    assert isinstance(request.request, HTTPConnection)
    return request.request
