"""``python -m tests.wecom_emulator chat|bench``: WeCom on this machine, for people and for figures."""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI

from bot.serving import Serving
from bot.state.database import State
from bot.wecom.crypto import Key
from bot.wecom.service import open_service
from bot.wecom.settings import Mode, WecomSettings
from index.build import build
from index.search import open_index
from tests.wecom_emulator.caller import Caller
from tests.wecom_emulator.platform import AGENT, CORP, SECRET, Platform
from tests.wecom_emulator.serving import served

KEY = Key("demo-token", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
BOT = "demo-bot"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
POLL = 0.3  # seconds


@dataclass(frozen=True)
class Demo:
    """A whole service with WeCom around it."""

    platform: Platform
    caller: Caller
    state: State


@contextmanager
def running(documents: Path) -> Iterator[Demo]:
    """Run the service on a folder of documents."""
    platform = Platform(time.time)
    settings = WecomSettings(
        modes=(Mode.APPLICATION, Mode.BOT_CALLBACK),
        corp_id=CORP,
        agent_id=AGENT,
        corp_secret=SECRET,
        keys=(KEY,),
        bot_id=BOT,
        bot_name="有据",
        api_base=platform.base,
    )
    with tempfile.TemporaryDirectory() as folder:
        build(documents, Path(folder) / "index", None)
        serving = Serving.of(open_index(Path(folder) / "index"))
        state = State(str(Path(folder) / "state.sqlite"))
        service = open_service(
            settings,
            serving,
            state,
            lambda _: lambda _: "",
            lambda: ("执法人员每年至少要培训多少学时？",),
            lambda _: False,
        )
        app = FastAPI()
        app.include_router(service.routes)
        service.start()
        with served(app) as address, httpx.Client(base_url=address, timeout=30) as client:
            yield Demo(platform, Caller(client, KEY, CORP, AGENT, BOT, time.time), state)
        service.stop()
        state.close()
        serving.close()
    platform.close()


def chat(documents: Path) -> None:
    """Let a person talk to the bot as in WeCom; each picture of an answer replaces the one before."""
    with running(documents) as demo:
        _show(demo.caller.to_bot("demo", msgid="hello", msgtype="event", event={"eventtype": "enter_chat"}))
        for number, line in enumerate(iter(_asked, ""), start=1):
            stream = demo.caller.ask_bot("demo", line, f"m{number}")
            while not stream["finish"]:
                time.sleep(POLL)
                stream = demo.caller.poll("demo", stream["id"])
            print(f"\n有据：{stream['content']}\n")


def _asked() -> str:
    try:
        return input("我：")
    except EOFError:
        return ""


def _show(reply: dict[str, object] | None) -> None:
    print(f"有据：{reply['text']['content']}\n" if reply else "")  # type: ignore[index]


def bench(documents: Path, per_second: int, seconds: int) -> int:
    """Deliver many messages, one in ten three times, and print whether all were acknowledged and answered."""
    total = per_second * seconds
    waits: list[float] = []
    lock = threading.Lock()
    with running(documents) as demo, ThreadPoolExecutor(64) as pool:
        began = time.monotonic()

        def deliver(number: int) -> None:
            due = began + number / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            for _ in range(3 if number % 10 == 0 else 1):
                sent = time.monotonic()
                answer = demo.caller.application(f"user-{number}", "执法人员每年培训多少学时？", f"m{number}")
                assert answer.status_code == 200
                with lock:
                    waits.append(time.monotonic() - sent)

        list(pool.map(deliver, range(total)))
        delivered = time.monotonic() - began
        ends = time.monotonic() + 120
        while demo.state.inbox.waiting() or len(demo.platform.inboxes) < total:
            if time.monotonic() > ends:
                break
            time.sleep(0.2)
        answered = time.monotonic() - began
        counts = Counter(len(messages) for messages in demo.platform.inboxes.values())
    waits.sort()
    lost, twice = total - sum(counts.values()), sum(n for times, n in counts.items() if times > 1)
    print(f"消息 {total} 条（其中十分之一投递三次），{per_second} 条/秒，投递用时 {delivered:.1f} 秒")
    print(
        f"确认用时：中位 {statistics.median(waits) * 1000:.0f} 毫秒，"
        f"p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} 毫秒，最长 {waits[-1] * 1000:.0f} 毫秒"
    )
    print(f"全部答完：{answered:.1f} 秒；丢失 {lost} 条，重复 {twice} 条")
    return int(lost > 0 or twice > 0 or waits[-1] >= 1.0)


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m tests.wecom_emulator", description="在本机模拟企业微信")
    parser.add_argument(
        "command", nargs="?", choices=["chat", "bench"], default="chat", help="对话，或量一量"
    )
    parser.add_argument("--documents", type=Path, default=SAMPLES, help="资料文件夹，默认示例资料")
    parser.add_argument("--rate", type=int, default=100, help="每秒多少条消息")
    parser.add_argument("--seconds", type=int, default=30, help="多少秒")
    options = parser.parse_args()
    if options.command == "bench":
        return bench(options.documents, options.rate, options.seconds)
    chat(options.documents)
    return 0


if __name__ == "__main__":
    sys.exit(main())
