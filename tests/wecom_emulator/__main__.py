"""``python -m tests.wecom_emulator chat|bench``: WeCom on this machine, for people and for figures."""

import argparse
import sys
import time
from pathlib import Path

from tests.wecom_emulator.bench import bench
from tests.wecom_emulator.site import running

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
POLL = 0.3  # seconds


def chat(documents: Path) -> None:
    """Let a person talk to the bot as in WeCom; each picture of an answer replaces the one before."""
    with running(documents) as (_, caller):
        event = {"eventtype": "enter_chat"}
        greeting = caller.to_bot("demo", msgid="hello", msgtype="event", event=event)
        assert greeting is not None
        print(f"有据：{greeting['text']['content']}\n")
        for number, line in enumerate(iter(_asked, ""), start=1):
            stream = caller.ask_bot("demo", line, f"m{number}")
            while not stream["finish"]:
                time.sleep(POLL)
                stream = caller.poll("demo", stream["id"])
            print(f"\n有据：{stream['content']}\n")


def _asked() -> str:
    try:
        return input("我：")
    except EOFError:
        return ""


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
        said, good = bench(options.documents, options.rate, options.seconds)
        print("\n".join(said))
        return 0 if good else 1
    chat(options.documents)
    return 0


if __name__ == "__main__":
    sys.exit(main())
