"""A damaged line as a row of marks: what is printed, and which bytes it may stand for."""

import re
from dataclasses import dataclass

from index import gbk
from index.readings import SYLLABLE, has_reading

HOLES = "?\ufffd"
# ?wù) : a lone byte swallowed the bracket of a pinyin residue. I(lǐng) : the residue follows the
# second byte of its character, which happens to be an ASCII letter.
MARK = re.compile(rf"[?\ufffd](?P<swallowed>{SYLLABLE})\)|[@-~]\((?P<reading>{SYLLABLE})\)|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One printed character, with a pinyin residue that belongs to it.

    ``pair`` holds its bytes in GBK, None where it has none. ``before`` is the byte in front of it.
    """

    text: str
    pair: bytes | None
    reading: str
    swallowed_reading: str
    before: int | None

    @property
    def hole(self) -> bool:
        """Tell whether this may be a lone byte that could not be shown."""
        return self.text[0] in HOLES

    def bytes_for_reading(self) -> tuple[int, ...]:
        """Return the values of the lone byte that the swallowed residue allows.

        The residue was set after two bytes that look like its character: the byte in front of the
        hole and the lone byte itself, whether or not they belong to one character.
        """
        if self.before is None or not self.swallowed_reading:
            return ()
        found = ((trail, gbk.character(self.before, trail)) for trail in gbk.TRAILS if trail >= 0x80)
        return tuple(trail for trail, c in found if c and has_reading(c, self.swallowed_reading))

    def two_byte_forms(self) -> tuple[bytes, ...]:
        """Return the byte pairs this may stand for; ASCII may have been full-width before."""
        if self.hole:
            return (b"\xa3\xbf",)
        if self.pair is None:
            return ()
        if len(self.pair) == 2:
            return (self.pair,)
        if self.text == " ":
            return (b"\xa1\xa1",)
        return (bytes((0xA3, self.pair[0] | 0x80)),) if self.pair > b" " else ()


def marks(line: str) -> tuple[Mark, ...]:
    """Return a line's marks in order; their texts joined give the line."""
    row: list[Mark] = []
    before: int | None = None
    for match in MARK.finditer(line):
        text = match.group()
        pair = None if text[0] in HOLES else gbk.pair(text[0])
        row.append(Mark(text, pair, match["reading"] or "", match["swallowed"] or "", before))
        before = pair[-1] if pair else None
    return tuple(row)
