"""Pinyin readings of characters; the only door to pypinyin."""

from functools import cache

from pypinyin import Style, pinyin

SYLLABLE = "[a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜḿńňǹ]{1,6}"  # a pattern for one syllable with its tone mark


@cache
def has_reading(character: str, reading: str) -> bool:
    """Tell whether a character is read like this, tone included."""
    return reading in pinyin(character, style=Style.TONE, heteronym=True)[0]
