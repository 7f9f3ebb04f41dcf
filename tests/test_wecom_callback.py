"""WeCom's callbacks end to end: verified, answered within the platform's time, never twice, never lost."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.state.errors import StateError
from bot.state.inbox import StoredInbox
from bot.state.records import Reason
from bot.web.guard import Guard
from bot.wecom.api import Api
from bot.wecom.callback import TOLERANCE, router
from bot.wecom.crypto import Crypto, Key, sign
from bot.wecom.desk import LEASE, MOST_TRIES, OPEN_AT_MOST, Desk, Sink
from bot.wecom.messages import LONGEST_BODY
from bot.wecom.operators import Operators
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.sinks import A_MINUTE, ApplicationSink, PolledSink
from bot.wecom.task import SHOWN_UNTIL, Task
from bot.wecom.wording import STREAM_BYTES
from prompts import wecom
from tests.wecom_emulator.caller import Caller
from tests.wecom_emulator.clock import Clock
from tests.wecom_emulator.platform import AGENT, CORP, SECRET, Platform
from tests.wecom_fakes import GREETING, LONG, Assistant, Votes, never, open_inbox

KEY = Key("GoldenToken0001", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
BOT = "bot-1"


@dataclass
class Site:
    """Our service with WeCom around it."""

    clock: Clock
    platform: Platform
    caller: Caller
    desk: Desk
    assistant: Assistant
    votes: Votes
    inbox: StoredInbox
    restart: Callable[[], Desk]


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something is so; fail where it does not become so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it has not come to that"
        time.sleep(0.01)


def passing(site: Site, seconds: float, true: object) -> object:
    """Let time pass while something is not so yet."""
    if not true:
        site.clock.pass_(seconds)
    return true


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A service of both callbacks."""
    clock = Clock()
    platform = Platform(clock)
    settings = WecomSettings(
        modes=(Mode.APPLICATION, Mode.BOT_CALLBACK),
        corp_id=CORP,
        agent_id=AGENT,
        corp_secret=SECRET,
        keys=(KEY,),
        bot_id=BOT,
        api_base=platform.base,
    )
    inbox = open_inbox(tmp_path, clock)
    api = Api(settings, inbox, clock)
    operators = Operators(api.notify, clock)
    assistant, votes = Assistant(), Votes()
    sinks: dict[Mode, Sink] = {
        Mode.APPLICATION: ApplicationSink(api, operators, lambda _: None, clock),
        Mode.BOT_CALLBACK: PolledSink(api, operators, clock),
    }
    desks: list[Desk] = []

    def restart() -> Desk:
        desk = Desk(inbox, assistant, votes, sinks, never, clock, pace=0.0)
        desk.start()
        desks.append(desk)
        return desk

    desk = restart()
    app = FastAPI()
    app.include_router(router(desk, settings, clock))
    app.add_middleware(Guard)  # as in front of the whole site
    with TestClient(app) as client:
        caller = Caller(client, KEY, CORP, AGENT, BOT, clock)  # type: ignore[arg-type]
        yield Site(clock, platform, caller, desk, assistant, votes, inbox, restart)
    assistant.go_on.set()
    for one in desks:
        one.stop()
    api.close()
    platform.close()


@pytest.mark.parametrize("path", ["/wecom/app", "/wecom/aibot"])
def test_the_console_accepts_the_address(site: Site, path: str) -> None:
    """The echo comes back as it was, byte for byte."""
    assert site.caller.verify(path)


def test_a_question_to_the_application_is_answered_by_a_message(site: Site) -> None:
    """The callback is acknowledged with nothing; the answer is sent."""
    answer = site.caller.application("zhang", "审查几天？", "1")

    assert (answer.status_code, answer.content) == (200, b"")
    until(lambda: site.platform.inboxes["zhang"])
    assert site.platform.inboxes["zhang"] == ["答：审查几天？[1]"]


def test_a_question_to_the_bot_gets_a_placeholder_and_then_the_answer(site: Site) -> None:
    """The first reply opens a stream, polls show it whole, and a late poll shows the same again."""
    first = site.caller.ask_bot("zhang", "审查几天？", "m1")
    shown = site.caller.until_finished("zhang", first["id"])

    assert first["content"]
    assert shown[-1]["content"] == "答：审查几天？[1]"
    assert site.caller.poll("zhang", first["id"]) == shown[-1]


