"""Undo what a page converter did to Chinese text: pinyin residues."""

import re
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC
from pypinyin import Style, pinyin

UNKNOWN = "□"
RESIDUE = re.compile(r"([\u4e00-\u9fff])\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ]{1,7})\)")


@dataclass(frozen=True, slots=True)
class Repaired:
    """The text after repair and how many characters were mended or had to stay unknown."""

    text: str
    repaired: int
    unrepaired: int


def repair(text: str) -> Repaired:
    """Mend damage; text without damage comes back as it is."""
    residues = [m for m in RESIDUE.finditer(text) if is_residue(m.group(1), m.group(2))]
    if len(residues) < 2:
        return Repaired(text, 0, 0)
    text = RESIDUE.sub(lambda m: m.group(1) if is_residue(m.group(1), m.group(2)) else m.group(), text)
    return Repaired(text, len(residues), 0)


@cache
def is_residue(character: str, reading: str) -> bool:
    """Tell whether a bracketed reading belongs to a character that has a simplified form."""
    return _simplified(character) != character and reading in readings(character)


@cache
def readings(character: str) -> frozenset[str]:
    """Return all readings of a character, with tone marks."""
    return frozenset(pinyin(character, style=Style.TONE, heteronym=True)[0])


@cache
def _simplified(character: str) -> str:
    return str(OpenCC("t2s").convert(character))
