"""What the environment says: where the documents are, where indexes are kept, which model to use.

Only ``YOUJU_…`` variables are read, and one that is not known is an error: a misspelt name that is
silently ignored would leave the default in force without anybody noticing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process

from index.errors import SettingsError

PREFIX = "YOUJU_"
KNOWN = (
    "YOUJU_DOCUMENTS",
    "YOUJU_HOME",
    "YOUJU_EMBEDDING_MODEL",
    "YOUJU_RERANKER",
    "YOUJU_HOST",
    "YOUJU_PORT",
    "YOUJU_SIGN_IN",
    "YOUJU_PROXY_HEADER",
    "YOUJU_PROXY_ADDRESSES",
    "YOUJU_OPERATORS",
    "YOUJU_OIDC_ISSUER",
    "YOUJU_OIDC_CLIENT_ID",
    "YOUJU_OIDC_CLIENT_SECRET",
    "YOUJU_OIDC_CLAIM",
    "YOUJU_LOG",
    "YOUJU_DATABASE",
    "YOUJU_PUBLIC_URL",
    "YOUJU_ASKS_PER_MINUTE",
    "YOUJU_WECOM_MODE",
    "YOUJU_WECOM_CORP_ID",
    "YOUJU_WECOM_AGENT_ID",
    "YOUJU_WECOM_CORP_SECRET",
    "YOUJU_WECOM_TOKEN",
    "YOUJU_WECOM_AES_KEY",
    "YOUJU_WECOM_BOT_ID",
    "YOUJU_WECOM_BOT_SECRET",
    "YOUJU_WECOM_BOT_NAME",
    "YOUJU_WECOM_API_BASE",
    "YOUJU_WECOM_WS_URL",
    "YOUJU_WECOM_WEBHOOK_KEY",
    "YOUJU_LLM_BASE_URL",
    "YOUJU_LLM_MODEL",
    "YOUJU_LLM_API_KEY",
    "YOUJU_LLM_CONTEXT",
    "YOUJU_LLM_USES",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of the index.

    ``documents`` is the folder to index, None where nobody named one. ``home`` holds the indexes,
    one folder for each documents folder. ``embedding_model`` is a local folder or a hub name, None
    for the small model that ships; ``reranking_model`` likewise, None for no second look.
    """

    documents: Path | None
    home: Path
    embedding_model: str | None
    reranking_model: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings; raise SettingsError on an unknown ``YOUJU_`` variable."""
        refuse_unknown(environ)
        documents = environ.get("YOUJU_DOCUMENTS", "").strip()
        return cls(
            documents=Path(documents).expanduser() if documents else None,
            home=Path(environ.get("YOUJU_HOME", "").strip() or ".youju").expanduser(),
            embedding_model=environ.get("YOUJU_EMBEDDING_MODEL", "").strip() or None,
            reranking_model=environ.get("YOUJU_RERANKER", "").strip() or None,
        )

    def index_folder(self, documents: Path) -> Path:
        """Return where the index of a documents folder is kept: one place for each absolute path."""
        key = hashlib.sha256(str(documents.expanduser().resolve()).encode()).hexdigest()[:12]
        return self.home / f"index-{key}"


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Raise SettingsError, naming the closest known name, on a ``YOUJU_`` variable nobody reads."""
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in KNOWN:
            close = process.extractOne(name, KNOWN, score_cutoff=80)
            advice = f"是不是想写 {close[0]}？" if close else f"可用的名称：{'、'.join(KNOWN)}。"
            raise SettingsError(f"不认识的环境变量 {name}。{advice}")
