"""What WeCom tells a bot, in one form whatever the transport: XML of an application, JSON of an AI bot."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # only the type and the error: defusedxml reads

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.wecom.crypto import EnvelopeError

LONGEST_BODY = 1_000_000  # bytes; a message of text has a few thousand
DAY, CHINA = 24 * 3600, 8 * 3600  # seconds; and of the time zone
VOTES = {"1": "good", "2": "bad", "3": "taken back"}


class Sort(StrEnum):
    """What a bot does about it."""

    QUESTION = "question"
    ENTER = "enter"  # greets
    MENU = "menu"  # a click, whose key is a question or a command
    FEEDBACK = "feedback"
    POLL = "poll"  # asks how far an answer is
    REPLACED = "replaced"  # another process has taken the connection
    UNREADABLE = "unreadable"  # a picture, a file, a place
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event.

    ``key`` is the same for every delivery of the same message. ``chat`` is the group's id, empty in a talk
    with one person. ``stream`` names the answer a poll asks for or a vote is about; ``vote`` is good, bad
    or taken back, ``reasons`` WeCom's numbers of what was wrong. ``response_url`` takes one late answer;
    ``request`` names the exchange on a long connection.
    """

    key: str
    sort: Sort
    bot: str
    user: str
    chat: str = ""
    text: str = ""
    quote: str = ""
    stream: str = ""
    vote: str = ""
    reasons: tuple[int, ...] = ()
    response_url: str = ""
    request: str = ""


def sealed_json(body: bytes) -> str:
    """Return what is encrypted in the body of an AI bot's callback; raise EnvelopeError where nothing is."""
    value = parsed(body).get("encrypt")
    if not isinstance(value, str):
        raise EnvelopeError
    return value


def sealed_xml(body: bytes) -> str:
    """Return what is encrypted in the body of an application's callback."""
    found = _tree(body).findall("Encrypt")
    if len(found) != 1:
        raise EnvelopeError
    return (found[0].text or "").strip()


def parsed(text: bytes) -> Mapping[str, Any]:
    """Return a JSON object; raise EnvelopeError on anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise EnvelopeError from None
    if not isinstance(value, dict):
        raise EnvelopeError
    return value


def from_application(text: bytes) -> Inbound:
    """Read a decrypted message of a self-built application (path/90239, path/90240)."""
    fields = {child.tag: child for child in _tree(text)}

    def of(name: str) -> str:
        element = fields.get(name)
        return (element.text or "").strip() if element is not None else ""

    user, kind, event = of("FromUserName"), of("MsgType"), of("Event")
    # Two different events of one person in one second are two events.
    distinct = (user, of("CreateTime"), event, of("EventKey"), of("TaskId"), of("ChangeType"))
    key = of("MsgId") or "|".join(distinct)
    if not user or not kind:
        raise EnvelopeError
    sort = _application_sort(kind, event)
    if sort is Sort.ENTER:
        key = f"{user}|enter|{_day(of('CreateTime'))}"  # told at every opening; greeted once a day
    return Inbound(
        key, sort, of("AgentID"), user, text=of("EventKey") if sort is Sort.MENU else of("Content")
    )


def _day(seconds: str) -> int:
    """Return the day in China that a time lies in; the same one for every time that is none."""
    return (int(seconds) + CHINA) // DAY if seconds.isascii() and seconds.isdigit() else 0


def _application_sort(kind: str, event: str) -> Sort:
    if kind == "text":
        return Sort.QUESTION
    if kind == "event":
        return {"enter_agent": Sort.ENTER, "subscribe": Sort.ENTER, "click": Sort.MENU}.get(
            event, Sort.IGNORED
        )
    return Sort.UNREADABLE


def from_bot(message: Mapping[str, Any]) -> Inbound:
    """Read a message or event of an AI bot, from a callback or the long connection (path/100719, 101027)."""
    kind = _text(message, "msgtype")
    user = _text(message, "from", "userid")
    event = _text(message, "event", "eventtype")
    bot = _text(message, "aibotid")
    if not kind or not bot:
        raise EnvelopeError
    key = _text(message, "msgid") or "|".join((user, str(message.get("create_time", "")), event))
    chat = _text(message, "chatid") if message.get("chattype") != "single" else ""
    url = _text(message, "response_url")
    if kind == "stream":
        return Inbound(key, Sort.POLL, bot, user, chat, stream=_text(message, "stream", "id"))
    if kind == "event":
        return _event(event, message, Inbound(key, Sort.IGNORED, bot, user, chat, response_url=url))
    said = _said(message, kind)
    quoted = message.get("quote")
    quote = _said(quoted, _text(quoted, "msgtype")) if isinstance(quoted, dict) else ""
    sort = Sort.QUESTION if said or quote or kind in ("text", "mixed", "voice") else Sort.UNREADABLE
    return Inbound(key, sort, bot, user, chat, said, quote, response_url=url)


def _event(event: str, message: Mapping[str, Any], plain: Inbound) -> Inbound:
    if event == "enter_chat":
        return replace(plain, sort=Sort.ENTER)
    if event == "disconnected_event":
        return replace(plain, sort=Sort.REPLACED)
    if event == "template_card_event":
        return replace(
            plain, sort=Sort.MENU, text=_text(message, "event", "template_card_event", "event_key")
        )
    if event == "feedback_event":
        told = message["event"].get("feedback_event")
        listed = told.get("inaccurate_reason_list") if isinstance(told, dict) else None
        return replace(
            plain,
            sort=Sort.FEEDBACK,
            stream=_text(message, "event", "feedback_event", "id"),
            vote=VOTES.get(_text(message, "event", "feedback_event", "type"), ""),
            text=_text(message, "event", "feedback_event", "content"),
            reasons=tuple(n for n in listed if isinstance(n, int)) if isinstance(listed, list) else (),
        )
    return plain


def _said(message: Mapping[str, Any], kind: str) -> str:
    """Return the words of a message: typed, spoken and written down, or those between its pictures."""
    if kind == "mixed":
        mixed = message.get("mixed")
        items = mixed.get("msg_item") if isinstance(mixed, dict) else None
        parts = [_text(item, "text", "content") for item in items or () if isinstance(item, dict)]
        return "\n".join(part for part in parts if part)
    return _text(message, kind, "content") if kind in ("text", "voice") else ""


def _text(message: Mapping[str, Any], *path: str) -> str:
    value: Any = message
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    # JSON may hold halves of characters, which nothing can store.
    return str(value).encode("utf-8", "replace").decode().strip() if isinstance(value, str | int) else ""


def _tree(body: bytes) -> Element:
    """Return XML read without a document type, so that nothing in it can grow or reach out."""
    try:
        tree = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise EnvelopeError from None
    assert isinstance(tree, Element)
    return tree


def addressed(text: str, bot_name: str) -> str:
    """Return what is said to the bot: its own name at the front goes, other people's stay."""
    for mark in ("@", "＠"):
        if bot_name and text.startswith(mark + bot_name):
            rest = text[len(mark) + len(bot_name) :]
            if not rest or rest[0].isspace() or rest[0] in ",，:：\u2005":
                return rest.strip(" ,，:：\u2005\n\t")
    return text.strip()