def test_a_slow_answer_shows_a_placeholder_at_once_and_grows(site: Site) -> None:
    """Whoever waits sees at once that the question has arrived, then the answer so far, then the whole."""
    first = site.caller.ask_bot("zhang", "等一等", "m1")
    assert first == {
        "id": first["id"],
        "finish": False,
        "content": first["content"],
        "feedback": {"id": first["id"]},
    }
    assert first["content"] in (wecom()["waiting"], "想到一半")
    assert site.assistant.shown.wait(10)
    assert site.caller.poll("zhang", first["id"])["content"] == "想到一半"

    site.assistant.go_on.set()

    assert site.caller.until_finished("zhang", first["id"])[-1]["content"] == "答：等一等[1]"


@pytest.mark.parametrize("mode", ["app", "aibot"])
def test_three_deliveries_are_one_question(site: Site, mode: str) -> None:
    """The same message delivered three times, twice at the same moment, is worked on and answered once."""
    streams: list[Any] = []

    def deliver() -> None:
        if mode == "app":
            site.caller.application("zhang", "审查几天？", "1")
        else:
            streams.append(site.caller.ask_bot("zhang", "审查几天？", "m1")["id"])

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    deliver()
    until(lambda: site.assistant.asked)
    site.caller.application("li", "好了吗", "2")  # behind it in the queue
    until(lambda: site.platform.inboxes["li"] and (mode == "aibot" or site.platform.inboxes["zhang"]))

    assert site.assistant.asked.count("审查几天？") == 1
    assert len(set(streams)) <= 1
    assert len(site.platform.inboxes["zhang"]) == (1 if mode == "app" else 0)


def test_an_answer_of_25000_bytes_arrives_whole_in_messages(site: Site) -> None:
    """The application's answer is cut into numbered messages, none of which the platform cuts."""
    site.caller.application("zhang", "长", "1")
    until(lambda: re.match(r"\((\d+)/\1\)", (site.platform.inboxes["zhang"] or [""])[-1]))

    words = "".join(part.partition(") ")[2] for part in site.platform.inboxes["zhang"])
    assert words == LONG


def test_an_answer_of_25000_bytes_goes_on_after_the_stream(site: Site) -> None:
    """The bot's stream holds what fits, ending at a sentence; the rest follows on its own."""
    url = site.platform.response_url("c0")
    first = site.caller.ask_bot("zhang", "长", "m1", response_url=url)

    shown = site.caller.until_finished("zhang", first["id"])[-1]["content"]
    # In 15 seconds fewer pass than until the platform stops asking: the rest does not wait for that.
    until(lambda: passing(site, 0.2, site.platform.late["c0"]))
    parts = [shown, *site.platform.late["c0"]]

    assert all(len(part.encode()) <= STREAM_BYTES for part in parts)
    assert "".join(part.partition(") ")[2] for part in parts) == LONG


def test_the_same_question_again_is_answered_again(site: Site) -> None:
    """WeCom's check for repeated texts does not swallow an answer given before."""
    site.caller.application("zhang", "审查几天？", "1")
    site.caller.application("zhang", "审查几天？", "2")
    until(lambda: len(site.platform.inboxes["zhang"]) == 2)

    assert site.platform.inboxes["zhang"] == ["答：审查几天？[1]"] * 2


def test_a_member_is_not_sent_more_than_wecom_takes(site: Site) -> None:
    """What is beyond the platform's 30 messages a minute waits instead of being dropped unseen."""
    for number in range(3):
        site.caller.application("zhang", f"长{number}", f"l{number}")
    until(lambda: len(site.platform.inboxes["zhang"]) == A_MINUTE)
    until(lambda: passing(site, 1, len(site.platform.inboxes["zhang"]) == 42))

    assert len(site.platform.inboxes["zhang"]) == 42


def test_an_answer_later_than_the_stream_comes_by_the_late_address_once(site: Site) -> None:
    """After five and a half minutes the stream is closed with a notice; the answer follows on its own."""
    url = site.platform.response_url("c1")
    first = site.caller.ask_bot("zhang", "等一等", "m1", response_url=url)
    assert site.assistant.shown.wait(10)
    site.clock.pass_(SHOWN_UNTIL + 1)

    closed = site.caller.poll("zhang", first["id"])
    site.assistant.go_on.set()
    until(lambda: site.platform.late["c1"])

    assert closed["finish"]
    assert wecom()["continued"] in closed["content"]
    assert site.caller.poll("zhang", first["id"])["content"] == wecom()["continued"]  # not there twice
    assert site.platform.late["c1"] == ["答：等一等[1]"]
    assert site.platform.calls["/cgi-bin/aibot/response"] == 1


