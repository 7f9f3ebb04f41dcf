"""Where the page is served and who may open it, from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeVar
from urllib.parse import urlsplit

from index.errors import SettingsError
from index.settings import refuse_unknown

Network = IPv4Network | IPv6Network
Choice = TypeVar("Choice", bound=StrEnum)
FIRST_ACCOUNT = "python -m bot accounts add 用户名 --role operator"

_BETWEEN = re.compile(r"[\s,，;；、]+")
_HEADER = re.compile(r"[A-Za-z0-9-]+")


class SignIn(StrEnum):
    """How people prove who they are; ``off`` serves this machine alone, ``open`` everybody unasked."""

    OFF = "off"
    OPEN = "open"
    ACCOUNTS = "accounts"
    PROXY = "proxy"
    OIDC = "oidc"


class LogKind(StrEnum):
    """How the log is written: a few lines for people, or one JSON object for every event."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Oidc:
    """The OpenID Connect provider people sign in with. ``claim`` of its token is a person's name here."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "preferred_username"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open the pages.

    ``proxies`` are the reverse proxies whose word on address, scheme and person is believed; ``header``
    is where they name the person. ``operators`` are the names of operators where roles are kept by
    neither accounts nor loopback: behind a proxy and with OpenID Connect.
    """

    sign_in: SignIn = SignIn.OFF
    proxies: tuple[Network, ...] = ()
    header: str = ""
    operators: frozenset[str] = frozenset()
    oidc: Oidc | None = None


@dataclass(frozen=True, slots=True)
class BotSettings:
    """``host`` and ``port`` the page listens on, who may open it, and how the log is written.

    ``port`` 0 is any free one; ``database`` is the state database, empty for a file of the usual place;
    ``public_url`` the address others reach the page at, empty where they do not; ``asks_per_minute`` how
    often one person may ask.
    """

    host: str
    port: int
    access: Access = Access()
    log: LogKind = LogKind.TEXT
    database: str = ""
    public_url: str = ""
    asks_per_minute: int = 30

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], host: str | None = None, port: int | None = None
    ) -> "BotSettings":
        """Read the settings; ``host`` and ``port`` come first where the command line named them.

        Raise SettingsError on a value that is none, on settings that do not go together, and on an
        address others can reach while nobody said who may.
        """
        refuse_unknown(environ)
        given = {name: value for name, text in environ.items() if (value := text.strip())}
        settings = cls(
            host=host or given.get("YOUJU_HOST", "127.0.0.1"),
            port=port if port is not None else port_number(given.get("YOUJU_PORT", "7860")),
            access=_access(given),
            log=_choice(LogKind, "YOUJU_LOG", given.get("YOUJU_LOG", "text")),
            database=given.get("YOUJU_DATABASE", ""),
            public_url=_public_url(given.get("YOUJU_PUBLIC_URL", "")),
            asks_per_minute=_often(given.get("YOUJU_ASKS_PER_MINUTE", "30")),
        )
        if settings.access.sign_in is SignIn.OFF and not is_loopback(settings.host):
            msg = (
                f"监听地址 {settings.host} 别的机器也能打开，但没有说明谁可以用。请设置 YOUJU_SIGN_IN："
                "accounts（账号和密码）、proxy（单位的统一登录代理）、oidc（OpenID Connect 统一认证），"
                "或者 open（不登录，能打开的人都能用）；只在本机用，请把监听地址改回 127.0.0.1。"
            )
            raise SettingsError(msg)
        return settings


def port_number(text: str) -> int:
    """Return the text as a port, 0 for any free one; raise SettingsError where it is none."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        msg = f"端口 {text!r} 不对：YOUJU_PORT 或 --port 应为 1 到 65535 的整数，或 0（任意空闲的端口）。"
        raise SettingsError(msg)
    return int(text)


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address, without its port, is this machine's own."""
    try:
        return plain_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """Return an IP address, an IPv4 one that is written as IPv6 as itself; raise ValueError on others."""
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def require_accounts(access: Access, accounts: int) -> None:
    """Raise SettingsError, naming the command, where people sign in with accounts and there is none."""
    if access.sign_in is SignIn.ACCOUNTS and not accounts:
        msg = f"YOUJU_SIGN_IN=accounts 要用账号登录，但还没有账号。请先运行：{FIRST_ACCOUNT}"
        raise SettingsError(msg)


