"""Questions and answers as HTML for the chat: pure functions, text in, safe HTML out.

Every word passes ``escape`` and stands only between tags that this module writes. Each function returns
one line without line breaks, because the page's component reads Markdown: a line that begins with a tag
and holds no blank line is taken as HTML as it stands. That component keeps no ``data-`` and ``aria-``
attributes, so a button carries in ``value`` what it acts on: the address of a route, or a number.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.conversation import Answer
from bot.web.escape import escape

NAME = "有据"
LONGEST_QUESTION = 600  # characters of a question that are shown back

_MARK = re.compile(r"\[(\d{1,4})\]")
_ITEM = re.compile(r"\s*[-•·*]\s+")

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a turn beside its words.

    ``address`` is where its routes are (``/conversations/…/turns/…``), empty where it was not kept;
    ``asked`` its number in the log; ``good`` the vote given; ``last`` whether it can be asked anew;
    ``trouble`` why it was not kept.
    """

    address: str = ""
    asked: int | None = None
    good: bool | None = None
    last: bool = False
    trouble: str = ""


def card_id(turn: int, n: int) -> str:
    """Return the anchor of the n-th citation of a turn."""
    return f"cite-{turn}-{n}"


def answer_text(answer: Answer, turn: int, words: Words) -> str:
    """Return the answer's words as paragraphs, lists and tables, each known [n] a link to its citation."""
    known = {citation.n: str(citation) for citation in answer.citations}
    places = tuple({citation.place for citation in answer.citations if citation.place})

    def linked(text: str) -> str:
        return _linked(text, known, turn, words)

    def told_of(part: str) -> str:
        place = next((place for place in places if part.startswith(f"{place}：")), "")
        head = f'<span class="place">{escape(place)}</span>' if place else ""
        return head + linked(part[len(place) :])

    def line_of(line: str) -> str:
        # The place told of next is what the eye looks for when places are compared.
        return "；".join(map(told_of, line.split("；")))

    parts: list[str] = []
    lines = [line for line in answer.text.split("\n") if line.strip()]
    for shape, run in groupby(lines, _shape):
        if shape == "table":
            parts.append(_table(list(run), linked, words))
        elif shape == "item":
            items = (line_of(_ITEM.sub("", line, count=1)) for line in run)
            parts.append("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>")
        else:
            parts += [f"<p>{line_of(line.strip())}</p>" for line in run]
    return "".join(parts)


def _shape(line: str) -> str:
    if line.startswith("| "):
        return "table"
    return "item" if _ITEM.match(line) else "line"


