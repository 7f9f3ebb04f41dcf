"""A service that is killed in the middle of many questions loses none and answers none twice."""

import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.bases import write_documents
from tests.wecom_emulator.caller import Caller
from tests.wecom_emulator.platform import AGENT, CORP, Platform
from tests.wecom_emulator.site import BOT, KEY, service

QUESTIONS, KILLS = 24, 2


def test_killed_and_started_again_every_question_is_answered_once(tmp_path: Path) -> None:
    """SIGKILL while questions come in and answers go out; those acknowledged arrive, each once."""
    documents = write_documents(tmp_path / "documents")
    platform = Platform(time.time)
    asked: list[str] = []
    for start in range(KILLS + 1):
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=service, args=(documents, platform.base, str(tmp_path), theirs))
        process.start()
        with httpx.Client(base_url=ours.recv(), timeout=30) as client:
            caller = Caller(client, KEY, CORP, AGENT, BOT, time.time)
            for number in range(QUESTIONS):
                user = f"user-{start}-{number}"
                answer = caller.application(user, "云岭县执法人员每年培训多少学时？", f"m-{start}-{number}")
                assert answer.status_code == 200
                asked.append(user)
        if start < KILLS:
            process.kill()  # SIGKILL: nothing is tidied up
            process.join()
    _until(lambda: all(platform.inboxes[user] for user in asked))
    ours.send("stop")
    process.join()
    platform.close()

    assert all("48学时" in platform.inboxes[user][-1] for user in asked)
    assert [user for user in asked if len(platform.inboxes[user]) != 1] == []


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 100
    while not true():
        assert time.monotonic() < ends, "not all questions are answered"
        time.sleep(0.05)
