"""``python -m bot wecom doctor``: what is right and what is wrong with a deployment, in plain words."""

import secrets
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

from bot.checkup import Finding
from bot.wecom.api import Api, UnreachableError, WecomError
from bot.wecom.crypto import Crypto, EnvelopeError, sign
from bot.wecom.settings import Mode, WecomSettings
from bot.wecom.subscription import lease_of, trial

SKEW = 60.0  # seconds a clock may be wrong; WeCom's callbacks are refused from 600 on
PATHS = {Mode.APPLICATION: "/wecom/app", Mode.BOT_CALLBACK: "/wecom/aibot"}


def examine(
    settings: WecomSettings,
    api: Api,
    public_url: str,
    clock: Callable[[], float],
    held: Callable[[str], bool],
) -> Iterator[Finding]:
    """Look at everything a deployment needs, one after the other; raises StateError at most.

    ``held`` tells whether a running process has the lease of this name.
    """
    if not settings.modes:
        yield Finding(
            False, "接入方式", "没有设置 YOUJU_WECOM_MODE（longconn、aibot、app），企业微信没有启用。"
        )
        return
    yield Finding(True, "接入方式", "、".join(settings.modes))
    if set(settings.modes) & set(PATHS):
        yield _signature(settings)
        yield from (_callback(api, settings, mode, public_url) for mode in settings.modes if mode in PATHS)
    if set(settings.modes) & set(PATHS) or settings.webhook_key:
        yield _clock(api, clock)
    if Mode.APPLICATION in settings.modes:
        yield from _token(api)
    if Mode.LONG_CONNECTION in settings.modes:
        yield _connection(settings, held)
    if Mode.APPLICATION not in settings.modes or len(settings.modes) > 1:
        yield _name(settings)
    if settings.webhook_key:
        yield _group(api)


def _signature(settings: WecomSettings) -> Finding:
    """Seal and open a message of our own under every key."""
    message = secrets.token_bytes(20)
    for number, key in enumerate(settings.keys, start=1):
        crypto = Crypto([key], settings.corp_id)
        sealed = crypto.seal(message)
        try:
            opened, _ = crypto.open(sign(key, "1", "2", sealed), "1", "2", sealed)
        except EnvelopeError:
            opened = b""
        if opened != message:
            return Finding(False, "加解密自检", f"第 {number} 对 Token 和 AES Key 不能用，请重新复制。")
    return Finding(True, "加解密自检", f"{len(settings.keys)} 对 Token 和 AES Key 都能用。")


def _callback(api: Api, settings: WecomSettings, mode: Mode, public_url: str) -> Finding:
    """Call our own callback from outside, as the console does."""
    about = f"回调地址（{mode}）"
    if not public_url:
        words = "没有设置 YOUJU_PUBLIC_URL，无法检查。请写上企业微信能访问到的网址，如 https://youju.example.gov.cn。"
        return Finding(False, about, words)
    url = f"{public_url.rstrip('/')}{PATHS[mode]}"
    crypto = Crypto(settings.keys[:1], settings.corp_id if mode is Mode.APPLICATION else "")
    echo = str(secrets.randbelow(10**19))
    sealed, stamp, nonce = crypto.seal(echo.encode()), str(int(time.time())), secrets.token_hex(8)
    params = {
        "msg_signature": sign(settings.keys[0], stamp, nonce, sealed),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": sealed,
    }
    try:
        status, body, _ = api.fetch(url, params)
    except UnreachableError as error:
        return Finding(False, about, f"{url} 打不开：{error} 请检查服务是否在运行、反向代理和防火墙。")
    if status == 200 and body == echo.encode():
        return Finding(True, about, f"{url} 能通过验证，把它填到管理后台即可。")
    if status == 403:
        return Finding(
            False, about, f"{url} 拒绝了验证：运行中的服务用的 Token 或 AES Key 与这里的不同，请重启服务。"
        )
    words = (
        f"{url} 答复 HTTP {status}，内容不是原样的验证串。请检查反向代理是否转到了本服务、有没有改动内容。"
    )
    return Finding(False, about, words)


def _clock(api: Api, clock: Callable[[], float]) -> Finding:
    try:
        _, _, headers = api.fetch(api.base, {})
        theirs = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except UnreachableError as error:
        return Finding(False, "网络", f"{error}")
    except (ValueError, TypeError):
        return Finding(False, "时钟", "对方没有报时，无法比较。请用 date 命令核对本机时间。")
    skew = clock() - theirs
    if abs(skew) > SKEW:
        side = "快" if skew > 0 else "慢"
        words = f"本机时间比企业微信{side} {abs(skew):.0f} 秒，请校准（相差 10 分钟会拒收消息）。"
        return Finding(False, "时钟", words)
    return Finding(True, "时钟", f"相差 {abs(skew):.0f} 秒。")


def _token(api: Api) -> Iterator[Finding]:
    """Ask for a token, and for something that only a trusted address may ask for."""
    try:
        addresses = api.callback_addresses()
    except (WecomError, UnreachableError) as error:
        said = f"{error}"
        about = "企业可信 IP" if isinstance(error, WecomError) and error.code == 60020 else "access_token"
        yield Finding(False, about, said)
        return
    yield Finding(True, "access_token", "能取得，Secret 和企业 ID 正确。")
    yield Finding(
        True, "企业可信 IP", f"接口可以调用。企业微信从 {len(addresses)} 个地址回调，防火墙请放行。"
    )


def _connection(settings: WecomSettings, held: Callable[[str], bool]) -> Finding:
    """Sign in, unless that would put out a service that is running."""
    if held(lease_of(settings)):
        words = (
            "本站有服务在运行，再登录会把它顶下线，所以没有试。要核对 Secret，请先停掉服务，再运行本命令。"
        )
        return Finding(True, "长连接", words)
    wrong = trial(settings)
    return Finding(not wrong, "长连接", wrong or "登录成功。")


def _name(settings: WecomSettings) -> Finding:
    words = f"群里 @{settings.bot_name} 提问时会去掉这个名字。"
    if not settings.bot_name:
        words = "没有设置 YOUJU_WECOM_BOT_NAME：群里 @ 机器人时，名字会被当作问题的一部分，命令也认不出来。"
    return Finding(bool(settings.bot_name), "机器人名称", words)


def _group(api: Api) -> Finding:
    try:
        api.notify("有据：这是一条检查消息，收到说明管理员群的通知是通的。")
    except (WecomError, UnreachableError) as error:
        return Finding(False, "管理员群", f"{error}")
    return Finding(True, "管理员群", "已发送一条检查消息，请到群里确认。")
