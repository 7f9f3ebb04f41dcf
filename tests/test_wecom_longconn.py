"""The long connection against an emulated WeCom: it stays up, answers, and never fights for the line."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.state.errors import StateError
from bot.state.inbox import StoredInbox
from bot.state.records import Reason
from bot.wecom.desk import Desk
from bot.wecom.longconn import LongConnection, State
from bot.wecom.messages import Inbound, Sort
from bot.wecom.operators import Operators
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.subscription import trial
from bot.wecom.task import Task
from bot.wecom.wording import STREAM_BYTES
from prompts import wecom
from tests.wecom_emulator.clock import Clock
from tests.wecom_emulator.socket import BOT, SECRET, STREAM_LIFE, Socket
from tests.wecom_fakes import GREETING, LONG, Assistant, Votes, never, open_inbox


@dataclass
class Line:
    """Our service on an emulated line."""

    clock: Clock
    socket: Socket
    settings: WecomSettings
    inbox: StoredInbox
    assistant: Assistant = field(default_factory=Assistant)
    votes: Votes = field(default_factory=Votes)
    told: list[str] = field(default_factory=list)
    running: list[tuple[LongConnection, Desk]] = field(default_factory=list)

    def start(self, holder: str = "one", **settings: str) -> LongConnection:
        """Start a process of the service."""
        connection = LongConnection(
            replace(self.settings, **settings),  # type: ignore[arg-type]
            Operators(self.told.append, self.clock),
            lambda: self.inbox.hold("wecom:bot-1", holder, 90.0),
            lambda: self.inbox.hold("wecom:bot-1", holder, 0.0),
            heartbeat=0.1,
            patience=0.5,
            first_pause=0.02,
        )
        desk = Desk(
            self.inbox, self.assistant, self.votes, {Mode.LONG_CONNECTION: connection}, never, self.clock, 0.0
        )
        desk.start()
        connection.start(desk)
        self.running.append((connection, desk))
        return connection


def until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something is so; fail where it does not become so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it has not come to that"
        time.sleep(0.01)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """An emulated WeCom, and nothing of ours running yet."""
    clock = Clock()
    socket = Socket(clock)
    settings = WecomSettings(modes=(Mode.LONG_CONNECTION,), bot_id=BOT, bot_secret=SECRET, ws_url=socket.url)
    line = Line(clock, socket, settings, open_inbox(tmp_path, clock))
    yield line
    line.assistant.go_on.set()
    for connection, desk in line.running:
        connection.stop()
        desk.stop()
    socket.close()


def whole(line: Line, request: str) -> str:
    """Wait for the whole answer of a request and return it."""
    until(lambda: [frame for frame in line.socket.pictures[request] if frame["finish"]])
    finals = [frame for frame in line.socket.pictures[request] if frame["finish"]]
    assert len(finals) == 1
    return str(finals[0]["content"])


def test_a_question_is_answered_in_pictures_of_one_stream(line: Line) -> None:
    """A placeholder at once, the answer so far, one whole answer, all of the same stream."""
    line.start()
    until(lambda: line.socket.connected)
    request = line.socket.ask("zhang", "等一等", "m1")
    until(lambda: any(frame["content"] == "想到一半" for frame in line.socket.pictures[request]))
    line.assistant.go_on.set()

    assert whole(line, request) == "答：等一等[1]"
    frames = line.socket.pictures[request]
    assert len({frame["id"] for frame in frames}) == 1
    assert all(frame["content"] for frame in frames)
    assert frames[-1]["finish"]


def test_an_answer_of_25000_bytes_goes_on_in_a_message_of_its_own(line: Line) -> None:
    """The stream holds what fits, the rest follows; nothing is cut."""
    line.start()
    until(lambda: line.socket.connected)
    first = whole(line, line.socket.ask("zhang", "长", "m1"))
    until(lambda: line.socket.sent)
    parts = [first, *(body["markdown"]["content"] for body in line.socket.sent)]

    assert all(len(part.encode()) <= STREAM_BYTES for part in parts)
    assert "".join(part.partition(") ")[2] for part in parts) == LONG


@pytest.mark.parametrize("code", [None, 1000, 1001, 1008])
def test_it_comes_back_however_the_connection_ends(line: Line, code: int | None) -> None:
    """A polite close and a cut cable alike are followed by a new connection, and questions go on."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.drop(code)
    until(lambda: line.socket.connected and line.socket.subscriptions == 2)

    assert whole(line, line.socket.ask("zhang", "还在吗", "m1")) == "答：还在吗[1]"