def test_an_answer_nobody_fetched_comes_by_the_late_address(site: Site) -> None:
    """Polls that were lost, because we were away, do not lose the answer."""
    site.caller.ask_bot("zhang", "审查几天？", "m1", response_url=site.platform.response_url("c2"))
    until(lambda: site.inbox.waiting() == 0)
    site.clock.pass_(SHOWN_UNTIL + 400)

    until(lambda: site.platform.late["c2"])

    assert site.platform.late["c2"] == ["答：审查几天？[1]"]


def test_a_late_address_that_cannot_be_reached_is_tried_again(site: Site) -> None:
    """A moment's trouble of WeCom's loses no answer; the address itself takes only one."""
    site.platform.errors["/cgi-bin/aibot/response"] = [-1, 45009]
    site.caller.ask_bot("zhang", "审查几天？", "m1", response_url=site.platform.response_url("c3"))
    until(lambda: site.inbox.waiting() == 0)
    site.clock.pass_(SHOWN_UNTIL)

    until(lambda: passing(site, 1, site.platform.late["c3"]))

    assert site.platform.late["c3"] == ["答：审查几天？[1]"]


def test_an_answer_that_takes_minutes_is_not_begun_by_another(site: Site) -> None:
    """A worker that is silent for longer than its lease keeps its question."""
    site.caller.ask_bot("zhang", "等一等", "m1")
    assert site.assistant.shown.wait(10)
    for _ in range(4):
        site.clock.pass_(LEASE - 1)
        site.desk.keeper.round()

    assert site.inbox.next_question(tuple(Mode), site.clock(), LEASE) is None
    site.assistant.go_on.set()
    until(lambda: site.inbox.waiting() == 0)
    assert site.assistant.asked == ["等一等"]


def test_a_question_that_ends_the_process_is_not_tried_for_ever(site: Site) -> None:
    """After some attempts it is answered with an apology, and the talk goes on."""
    site.desk.stop()
    stream = site.caller.ask_bot("zhang", "审查几天？", "m1")["id"]
    for _ in range(MOST_TRIES):
        assert site.inbox.next_question(tuple(Mode), site.clock(), LEASE) is not None
        site.clock.pass_(LEASE + 1)

    site.restart()

    assert site.caller.until_finished("zhang", stream)[-1]["content"] == wecom()["failed"]
    assert site.assistant.asked == []


