"""The settings of the WeCom channel: what is missing is named, with the place in the console."""

import pytest

from bot.wecom.settings import Mode, WecomSettings
from index.errors import SettingsError

KEY, OTHER = "A" * 43, "B" * 43
BOT = {"YOUJU_WECOM_MODE": "longconn", "YOUJU_WECOM_BOT_ID": "b", "YOUJU_WECOM_BOT_SECRET": "geheim"}
APP = {
    "YOUJU_WECOM_MODE": "app",
    "YOUJU_WECOM_CORP_ID": "ww1",
    "YOUJU_WECOM_AGENT_ID": "7",
    "YOUJU_WECOM_CORP_SECRET": "geheim",
    "YOUJU_WECOM_TOKEN": "geheim-token",
    "YOUJU_WECOM_AES_KEY": KEY,
}


def test_without_a_mode_nothing_is_wanted() -> None:
    """A site that does not use WeCom needs no settings for it."""
    assert WecomSettings.from_environment({}).modes == ()


def test_several_modes_and_two_keys() -> None:
    """Modes are written with commas, keys in pairs, the newest first."""
    given = BOT | APP | {"YOUJU_WECOM_MODE": "longconn， app", "YOUJU_WECOM_TOKEN": "new,old"}
    settings = WecomSettings.from_environment(given | {"YOUJU_WECOM_AES_KEY": f"{KEY},{OTHER}"})

    assert settings.modes == (Mode.LONG_CONNECTION, Mode.APPLICATION)
    assert [(key.token, key.aes_key) for key in settings.keys] == [("new", KEY), ("old", OTHER)]


@pytest.mark.parametrize("name", sorted(set(BOT) | set(APP) - {"YOUJU_WECOM_MODE"}))
def test_what_is_missing_is_named(name: str) -> None:
    """Each setting a mode needs is asked for by its name, with the place where the console shows it."""
    given = (BOT if name in BOT else APP) | {name: " "}
    if name == "YOUJU_WECOM_MODE":
        assert WecomSettings.from_environment(given).modes == ()
        return
    with pytest.raises(SettingsError, match=rf"{name}（.+）"):
        WecomSettings.from_environment(given)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"YOUJU_WECOM_MODE": "webhook"}, "'webhook' 不认识"),
        ({"YOUJU_WECOM_MODE": "longconn,aibot"}, "只能用"),
        ({"YOUJU_WECOM_AGENT_ID": "app-1"}, "AGENT_ID 应为数字"),
        ({"YOUJU_WECOM_AES_KEY": "短"}, "43"),
        ({"YOUJU_WECOM_TOKEN": "a,b"}, "成对"),
        ({"YOUJU_WECOM_API_BASE": "http://wecom.example.gov.cn"}, "https"),
        ({"YOUJU_WECOM_API_BASE": "wecom.example.gov.cn"}, "https"),
        ({"YOUJU_WECOM_WS_URL": "ws://wecom.example.gov.cn"}, "wss"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, str], said: str) -> None:
    """A wrong value is refused at the start, in words that say what to write."""
    with pytest.raises(SettingsError, match=said):
        WecomSettings.from_environment(BOT | APP | wrong)


def test_secrets_are_not_printed() -> None:
    """A settings object in a log gives nothing away."""
    assert "geheim" not in repr(
        WecomSettings.from_environment(BOT | APP | {"YOUJU_WECOM_MODE": "longconn,app"})
    )


def test_a_private_wecom_has_its_own_addresses() -> None:
    """Government sites run WeCom on hosts of their own."""
    given = {
        "YOUJU_WECOM_API_BASE": "https://wx.example.gov.cn/",
        "YOUJU_WECOM_WS_URL": "wss://ws.example.gov.cn",
    }
    settings = WecomSettings.from_environment(BOT | given)

    assert (settings.api_base, settings.ws_url) == ("https://wx.example.gov.cn", "wss://ws.example.gov.cn")
