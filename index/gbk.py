"""GBK seen as byte pairs: what a character's two bytes are, and which characters share a half.

The only place that knows the code page. User-defined cells come back as private-use characters, in
two vintages: today's GB18030 and the older one that web pages of the 2000s were made with.
"""

from functools import cache

LEADS = range(0x81, 0xFF)
TRAILS = (*range(0x40, 0x7F), *range(0x80, 0xFF))

# Cells that the older code page left to private use and GB18030 has since filled: first private-use
# code point, first cell. Consecutive code points are consecutive cells, 7F left out.
OLDER_PRIVATE_USE = ((0xE7E7, 0xA989, 13), (0xE815, 0xFE50, 80), (0xE78D, 0xA6D9, 7), (0xE7C7, 0xA8BC, 1))

# Symbols a half-lost character may have been: punctuation. Digits are ASCII in such texts.
TEXT_SYMBOLS = frozenset("　、。·—…‘’“”〔〕〈〉《》「」『』【】×％（），．：；？！")


def pair(character: str) -> bytes | None:
    """Return the two bytes of a character, one byte for ASCII, None where GBK has no place for it."""
    if character < "\x80":
        return character.encode("ascii")
    return _pairs().get(character)


def character(lead: int, trail: int) -> str | None:
    """Return the character of two bytes, None where there is none in ordinary text."""
    found = _characters().get((lead, trail))
    return None if found is None or "\ue000" <= found <= "\uf8ff" else found


@cache
def with_lead(lead: int) -> tuple[str, ...]:
    """Return the text characters whose first byte is given."""
    return tuple(c for trail in TRAILS if (c := character(lead, trail)) and is_text(c))


@cache
def with_trail(trail: int) -> tuple[str, ...]:
    """Return the text characters whose second byte is given."""
    return tuple(c for lead in LEADS if (c := character(lead, trail)) and is_text(c))


def is_text(character: str) -> bool:
    """Tell whether a character is Han or one of the symbols of running text."""
    return "\u4e00" <= character <= "\u9fff" or character in TEXT_SYMBOLS


@cache
def is_common(character: str) -> bool:
    """Tell whether a simplified character is ASCII, punctuation or one of the 3755 most common."""
    try:
        first = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return first < 0x80 or first in (0xA1, 0xA3) or 0xB0 <= first < 0xD8


@cache
def _characters() -> dict[tuple[int, int], str]:
    cells = {}
    for lead in LEADS:
        for trail in TRAILS:
            try:
                cells[lead, trail] = bytes((lead, trail)).decode("gb18030")
            except UnicodeDecodeError:
                continue
    return cells


@cache
def _pairs() -> dict[str, bytes]:
    pairs = {character: bytes(cell) for cell, character in _characters().items()}
    for first, cell, count in OLDER_PRIVATE_USE:
        lead, trail = divmod(cell, 256)
        trails = TRAILS[TRAILS.index(trail) :][:count]
        for offset, low in enumerate(trails):
            pairs.setdefault(chr(first + offset), bytes((lead, low)))
    return pairs
