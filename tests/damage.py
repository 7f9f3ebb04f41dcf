"""The damage of a page converter, made on purpose: traditional script, pinyin residues, byte slips.

The converter worked on bytes. It set a pinyin after every pair of bytes that looked like one of its
characters and cut the text at every pair that looked like a full stop, also where the pair lay across
two characters. A byte left alone was shown as ``?`` and took an ASCII character behind it along.
"""

import random
from functools import cache

from opencc import OpenCC
from pypinyin import Style, pinyin

TO_FULL_WIDTH = str.maketrans("(),:;!?", "（），：；！？")
TO_ASCII = str.maketrans("（），：；！？", "(),:;!?")
STOPS = ("。".encode("gbk"), "！".encode("gbk"), "？".encode("gbk"))

Residues = list[tuple[bytes, bytes]]


def to_traditional(text: str) -> str:
    """Return the text in traditional characters that GBK has."""
    converted = _converter().convert(text)
    return "".join(a if _in_gbk(a) else b for a, b in zip(converted, text, strict=True))


def residues(text: str, seed: int, count: int = 60) -> Residues:
    """Choose the characters that get a pinyin, each with the bytes of its residue."""
    changed = sorted({b for a, b in zip(text, to_traditional(text), strict=True) if a != b})
    chosen = random.Random(seed).sample(changed, min(count, len(changed)))
    return [(c.encode("gbk"), f"({pinyin(c, style=Style.TONE)[0][0]})".encode("gbk")) for c in chosen]


def damage(line: str, after: Residues) -> str:
    """Return a line as the converter left it. Without residues the line stays simplified."""
    line = line.translate(TO_FULL_WIDTH)
    raw = (to_traditional(line) if after else line).encode("gbk", "ignore")
    for character, residue in after:
        raw = raw.replace(character, character + residue)
    return "".join(_decode(piece) for piece in _cut(raw)).translate(TO_ASCII)


def drop_byte(line: str, position: int) -> str:
    """Return a line that lost one byte without a trace and was decoded all the same."""
    raw = line.translate(TO_FULL_WIDTH).encode("gb18030")
    return (raw[:position] + raw[position + 1 :]).decode("gb18030", "replace").translate(TO_ASCII)


def _cut(raw: bytes) -> list[bytes]:
    pieces, start, at = [], 0, 0
    while at < len(raw) - 1:
        if raw[at : at + 2] in STOPS:
            pieces += [raw[start:at], raw[at : at + 2]]
            start = at = at + 2
        else:
            at += 1
    return [*pieces, raw[start:]]


def _decode(raw: bytes) -> str:
    text, at = "", 0
    while at < len(raw):
        if raw[at] < 0x80:
            text, at = text + chr(raw[at]), at + 1
            continue
        pair = raw[at : at + 2]
        whole = len(pair) == 2 and pair[1] >= 0x40
        text, at = text + (pair.decode("gb18030", "replace") if whole else "?"), at + len(pair)
    return text


def _in_gbk(character: str) -> bool:
    return character.encode("gbk", "ignore") != b""


@cache
def _converter() -> OpenCC:
    return OpenCC("s2t")
