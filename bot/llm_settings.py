"""Which language model writes the answers, from the environment; none where nothing is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from index.errors import SettingsError
from index.settings import refuse_unknown

CONTEXT = 4096  # tokens: what Ollama gives a model nobody configured, the least of the usual servers
_LEAST_CONTEXT = 2048
_NAMES = (
    "YOUJU_LLM_BASE_URL",
    "YOUJU_LLM_MODEL",
    "YOUJU_LLM_API_KEY",
    "YOUJU_LLM_CONTEXT",
    "YOUJU_LLM_USES",
)


class Use(StrEnum):
    """What a model may do beside writing: rewrite a follow-up so that it stands alone, put a question into
    the words of official documents so that more is found, or judge every sentence once more.
    """

    REWRITE = "rewrite"
    QUERIES = "queries"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """An OpenAI-compatible endpoint.

    ``base_url`` ends before ``/chat/completions``. ``api_key`` is empty where the server wants none.
    ``context`` is how many tokens question, material and answer may take together.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    context: int = CONTEXT
    uses: frozenset[Use] = frozenset()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "LlmSettings | None":
        """Read the settings; None where none is set. Raise SettingsError on half of them or bad values."""
        refuse_unknown(environ)
        given = {name: text for name in _NAMES if (text := environ.get(name, "").strip())}
        if not given:
            return None
        if missing := [name for name in _NAMES[:2] if name not in given]:
            msg = (
                f"语言模型的设置不全，还缺：{'、'.join(missing)}。不用语言模型，请去掉所有 YOUJU_LLM_ 设置。"
            )
            raise SettingsError(msg)
        key = given.get("YOUJU_LLM_API_KEY", "")
        if not (key.isascii() and key.isprintable()):
            msg = "YOUJU_LLM_API_KEY 里有空白、汉字或全角字符，请重新复制。"
            raise SettingsError(msg)
        return cls(
            base_url=_address(given["YOUJU_LLM_BASE_URL"]),
            model=given["YOUJU_LLM_MODEL"],
            api_key=key,
            context=_context(given.get("YOUJU_LLM_CONTEXT", str(CONTEXT))),
            uses=_uses(given.get("YOUJU_LLM_USES", "")),
        )


def _address(text: str) -> str:
    try:
        address = urlsplit(text)
        valid = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:
        valid = False
    if not valid or address.query or address.fragment or address.username:
        msg = f"YOUJU_LLM_BASE_URL={text} 不对：应是模型服务的网址，通常以 /v1 结尾，例如 http://127.0.0.1:11434/v1。"
        raise SettingsError(msg)
    return text.rstrip("/").removesuffix("/chat/completions")


def _context(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not _LEAST_CONTEXT <= int(text) <= 1_000_000:
        msg = f"YOUJU_LLM_CONTEXT={text} 不对：应是模型一次能读写的 token 数，{_LEAST_CONTEXT} 或更多的整数。"
        raise SettingsError(msg)
    return int(text)


def _uses(text: str) -> frozenset[Use]:
    words = text.lower().replace("，", ",").split(",")
    try:
        return frozenset(Use(word.strip()) for word in words if word.strip())
    except ValueError:
        msg = f"YOUJU_LLM_USES={text} 不对：可以写 {'、'.join(Use)}，几个之间用逗号隔开。"
        raise SettingsError(msg) from None
