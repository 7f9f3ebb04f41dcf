"""A whole service in a process of its own, with WeCom around it."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from fastapi import FastAPI
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

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
EXAMPLE = "执法人员每年至少要培训多少学时？"


def service(documents: Path, platform: str, folder: str, pipe: Connection) -> None:
    """Serve the bot in a process of its own until the other end says so."""
    settings = WecomSettings(
        modes=(Mode.APPLICATION, Mode.BOT_CALLBACK),
        corp_id=CORP,
        agent_id=AGENT,
        corp_secret=SECRET,
        keys=(KEY,),
        bot_id=BOT,
        bot_name="有据",
        api_base=platform,
    )
    build(documents, Path(folder) / "index", None)
    serving = Serving.of(open_index(Path(folder) / "index"))
    state = State(str(Path(folder) / "state.sqlite"))
    channel = open_service(
        settings, serving, state, lambda _: lambda _: "", lambda: (EXAMPLE,), lambda _: False
    )
    channel.desk.lease = 5.0  # answers without a model take milliseconds
    app = FastAPI()
    app.include_router(channel.routes)
    channel.start()
    with threadpool_limits(1, user_api="blas"), served(app) as address:
        pipe.send(address)
        pipe.recv()
    channel.stop()
    state.close()
    serving.close()


@contextmanager
def running(documents: Path) -> Iterator[tuple[Platform, Caller]]:
    """Run WeCom here and the service beside it."""
    platform = Platform(time.time)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=service, args=(documents, platform.base, folder, theirs))
        process.start()
        with httpx.Client(base_url=ours.recv(), timeout=30) as client:
            yield platform, Caller(client, KEY, CORP, AGENT, BOT, time.time)
        ours.send("stop")
        process.join()
    platform.close()