def _access(given: Mapping[str, str]) -> Access:
    sign_in = _choice(SignIn, "YOUJU_SIGN_IN", given.get("YOUJU_SIGN_IN", "off"))
    needed = {
        SignIn.PROXY: ("YOUJU_PROXY_HEADER", "YOUJU_PROXY_ADDRESSES"),
        SignIn.OIDC: ("YOUJU_OIDC_ISSUER", "YOUJU_OIDC_CLIENT_ID", "YOUJU_OIDC_CLIENT_SECRET"),
    }
    if missing := [name for name in needed.get(sign_in, ()) if name not in given]:
        msg = f"YOUJU_SIGN_IN={sign_in} 还缺设置：{'、'.join(missing)}。"
        raise SettingsError(msg)
    # A setting that is not looked at would let its author believe that somebody is kept out.
    useful = {
        "YOUJU_PROXY_HEADER": {SignIn.PROXY},
        "YOUJU_OPERATORS": {SignIn.PROXY, SignIn.OIDC},
        **{name: {SignIn.OIDC} for name in (*needed[SignIn.OIDC], "YOUJU_OIDC_CLAIM")},
    }
    for name, modes in useful.items():
        if name in given and sign_in not in modes:
            msg = (
                f"{name} 只在 YOUJU_SIGN_IN={'或'.join(sorted(modes))} 时有用，现在是 {sign_in}。"
                f"请改 YOUJU_SIGN_IN，或去掉 {name}。"
            )
            raise SettingsError(msg)
    return Access(
        sign_in=sign_in,
        proxies=tuple(_network(text) for text in _several(given.get("YOUJU_PROXY_ADDRESSES", ""))),
        header=_header(given.get("YOUJU_PROXY_HEADER", "")),
        operators=frozenset(_several(given.get("YOUJU_OPERATORS", ""))),
        oidc=_oidc(given) if sign_in is SignIn.OIDC else None,
    )


def _choice(kind: type[Choice], name: str, text: str) -> Choice:
    try:
        return kind(text.lower())
    except ValueError:
        msg = f"{name}={text} 不对：可以写 {'、'.join(kind)}。"
        raise SettingsError(msg) from None


def _public_url(text: str) -> str:
    address = urlsplit(text)
    if text and (address.scheme not in ("http", "https") or not address.hostname or address.query):
        msg = f"YOUJU_PUBLIC_URL={text} 不对：应是别人打开网页用的网址，例如 https://youju.example.gov.cn。"
        raise SettingsError(msg)
    return text.rstrip("/")


def _often(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 10_000:
        msg = f"YOUJU_ASKS_PER_MINUTE={text} 不对：应是每人每分钟最多能问的次数，一个正整数。"
        raise SettingsError(msg)
    return int(text)


def _several(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text) if part]


def _network(text: str) -> Network:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        msg = f"YOUJU_PROXY_ADDRESSES 里的 {text} 不是 IP 地址或网段，例如 10.1.2.3 或 10.1.2.0/24。"
        raise SettingsError(msg) from None
    if not network.prefixlen:
        msg = f"YOUJU_PROXY_ADDRESSES 不能写 {text}：那样任何机器都能冒充代理。请只写代理自己的地址。"
        raise SettingsError(msg)
    return network


def _header(text: str) -> str:
    if text and not _HEADER.fullmatch(text):
        msg = f"YOUJU_PROXY_HEADER={text} 不是请求头的名称，例如 X-Remote-User。"
        raise SettingsError(msg)
    return text.lower()


def _oidc(given: Mapping[str, str]) -> Oidc:
    issuer = given["YOUJU_OIDC_ISSUER"]
    address = urlsplit(issuer)
    # Whoever can change what an issuer says over plain HTTP can sign in as anybody.
    secret = address.scheme == "https" or (address.scheme == "http" and is_loopback(address.hostname or ""))
    if not secret or not address.hostname or address.query or address.fragment:
        msg = f"YOUJU_OIDC_ISSUER={issuer} 不对：应以 https:// 开头，与统一认证平台公布的 issuer 一字不差。"
        raise SettingsError(msg)
    return Oidc(
        issuer=issuer,
        client_id=given["YOUJU_OIDC_CLIENT_ID"],
        client_secret=given["YOUJU_OIDC_CLIENT_SECRET"],
        claim=given.get("YOUJU_OIDC_CLAIM", "preferred_username"),
    )
