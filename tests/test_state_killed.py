"""What was acknowledged is there, whoever was killed and however many were writing."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from bot.state.database import State
from tests.state_records import said

KILLS = int(os.environ.get("KILLS", "4"))
ROOT = Path(__file__).resolve().parents[1]
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
# Says a number when its question is logged, its turn kept and its feedback given; waits for a line first.
WRITER = """
import sys
from bot.state.database import State
from tests.state_records import said
path, conversation, name, most = sys.argv[1:]
state = State(path)
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(most)):
    number = said(state, "甲", conversation, f"{name}第{n}问")
    state.feedback.give(number, "甲", True, None, name)
    print(number, flush=True)
state.close()
"""


def writer(path: Path, conversation: str, name: str, most: int) -> subprocess.Popen[str]:
    """Start a process that writes, and return it when it is about to begin."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, path, conversation, name, str(most)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    """Let a writer begin."""
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.close()


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path) -> None:
    """After each SIGKILL, at a random moment of writing, every number said is there with all that is its."""
    path = tmp_path / "state.sqlite"
    state = State(str(path))
    conversation = state.conversations.start("甲").id
    chance = random.Random(11)
    acknowledged: list[int] = []
    for kill in range(KILLS):
        process = writer(path, conversation, f"{kill}号", 100_000)
        assert process.stdout
        go(process)
        lines = [process.stdout.readline() for _ in range(chance.randrange(1, 40))]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()  # what it said before it was gone
        process.stdout.close()
        process.wait()
        acknowledged += [int(line) for line in lines if line.endswith("\n")]

        logged = {asked.id: asked.question for asked in state.questions.between(BEGINNING, END)}
        kept = {turn.asked: turn.turn.question.text for turn in state.conversations.turns("甲", conversation)}
        voted = {one.asked.id for one in state.feedback.between(BEGINNING, END)}
        assert len(set(acknowledged)) == len(acknowledged)
        assert set(acknowledged) <= voted <= kept.keys() <= logged.keys()
        assert len(logged) - len(acknowledged) <= kill + 1  # what it was about to say
        assert all(logged[number] == text for number, text in kept.items())
    state.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two processes append to the same conversation: all turns of both are there, each in its order."""
    path = tmp_path / "state.sqlite"
    state = State(str(path))
    conversation = state.conversations.start("甲").id
    writers = [writer(path, conversation, name, 60) for name in ("子", "丑")]
    for process in writers:
        go(process)
    said_by = []
    for process in writers:
        assert process.stdout
        said_by.append([int(line) for line in process.stdout])
        process.stdout.close()

        assert process.wait() == 0

    turns = [turn.asked for turn in state.conversations.turns("甲", conversation)]

    assert sorted(turns) == sorted([*said_by[0], *said_by[1]])
    assert [len(numbers) for numbers in said_by] == [60, 60]
    for numbers in said_by:
        assert [number for number in turns if number in set(numbers)] == numbers
    state.close()


def test_threads_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    """Sixty people at once, on a database that all of them open as it is being made."""
    path = tmp_path / "state.sqlite"
    start = threading.Barrier(6)
    asked: list[int] = []
    failed: list[BaseException] = []

    def people(number: int) -> None:
        try:
            start.wait()
            state = State(str(path))
            conversations = {f"{number}-{n}": "" for n in range(10)}
            for owner in conversations:
                conversations[owner] = state.conversations.start(owner).id

            def person(owner: str, id: str) -> None:
                try:
                    asked.extend(said(state, owner, id, f"{owner} {n}") for n in range(3))
                    assert len(state.conversations.turns(owner, id)) == 3
                except BaseException as error:  # noqa: BLE001 - told below, in the test's own thread
                    failed.append(error)

            run([threading.Thread(target=person, args=item) for item in conversations.items()])
            state.close()
        except BaseException as error:  # noqa: BLE001 - as above
            failed.append(error)

    run([threading.Thread(target=people, args=(number,)) for number in range(6)])
    state = State(str(path))

    assert failed == []
    assert len(set(asked)) == 180
    assert {one.id for one in state.questions.between(BEGINNING, END)} == set(asked)
    state.close()


def run(threads: list[threading.Thread]) -> None:
    """Run threads to their end."""
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