def _table(lines: Sequence[str], linked: Callable[[str], str], words: Words) -> str:
    """Return rows of a Markdown table as a table. A cell names its column, for screens too narrow for one."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in lines
        if set(line) - set("|- ")
    ]
    if not rows:
        return ""
    head = rows[0]
    shown = ["".join(f"<th>{linked(cell)}</th>" for cell in head)]
    for row in rows[1:]:
        labels = [*head, *[""] * len(row)]
        shown.append(
            "".join(
                f'<td><span class="column">{escape(label)}</span>{linked(cell)}</td>'
                for label, cell in zip(labels, row, strict=False)
            )
        )
    body = "".join(f"<tr>{row}</tr>" for row in shown)
    copy = f'<button type="button" class="copy-table">{escape(words["chat_copy_table"])}</button>'
    return f'<div class="comparison"><table>{body}</table>{copy if len(rows) > 1 else ""}</div>'


def _linked(line: str, known: Mapping[int, str], turn: int, words: Words) -> str:
    """Return one escaped line with its marks as links; a mark that points nowhere stays text."""
    parts: list[str] = []
    last = 0
    for mark in _MARK.finditer(line):
        n = int(mark[1])
        if n not in known:
            continue
        parts.append(escape(line[last : mark.start()]))
        target, title = card_id(turn, n), words["chat_see_evidence"].format(where=known[n])
        parts.append(f'<a class="cite" href="#{target}" title="{escape(title)}">&#91;{n}&#93;</a>')
        last = mark.end()
    return "".join([*parts, escape(line[last:])])


def turn_block(
    turn: int, question: str, answer: Answer | None, words: Words, standing: Standing | None = None
) -> str:
    """Return a question and what is known of its answer: None while nothing has come yet, and no
    ``standing`` while it still grows.
    """
    asked = question.strip()
    if len(asked) > LONGEST_QUESTION:
        long = words["chat_question_long"].format(length=len(asked))
        asked = f"{asked[:LONGEST_QUESTION]}……{long}"
    head = f'<div class="question"><span>{escape(asked)}</span></div>' if asked else ""
    if answer is None:
        state, body = "waiting", f"<p>{escape(words['chat_waiting'])}<i></i><i></i><i></i></p>"
    elif answer.refused:
        state, body = "refused", _refusal(answer, turn, words)
    else:
        state, body = "answered", answer_text(answer, turn, words)
    after = ""
    if answer is not None and standing is not None:
        body += _note(answer, standing, words)
        after = _actions(standing, words) + (_suggested(answer, words) if standing.last else "")
    growing = " open" if standing is None else ""
    return (
        f'<section class="turn{growing}" id="turn-{turn}">{head}'
        f'<div class="answer {state}">{body}</div>{after}</section>'
    )


def _refusal(answer: Answer, turn: int, words: Words) -> str:
    """Return a refusal: what is said, and why."""
    reason = answer.reason or ""
    # The sentence often carries the reason already; saying it twice would read as scolding.
    why = f'<p class="reason">{escape(reason)}</p>' if reason and reason not in answer.text else ""
    return (answer_text(answer, turn, words) + why) or f"<p>{escape(words['chat_nothing_cited'])}</p>"


def _note(answer: Answer, standing: Standing, words: Words) -> str:
    """Return the line under an answer: how much it rests on, how long it took, or that it was not kept."""
    count = len(answer.citations)
    parts = []
    if count:
        name = words["chat_sources_one" if count == 1 else "chat_sources"].format(count=count)
        route = f"{standing.address}/evidence" if standing.address else ""
        parts.append(f'<button type="button" class="sources" value="{escape(route)}">{escape(name)}</button>')
    elif not answer.refused:
        parts.append(f"<span>{escape(words['chat_no_sources'])}</span>")
    if answer.seconds:
        took = words["chat_took"].format(seconds=f"{answer.seconds:.2f}")
        parts.append(f"<span>{escape(took)}</span>")
    if standing.trouble:
        trouble = words["chat_not_kept"].format(why=standing.trouble)
        parts.append(f'<span class="trouble" role="alert">{escape(trouble)}</span>')
    return f'<p class="note">{"".join(parts)}</p>' if parts else ""


def _actions(standing: Standing, words: Words) -> str:
    """Return the buttons under an answer."""

    def button(name: str, label: str, value: str) -> str:
        said = escape(words[f"chat_{label}"])
        return (
            f'<button type="button" class="{name}" value="{escape(value)}" title="{said}">'
            f"<i></i><span>{said}</span></button>"
        )

    shown = [button("copy", "copy", f"{standing.address}/plain" if standing.address else "")]
    if standing.address:
        route = f"{standing.address}/feedback"
        up, down = (" given" if standing.good is vote else "" for vote in (True, False))
        shown += [button(f"thumb up{up}", "up", route), button(f"thumb down{down}", "down", route)]
    if standing.last:
        number = "" if standing.asked is None else str(standing.asked)
        shown += [button("retry", "retry", number), button("edit", "edit", number)]
    return f'<div class="actions">{"".join(shown)}</div>'


def _suggested(answer: Answer, words: Words) -> str:
    return questions(answer.suggestions, words["chat_try" if answer.refused else "chat_ask_also"])


def questions(offered: Sequence[str], label: str) -> str:
    """Return questions as buttons that ask them."""
    if not offered:
        return ""
    buttons = "".join(f'<button type="button" class="ask">{escape(text)}</button>' for text in offered)
    return f'<div class="questions"><span class="label">{escape(label)}</span>{buttons}</div>'


def welcome(offered: Sequence[str], documents: int, words: Words) -> str:
    """Return what stands where the answers will be before anything is asked."""
    held = words["chat_held" if documents else "chat_holds_nothing"].format(count=documents)
    how = words["chat_how"] if documents else words["chat_add_documents"]
    return (
        f'<section class="welcome"><h2>{escape(words["chat_welcome"])}</h2>'
        f'<p>{escape(held)}<a href="/documents">{escape(words["chat_see_documents"])}</a></p>'
        f"<p>{escape(how)}</p>{questions(offered, words['chat_first'])}</section>"
    )


def line(name: str, words: Words, **values: object) -> str:
    """Return a sentence that stands where something else would."""
    return f'<p class="line {name}">{escape(words[name].format(**values))}</p>'


def notice(text: str) -> str:
    """Return a sentence above the question box, read out to whoever cannot see it."""
    return f'<p class="warning" role="alert">{escape(text)}</p>'


def heading(words: Words) -> str:
    """Return the heading of the page, for whoever finds the way by headings."""
    return f'<h1 class="unseen">{escape(words["chat_title"])}</h1>'


def evidence_head(words: Words) -> str:
    """Return the head of the panel of citations, with what closes it where it lies over the conversation."""
    close = escape(words["chat_evidence_close"])
    return (
        f'<div class="evidence-head"><h2>{escape(words["chat_evidence"])}</h2>'
        f'<button type="button" class="close-evidence" title="{close}">'
        f'<span class="unseen">{close}</span>✕</button></div>'
    )


def shorten(text: str, length: int) -> str:
    """Return text on one line, at most ``length`` characters before the dots."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def years(about: Sequence[int]) -> str:
    """Write the years a document is about: ``2017年``, ``2021—2025年``, ``2019、2022年``."""
    if not about:
        return ""
    ordered = sorted(set(about))
    if len(ordered) > 1 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}—{ordered[-1]}年"
    return "、".join(str(year) for year in ordered) + "年"
