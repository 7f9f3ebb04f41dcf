"""What each event of the chat makes its parts show: HTML by the part's name; parts left out stay."""

from collections.abc import Iterator, Mapping, Sequence

from bot.conversation import Answer
from bot.state.records import KeptTurn
from bot.web import page
from bot.web.asking import Asking, Step
from bot.web.evidence import evidence
from bot.web.page import Standing, Words
from bot.web.talks import Opened
from index.document import Document, Scope

MOST_SHOWN = 60  # turns of a conversation on the page; more would make it slow
UPDATE_SECONDS = 0.2  # more updates a second make everybody wait when many ask at once

Shown = dict[str, str]


def address(conversation: str, asked: int) -> str:
    """Return where the routes of a kept turn are."""
    return f"/conversations/{conversation}/turns/{asked}"


def first_page(offered: Sequence[str], documents: int, words: Words) -> Shown:
    """Return the page before anything is asked."""
    return {
        "past": "",
        "current": page.welcome(offered, documents, words),
        "more": "",
        "cards": page.line("chat_no_evidence", words),
        "notice": "",
        "conversation": "",
        "replaces": "",
    }


def conversation_page(opened: Opened, documents: Mapping[str, Document], words: Words) -> Shown:
    """Return a conversation that has turns: all but the last, the last with its citations."""
    shown = past(opened, opened.turns[:-1], words)
    number, kept = len(opened.turns), opened.turns[-1]
    answer, asked = kept.turn.answer, kept.turn.question.text
    standing = _standing(opened, kept, last=True)
    return {
        **shown,
        "current": page.turn_block(number, asked, answer, words, standing),
        "more": "",
        "cards": _cards(number, asked, answer, documents, words),
        "notice": "",
        "replaces": "",
    }


def past(opened: Opened, turns: Sequence[KeptTurn], words: Words) -> Shown:
    """Return the turns above the newest one, and the conversation's name."""
    first = max(0, len(turns) - MOST_SHOWN)
    blocks = [page.line("chat_first_only", words, count=MOST_SHOWN)] if first else []
    blocks += [
        page.turn_block(number, kept.turn.question.text, kept.turn.answer, words, _standing(opened, kept))
        for number, kept in enumerate(turns[first:], start=first + 1)
    ]
    shown = {"past": "\n\n".join(blocks)}
    # Where it could not be read the page keeps the name it has: the next question finds it again.
    return {**shown, "conversation": opened.conversation.id} if opened.conversation else shown


def growing(asking: Asking, before: Opened, words: Words) -> Iterator[Shown]:
    """Yield what an answer makes the page show while it grows, and at the end."""
    number = len(before.turns) + 1
    cited: tuple[object, ...] = ()
    for step in asking.watch(UPDATE_SECONDS):
        if step.done:
            yield _ended(asking, before, number, step, words)
            return
        answer = step.turn.answer if step.turn else None
        parts = {"current": page.turn_block(number, asking.text, answer, words)}
        if answer and answer.citations != cited:
            cited = answer.citations
            parts["cards"] = evidence(number, asking.text, answer, step.documents or {}, words)
        yield parts


def _ended(asking: Asking, before: Opened, number: int, step: Step, words: Words) -> Shown:
    assert step.turn
    answer = step.turn.answer
    standing = (
        _standing(before, step.kept, last=True) if step.kept else Standing(last=True, trouble=step.trouble)
    )
    return {
        "current": page.turn_block(number, asking.text, answer, words, standing),
        "cards": _cards(number, asking.text, answer, step.documents or {}, words),
    }


def _standing(opened: Opened, kept: KeptTurn, last: bool = False) -> Standing:
    where = address(opened.conversation.id, kept.asked) if opened.conversation else ""
    return Standing(where, kept.asked, opened.votes.get(kept.asked), last)


def _cards(number: int, asked: str, answer: Answer, documents: Mapping[str, Document], words: Words) -> str:
    if not answer.citations:
        return page.line("chat_nothing_cited", words)
    return evidence(number, asked, answer, documents, words)


def scope_line(scope: Scope, documents: Mapping[str, Document], words: Words) -> str:
    """Return the line that says where is looked, nothing where everywhere; a document replaced since is left
    out.
    """
    titles = [f"《{documents[one].title}》" for one in scope.documents if one in documents]
    years = [words["chat_year"].format(year=year) for year in scope.years]
    sides = ["、".join(side) for side in (scope.places, years, titles) if side]
    if not sides:
        return ""
    return page.line("chat_scope_some", words, chosen="，".join(sides))
