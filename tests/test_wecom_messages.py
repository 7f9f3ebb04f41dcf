"""Reading what WeCom sends: every kind of message, what is said to the bot, and what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.crypto import EnvelopeError
from bot.wecom.messages import Sort, addressed, from_application, from_bot, parsed, sealed_json, sealed_xml


def xml(**fields: str) -> bytes:
    """Return a decrypted message of an application."""
    given_ = {
        "ToUserName": "ww1",
        "FromUserName": "zhang",
        "CreateTime": "1700000000",
        "AgentID": "7",
    } | fields
    return f"<xml>{''.join(f'<{k}><![CDATA[{v}]]></{k}>' for k, v in given_.items())}</xml>".encode()


def bot(**fields: object) -> dict[str, object]:
    """Return a decrypted message of an AI bot."""
    return {
        "msgid": "m1",
        "aibotid": "bot1",
        "chattype": "single",
        "from": {"userid": "zhang"},
        "msgtype": "text",
        **fields,
    }


@pytest.mark.parametrize(
    ("fields", "sort", "text"),
    [
        (
            {"MsgType": "text", "Content": "合法性审查要几天？", "MsgId": "1"},
            Sort.QUESTION,
            "合法性审查要几天？",
        ),
        ({"MsgType": "image", "PicUrl": "http://x/", "MsgId": "1"}, Sort.UNREADABLE, ""),
        ({"MsgType": "voice", "MediaId": "m", "MsgId": "1"}, Sort.UNREADABLE, ""),
        ({"MsgType": "event", "Event": "enter_agent", "EventKey": ""}, Sort.ENTER, ""),
        ({"MsgType": "event", "Event": "subscribe"}, Sort.ENTER, ""),
        ({"MsgType": "event", "Event": "click", "EventKey": "帮助"}, Sort.MENU, "帮助"),
        ({"MsgType": "event", "Event": "low_active_alert"}, Sort.IGNORED, ""),
    ],
)
def test_messages_of_an_application(fields: dict[str, str], sort: Sort, text: str) -> None:
    """Text is a question, a menu's key counts as typed, an unknown event is only acknowledged."""
    found = from_application(xml(**fields))

    assert (found.sort, found.text, found.user, found.bot) == (sort, text, "zhang", "7")


def test_an_application_s_message_is_known_by_its_id_and_an_event_by_all_it_says() -> None:
    """Two events of one person in one second differ; the same event delivered again does not."""
    one, other = (from_application(xml(MsgType="event", Event="click", EventKey=key)) for key in ("甲", "乙"))

    assert (
        from_application(xml(MsgType="text", Content="问", MsgId="4561255354251345929")).key
        == "4561255354251345929"
    )
    assert one.key != other.key
    assert one.key == from_application(xml(MsgType="event", Event="click", EventKey="甲")).key


@pytest.mark.parametrize(
    ("fields", "sort", "text", "quote"),
    [
        ({"text": {"content": "几天？"}}, Sort.QUESTION, "几天？", ""),
        ({"msgtype": "voice", "voice": {"content": "几天"}}, Sort.QUESTION, "几天", ""),
        (
            {
                "msgtype": "mixed",
                "mixed": {
                    "msg_item": [{"msgtype": "image"}, {"msgtype": "text", "text": {"content": "这个怎么办"}}]
                },
            },
            Sort.QUESTION,
            "这个怎么办",
            "",
        ),
        (
            {"text": {"content": "@有据"}, "quote": {"msgtype": "text", "text": {"content": "审查几天"}}},
            Sort.QUESTION,
            "@有据",
            "审查几天",
        ),
        ({"msgtype": "image", "image": {"url": "https://x/"}}, Sort.UNREADABLE, "", ""),
        ({"msgtype": "file", "file": {"url": "https://x/"}}, Sort.UNREADABLE, "", ""),
        ({"msgtype": "video"}, Sort.UNREADABLE, "", ""),
        ({"msgtype": "event", "event": {"eventtype": "enter_chat"}}, Sort.ENTER, "", ""),
        ({"msgtype": "event", "event": {"eventtype": "disconnected_event"}}, Sort.REPLACED, "", ""),
        ({"msgtype": "event", "event": {"eventtype": "something_new"}}, Sort.IGNORED, "", ""),
        ({"msgtype": "text", "text": "几天"}, Sort.QUESTION, "", ""),
    ],
)
def test_messages_of_a_bot(fields: dict[str, object], sort: Sort, text: str, quote: str) -> None:
    """Typed, spoken and mixed messages are questions; what cannot be read is known as that."""
    found = from_bot(bot(**fields))

    assert (found.sort, found.text, found.quote) == (sort, text, quote)


