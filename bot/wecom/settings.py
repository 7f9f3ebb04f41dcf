"""How a site is joined to WeCom, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from bot.wecom.crypto import Key
from index.errors import SettingsError

PREFIX = "YOUJU_WECOM_"
API_BASE = "https://qyapi.weixin.qq.com"
WS_URL = "wss://openws.work.weixin.qq.com"


class Mode(StrEnum):
    """A way messages come in."""

    LONG_CONNECTION = "longconn"
    BOT_CALLBACK = "aibot"
    APPLICATION = "app"


NEEDED = {
    Mode.LONG_CONNECTION: ("BOT_ID", "BOT_SECRET"),
    Mode.BOT_CALLBACK: ("BOT_ID", "TOKEN", "AES_KEY"),
    Mode.APPLICATION: ("CORP_ID", "AGENT_ID", "CORP_SECRET", "TOKEN", "AES_KEY"),
}
WHERE = {
    "CORP_ID": "管理后台“我的企业”页面最下面的企业 ID",
    "AGENT_ID": "自建应用详情页的 AgentId",
    "CORP_SECRET": "自建应用详情页的 Secret",
    "TOKEN": "“接收消息”设置里的 Token",
    "AES_KEY": "“接收消息”设置里的 EncodingAESKey",
    "BOT_ID": "智能机器人“API 模式”页面的 Bot ID",
    "BOT_SECRET": "智能机器人“长连接”方式的 Secret",
}


@dataclass(frozen=True, slots=True)
class WecomSettings:
    """What the WeCom channels need. Secrets are kept out of ``repr``.

    ``modes`` is empty where no channel is wanted. ``keys`` are the pairs of token and AES key in force,
    the newest first: two, written with a comma, while a site changes them.
    """

    modes: tuple[Mode, ...] = ()
    corp_id: str = ""
    agent_id: str = ""
    corp_secret: str = field(default="", repr=False)
    keys: tuple[Key, ...] = field(default=(), repr=False)
    bot_id: str = ""
    bot_secret: str = field(default="", repr=False)
    bot_name: str = ""
    api_base: str = API_BASE
    ws_url: str = WS_URL
    webhook_key: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "WecomSettings":
        """Read YOUJU_WECOM_…; raise SettingsError naming what is missing and where the console shows it."""
        given = {
            name.removeprefix(PREFIX): value.strip()
            for name, value in environ.items()
            if name.startswith(PREFIX)
        }
        modes = _modes(given.get("MODE", ""))
        missing = [
            f"{PREFIX}{name}（{WHERE[name]}）"
            for name in dict.fromkeys(name for mode in modes for name in NEEDED[mode])
            if not given.get(name)
        ]
        if missing:
            ways = "、".join(modes)
            raise SettingsError(f"企业微信（{ways}）还缺设置：{'、'.join(missing)}。")
        if modes and given.get("AGENT_ID") and not given["AGENT_ID"].isdigit():
            raise SettingsError(f"{PREFIX}AGENT_ID 应为数字：{WHERE['AGENT_ID']}。")
        return cls(
            modes=modes,
            corp_id=given.get("CORP_ID", ""),
            agent_id=given.get("AGENT_ID", ""),
            corp_secret=given.get("CORP_SECRET", ""),
            keys=_keys(given.get("TOKEN", ""), given.get("AES_KEY", "")),
            bot_id=given.get("BOT_ID", ""),
            bot_secret=given.get("BOT_SECRET", ""),
            bot_name=given.get("BOT_NAME", ""),
            api_base=_address(given.get("API_BASE", "") or API_BASE, "API_BASE", ("https", "http")).rstrip(
                "/"
            ),
            ws_url=_address(given.get("WS_URL", "") or WS_URL, "WS_URL", ("wss", "ws")),
            webhook_key=given.get("WEBHOOK_KEY", ""),
        )


def _modes(text: str) -> tuple[Mode, ...]:
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Mode)]
    if unknown:
        raise SettingsError(
            f"{PREFIX}MODE 里的 {unknown[0]!r} 不认识：可以写 {'、'.join(Mode)}，几种一起用时以逗号隔开。"
        )
    modes = tuple(dict.fromkeys(Mode(name) for name in names))
    if Mode.LONG_CONNECTION in modes and Mode.BOT_CALLBACK in modes:
        raise SettingsError(f"{PREFIX}MODE：一个智能机器人只能用 longconn 或 aibot 中的一种，请去掉一个。")
    return modes


def _keys(tokens: str, aes_keys: str) -> tuple[Key, ...]:
    token_list, key_list = (
        [part.strip() for part in text.split(",") if part.strip()] for text in (tokens, aes_keys)
    )
    if len(token_list) != len(key_list):
        raise SettingsError(
            f"{PREFIX}TOKEN 和 {PREFIX}AES_KEY 要成对：更换时两边各写两个，新的在前，以逗号隔开。"
        )
    return tuple(Key(token, key) for token, key in zip(token_list, key_list, strict=True))


def _address(text: str, name: str, schemes: tuple[str, ...]) -> str:
    """Return an address of a server; without encryption only on this machine."""
    parts = urlsplit(text)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme not in schemes or not parts.hostname or (parts.scheme != schemes[0] and not local):
        raise SettingsError(f"{PREFIX}{name} {text!r} 不对：应以 {schemes[0]}:// 开头，写明主机名。")
    return text
