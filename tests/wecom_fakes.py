"""A desk with a made-up assistant behind it, for the tests of the WeCom channel."""

import threading
from collections.abc import Iterator
from pathlib import Path

from bot.state.connection import Database
from bot.state.inbox import StoredInbox
from bot.state.records import Reason
from bot.wecom.answering import Said
from bot.wecom.messages import Inbound
from bot.wecom.settings import Mode
from tests.wecom_emulator.clock import Clock

LONG = "执法人员每人每年参加培训不少于60学时。" * 450  # more than 25,000 bytes
GREETING = "您好，我是有据。"


class Assistant:
    """Answers with the words asked: 长 at length, 等 when it is let go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.asked: list[str] = []
        self.shown = threading.Event()

    def greeting(self) -> str:
        """Greet."""
        return GREETING

    def answers(self, mode: Mode, message: Inbound, session: str) -> Iterator[Said]:
        """Yield a beginning and a whole answer."""
        del mode, session
        self.asked.append(message.text)
        if "等" in message.text:
            yield Said("想到一半")
            self.shown.set()
            self.go_on.wait(20)
        yield Said(LONG if "长" in message.text else f"答：{message.text}[1]", asked=len(self.asked))


class Votes:
    """Remembers the last vote on each answer."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], tuple[bool, Reason | None, str]] = {}

    def give(self, asked: int, person: str, good: bool, reason: Reason | None, words: str) -> None:
        """Keep a vote."""
        self.kept[asked, person] = good, reason, words

    def withdraw(self, asked: int, person: str) -> None:
        """Forget a vote."""
        self.kept.pop((asked, person), None)


def open_inbox(folder: Path, clock: Clock) -> StoredInbox:
    """Open the state database of a folder, as each process of a site does."""
    return StoredInbox(Database(str(folder / "state.sqlite")), clock)


def never(person: str) -> bool:
    """Nobody asks too often."""
    return False
