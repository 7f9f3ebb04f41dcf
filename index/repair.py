"""Undo what a page converter did to Chinese text: pinyin residues, byte slips, lost digits.

The order is the reverse of the damage: residues go first because they were set into the text before it
slipped, except those a slip swallowed, which then tell the character.
"""

import re
from dataclasses import dataclass

from index import ordinals
from index.gbk import is_common
from index.lattice import EATEN, UNKNOWN
from index.lexicon import Lexicon, lexicon, plain
from index.readings import SYLLABLE, has_reading
from index.script import simplified_character
from index.slips import Mended, realign

RESIDUE = re.compile(rf"([\u4e00-\u9fff])\(({SYLLABLE})\)")
FEWEST_RESIDUES = 2  # a single reading in brackets may be the author's own

HOLE = re.compile("[?\ufffd]")
# What slipped bytes turn into and Chinese sentences do not hold: GBK's user-defined cells, Bopomofo,
# box drawing; beside a Han character also kana, Greek and Cyrillic.
ODD = "\ue000-\ue864\u2500-\u2573\u3105-\u3129"
STRANGE = re.compile(f"[\u4e00-\u9fff][{ODD}]|[{ODD}][\u4e00-\u9fff]|[\ue000-\ue864\ufffd]")
# A lone byte in front of a mark that was cut out of two characters.
DOUBLE_HOLE = re.compile(r"[\u4e00-\u9fff]\?[!?！？。]|^\s*\?[\u3000-\ue864]")
PRIVATE_USE = re.compile("[\ue000-\uf8ff\ufffd\ufdd0]")
# What is left in a line when a slip without a lone byte in front of it was not undone.
SILENT = re.compile(f"[\u4e00-\u9fff][{ODD}]|[\ue000-\ue864\ufffd]")
NEAR = 12  # characters after a hole within which its damage shows
SENTENCE = re.compile("(?<=[\n。;；])(?!\n)")


@dataclass(frozen=True, slots=True)
class Repaired:
    """The text after repair and how many characters were mended or had to stay unknown."""

    text: str
    repaired: int
    unrepaired: int


def repair(text: str) -> Repaired:
    """Mend damage line by line; text without damage comes back as it is."""
    text, residues = _without_residues(text)
    lines = text.split("\n")
    proven = residues > 0 or any(STRANGE.search(line) for line in lines)
    suspects = [number for number, line in enumerate(lines) if _suspect(line, proven=proven)]
    mended = _realign(lines, suspects, proven=proven) if suspects else {}
    for number, line in mended.items():
        lines[number] = line.text
    swallowed = sum(line.text.count(EATEN) for line in mended.values())
    lines = ordinals.fill(lines, EATEN) if swallowed else lines
    found = swallowed - sum(line.count(EATEN) for line in lines)
    text, lost = PRIVATE_USE.subn(UNKNOWN, "\n".join(lines))
    return Repaired(
        text,
        residues + found + sum(line.repaired for line in mended.values()),
        lost + sum(line.unrepaired for line in mended.values()),
    )


def _without_residues(text: str) -> tuple[str, int]:
    found = [match for match in RESIDUE.finditer(text) if has_reading(match[1], match[2])]
    # A converter set them after characters it had made traditional; an author sets them after rare ones.
    converted = sum(simplified_character(match[1]) != match[1] for match in found)
    if converted < FEWEST_RESIDUES or converted < len(found) / 2:
        return text, 0
    spans = {match.start() for match in found}
    return RESIDUE.sub(lambda match: match[1] if match.start() in spans else match[0], text), len(found)


def _suspect(line: str, *, proven: bool) -> bool:
    """Tell whether a line may hold a slip. In a text known to be damaged every lone byte counts."""
    if STRANGE.search(line) or DOUBLE_HOLE.search(line):
        return True
    around = (line[max(0, hole.start() - NEAR) : hole.end() + NEAR] for hole in HOLE.finditer(line))
    return any(proven or _rare(text) for text in around)


def _rare(text: str) -> bool:
    """Tell whether two or more characters are outside the 3755 common ones."""
    return sum(not is_common(character) for character in plain(text)) >= 2


def _realign(lines: list[str], suspects: list[int], *, proven: bool) -> dict[int, Mended]:
    """Realign the suspect lines twice: the second time with the words that the first brought to light."""
    sound = [s for s in SENTENCE.split("\n".join(lines)) if not STRANGE.search(s) and not HOLE.search(s)]
    first = _round(lines, suspects, lexicon(sound), proven=proven)
    unclear = [number for number, line in first.items() if UNKNOWN in line.text]
    if not unclear:
        return first
    learnt = [s for line in first.values() for s in SENTENCE.split(line.text) if UNKNOWN not in s]
    return first | _round(lines, unclear, lexicon([*sound, *learnt]), proven=proven)


def _round(lines: list[str], numbers: list[int], words: Lexicon, *, proven: bool) -> dict[int, Mended]:
    mended = {}
    for number in numbers:
        mended[number] = realign(lines[number], words, proven=proven)
        if SILENT.search(mended[number].text):
            mended[number] = realign(lines[number], words, proven=proven, silent=True)
    return mended
