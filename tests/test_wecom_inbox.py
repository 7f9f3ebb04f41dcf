"""The inbox shared by all processes: one task a message, one worker a task, one at a time in a talk."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bot.state.inbox import StoredInbox
from bot.wecom.messages import Inbound, Sort
from bot.wecom.settings import Mode
from bot.wecom.task import Task
from tests.wecom_emulator.clock import Clock
from tests.wecom_fakes import open_inbox

NOW = 1_700_000_000.0
ALL = tuple(Mode)


@pytest.fixture
def inboxes(tmp_path: Path) -> list[StoredInbox]:
    """Two processes' views of one inbox."""
    return [open_inbox(tmp_path, Clock()) for _ in range(2)]


def accept(inbox: StoredInbox, key: str, session: str = "s", said: str = "") -> Task:
    """Take a message in."""
    message = Inbound(key, Sort.QUESTION, "b", "zhang", text=f"问{key}", response_url="https://x/")
    return inbox.accept(Mode.BOT_CALLBACK, message, session, NOW, lambda _own, _all: said)


def test_a_message_is_one_task_however_many_take_it_in(inboxes: list[StoredInbox]) -> None:
    """Many deliveries through both processes at the same moment: one task."""
    found: list[Task] = []
    ready = threading.Barrier(12)

    def deliver(number: int) -> None:
        ready.wait()
        found.append(accept(inboxes[number % 2], "m"))

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 12
    assert len({(task.id, task.stream) for task in found}) == 1
    assert inboxes[0].waiting() == 1


def test_the_message_comes_back_as_it_was(inboxes: list[StoredInbox]) -> None:
    """Everything a message said is there after a restart."""
    task = accept(inboxes[0], "m")

    assert inboxes[1].by_stream(task.stream) == task
    assert task.message.response_url == "https://x/"


def test_no_two_workers_get_the_same_task(inboxes: list[StoredInbox]) -> None:
    """Twenty tasks, eight workers of two processes: each task goes to one."""
    for number in range(20):
        accept(inboxes[0], f"m{number}", session=f"s{number}")
    taken: list[int] = []

    def work(number: int) -> None:
        while (task := inboxes[number % 2].next_question(ALL, NOW, 60.0)) is not None:
            taken.append(task.id)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20


def test_a_talk_is_answered_in_order(inboxes: list[StoredInbox]) -> None:
    """A follow-up waits for the answer before it; other talks do not."""
    first, second = accept(inboxes[0], "m1"), accept(inboxes[0], "m2")
    other = accept(inboxes[0], "m3", session="t")

    assert inboxes[0].next_question(ALL, NOW, 60.0) == first
    assert inboxes[1].next_question(ALL, NOW, 60.0) == other
    assert inboxes[1].next_question(ALL, NOW, 60.0) is None
    inboxes[0].finish(first, "答", None)
    assert inboxes[1].next_question(ALL, NOW, 60.0) == second


def test_the_task_of_a_dead_worker_is_free_again(inboxes: list[StoredInbox]) -> None:
    """After its lease another worker gets it, with what was shown so far."""
    task = accept(inboxes[0], "m")
    inboxes[0].next_question(ALL, NOW, 60.0)
    inboxes[0].show(replace(task, text="一半"), NOW, 60.0)

    assert inboxes[1].next_question(ALL, NOW + 59, 60.0) is None
    again = inboxes[1].next_question(ALL, NOW + 61, 60.0)
    assert again is not None
    assert again.text == "一半"


def test_the_first_whole_answer_counts(inboxes: list[StoredInbox]) -> None:
    """A worker thought dead that answers after all changes nothing."""
    task = accept(inboxes[0], "m")

    assert inboxes[0].finish(task, "先", 1).text == "先"
    assert inboxes[1].finish(task, "后", 2).text == "先"


def test_what_needs_no_work_is_answered_at_once(inboxes: list[StoredInbox]) -> None:
    """A refusal is whole when it is taken in, and never goes to a worker."""
    task = accept(inboxes[0], "m", said="请稍后再问")

    assert (task.finished, task.text) == (True, "请稍后再问")
    assert inboxes[0].next_question(ALL, NOW, 60.0) is None
    delivery = inboxes[0].next_delivery(ALL, NOW, 60.0)
    assert delivery is not None
    assert delivery.id == task.id


def test_a_worker_thought_dead_changes_no_answer(inboxes: list[StoredInbox]) -> None:
    """What it shows after another one has answered is not kept, and holds up no delivery."""
    task = accept(inboxes[0], "m")
    inboxes[1].finish(task, "全文", 1)

    inboxes[0].show(replace(task, text="一半"), NOW, 60.0)
    inboxes[0].renew(task, NOW, 60.0)

    delivery = inboxes[1].next_delivery(ALL, NOW, 60.0)
    assert delivery is not None
    assert delivery.text == "全文"


def test_what_another_process_can_send_is_left_to_it(inboxes: list[StoredInbox]) -> None:
    """A process takes nothing that came by a way it does not serve, and is not held up by it."""
    accept(inboxes[0], "m")
    elsewhere = [Mode.LONG_CONNECTION]

    assert inboxes[1].next_question(elsewhere, NOW, 60.0) is None
    message = Inbound("m2", Sort.QUESTION, "b", "zhang", text="问")
    other = inboxes[1].accept(Mode.LONG_CONNECTION, message, "s", NOW, lambda _own, _all: "")
    assert inboxes[1].next_question(elsewhere, NOW, 60.0) == other
    inboxes[1].finish(other, "答", None)
    assert inboxes[0].next_delivery([Mode.BOT_CALLBACK], NOW, 60.0) is None


def test_what_is_old_is_forgotten(inboxes: list[StoredInbox]) -> None:
    """Messages do not pile up for ever."""
    task = accept(inboxes[0], "m")

    inboxes[0].forget(NOW)
    assert inboxes[0].by_stream(task.stream) is not None
    inboxes[0].forget(NOW + 1)
    assert inboxes[0].by_stream(task.stream) is None


def test_a_lease_is_one_holders(tmp_path: Path) -> None:
    """Until its time is over; the holder may hold on."""
    clock = Clock()
    inbox = open_inbox(tmp_path, clock)

    assert inbox.hold("line", "one", 90.0)
    assert not inbox.hold("line", "two", 90.0)
    clock.pass_(60)
    assert inbox.hold("line", "one", 90.0)
    clock.pass_(60)
    assert not inbox.hold("line", "two", 90.0)
    clock.pass_(31)
    assert inbox.hold("line", "two", 90.0)
