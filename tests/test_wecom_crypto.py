"""WeCom's encryption: official vectors, our own, a peer's implementation, and what must be refused."""

import base64
import hashlib
from urllib.parse import unquote

import pytest
from wechatpy.crypto import BasePrpCrypto  # type: ignore[import-untyped] # a peer, to compare with

from bot.wecom.crypto import Crypto, EnvelopeError, Key, encrypted, sign
from index.errors import SettingsError

OFFICIAL = Key("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
OFFICIAL_CORP = "wx5823bf96d3bd56c7"
SAMPLE = Key("hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt")
SAMPLE_CORP = "ww1436e0e65a779aee"
GOLDEN = Key("GoldenToken0001", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
GOLDEN_CORP = "ww0123456789abcdef"
GOLDEN_TIME, GOLDEN_NONCE = "1700000000", "1597212914"
RANDOM = b"0123456789abcdef"

ECHO = unquote(
    "P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D"
)
# fmt: off
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvu"
    "JTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2"
    "hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4E"
    "hzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2Y"
    "oyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
SAMPLE_MESSAGE = (
    "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew+kk"
    "YcD+Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24YhmZH4ch"
    "4Ka7ilEbjbfvhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwocugux08"
    "2f49HKYg84EpHSGXAyh+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+"
)
SAMPLE_JSON = (
    "cjhLUX7UU4yCSelv1vz7T0zT8huF51bAMVWriNvO1FMegHrQZNrtvRxbwf0fUPsFvwqR0U0fgiJNEA5Y30F2MoI2S7vv3EjVQ68C0cjw9frBoUE"
    "2Hj0BvFp9h3u6Vbsg4lc1C8AtHdaN8orKuNKkLRLuYEL52R1J3v8olJGZRLnRdVKIivixmX/eQpzgeExtp20jI1HxRP1AAZ6xZoILdqDPO549L"
    "O4WeG+685JRUTdiwcY5fjZlqeMxuT4PpMn1X9OWsS7NRj06Wa5E3Tvg4twjWp39KPfOdRte6P1T4JU="
)
VECTORS = [
    (OFFICIAL, OFFICIAL_CORP, "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", ECHO,
     b"1616140317555161061", ""),
    (OFFICIAL, OFFICIAL_CORP, "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6", MESSAGE,
     b"", "62f23e2db9188b2883215b599af3d8ffcaa3fae68770c8f84529cfc560683f32"),
    (SAMPLE, SAMPLE_CORP, "1476416373", "47744683", "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
     "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
     b"1288432023552776189", ""),
    (SAMPLE, SAMPLE_CORP, "1476422779", "1597212914", "0c3914025cb4b4d68103f6bfc8db550f79dcf48e",
     SAMPLE_MESSAGE,
     b"", "554670fb6698d0f2e8020699846f4e16a590d05d4454cc1cbe76153f8b940ba4"),
]  # fmt: skip
FRAMES = [
    ("", '{"msgid":"m-0001","aibotid":"aibTEST","chattype":"single","from":{"userid":"zhangsan"},'
     '"msgtype":"text","text":{"content":"你好"}}',
     "4j/AuRx71kQlxVlzbpsMWARBWDlGcHdFmYUzifTj7lwJaPBOMWRpQZNYBhrOiEj5XboukQVtYM96IVQoEH7jKGBG/396Oh7KQU+ug2VqV/o9PHf"
     "obXz61g3LQuDa8uHwJpezg1P+k43lUiUP1JaVM6h9A9+2BHvMp0GEi1TE6D0jxtQLjkHDIiOYfyFC5gGlM5Usb7d6OR8DpnOLlFfQtQ==",
     "b76d218e1057f16c6d38cbea5fb06b00191cac16"),
    ("", "", "4j/AuRx71kQlxVlzbpsMWM4cLXAIcGv39KvAS8cQTXc=", "fe58e2a1baab3bd8ac0f5ef721de7dbf703009b8"),
    ("", "x" * 12,
     "4j/AuRx71kQlxVlzbpsMWHm682cz6RRSbI+nKwdnnCWiMQcqNVRzRH5V1OVnIPtQ0RBAU6gP+dl/csw25VcjJg==",
     "73305bbf431138688b0ae6271ebda936ba03ffd7"),
    ("", "x" * 11,
     "4j/AuRx71kQlxVlzbpsMWGstKHKGeE+ClUz7r5I6QQw=", "2048082534863bf10ae4da0b5ec7347d490c13e0"),
    ("", "x" * 27, "4j/AuRx71kQlxVlzbpsMWMQnYXNvWwu7oyG7gqcT72+lq/wtKi0EtIxizvr5YO7bl77WkoZyn0rxGKdRlC3Kkg==",
     "6db52b4a1367ad35b4fa9b0aa05d9199a6785c50"),
    (GOLDEN_CORP, "1616140317555161061",
     "4j/AuRx71kQlxVlzbpsMWFHe92iq4VdHki6B+j5nrtgcS54Mj3xQTtZ/FUl+1TNkgHFEtNbC6UD+fm58bt1m+w==",
     "880874f035f89ef60990788261d241248764e20f"),
]  # fmt: skip


def framed(message: bytes, receiver: str, length: int | None = None) -> bytes:
    """Return a frame with a known beginning."""
    return (
        RANDOM + (len(message) if length is None else length).to_bytes(4, "big") + message + receiver.encode()
    )


@pytest.mark.parametrize(
    ("key", "corp", "time", "nonce", "signature", "sealed", "message", "digest"), VECTORS
)
def test_official_vectors_open(
    key: Key, corp: str, time: str, nonce: str, signature: str, sealed: str, message: bytes, digest: str
) -> None:
    """The documentation's own examples are read, byte for byte."""
    opened, under = Crypto([key], corp).open(signature, time, nonce, sealed)

    assert under is key
    assert hashlib.sha256(opened).hexdigest() == (digest or hashlib.sha256(message).hexdigest())


def test_the_json_sample_opens_although_its_json_is_broken() -> None:
    """The official JSON sample is decrypted; that its JSON is wrong is found later."""
    signature = "e3647471e395139e2308c1fa963f2d648a00b90e"

    opened, _ = Crypto([SAMPLE], SAMPLE_CORP).open(signature, "1409659813", "1372623149", SAMPLE_JSON)

    assert hashlib.sha256(opened).hexdigest().startswith("680760588eeb9e41")


@pytest.mark.parametrize(("receiver", "message", "sealed", "signature"), FRAMES)
def test_golden_frames_both_ways(receiver: str, message: str, sealed: str, signature: str) -> None:
    """Paddings of 1, 8, 12, 17 and 32 bytes are written and read as three other programs do."""
    assert encrypted(GOLDEN, framed(message.encode(), receiver)) == sealed
    assert sign(GOLDEN, GOLDEN_TIME, GOLDEN_NONCE, sealed) == signature
    opened, _ = Crypto([GOLDEN], receiver).open(signature, GOLDEN_TIME, GOLDEN_NONCE, sealed)
    assert opened == message.encode()


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 31, 32, 33, 5000])
def test_a_peer_reads_what_we_seal_and_we_what_it_seals(length: int) -> None:
    """wechatpy, another implementation, understands us and we understand it."""
    message = ("问" * length).encode()
    peer = BasePrpCrypto(GOLDEN.secret)

    assert peer._decrypt(Crypto([GOLDEN], GOLDEN_CORP).seal(message), GOLDEN_CORP) == message.decode()
    theirs = peer._encrypt(message.decode(), GOLDEN_CORP)
    theirs = theirs.decode() if isinstance(theirs, bytes) else theirs
    opened, _ = Crypto([GOLDEN], GOLDEN_CORP).open(sign(GOLDEN, "1", "2", theirs), "1", "2", theirs)
    assert opened == message


