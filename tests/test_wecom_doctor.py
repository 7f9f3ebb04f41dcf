"""The doctor finds what is wrong with a deployment and says what to do."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse

from bot.checkup import Finding
from bot.wecom.api import Api
from bot.wecom.callback import router
from bot.wecom.crypto import Key
from bot.wecom.desk import Desk
from bot.wecom.doctor import examine
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.subscription import lease_of
from tests.wecom_emulator.clock import Clock
from tests.wecom_emulator.platform import AGENT, CORP, SECRET, WEBHOOK, Platform
from tests.wecom_emulator.serving import served
from tests.wecom_emulator.socket import BOT, Socket
from tests.wecom_emulator.socket import SECRET as BOT_SECRET
from tests.wecom_fakes import Assistant, Votes, never, open_inbox

KEY = Key("GoldenToken0001", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")


@pytest.fixture
def settings() -> Iterator[WecomSettings]:
    """A site that uses an application and a long connection."""
    platform, socket = Platform(time.time), Socket(time.time)
    yield WecomSettings(
        modes=(Mode.APPLICATION, Mode.LONG_CONNECTION),
        corp_id=CORP,
        agent_id=AGENT,
        corp_secret=SECRET,
        keys=(KEY,),
        bot_id=BOT,
        bot_secret=BOT_SECRET,
        bot_name="有据",
        api_base=platform.base,
        ws_url=socket.url,
        webhook_key=WEBHOOK,
    )
    platform.close()
    socket.close()


def look(
    settings: WecomSettings, folder: Path, app: FastAPI | None = None, skew: float = 0.0
) -> list[Finding]:
    """Return what the doctor finds, our service being served as ``app`` or by what the settings say."""
    inbox = open_inbox(folder, Clock())
    if app is None:
        app = FastAPI()
        app.include_router(router(Desk(inbox, Assistant(), Votes(), {}, never), settings))
    api = Api(settings, inbox)
    with served(app) as address:
        found = list(examine(settings, api, address, lambda: time.time() + skew, inbox.held))
    api.close()
    return found


def wrong(found: list[Finding]) -> list[str]:
    """Return what is said of what is wrong."""
    return [str(finding) for finding in found if not finding.good]


def test_a_good_deployment_passes_every_check(settings: WecomSettings, tmp_path: Path) -> None:
    """Keys, callback, clock, token, address, connection and group are looked at and right."""
    found = look(settings, tmp_path)

    assert wrong(found) == []
    assert [finding.about for finding in found] == [
        "接入方式", "加解密自检", "回调地址（app）", "时钟", "access_token",
        "企业可信 IP", "长连接", "机器人名称", "管理员群",
    ]  # fmt: skip


def test_wrong_secrets_are_named(settings: WecomSettings, tmp_path: Path) -> None:
    """Each wrong secret is found by the check that uses it."""
    found = look(replace(settings, corp_secret="x", bot_secret="x", webhook_key="x"), tmp_path)

    said = "\n".join(wrong(found))
    for name in ("YOUJU_WECOM_CORP_SECRET", "YOUJU_WECOM_BOT_SECRET", "YOUJU_WECOM_WEBHOOK_KEY"):
        assert name in said


def test_a_service_with_other_keys_is_found(settings: WecomSettings, tmp_path: Path) -> None:
    """The running service was not restarted after its keys were changed."""
    app = FastAPI()
    old = replace(settings, keys=(Key("old", "B" * 43),))
    app.include_router(router(Desk(open_inbox(tmp_path, Clock()), Assistant(), Votes(), {}, never), old))

    assert any("请重启服务" in line for line in wrong(look(settings, tmp_path, app)))


def test_a_proxy_that_answers_itself_is_found(settings: WecomSettings, tmp_path: Path) -> None:
    """A page in place of the echo means that the callback does not reach us."""
    app = FastAPI()
    app.add_api_route("/wecom/app", lambda: HTMLResponse("<h1>nginx</h1>"), methods=["GET"])

    assert any("反向代理" in line for line in wrong(look(settings, tmp_path, app)))


def test_a_wrong_clock_is_found(settings: WecomSettings, tmp_path: Path) -> None:
    """Callbacks would be refused as stale."""
    settings = replace(settings, modes=(Mode.APPLICATION,))
    found = look(settings, tmp_path, skew=900.0)

    assert [line for line in wrong(found) if "快 " in line]


def test_a_connection_in_use_is_not_put_out(settings: WecomSettings, tmp_path: Path) -> None:
    """A look at a running service leaves it running: the secret is not tried."""
    settings = replace(settings, bot_secret="x")
    open_inbox(tmp_path, Clock()).hold(lease_of(settings), "a process", 90.0)

    found = look(settings, tmp_path)
    assert wrong(found) == []
    assert any("先停掉服务" in str(finding) for finding in found)


def test_a_long_connection_alone_needs_nothing_else(settings: WecomSettings, tmp_path: Path) -> None:
    """Where only the connection's host can be reached, nothing is asked of another one."""
    alone = WecomSettings(
        modes=(Mode.LONG_CONNECTION,), bot_id=BOT, bot_secret=BOT_SECRET, bot_name="有据",
        api_base="http://127.0.0.1:1", ws_url=settings.ws_url,
    )  # fmt: skip

    assert wrong(look(alone, tmp_path)) == []
    assert "YOUJU_WECOM_BOT_NAME" in wrong(look(replace(alone, bot_name=""), tmp_path))[0]


def test_nothing_set_and_nobody_there(settings: WecomSettings, tmp_path: Path) -> None:
    """Without a mode that is said; where nobody can be reached each check says so and the next goes on."""
    away = replace(settings, api_base="http://127.0.0.1:1", ws_url="ws://127.0.0.1:1")

    assert "YOUJU_WECOM_MODE" in wrong(look(WecomSettings(), tmp_path))[0]
    assert len(wrong(look(away, tmp_path))) == 4
