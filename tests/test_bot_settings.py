"""The settings of the page: who may open it, and that no half of a setting passes for the whole."""

from ipaddress import ip_network

import pytest

from bot.settings import Access, BotSettings, LogKind, Oidc, SignIn, is_loopback, require_accounts
from index.errors import SettingsError

PROXY = {
    "YOUJU_SIGN_IN": "proxy",
    "YOUJU_PROXY_HEADER": "X-Remote-User",
    "YOUJU_PROXY_ADDRESSES": "10.0.0.0/24, 127.0.0.1",
}
OIDC = {
    "YOUJU_SIGN_IN": "oidc",
    "YOUJU_OIDC_ISSUER": "https://login.example.gov.cn/realms/county",
    "YOUJU_OIDC_CLIENT_ID": "youju",
    "YOUJU_OIDC_CLIENT_SECRET": "s3cr3t",
}


def test_nothing_set_serves_this_machine_alone() -> None:
    """Without settings the page is on loopback, nobody signs in, and the log is for people."""
    assert BotSettings.from_environment({}) == BotSettings("127.0.0.1", 7860, Access(), LogKind.TEXT)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "youju.example.gov.cn"])
def test_an_address_of_others_needs_a_word_on_who_may(host: str) -> None:
    """Listening where others can reach is refused until a way to sign in, or none, is chosen; the message
    names every choice.
    """
    for environ, option in (({"YOUJU_HOST": host}, None), ({}, host)):
        with pytest.raises(SettingsError) as caught:
            BotSettings.from_environment(environ, option)
        assert all(word in str(caught.value) for word in (host, "accounts", "proxy", "oidc", "open"))
    assert BotSettings.from_environment({"YOUJU_SIGN_IN": "open"}, host=host).host == host


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]", "::ffff:127.0.0.1"]
)
def test_loopback_is_known_in_every_spelling(host: str) -> None:
    """Names and addresses of this machine need no word on who may."""
    assert is_loopback(host)
    assert BotSettings.from_environment({}, host=host).access.sign_in is SignIn.OFF


@pytest.mark.parametrize("host", ["127.0.0.1.evil.com", "localhost.evil.com", "10.0.0.1", "", "0.0.0.0"])
def test_others_are_not_loopback(host: str) -> None:
    """A name that only begins like loopback is somebody else's."""
    assert not is_loopback(host)


def test_the_command_line_comes_first() -> None:
    """What the command says of host and port counts before the environment."""
    settings = BotSettings.from_environment({"YOUJU_HOST": "0.0.0.0", "YOUJU_PORT": "80"}, "127.0.0.1", 81)

    assert (settings.host, settings.port) == ("127.0.0.1", 81)
    assert BotSettings.from_environment({"YOUJU_PORT": "80"}, port=0).port == 0  # any free one


def test_a_proxy_is_set_up() -> None:
    """Header, addresses and operators are read, however they are separated."""
    access = BotSettings.from_environment({**PROXY, "YOUJU_OPERATORS": "张三，li4; wang5"}).access

    assert access == Access(
        SignIn.PROXY,
        (ip_network("10.0.0.0/24"), ip_network("127.0.0.1/32")),
        "x-remote-user",
        frozenset({"张三", "li4", "wang5"}),
    )


def test_oidc_is_set_up_and_its_secret_is_not_printed() -> None:
    """The provider is read; the settings can be printed without giving the secret away."""
    access = BotSettings.from_environment({**OIDC, "YOUJU_OIDC_CLAIM": "email"}).access

    assert access.oidc == Oidc("https://login.example.gov.cn/realms/county", "youju", "s3cr3t", "email")
    assert "s3cr3t" not in repr(access)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"YOUJU_SIGN_IN": "acounts"}, "acounts.*accounts"),
        ({"YOUJU_LOG": "xml"}, "YOUJU_LOG=xml.*json"),
        ({"YOUJU_SIGN_IN": "proxy"}, "YOUJU_PROXY_HEADER、YOUJU_PROXY_ADDRESSES"),
        ({**PROXY, "YOUJU_PROXY_ADDRESSES": ""}, "还缺设置：YOUJU_PROXY_ADDRESSES"),
        ({**PROXY, "YOUJU_PROXY_ADDRESSES": "nginx"}, "nginx 不是 IP"),
        ({**PROXY, "YOUJU_PROXY_ADDRESSES": "0.0.0.0/0"}, "冒充"),
        ({**PROXY, "YOUJU_PROXY_HEADER": "X Remote: User"}, "请求头"),
        ({**OIDC, "YOUJU_OIDC_CLIENT_SECRET": " "}, "还缺设置：YOUJU_OIDC_CLIENT_SECRET"),
        ({**OIDC, "YOUJU_OIDC_ISSUER": "http://login.example.gov.cn"}, "https"),
        ({**OIDC, "YOUJU_OIDC_ISSUER": "login.example.gov.cn"}, "https"),
        ({**OIDC, "YOUJU_OIDC_ISSUER": "https://"}, "https"),
        ({"YOUJU_OIDC_ISSUER": "https://login.example.gov.cn"}, "YOUJU_SIGN_IN=oidc"),
        ({"YOUJU_PROXY_HEADER": "X-User", "YOUJU_SIGN_IN": "accounts"}, "YOUJU_SIGN_IN=proxy"),
        ({"YOUJU_OPERATORS": "张三", "YOUJU_SIGN_IN": "accounts"}, "oidc或proxy"),
    ],
)
def test_bad_or_half_settings_are_refused(environ: dict[str, str], said: str) -> None:
    """A value that is none, a setting that lacks another, and one nobody looks at are named."""
    with pytest.raises(SettingsError, match=said):
        BotSettings.from_environment(environ)


def test_accounts_without_an_account_name_the_command() -> None:
    """A site nobody can sign in to is not served: the message says how to add the first account."""
    access = Access(SignIn.ACCOUNTS)

    with pytest.raises(SettingsError, match="python -m bot accounts add"):
        require_accounts(access, 0)
    require_accounts(access, 1)
    require_accounts(Access(SignIn.OPEN), 0)