def test_an_answer_ready_while_the_line_is_down_comes_over_the_next_one(line: Line) -> None:
    """What was asked before the connection ended is answered after it is back."""
    line.start()
    until(lambda: line.socket.connected)
    request = line.socket.ask("zhang", "等一等", "m1")
    assert line.assistant.shown.wait(10)
    line.socket.drop()
    line.assistant.go_on.set()
    until(lambda: line.socket.connected)

    def answered() -> bool:
        line.clock.pass_(0.2)
        return any(frame["finish"] for frame in line.socket.pictures[request])

    until(answered)
    assert whole(line, request) == "答：等一等[1]"
    assert line.assistant.asked == ["等一等"]


def test_a_message_delivered_again_after_a_reconnection_is_answered_once(line: Line) -> None:
    """The platform repeats itself; we do not."""
    line.start()
    until(lambda: line.socket.connected)
    first = line.socket.ask("zhang", "几天", "m1")
    whole(line, first)
    line.socket.drop()
    until(lambda: line.socket.connected)
    line.socket.ask("zhang", "几天", "m1")
    whole(line, line.socket.ask("li", "后面的", "m2"))

    assert line.assistant.asked == ["几天", "后面的"]


def test_a_silent_line_is_given_up(line: Line) -> None:
    """Two pings without an answer, and a new connection is made."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.silent = True
    until(lambda: not line.socket.connected, 30.0)
    line.socket.silent = False

    until(lambda: line.socket.connected, 30.0)
    assert whole(line, line.socket.ask("zhang", "还在吗", "m1")) == "答：还在吗[1]"


def test_who_is_kicked_does_not_kick_back(line: Line) -> None:
    """Another program has taken the line: it is left to it, and the operators are told what to do."""
    connection = line.start()
    until(lambda: line.socket.connected)
    line.socket.kick()
    until(lambda: connection.state is State.REPLACED)
    until(lambda: line.told)

    assert line.socket.subscriptions == 1
    assert "被另一个程序占用" in line.told[0]


def test_two_processes_of_a_site_do_not_kick_each_other(line: Line) -> None:
    """One of them holds the line; the other takes it over as soon as the first has stopped."""
    line.start("one")
    until(lambda: line.socket.connected)
    line.start("two")
    whole(line, line.socket.ask("zhang", "几天", "m1"))
    assert line.socket.subscriptions == 1

    connection, desk = line.running.pop(0)
    connection.stop()
    desk.stop()

    until(lambda: line.socket.connected and line.socket.subscriptions == 2)


def watched(connection: LongConnection) -> list[bool]:
    """Return what a connection finds when it looks whether it may hold the line, growing."""
    found: list[bool] = []
    lease = connection.lease

    def look() -> bool:
        found.append(lease())
        return found[-1]

    connection.lease = look
    return found


def test_what_one_process_was_kicked_from_the_other_does_not_take_back(line: Line) -> None:
    """The line left to another program is left to it by the whole site."""
    connection = line.start("one")
    until(lambda: line.socket.connected)
    other = line.start("two")
    looks = [watched(connection), watched(other)]
    line.socket.kick()
    until(lambda: connection.state is State.REPLACED)
    for _ in range(3):
        line.clock.pass_(60)
        before = [len(look) for look in looks]
        until(lambda before=before: all(len(look) > n + 1 for look, n in zip(looks, before, strict=True)))  # type: ignore[misc]

    assert line.socket.subscriptions == 1


def test_a_database_in_trouble_does_not_end_the_connection_for_good(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lease that could not be looked at is looked at again, and messages that come in then are kept."""
    connection = line.start()
    until(lambda: line.socket.connected)
    lease, leases, accept, accepts = connection.lease, iter([1, 2]), line.inbox.accept, iter([1])

    def failing_lease() -> bool:
        for _ in leases:
            raise StateError("忙")
        return lease()

    def failing_accept(*given: object) -> Task:
        for _ in accepts:
            raise StateError("忙")
        return accept(*given)  # type: ignore[arg-type]

    connection.lease = failing_lease
    until(lambda: next(leases, None) is None)
    until(lambda: line.socket.connected)
    monkeypatch.setattr(line.inbox, "accept", failing_accept)

    assert whole(line, line.socket.ask("zhang", "几天", "m1")) == "答：几天[1]"


