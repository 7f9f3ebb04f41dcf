"""WeCom's callback encryption: signature, AES-CBC, the frame inside it. The only door to cryptography.

Source: developer.work.weixin.qq.com/document/path/90968. The key-derived IV and SHA-1 are the protocol's.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from index.errors import SettingsError

BLOCK = 32  # bytes; the padding fills blocks of 32, not of AES' 16
RANDOM = 16  # bytes in front, which keep equal messages from looking alike
_SIGNATURE = re.compile(r"[0-9a-f]{40}")
_KEY = re.compile(r"[A-Za-z0-9]{43}")


class EnvelopeError(Exception):
    """A callback that is not WeCom's: refused without a word on what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Key:
    """One pair of token and EncodingAESKey as the console shows them; raises SettingsError on a bad one."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.token:
            raise SettingsError("YOUJU_WECOM_TOKEN 是空的：请填写企业微信后台“接收消息”里的 Token。")
        if not _KEY.fullmatch(self.aes_key):
            raise SettingsError(
                "YOUJU_WECOM_AES_KEY 应为 43 个字母和数字："
                "请从企业微信后台“接收消息”里整段复制 EncodingAESKey。"
            )

    @property
    def secret(self) -> bytes:
        """The 32 bytes of the AES key."""
        return base64.b64decode(self.aes_key + "=")


@dataclass(frozen=True, slots=True)
class Crypto:
    """Opens and seals callbacks of one receiver.

    ``keys`` are all pairs in force: two while a site changes them, the newest first, which seals.
    ``receiver`` is the corporation's id for an application, empty for an AI bot.
    """

    keys: Sequence[Key]
    receiver: str

    def open(self, signature: str, timestamp: str, nonce: str, sealed: str) -> tuple[bytes, Key]:
        """Return the message and the key it came under; raise EnvelopeError on anything else."""
        for key in self.keys:
            if _SIGNATURE.fullmatch(signature) and hmac.compare_digest(
                sign(key, timestamp, nonce, sealed).encode(), signature.encode()
            ):
                return _unframed(_decrypted(key, sealed), self.receiver), key
        raise EnvelopeError

    def seal(self, message: bytes, key: Key | None = None) -> str:
        """Return a message encrypted under the key its question came under, else under the newest."""
        frame = (
            secrets.token_bytes(RANDOM) + len(message).to_bytes(4, "big") + message + self.receiver.encode()
        )
        return encrypted(key or self.keys[0], frame)


def sign(key: Key, timestamp: str, nonce: str, sealed: str) -> str:
    """Return the signature of a sealed message."""
    parts = sorted([key.token, timestamp, nonce, sealed], key=lambda part: part.encode("utf-8", "replace"))
    return hashlib.sha1("".join(parts).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def encrypted(key: Key, frame: bytes) -> str:
    """Return a whole frame encrypted, in base 64."""
    padder = padding.PKCS7(BLOCK * 8).padder()
    encryptor = _cipher(key).encryptor()
    padded = padder.update(frame) + padder.finalize()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def _decrypted(key: Key, sealed: str) -> bytes:
    try:
        # Where a proxy has decoded the address once too often, a plus has become a space.
        data = base64.b64decode(sealed.replace(" ", "+"), validate=True)
        if not data or len(data) % BLOCK:
            raise EnvelopeError
        decryptor = _cipher(key).decryptor()
        unpadder = padding.PKCS7(BLOCK * 8).unpadder()  # looks at every byte of the padding
        return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise EnvelopeError from None


def _unframed(frame: bytes, receiver: str) -> bytes:
    """Return the message of a frame: random bytes, length, message, receiver."""
    start = RANDOM + 4
    end = start + int.from_bytes(frame[RANDOM:start], "big")
    if len(frame) < start or end > len(frame) or not hmac.compare_digest(frame[end:], receiver.encode()):
        raise EnvelopeError
    return frame[start:end]


def _cipher(key: Key) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key.secret), modes.CBC(key.secret[:16]))