def test_trouble_nobody_thought_of_delays_a_delivery(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks while an answer is sent is tried again soon, not after the lease."""
    broken = iter([KeyError("x"), StateError("忙")])
    send = Api.send

    def breaking(api: Api, user: str, text: str) -> None:
        for error in broken:
            raise error
        send(api, user, text)

    monkeypatch.setattr(Api, "send", breaking)
    site.caller.application("zhang", "审查几天？", "1")
    until(lambda: passing(site, 0.02, site.platform.inboxes["zhang"]))

    assert site.platform.inboxes["zhang"] == ["答：审查几天？[1]"]
    assert site.clock() < Clock()() + LEASE


@pytest.mark.parametrize("path", ["/wecom/app", "/wecom/aibot"])
def test_what_could_not_be_kept_is_not_acknowledged(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """While the database fails WeCom gets an error, and delivers the message again."""
    client = TestClient(site.caller.client.app, raise_server_exceptions=False)  # type: ignore[attr-defined]
    caller = replace(site.caller, client=client)  # type: ignore[arg-type]
    accept, failures = site.inbox.accept, iter([1, 2])

    def failing(*given: object) -> Task:
        for _ in failures:
            raise StateError("忙")
        return accept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(site.inbox, "accept", failing)
    if path == "/wecom/app":
        assert caller.application("zhang", "审查几天？", "1").status_code == 200  # the third delivery
    else:
        assert caller.ask_bot("zhang", "审查几天？", "m1")["id"]
    assert next(failures, None) is None
    until(lambda: site.assistant.asked)


def test_a_restart_in_the_middle_answers_after_it(site: Site) -> None:
    """A process that dies while it answers: the next one answers, and says that it was interrupted."""
    first = site.caller.ask_bot("zhang", "等一等", "m1")
    assert site.assistant.shown.wait(10)
    site.desk._closing = True  # its workers take nothing more: as good as dead
    site.clock.pass_(LEASE + 1)
    dead, site.assistant.go_on = site.assistant.go_on, threading.Event()
    site.assistant.go_on.set()

    site.restart()
    whole = site.caller.until_finished("zhang", first["id"])[-1]["content"]
    dead.set()

    assert whole == f"{wecom()['interrupted']}\n答：等一等[1]"


def test_a_long_answer_is_left_to_the_next_process_at_a_stop(site: Site) -> None:
    """What was not finished in time is answered after the restart, at once; what comes of it here is not
    kept, since everything is being closed around it.
    """
    first = site.caller.ask_bot("zhang", "等一等", "m1")
    assert site.assistant.shown.wait(10)
    site.desk.stop(0.0)
    site.restart()
    until(lambda: len(site.assistant.asked) == 2)
    site.assistant.go_on.set()

    whole = site.caller.until_finished("zhang", first["id"])[-1]["content"]
    assert whole == f"{wecom()['interrupted']}\n答：等一等[1]"


def test_an_error_of_wecoms_delays_an_answer_and_loses_none(site: Site) -> None:
    """Busy, unreachable, an address not trusted yet: it is sent again later, once."""
    site.platform.errors["/cgi-bin/message/send"] = [-1, 60020, 45009]
    site.caller.application("zhang", "审查几天？", "1")

    def arrived() -> list[str]:
        site.clock.pass_(100)
        return site.platform.inboxes["zhang"]

    until(arrived)

    assert site.platform.inboxes["zhang"] == ["答：审查几天？[1]"]


def test_too_many_at_once_are_told_to_wait(site: Site) -> None:
    """A fourth question while three are open is answered at once, without work."""
    for number in range(OPEN_AT_MOST + 1):
        stream = site.caller.ask_bot("zhang", f"等 {number}", f"m{number}")

    assert site.caller.poll("zhang", stream["id"]) == stream | {"finish": True, "content": wecom()["three"]}
    site.assistant.go_on.set()


def test_asking_too_often_is_answered_politely_and_counts_no_repeats(site: Site) -> None:
    """A person over the limit reads why; a repeated delivery is no second question."""
    counted: list[str] = []

    def too_often(person: str) -> bool:
        counted.append(person)
        return len(counted) > 1

    site.desk.too_often = too_often
    site.caller.ask_bot("zhang", "甲", "m1")
    site.caller.ask_bot("zhang", "甲", "m1")
    last = site.caller.ask_bot("zhang", "乙", "m2")

    assert (last["finish"], last["content"]) == (True, wecom()["often"])
    assert counted == ["wecom:zhang", "wecom:zhang"]


def test_greetings(site: Site) -> None:
    """Who opens the bot's chat is greeted in the reply, who opens the application's by a message."""
    event = {"eventtype": "enter_chat"}
    reply = site.caller.to_bot("zhang", msgid="e1", msgtype="event", event=event)
    for _ in range(2):  # at each opening of the application; greeted once a day
        site.caller.application("zhang", "", "", MsgType="event", Event="enter_agent")
        site.clock.pass_(1)
    site.caller.application("zhang", "审查几天？", "1")

    assert reply == {"msgtype": "text", "text": {"content": GREETING}}
    until(lambda: len(site.platform.inboxes["zhang"]) == 2)
    assert sorted(site.platform.inboxes["zhang"]) == sorted([GREETING, "答：审查几天？[1]"])


def test_votes_are_kept_the_last_one_counting(site: Site) -> None:
    """Good, taken back, bad with a reason: one vote remains, and the replies are empty."""
    stream = site.caller.ask_bot("zhang", "审查几天？", "m1")["id"]
    site.caller.until_finished("zhang", stream)
    key = (1, "wecom:zhang")

    def vote(number: int, **told: object) -> None:
        event = {"eventtype": "feedback_event", "feedback_event": {"id": stream, **told}}
        assert site.caller.to_bot("zhang", msgid=f"f{number}", msgtype="event", event=event) is None

    vote(1, type=1)
    assert site.votes.kept[key] == (True, None, "")
    vote(2, type=3)
    assert site.votes.kept == {}
    vote(3, type=2, content="少了一条", inaccurate_reason_list=[2])
    assert site.votes.kept[key] == (False, Reason.INCOMPLETE, "少了一条")


def test_a_poll_for_an_unknown_stream_ends_it(site: Site) -> None:
    """WeCom is told to stop asking, the person to ask again."""
    shown = site.caller.poll("zhang", "trace_unknown")

    assert (shown["finish"], shown["content"]) == (True, wecom()["forgotten"])


def _message(**fields: object) -> bytes:
    return json.dumps(
        {"msgid": "m", "aibotid": BOT, "from": {"userid": "z"}, "msgtype": "text", **fields}
    ).encode()


def _attacks(caller: Caller) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Yield requests that are not WeCom's: path, parameters, body."""
    bot = Crypto([KEY], "")
    good = bot.seal(_message(text={"content": "几天"}))
    yield "/wecom/aibot", caller.signed(good) | {"msg_signature": "0" * 40}, caller.body("/wecom/aibot", good)
    for late in (TOLERANCE + 1, -TOLERANCE - 1):
        yield "/wecom/aibot", caller.signed(good, caller.clock() - late), caller.body("/wecom/aibot", good)
    yield "/wecom/aibot", {"timestamp": "1", "nonce": "2"}, b"{}"
    yield "/wecom/aibot", caller.signed(good) | {"timestamp": "１７"}, caller.body("/wecom/aibot", good)
    other = bot.seal(_message(aibotid="bot-2", text={"content": "几天"}))
    yield "/wecom/aibot", caller.signed(other), caller.body("/wecom/aibot", other)
    foreign = Crypto([KEY], "ww-other").seal(_message())
    yield "/wecom/aibot", caller.signed(foreign), caller.body("/wecom/aibot", foreign)
    nothing = bot.seal(b'{"FromUserName": :mycreate"}')
    yield "/wecom/aibot", caller.signed(nothing), caller.body("/wecom/aibot", nothing)
    yield "/wecom/aibot", caller.signed(good), b"x" * (LONGEST_BODY + 1)
    evil = Crypto([KEY], CORP).seal(b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>')
    yield "/wecom/app", caller.signed(evil), caller.body("/wecom/app", evil)
    agent = Crypto([KEY], CORP).seal(
        b"<xml><FromUserName>z</FromUserName><MsgType>text</MsgType><MsgId>1</MsgId><AgentID>9</AgentID></xml>"
    )
    yield "/wecom/app", caller.signed(agent), caller.body("/wecom/app", agent)


def test_what_is_not_wecoms_gets_the_same_refusal_and_starts_nothing(site: Site) -> None:
    """Wrong, stale, foreign, too large, malicious: one answer for all, which tells nothing."""
    answers = [
        site.caller.client.post(path, params=params, content=body)
        for path, params, body in _attacks(site.caller)
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(403, b"forbidden")}
    assert site.inbox.waiting() == 0
    assert site.assistant.asked == []


def test_a_replayed_request_gets_the_same_reply_and_no_second_answer(site: Site) -> None:
    """The same request sent again by somebody who listened starts nothing."""
    sealed = Crypto([KEY], "").seal(_message(text={"content": "几天"}))
    params, body = site.caller.signed(sealed), site.caller.body("/wecom/aibot", sealed)

    replies = [site.caller.client.post("/wecom/aibot", params=params, content=body) for _ in range(3)]

    assert len({site.caller.opened(reply.content)["stream"]["id"] for reply in replies}) == 1
    until(lambda: site.inbox.waiting() == 0)
    assert site.assistant.asked == ["几天"]


def test_a_reply_is_sealed_under_the_key_of_its_question(site: Site) -> None:
    """While keys are changed, WeCom reads the reply with the key it wrote with."""
    old = Key("OldToken", "B" * 43)
    settings = WecomSettings(
        modes=(Mode.BOT_CALLBACK,), keys=(KEY, old), bot_id=BOT, corp_id=CORP, agent_id=AGENT
    )
    app = FastAPI()
    app.include_router(router(site.desk, settings, site.clock))
    with TestClient(app) as client:
        caller = replace(site.caller, client=client, key=old)  # type: ignore[arg-type]
        assert caller.verify("/wecom/aibot")
        assert caller.ask_bot("zhang", "几天", "m9")["id"]


def test_signature_covers_the_time_and_the_nonce(site: Site) -> None:
    """A signature does not fit another time."""
    sealed = Crypto([KEY], "").seal(b"{}")
    params = site.caller.signed(sealed)
    moved = params | {"timestamp": str(int(params["timestamp"]) + 1)}

    assert sign(KEY, moved["timestamp"], moved["nonce"], sealed) != params["msg_signature"]
    answer = site.caller.client.post(
        "/wecom/aibot", params=moved, content=site.caller.body("/wecom/aibot", sealed)
    )
    assert answer.status_code == 403
