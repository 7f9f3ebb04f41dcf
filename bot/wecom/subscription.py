"""Signing in on a long connection."""

from bot.wecom.line import Line, LineDownError, NotTakenError
from bot.wecom.settings import WecomSettings


def lease_of(settings: WecomSettings) -> str:
    """Return the name of the lease that the process of a site has which holds the connection."""
    return f"wecom:{settings.bot_id}"


def subscribe(line: Line, settings: WecomSettings) -> None:
    """Sign in. Raises NotTakenError, LineDownError."""
    line.exchange("aibot_subscribe", {"bot_id": settings.bot_id, "secret": settings.bot_secret})


def refused(error: NotTakenError) -> str:
    """Say that the secret is wrong, and where it is set."""
    where = "请核对 YOUJU_WECOM_BOT_ID 和 YOUJU_WECOM_BOT_SECRET。"
    return f"企业微信不接受智能机器人的登录（{error}）。{where}"


def trial(settings: WecomSettings) -> str:
    """Subscribe once and close again; return what is wrong, empty where nothing is."""
    try:
        line = Line(settings.ws_url, lambda _frame, _request: None)
        try:
            subscribe(line, settings)
        finally:
            line.drop()
    except NotTakenError as error:
        return refused(error)
    except LineDownError as error:
        return str(error)
    return ""
