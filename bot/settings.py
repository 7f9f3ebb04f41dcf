"""Where the page is served, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import SettingsError
from index.settings import refuse_unknown


@dataclass(frozen=True, slots=True)
class BotSettings:
    """``host`` and ``port`` the page listens on. Only this machine can reach 127.0.0.1."""

    host: str
    port: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "BotSettings":
        """Read YOUJU_HOST and YOUJU_PORT; raise SettingsError on a port that is none."""
        refuse_unknown(environ)
        return cls(
            host=environ.get("YOUJU_HOST", "").strip() or "127.0.0.1",
            port=port_number(environ.get("YOUJU_PORT", "").strip() or "7860"),
        )


def port_number(text: str) -> int:
    """Return the text as a port; raise SettingsError where it is none."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        msg = f"端口 {text!r} 不对：YOUJU_PORT 或 --port 应为 1 到 65535 的整数。"
        raise SettingsError(msg)
    return int(text)
