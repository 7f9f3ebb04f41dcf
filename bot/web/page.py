"""Answers and citations as HTML for the web page: pure functions, text in, safe HTML out.

Every word shown comes from somewhere else (a question, a document, a file name), so every word is
hostile: it passes ``escape`` and stands only between tags that this module writes. Each function
returns one line without line breaks, because the page's component reads Markdown: a line that begins
with a tag and holds no blank line is taken as HTML as it stands.
"""

import re
from collections.abc import Mapping, Sequence

from bot.conversation import Answer, Citation, Turn, inner
from index.document import Document

NAME = "有据"
MOTTO = "问政策，答有据"
FOOTER = "回答均摘自原文，请以原文为准。"
LONGEST_QUESTION = 600  # characters of a question that are shown back
MOST_LISTED = 500  # documents listed by name in the panel

# Besides what HTML reads, what Markdown reads: a citation whose words are `![](…)` must stay words.
_SPECIAL = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`*_[]()!#|~\\{}$@="}
# Control and direction-changing characters carry no words but can reorder or hide the words around.
_INVISIBLE = dict.fromkeys(
    [
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
        *range(0xD800, 0xE000),  # half characters, which no encoding can send
    ]
)
_SAFE = {**_INVISIBLE, **_SPECIAL, ord("\n"): " ", ord("\t"): " ", ord("\r"): " "}
_MARK = re.compile(r"\[(\d{1,4})\]")
_ITEM = re.compile(r"\s*[-•·*]\s+")


def escape(text: str) -> str:
    """Return text that HTML and Markdown both show letter by letter, line breaks as spaces."""
    return text.translate(_SAFE)


def card_id(turn: int, n: int) -> str:
    """Return the anchor of the n-th citation of a turn."""
    return f"cite-{turn}-{n}"


def answer_text(answer: Answer, turn: int) -> str:
    """Return the answer's words as paragraphs and lists, each known [n] a link to its citation."""
    known = {citation.n: str(citation) for citation in answer.citations}
    places = tuple({citation.place for citation in answer.citations if citation.place})
    parts: list[str] = []
    in_list = False
    lines = answer.text.split("\n")
    for position, line in enumerate(lines):
        if not line.strip():
            continue
        if line.startswith("| "):
            first = position == 0 or not lines[position - 1].startswith("| ")
            parts.append(_row(line, known, turn, first))
            continue
        item = _ITEM.match(line)
        if bool(item) != in_list:
            parts.append("<ul>" if item else "</ul>")
            in_list = bool(item)
        line = line[item.end() :] if item else line.strip()
        # The place that a line begins with is what the eye looks for when places are compared.
        place = next((place for place in places if line.startswith(f"{place}：")), "")
        words = _linked(line[len(place) :], known, turn)
        words = f'<span class="place">{escape(place)}</span>{words}' if place else words
        parts.append(f"<li>{words}</li>" if item else f"<p>{words}</p>")
    if in_list:
        parts.append("</ul>")
    return "".join(parts).replace("</table><table><tr><td>", "<tr><td>")


def _row(line: str, known: Mapping[int, str], turn: int, first: bool) -> str:
    """Return one row of a Markdown table as a table, which joins the row before; nothing for its rule."""
    cells = line.strip().strip("|").split(" | ")
    if not set(line) - set("|- "):
        return ""
    tag = "th" if first else "td"
    row = "".join(f"<{tag}>{_linked(cell.strip(), known, turn)}</{tag}>" for cell in cells)
    return f"<table><tr>{row}</tr></table>"


def _linked(line: str, known: Mapping[int, str], turn: int) -> str:
    """Return one escaped line with its marks as links; a mark that points nowhere stays text."""
    parts: list[str] = []
    last = 0
    for mark in _MARK.finditer(line):
        n = int(mark[1])
        if n not in known:
            continue
        parts.append(escape(line[last : mark.start()]))
        target, title = card_id(turn, n), f"查看依据：{known[n]}"
        parts.append(f'<a class="cite" href="#{target}" title="{escape(title)}">&#91;{n}&#93;</a>')
        last = mark.end()
    return "".join([*parts, escape(line[last:])])


def turn_block(turn: int, question: str, answer: Answer | None, finished: bool = True) -> str:
    """Return a question and what is known of its answer; None while nothing has come yet."""
    asked = question.strip()
    if len(asked) > LONGEST_QUESTION:
        asked = f"{asked[:LONGEST_QUESTION]}……（问题共 {len(asked)} 字）"
    head = f'<div class="question"><span>{escape(asked)}</span></div>' if asked else ""
    if answer is None:
        body = '<div class="answer waiting"><p>正在查找依据<i></i><i></i><i></i></p></div>'
    elif answer.refused:
        body = _refusal(answer, turn)
    else:
        state = "answer" if finished else "answer growing"
        note = f'<p class="note">{_note(answer)}</p>' if finished else ""
        more = _questions(answer.suggestions, "还可以问") if finished else ""
        body = f'<div class="{state}">{answer_text(answer, turn)}{note}{more}</div>'
    return f'<section class="turn" id="turn-{turn}">{head}{body}</section>'


def _note(answer: Answer) -> str:
    count = len(answer.citations)
    found = f"{count} 处依据" if count else "没有依据"
    return f"{found}，用时 {answer.seconds:.2f} 秒" if answer.seconds else found


def _refusal(answer: Answer, turn: int) -> str:
    """Return a refusal: what is said, why, and what could be asked instead."""
    reason = answer.reason or ""
    # The sentence often carries the reason already; saying it twice would read as scolding.
    why = f'<p class="reason">{escape(reason)}</p>' if reason and reason not in answer.text else ""
    words = answer_text(answer, turn) or ("" if why else "<p>没有找到可以作为依据的原文。</p>")
    return f'<div class="answer refused">{words}{why}{_questions(answer.suggestions, "可以试试")}</div>'


def _questions(questions: Sequence[str], label: str) -> str:
    """Return questions as buttons that ask them."""
    if not questions:
        return ""
    buttons = "".join(f'<button type="button" class="ask">{escape(text)}</button>' for text in questions)
    return f'<div class="questions"><span class="label">{escape(label)}</span>{buttons}</div>'


def conversation(turns: Sequence[Turn], first: int = 1) -> str:
    """Return finished turns, one block each, numbered from ``first``."""
    return "\n\n".join(
        turn_block(number, turn.question.text, turn.answer) for number, turn in enumerate(turns, start=first)
    )


def welcome(examples: Sequence[str], documents: int) -> str:
    """Return what stands where the answers will be before anything is asked."""
    held = f"已收录 {documents} 份文件。" if documents else "还没有收录文件。"
    return (
        '<section class="welcome"><h2>想了解哪项政策？</h2>'
        f"<p>{held}用平常的话提问即可，每句回答都注明出自哪份文件的哪一条，并附上原文。</p>"
        f"{_questions(examples, '试着问一问')}</section>"
    )


def no_evidence() -> str:
    """Return what stands where the citations will be before there are any."""
    return (
        '<section class="nothing"><p>点回答里的 <span class="cite">&#91;1&#93;</span>，'
        "这里打开它所依据的那一条原文，引用的句子会标出来。</p></section>"
    )


def nothing_cited() -> str:
    """Return what stands where the citations would be of an answer that has none."""
    return '<section class="nothing"><p>没有查到可以引用的原文。</p></section>'


def evidence(turn: int, question: str, answer: Answer, documents: Mapping[str, Document]) -> str:
    """Return a turn's citation cards, one block each, the first one open."""
    title = f'<p class="evidence-of turn-{turn}">{escape(shorten(question.strip(), 40))}</p>'
    cards = [
        card(turn, citation, documents.get(citation.document_id), opened=place == 0)
        for place, citation in enumerate(answer.citations)
    ]
    return "\n\n".join([title, *cards])


def card(turn: int, citation: Citation, document: Document | None, opened: bool = False) -> str:
    """Return one citation: where it stands, and its words highlighted inside their whole section."""
    heading = f'<span class="heading">{escape(citation.heading)}</span>' if citation.heading else ""
    source = "，".join(part for part in (citation.place, citation.source) if part)
    return (
        f'<details class="card turn-{turn}" id="{card_id(turn, citation.n)}"{" open" if opened else ""}>'
        f'<summary><span class="number">{citation.n}</span><span class="where">'
        f'<span class="title">《{escape(inner(citation.document))}》</span>'
        f'<span class="address">{escape(citation.address)}</span>{heading}'
        f'<span class="snippet">{escape(shorten(citation.quote, 60))}</span></span></summary>'
        f'<div class="section" tabindex="0">{section_html(citation, document)}</div>'
        f'<p class="source"><span>{escape(source)}</span><a class="back" href="#turn-{turn}">回到回答</a></p>'
        "</details>"
    )


def section_html(citation: Citation, document: Document | None) -> str:
    """Return the cited section line by line, the quote in ``mark``; the quote alone where the
    document does not hold it at that place (an index rebuilt meanwhile).
    """
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return _lines(citation.quote, 0, len(citation.quote))
    begin = max(0, min(citation.section_start, citation.start))
    end = max(citation.section_end, citation.end)
    return _lines(document.text[begin:end], citation.start - begin, citation.end - begin)


def _lines(text: str, start: int, end: int) -> str:
    """Return text as paragraphs and table rows, the characters from start to end marked."""
    parts: list[str] = []
    position = 0
    for line in text.split("\n"):
        cells = line.split("\t")
        shown: list[str] = []
        for cell in cells:
            shown.append(_marked(cell, start - position, end - position))
            position += len(cell) + 1  # the tab or the line end behind it
        if not line.strip():
            continue
        if len(cells) > 1:
            row = "".join(f"<span>{cell}</span>" for cell in shown)
            parts.append(f'<div class="row">{row}</div>')
        else:
            parts.append(f"<p>{shown[0]}</p>")
    return "".join(parts)


def _marked(text: str, start: int, end: int) -> str:
    """Return escaped text with the characters from start to end, where it has any of them, marked.
    White space at the edges goes: the page indents by itself.
    """
    left = len(text) - len(text.lstrip())
    right = len(text.rstrip())
    start, end = max(start, left), min(end, right)
    if start >= end:
        return escape(text.strip())
    before, quote, after = text[left:start], text[start:end], text[end:right]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"


def library(documents: Sequence[Document]) -> str:
    """Return the collapsed list of the documents in the base: title, place, years, number."""
    rows: list[str] = []
    for document in documents[:MOST_LISTED]:
        about = [document.place, years(document.years), document.number]
        facts = "　".join(escape(fact) for fact in about if fact)
        rows.append(
            f'<li><span class="title">《{escape(inner(document.title))}》</span><span>{facts}</span></li>'
        )
    if len(documents) > MOST_LISTED:
        rows.append(f"<li>另有 {len(documents) - MOST_LISTED} 份未逐一列出</li>")
    return (
        f'<details class="library"><summary>收录的文件（{len(documents)} 份）</summary>'
        f"<ul>{''.join(rows)}</ul></details>"
    )


def years(about: Sequence[int]) -> str:
    """Write the years a document is about: ``2017年``, ``2021—2025年``, ``2019、2022年``."""
    if not about:
        return ""
    ordered = sorted(set(about))
    if len(ordered) > 1 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}—{ordered[-1]}年"
    return "、".join(str(year) for year in ordered) + "年"


def shorten(text: str, length: int) -> str:
    """Return text on one line, at most ``length`` characters before the dots."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def header() -> str:
    """Return the name of the product and what it promises."""
    return f'<div class="brand"><h1>{NAME}</h1><span>{MOTTO}</span></div>'


def footer() -> str:
    """Return the line that stands under everything."""
    return f'<p class="footer">{FOOTER}</p>'
