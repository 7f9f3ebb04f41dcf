"""What the chat's events do: values in from the page, what its parts show out. Knows nothing of Gradio.

A part shows HTML or text; a field of the scope takes a ``Field``; a button is shown or not.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from starlette.requests import HTTPConnection

from bot.conversation import Turn
from bot.serving import Base
from bot.web import page, scenes
from bot.web.access import counted_as
from bot.web.limits import TooManyAsksError
from bot.web.page import Words
from bot.web.scopes import Choices, Field, choices, scope_of
from bot.web.site import person_of
from bot.web.talks import BusyError, Talks, Wish
from index.document import Document, Scope

LONGEST_IDENTITY = 100

Shown = Mapping[str, str | Field | bool]


class Offers(Protocol):
    """What is offered to ask."""

    def first(self, base: Base) -> Sequence[str]:
        """Return questions to begin with."""
        ...

    def following(self, base: Base, history: Sequence[Turn], scope: Scope) -> Sequence[str]:
        """Return questions to go on with after the last turn."""
        ...


class Events:
    """The events of the chat in one language."""

    def __init__(self, talks: Talks, offers: Offers, words: Words) -> None:
        self._talks, self._offers, self._words = talks, offers, words

    def load(self, connection: HTTPConnection) -> Iterator[Shown]:
        """Show the conversation that the page's address names."""
        return self.open(connection, connection.query_params.get("c", ""))

    def open(self, connection: HTTPConnection, identity: object) -> Iterator[Shown]:
        """Show a conversation, a new one where none is named, and go on with what is being answered in it."""
        opened = self._talks.open(person_of(connection), _text(identity))
        scope = opened.conversation.scope if opened.conversation else Scope()
        with self._talks.site.serving.base() as base:
            shown: dict[str, str | Field | bool] = {**self._scope(scope, base.documents)}
            if opened.turns:
                shown |= scenes.conversation_page(opened, base.documents, self._words)
            else:
                shown |= scenes.first_page(self._offers.first(base), len(base.documents), self._words)
        if opened.conversation:
            shown["conversation"] = opened.conversation.id
        if opened.trouble:
            shown["notice"] = page.notice(self._words["chat_gone"].format(why=opened.trouble))
        yield shown
        if opened.running:
            yield scenes.past(opened, opened.turns, self._words)
            yield from scenes.growing(opened.running, opened, self._words)

    def ask(
        self,
        connection: HTTPConnection,
        question: object,
        identity: object,
        replaces: object,
        places: object,
        years: object,
        documents: object,
    ) -> Iterator[Shown]:
        """Answer a question, piece by piece."""
        text, last = _text(question).strip(), _text(replaces)
        if not text:
            yield {"box": ""}
            return
        number = int(last) if last.isascii() and last.isdigit() else None
        wish = Wish(text, _text(identity), number, scope_of(places, years, documents))
        try:
            asking, before = self._talks.ask(person_of(connection), wish, counted_as(connection))
        except (BusyError, TooManyAsksError) as error:
            yield {"notice": page.notice(error.said(self._words))}
            return
        first: dict[str, str | Field | bool] = {
            "box": "",
            "notice": "",
            "more": "",
            "replaces": "",
            **scenes.past(before, before.turns, self._words),
            "cards": page.line("chat_no_evidence", self._words),
        }
        for grown in scenes.growing(asking, before, self._words):
            yield {**first, **grown}
            first.clear()

    def follow(self, connection: HTTPConnection, identity: object) -> Shown:
        """Show what can be asked next, where the answer does not say so itself."""
        opened = self._talks.open(person_of(connection), _text(identity))
        if not opened.turns or not opened.conversation or opened.turns[-1].turn.answer.suggestions:
            return {"more": ""}
        history = [kept.turn for kept in opened.turns]
        with self._talks.site.serving.base() as base:
            offered = self._offers.following(base, history, opened.conversation.scope)
        return {"more": page.questions(offered, self._words["chat_more_like"])}

    def stop(self, connection: HTTPConnection, identity: object) -> None:
        """Stop the answer under way."""
        self._talks.stop(person_of(connection), _text(identity), self._words["chat_stopped"])

    def choose(
        self, connection: HTTPConnection, identity: object, places: object, years: object, documents: object
    ) -> Shown:
        """Keep a chosen scope, say it, and offer the documents that lie in its places and years."""
        scope = scope_of(places, years, documents)
        self._talks.choose(person_of(connection), _text(identity), scope)
        with self._talks.site.serving.base() as base:
            shown = self._scope(scope, base.documents)
        return {name: value for name, value in shown.items() if name not in ("places", "years")}

    def clear(self, connection: HTTPConnection, identity: object) -> Shown:
        """Look everywhere again."""
        self._talks.choose(person_of(connection), _text(identity), Scope())
        with self._talks.site.serving.base() as base:
            return self._scope(Scope(), base.documents)

    def _scope(self, scope: Scope, documents: Mapping[str, Document]) -> Shown:
        """Return what the fields of the scope offer and hold, and the line that says what is chosen."""
        offered: Choices = choices(documents, scope, self._words)
        line = scenes.scope_line(scope, documents, self._words)
        return {**offered.fields, "limited": offered.note, "scope": line, "clear": bool(line)}


def _text(value: object) -> str:
    """Return what a text field sent: anything may come from a page that is not ours."""
    return value if isinstance(value, str) else ""
