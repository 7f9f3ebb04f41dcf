"""WeCom's HTTP interface, as far as a bot needs it. The only door to httpx in this folder.

Nothing that goes out is written into a log: addresses carry the secrets.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from bot.wecom.settings import WecomSettings
from bot.wecom.task import Token
from index.errors import YoujuError

TIMEOUT = 10.0  # seconds
EARLY = 300  # seconds before its end a token is fetched anew
LARGEST_REPLY = 1_000_000  # bytes


class Remedy(StrEnum):
    """What to do about an error of WeCom."""

    REFRESH = "refresh"  # the token; once
    WAIT = "wait"  # and try again later
    DROP = "drop"  # nobody there to receive it
    OPERATOR = "operator"  # somebody has to change a setting


# errcode -> (what to do, what an operator should know); path/90313 and section 1.8 of the specification.
ERRORS: Mapping[int, tuple[Remedy, str]] = {
    -1: (Remedy.WAIT, "企业微信繁忙"),
    40001: (Remedy.OPERATOR, "Secret 不对：请核对 YOUJU_WECOM_CORP_SECRET"),
    40003: (Remedy.DROP, "接收人不存在"),
    40013: (Remedy.OPERATOR, "企业 ID 不对：请核对 YOUJU_WECOM_CORP_ID"),
    40014: (Remedy.REFRESH, "access_token 失效"),
    40056: (Remedy.OPERATOR, "AgentId 不对：请核对 YOUJU_WECOM_AGENT_ID"),
    41001: (Remedy.REFRESH, "缺少 access_token"),
    42001: (Remedy.REFRESH, "access_token 过期"),
    45009: (Remedy.WAIT, "调用过于频繁，已放慢"),
    45033: (Remedy.WAIT, "同时调用过多，已放慢"),
    48002: (Remedy.OPERATOR, "应用没有调用这个接口的权限：请在管理后台开通"),
    60020: (
        Remedy.OPERATOR,
        "本机 IP 不在企业可信 IP 里：请在应用详情页“企业可信IP”里加上下面的 IP，约一分钟后生效",
    ),
    81013: (Remedy.DROP, "接收人都不在应用的可见范围内"),
    93000: (Remedy.OPERATOR, "群机器人的 key 无效：请核对 YOUJU_WECOM_WEBHOOK_KEY"),
    301002: (Remedy.OPERATOR, "应用不允许这样调用：请核对 YOUJU_WECOM_AGENT_ID 与 Secret 是否同一个应用"),
}
UNKNOWN = (Remedy.DROP, "企业微信拒绝了这次调用")
_BACK_OFF = {45009: 60.0, 45033: 60.0}  # seconds; all others start with one


class WecomError(YoujuError):
    """WeCom refused a call. ``wait`` is how many seconds to let pass before the next try."""

    def __init__(self, code: int, said: str) -> None:
        self.code = code
        self.remedy, meaning = ERRORS.get(code, UNKNOWN)
        self.wait = _BACK_OFF.get(code, 1.0)
        super().__init__(f"企业微信：{meaning}（{code}：{said[:200]}）。")


class UnreachableError(YoujuError):
    """WeCom could not be reached, or what came back is no answer of WeCom's."""


class TokenStore(Protocol):
    """Keeps the tokens for all processes of a site."""

    def token(self, name: str) -> Token | None:
        """Return the token kept under a name."""
        ...

    def refreshing(self, name: str, stale: str, fetch: Callable[[], Token]) -> Token:
        """Fetch a token, one process at a time, unless another one has replaced ``stale`` meanwhile."""
        ...