def test_two_keys_are_in_force_while_they_are_changed() -> None:
    """A message under the old key is read, and answered under the key it came under."""
    old, new = SAMPLE, GOLDEN
    sealed = Crypto([old], "").seal(b"before")
    both = Crypto([new, old], "")

    opened, under = both.open(sign(old, "1", "2", sealed), "1", "2", sealed)

    assert (opened, under) == (b"before", old)
    answer = both.seal(b"after", under)
    assert Crypto([old], "").open(sign(old, "1", "2", answer), "1", "2", answer)[0] == b"after"


def _sealed_frame(frame: bytes) -> str:
    return encrypted(GOLDEN, frame)


def _raw(padded: bytes) -> str:
    """Return bytes encrypted as they are, without padding of our own."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # late: of these cases only

    encryptor = Cipher(algorithms.AES(GOLDEN.secret), modes.CBC(GOLDEN.secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


WRONG = {
    "another receiver": _sealed_frame(framed(b"x", "ww9")),
    "no receiver": _sealed_frame(framed(b"x", "")),
    "longer than the frame": _sealed_frame(framed(b"x", GOLDEN_CORP, length=10_000)),
    "negative length": _sealed_frame(framed(b"x", GOLDEN_CORP, length=2**32 - 1)),
    "shorter than its head": _sealed_frame(b"0123456789"),
    "not base 64": "！！！！",
    "base 64 with other letters": "-" * 44,
    "not whole blocks": base64.b64encode(b"x" * 31).decode(),
    "half blocks": base64.b64encode(b"x" * 48).decode(),
    "nothing": "",
    "padding of zero": _raw(framed(b"x" * 9, "") + b"\x00" * 3),
    "padding of 33": _raw(b"y" * 31 + b"\x21"),
    "padding of several minds": _raw(framed(b"x" * 9, "") + b"\x03\x02\x03"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_wecoms_is_refused_though_signed(case: str) -> None:
    """Damage behind a right signature is refused like a wrong signature, without saying what was wrong."""
    sealed = WRONG[case]

    with pytest.raises(EnvelopeError) as refusal:
        Crypto([GOLDEN], GOLDEN_CORP).open(sign(GOLDEN, "1", "2", sealed), "1", "2", sealed)

    assert str(refusal.value) == ""


@pytest.mark.parametrize("signature", ["", "0" * 40, "签名" * 20, "F" * 40, "0" * 39, "b76d218e" * 5 + "\n"])
def test_a_wrong_signature_is_refused(signature: str) -> None:
    """A signature that is not the one is refused, whatever it is made of."""
    sealed = Crypto([GOLDEN], "").seal(b"x")

    with pytest.raises(EnvelopeError):
        Crypto([GOLDEN], "").open(signature, "1", "2", sealed)


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "键" * 43, " " + "A" * 42])
def test_a_wrong_aes_key_is_named(key: str) -> None:
    """A key that was not copied whole is refused at the start, by the name of its setting."""
    with pytest.raises(SettingsError, match="YOUJU_WECOM_AES_KEY"):
        Key("token", key)


def test_keys_do_not_show() -> None:
    """A key is not written where it is printed."""
    assert "GoldenToken" not in repr(GOLDEN)
    assert GOLDEN.aes_key not in repr(GOLDEN)
