"""An answer in WeCom's form: short, cited, safe to show, cut to the platform's sizes. Pure functions."""

import re
from collections.abc import Callable, Sequence

from bot.conversation import Answer, Citation

STREAM_BYTES = 20_480  # an AI bot's message; the platform refuses or cuts what is longer (path/101031)
TEXT_BYTES = 2_048  # an application's message; the rest is silently cut (path/90236)
MARGIN = 60  # bytes kept free for the numbering
QUOTE = 120  # characters of a quote
_CLAUSE = re.compile(r"[，。；：、！？,;!?]")
_ENDS = ("\n\n", "\n", "。", "；", "，", " ")
# What could mention somebody, open a link or change the look: broken up, the letters stay readable.
_LIVE = re.compile(r"<(?=[a-zA-Z/@!])|@(?=all|所有人)|(?<=\])[(:]|!(?=\[)|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_WORD_JOINER = "\u2060"
_UNSEEN = ("\u200b", "\u200c")
MARK_BYTES = 36

Link = Callable[[Citation], str]


def harmless(text: str) -> str:
    """Return text that mentions nobody, links nowhere and renders as it is written."""
    return _LIVE.sub(lambda match: _broken(match[0]), _INVISIBLE.sub("", text))


def _broken(mark: str) -> str:
    return {"<": "＜", "@": "＠", "(": "（", "!": "！", ":": "："}.get(
        mark, mark[0] + _WORD_JOINER + mark[1:]
    )


def shortened(quote: str, length: int = QUOTE) -> str:
    """Return a quote on one line, cut at the end of a clause where it is too long."""
    line = " ".join(quote.split())
    if len(line) <= length:
        return line
    ends = [match.end() for match in _CLAUSE.finditer(line, length // 3, length)]
    return line[: ends[-1] if ends else length].rstrip("，、；：,;") + "……"


def markdown(answer: Answer, link: Link) -> str:
    """Write an answer for where markdown is shown: the text, then each citation with quote and link."""
    lines = [_table_free(harmless(answer.text))]
    if answer.citations:
        lines.append("**依据**")
        lines += [
            f"> [{c.n}] {_address(c, link)}：“{harmless(shortened(c.quote))}”" for c in answer.citations
        ]
    return "\n".join([*lines, *_offers(answer.suggestions)])


def plain(answer: Answer, link: Link) -> str:
    """Write an answer for where markdown is not shown."""
    lines = [_table_free(harmless(answer.text))]
    if answer.citations:
        lines.append("依据：")
        for citation in answer.citations:
            url = link(citation)
            lines.append(f"[{citation.n}] {harmless(str(citation))}：“{harmless(shortened(citation.quote))}”")
            lines += [url] if url else []
    return "\n".join([*lines, *_offers(answer.suggestions)])


def _address(citation: Citation, link: Link) -> str:
    url, words = link(citation), harmless(str(citation))
    return f"[{words.replace('[', '［').replace(']', '］')}]({url})" if url else words


def _offers(suggestions: Sequence[str]) -> list[str]:
    return ["可以改问：", *(f"- {harmless(text)}" for text in suggestions)] if suggestions else []


def _table_free(text: str) -> str:
    """Return text with each row of a table as a line, ``place：what holds``: phones show no tables."""
    lines = []
    rows = 0
    for line in text.split("\n"):
        if not line.startswith("|"):
            rows = 0
            lines.append(line)
            continue
        rows += 1
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if rows > 1 and set(line) - set("|- "):  # neither the head nor the rule below it
            lines.append("：".join(cell for cell in cells if cell))
    return "\n".join(lines)


def pieces(text: str, limit: int) -> list[str]:
    """Split text into messages of at most ``limit`` bytes of UTF-8, at the end of a paragraph, a sentence
    or a clause, numbered where there are several. Joined without their numbers they give the text again,
    white space at the cuts aside.
    """
    if len(text.encode()) <= limit:
        return [text]
    parts: list[str] = []
    rest = text
    while rest:
        head = _head(rest, limit - MARGIN)
        parts.append(head.strip())
        rest = rest[len(head) :].lstrip()
    parts = [part for part in parts if part]
    return [f"({number}/{len(parts)}) {part}" for number, part in enumerate(parts, start=1)]


def _head(text: str, limit: int) -> str:
    """Return the longest beginning that fits, cut back to a good end in its second half."""
    head = text.encode()[:limit].decode("utf-8", "ignore")
    if len(head) == len(text):
        return head
    for end in _ENDS:
        at = head.rfind(end)
        if at > len(head) // 2:
            return head[: at + len(end)]
    return head


def fitted(text: str, limit: int) -> str:
    """Return text that fits one message; what does not fit is said to be left out."""
    if len(text.encode()) <= limit:
        return text
    more = "\n（内容较长，其余请到网页查看）"
    return _head(text, limit - len(more.encode())).rstrip() + more


def marked(text: str, number: int) -> str:
    """Return text with ``MARK_BYTES`` more that nobody sees and that spell a number.

    WeCom delivers the same text once in half an hour: right for a message sent again after a crash, wrong
    for the same answer to a question asked again.
    """
    return text + "".join(_UNSEEN[bit == "1"] for bit in f"{number % 4096:012b}")