class Api:
    """The calls of one application or bot. Safe to use from many threads."""

    def __init__(
        self, settings: WecomSettings, tokens: TokenStore, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._clock = clock
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=True)
        self._closing = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        with self._closing:
            self._client.close()

    def send(self, user: str, text: str) -> None:
        """Send a text to one member. The same text again within half an hour arrives once.

        Raises WecomError, UnreachableError.
        """
        self.call(
            "/cgi-bin/message/send",
            {
                "touser": user,
                "msgtype": "text",
                "agentid": int(self._settings.agent_id),
                "text": {"content": text},
                "enable_duplicate_check": 1,
                "duplicate_check_interval": 1800,
            },
        )

    def respond(self, url: str, text: str) -> None:
        """Give the one late answer that a message's ``response_url`` takes."""
        if urlsplit(url)[:2] != urlsplit(self._settings.api_base)[:2]:
            raise UnreachableError("回复地址不是企业微信的，没有发送。")
        self._post(url, {"msgtype": "markdown", "markdown": {"content": text}})

    def notify(self, text: str) -> None:
        """Tell the operators' group; does nothing where no group robot is set."""
        if self._settings.webhook_key:
            url = f"{self._settings.api_base}/cgi-bin/webhook/send?key={self._settings.webhook_key}"
            self._post(url, {"msgtype": "text", "text": {"content": text}})

    @property
    def base(self) -> str:
        """The address of WeCom's interface."""
        return self._settings.api_base

    def fetch(self, url: str, params: Mapping[str, str]) -> tuple[int, bytes, Mapping[str, str]]:
        """Get any address; return status, body and headers. Raises UnreachableError."""
        try:
            response = self._client.get(url, params=params)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnreachableError(f"连不上（{type(error).__name__}）。") from None
        return response.status_code, response.content[:LARGEST_REPLY], response.headers

    def callback_addresses(self) -> list[str]:
        """Return the addresses WeCom calls from."""
        listed = self.call("/cgi-bin/getcallbackip").get("ip_list")
        return [str(address) for address in listed] if isinstance(listed, list) else []

    def call(self, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Call with the access token, fetched anew once where WeCom does not take it any more."""
        token = self._token()
        try:
            return self._with(path, token, body)
        except WecomError as error:
            # 40001 means a token that was replaced, or a wrong secret: the fresh token tells which.
            if error.remedy is not Remedy.REFRESH and error.code != 40001:
                raise
        return self._with(path, self._token(stale=token), body)

    def _with(self, path: str, token: str, body: Mapping[str, Any] | None) -> Mapping[str, Any]:
        url = f"{self._settings.api_base}{path}?access_token={token}"
        return self._post(url, body) if body is not None else self._get(url)

    def _token(self, stale: str = "") -> str:
        name = f"{self._settings.corp_id}/{self._settings.agent_id}"
        held = self._tokens.token(name)
        if held is not None and held.value != stale and held.until > self._clock():
            return held.value
        old = stale or (held.value if held else "")
        return self._tokens.refreshing(name, old, self._fetch).value

    def _fetch(self) -> Token:
        base, corp = self._settings.api_base, self._settings.corp_id
        said = self._get(f"{base}/cgi-bin/gettoken?corpid={corp}&corpsecret={self._settings.corp_secret}")
        value, life = said.get("access_token"), said.get("expires_in")
        if not isinstance(value, str) or not isinstance(life, int):
            raise UnreachableError("企业微信没有给出 access_token，请稍后再试。")
        return Token(value, self._clock() + max(life - EARLY, 1))

    def _get(self, url: str) -> Mapping[str, Any]:
        return self._answer(lambda: self._client.get(url))

    def _post(self, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        data = json.dumps(body, ensure_ascii=False).encode()
        return self._answer(
            lambda: self._client.post(url, content=data, headers={"Content-Type": "application/json"})
        )

    def _answer(self, request: Callable[[], httpx.Response]) -> Mapping[str, Any]:
        host = urlsplit(self._settings.api_base).hostname
        try:
            response = request()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Not the error's own words: they may hold the address, and with it the secret.
            raise UnreachableError(
                f"连不上企业微信（{host}，{type(error).__name__}）。请检查网络和代理。"
            ) from None
        if response.status_code != 200 or len(response.content) > LARGEST_REPLY:
            raise UnreachableError(f"企业微信（{host}）答复异常（HTTP {response.status_code}）。")
        try:
            said = response.json()
            code = said.get("errcode", 0)
        except (ValueError, AttributeError):
            raise UnreachableError(
                f"{host} 的答复不是企业微信的格式，请核对 YOUJU_WECOM_API_BASE。"
            ) from None
        if code != 0:
            raise WecomError(int(code), str(said.get("errmsg", "")))
        assert isinstance(said, dict)
        if said.get("invaliduser"):  # reached nobody, though the code is 0
            raise WecomError(81013, "invaliduser")
        return said
