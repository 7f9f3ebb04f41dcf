"""Homophone slips and pinyin typed instead of characters, mended by the words of the documents.

A slip leaves a pair of characters that no document holds and no dictionary knows, while a pair of the
same sound stands in the documents as a word or part of one. What is an ordinary word is left alone.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Mapping

import rjieba
from pypinyin import lazy_pinyin

from prompts import vocabulary

_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
# Words of grammar: whoever types them means them.
_FUNCTION = frozenset("几哪么吗呢吧了的地得着过这那不没要会能可我你他谁啥")
_LATIN = re.compile(r"[a-z]{4,}")


class Speller:
    """Knows how the documents' character pairs sound. ``pairs`` tells in how many passages each stands."""

    def __init__(self, pairs: Mapping[str, int]) -> None:
        self._pairs = pairs
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        sounds = {character: lazy_pinyin(character)[0] for character in {c for pair in pairs for c in pair}}
        self._syllables = frozenset(sounds.values())
        for pair in pairs:
            self._by_sound[sounds[pair[0]] + " " + sounds[pair[1]]].add(pair)

    def _frequency(self, pair: str) -> int:
        return self._pairs.get(pair, 0)

    def mend(self, text: str) -> str:
        """Return the question with slips of sound replaced by the documents' characters, and pinyin words
        of two or more syllables turned into characters.
        """
        text = _LATIN.sub(lambda match: self._from_pinyin(match[0]) or match[0], text)
        return _HAN.sub(lambda match: self._mend_run(match[0]), text)

    def _mend_run(self, run: str) -> str:
        inside = _inside_words(run)
        mended = list(run)
        for i in range(len(run) - 1):
            pair = "".join(mended[i : i + 2])
            if i in inside or self._frequency(pair):
                continue
            heard = self._sounding(" ".join(lazy_pinyin(pair)))
            changed = [i + offset for offset in (0, 1) if heard and heard[offset] != pair[offset]]
            if len(changed) != 1 or run[changed[0]] in _FUNCTION or self._at_home(run, changed[0], i):
                continue
            attempt = [*mended[:i], *heard, *mended[i + 2 :]]
            if i in _inside_words("".join(attempt)):
                mended = attempt
        return "".join(mended)

    def _at_home(self, run: str, position: int, pair: int) -> bool:
        """Tell whether the character makes a known pair with its neighbour outside the suspected pair."""
        outside = run[position - 1 : position + 1] if position == pair else run[position : position + 2]
        return len(outside) == 2 and self._frequency(outside) > 0

    def _sounding(self, sound: str) -> str:
        known = self._by_sound.get(sound, ())
        return max(sorted(known), key=self._frequency, default="")

    def _from_pinyin(self, letters: str) -> str:
        """Return the characters that the letters spell syllable by syllable, empty where they spell none."""
        reachable: dict[int, list[str]] = {0: []}
        for start in range(len(letters)):
            if start not in reachable:
                continue
            for end in range(start + 1, min(start + 6, len(letters)) + 1):
                if letters[start:end] in self._syllables and end not in reachable:
                    reachable[end] = [*reachable[start], letters[start:end]]
        syllables = reachable.get(len(letters), [])
        pairs = [self._sounding(f"{a} {b}") for a, b in itertools.pairwise(syllables)]
        if len(syllables) < 2 or not all(pairs):
            return ""
        joins = all(a[1] == b[0] for a, b in itertools.pairwise(pairs))
        return "".join([pairs[0], *(pair[1] for pair in pairs[1:])]) if joins else ""


def _inside_words(run: str) -> set[int]:
    """Return the positions of pairs that lie inside one word of the general dictionary or of ours."""
    inside: set[int] = set()
    position = 0
    for word in rjieba.cut(run, hmm=False):
        inside.update(range(position, position + len(word) - 1))
        position += len(word)
    ours = vocabulary()
    inside.update(start for start in range(len(run) - 1) if run[start : start + 2] in ours)
    return inside