def test_polls_votes_and_groups_of_a_bot() -> None:
    """A poll names its stream, a vote its answer and reasons, a group its chat with its case kept."""
    poll = from_bot(bot(msgtype="stream", stream={"id": "S1"}))
    told = {"id": "S1", "type": 2, "content": "不对", "inaccurate_reason_list": [3, 1]}
    vote = from_bot(bot(msgtype="event", event={"eventtype": "feedback_event", "feedback_event": told}))
    group = from_bot(bot(chattype="group", chatid="wrAbC", text={"content": "@有据 几天"}))

    assert (poll.sort, poll.stream) == (Sort.POLL, "S1")
    assert (vote.sort, vote.stream, vote.vote, vote.text, vote.reasons) == (
        Sort.FEEDBACK,
        "S1",
        "bad",
        "不对",
        (3, 1),
    )
    assert group.chat == "wrAbC"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("@有据 助手 几天？", "几天？"),
        ("@有据 助手\u2005几天？", "几天？"),
        ("@有据 助手", ""),
        ("@有据 助手们 几天", "@有据 助手们 几天"),
        ("请问 a@有据 助手 几天", "请问 a@有据 助手 几天"),
        ("@张三 @有据 助手 几天", "@张三 @有据 助手 几天"),
        ("发到 x@gov.cn 要几天", "发到 x@gov.cn 要几天"),
    ],
)
def test_only_the_bots_own_name_at_the_front_goes(text: str, question: str) -> None:
    """The mention of the bot is no part of the question; other people and addresses are."""
    assert addressed(text, "有据 助手") == question


ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"encrypt": 1}',
        b'{"encrypt": null}',
        b"[" * 50_000,
        b"\xff\xfe",
        b"<xml/>",
    ],
)
def test_a_body_without_a_sealed_message_is_refused(body: bytes) -> None:
    """What is no envelope is refused, however it is broken."""
    with pytest.raises(EnvelopeError):
        sealed_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        ENTITY,
        b"<xml/>",
        b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        b"{}",
        b"\x00",
    ],
)
def test_xml_without_exactly_one_sealed_message_is_refused(body: bytes) -> None:
    """A document type, two envelopes or none: refused."""
    with pytest.raises(EnvelopeError):
        sealed_xml(body)


def test_xml_with_and_without_cdata_is_read() -> None:
    """WeCom writes both."""
    assert sealed_xml(b"<xml><Encrypt><![CDATA[abc]]></Encrypt></xml>") == "abc"
    assert sealed_xml(b"<xml><Encrypt>abc</Encrypt></xml>") == "abc"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    """Whatever comes is read or refused, nothing else."""
    for read in (sealed_json, sealed_xml, from_application, parsed):
        try:
            read(body)
        except EnvelopeError:
            continue


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
_NAMES = st.sampled_from(
    "msgid aibotid chattype chatid from msgtype text mixed voice stream event quote create_time".split()
)


@given(
    st.dictionaries(_NAMES, _JSON, max_size=9), st.sampled_from("text mixed voice stream event image".split())
)
def test_no_json_breaks_the_reader_of_bot_messages(fields: dict[str, object], kind: str) -> None:
    """A message whose fields hold anything at all is read or refused."""
    message = {"aibotid": "b", **fields, "msgtype": kind}
    try:
        from_bot(json.loads(json.dumps(message)))
    except EnvelopeError:
        assert not isinstance(message["aibotid"], str | int) or not str(message["aibotid"]).strip()


def test_halves_of_characters_can_be_kept() -> None:
    """What JSON may hold and no database can store becomes a question mark."""
    found = from_bot(
        parsed(rb'{"msgid":"m","aibotid":"b","msgtype":"text","text":{"content":"\ud800\u95ee"}}')
    )

    assert found.text == "?问"