def test_an_answer_wecom_does_not_let_through_is_not_waited_for(line: Line) -> None:
    """40201: a neutral line ends the stream, the operators are told, and it is not sent again."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.unwanted = "答："

    assert whole(line, line.socket.ask("zhang", "几天", "m1")) == wecom()["failed"]
    assert "40201" in line.told[0]


def test_no_picture_comes_after_the_whole_answer(line: Line) -> None:
    """A placeholder that was late does not cover the answer."""
    connection = line.start()
    until(lambda: line.socket.connected)
    request = line.socket.ask("zhang", "几天", "m1")
    whole(line, request)
    message = Inbound("m1", Sort.QUESTION, BOT, "zhang", request=request)
    connection.show(Task(1, Mode.LONG_CONNECTION, message, "s", "t", line.clock()))
    whole(line, line.socket.ask("zhang", "还在吗", "m2"))

    assert line.socket.pictures[request][-1]["finish"]


def test_a_stream_is_kept_alive_while_an_answer_is_silent(line: Line) -> None:
    """The platform hears of an answer again and again, or it would give the stream up."""
    line.start()
    until(lambda: line.socket.connected)
    request = line.socket.ask("zhang", "等", "m1")
    assert line.assistant.shown.wait(10)
    until(lambda: [frame["content"] for frame in line.socket.pictures[request]][-1:] == ["想到一半"])
    before = len(line.socket.pictures[request])
    line.running[0][1].keeper.round()

    until(lambda: len(line.socket.pictures[request]) > before)
    assert line.socket.pictures[request][-1]["content"] == "想到一半"


def test_a_wrong_secret_is_told_and_not_tried_again_and_again(line: Line) -> None:
    """The socket stays open after a refusal: we close it, tell the operators, and wait."""
    line.start(bot_secret="wrong")
    until(lambda: line.told)

    assert "YOUJU_WECOM_BOT_SECRET" in line.told[0]
    assert "wrong" not in line.told[0]
    assert line.socket.subscriptions == 1


def test_an_answer_later_than_the_stream_goes_as_a_message_of_its_own(line: Line) -> None:
    """846608: the exchange is over, the answer is sent to the chat all the same, once."""
    line.start()
    until(lambda: line.socket.connected)
    message = {
        "msgid": "m1",
        "chattype": "group",
        "chatid": "wrAbC",
        "msgtype": "text",
        "text": {"content": "等"},
    }
    line.socket.push("zhang", message)
    assert line.assistant.shown.wait(10)
    line.clock.pass_(STREAM_LIFE + 1)
    line.assistant.go_on.set()

    until(lambda: line.socket.sent)
    assert [body["chatid"] for body in line.socket.sent] == ["wrAbC"]  # with its case kept
    assert line.socket.sent[0]["markdown"]["content"] == "答：等[1]"


def test_a_conflict_of_frames_is_tried_again(line: Line) -> None:
    """6000 and 846609 pass: the whole answer is sent again."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.errors = [6000, 846609]
    request = line.socket.ask("zhang", "几天", "m1")

    def answered() -> bool:
        line.clock.pass_(0.2)
        return any(frame["finish"] for frame in line.socket.pictures[request])

    until(answered)


def test_greeting_and_votes(line: Line) -> None:
    """Who opens the chat is greeted; a vote on an answer is kept."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.push("zhang", {"msgid": "e1", "msgtype": "event", "event": {"eventtype": "enter_chat"}})
    request = line.socket.ask("zhang", "几天", "m1")
    whole(line, request)
    stream = line.socket.pictures[request][-1]["id"]
    told = {"id": stream, "type": 2, "inaccurate_reason_list": [3]}
    event = {"eventtype": "feedback_event", "feedback_event": told}
    line.socket.push("zhang", {"msgid": "f1", "msgtype": "event", "event": event})

    until(lambda: line.votes.kept)
    assert line.socket.welcomes == [{"msgtype": "text", "text": {"content": GREETING}}]
    assert line.votes.kept == {(1, "wecom:zhang"): (False, Reason.WRONG, "")}


def test_a_message_for_another_bot_or_beyond_reading_is_passed_over(line: Line) -> None:
    """It starts nothing and costs the next message nothing."""
    line.start()
    until(lambda: line.socket.connected)
    line.socket.push(
        "zhang", {"msgid": "m1", "aibotid": "bot-2", "msgtype": "text", "text": {"content": "甲"}}
    )
    line.socket.push("zhang", {"msgid": "m2", "msgtype": {}})

    assert whole(line, line.socket.ask("zhang", "乙", "m3")) == "答：乙[1]"
    assert line.assistant.asked == ["乙"]


def test_a_trial_says_what_is_wrong(line: Line) -> None:
    """The doctor's look: right, wrong secret, nobody there."""
    assert trial(line.settings) == ""
    assert "YOUJU_WECOM_BOT_SECRET" in trial(replace(line.settings, bot_secret="x"))
    assert "连不上" in trial(replace(line.settings, ws_url="ws://127.0.0.1:1"))
