"""How plausible a run of characters is as Chinese: a general dictionary and the text's own words.

Everything is judged in one spelling (``plain``): simplified characters, full-width forms as ASCII.
Scores are natural logarithms of probabilities; a higher sum is more plausible text.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from index.script import simplified_character

LONGEST = 8  # characters in a dictionary word that is looked for
OWN_LONGEST = 6  # characters in a sequence remembered from the text itself
OWN_SMOOTHING = 1000  # characters added to a short text's length, so that its sequences stay humble
OWN_DISCOUNT = 0.7  # taken off a sequence's count: what was seen once says little
MARK_WEIGHT = 30.0  # what is usual counts like this many marks of the text
GENERAL_WEIGHT = 4000.0  # the dictionary counts like this many words of the text itself
FOLLOW_WEIGHT = 3.0  # and a word's own probability like this many words before it
CLAUSE_MARKS = ",。;、:!?"
CLAUSE_END = ","
MARKS_IN_LINE = {",": 0.48, "。": 0.2, "、": 0.25, ";": 0.04, ":": 0.02, "!": 0.005, "?": 0.005}
MARKS_AT_LINE_END = {"。": 0.5, ";": 0.35, ":": 0.12, ",": 0.01, "、": 0.01, "!": 0.005, "?": 0.005}

HAN = re.compile("[\u4e00-\u9fff]")
PUNCTUATION = "、。·—…‘’“”〔〕〈〉《》「」『』【】×"

# What a single character costs that no word explains.
UNKNOWN_HAN = -18.0
PLAIN_ASCII = -5.0
COMMON_PUNCTUATION = -4.5
SYMBOL = -14.0  # box drawing, Bopomofo, kana, Greek: hardly ever inside a Chinese sentence
PRIVATE_USE = -25.0

# List labels, which no dictionary has.
LABELS = {f"({n})": -4.0 for n in "0123456789一二三四五六七八九十"} | {
    f"第{n}": -10.0 for n in "一二三四五六七八九十"
}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with their log probabilities and all their beginnings, in plain spelling.

    ``own`` are sequences of the text itself; ``forms`` tells in which script forms it prints a character.
    ``counts`` and ``follows`` count the text's words and which word follows which,
    ``marks`` the marks that end a clause, each with the character after it.
    """

    words: dict[str, float]
    own: dict[str, float]
    beginnings: frozenset[str]
    own_beginnings: frozenset[str]
    forms: dict[str, set[str]]
    counts: Counter[str]
    follows: Counter[tuple[str, str]]
    marks: Counter[str]

    def score(self, word: str) -> float | None:
        """Return a word's log probability; a single character always has one, other strings may not."""
        known = max(self.words.get(word, -math.inf), self.own.get(word, -math.inf))
        if known > -math.inf:
            return known
        return single_score(word) if len(word) == 1 else None

    def prints(self, character: str) -> bool:
        """Tell whether the text could print this form: not where it only prints another one of it."""
        seen = self.forms.get(plain(character))
        return seen is None or character in seen

    def printed(self, character: str) -> str:
        """Return a mark as the text prints it: ASCII where the text has folded its full-width marks."""
        folded = plain(character)
        return folded if folded in "(),.:;!?%" and not self.prints(character) else character

    def begins(self, beginning: str) -> bool:
        """Tell whether some longer word begins like this."""
        return beginning in self.beginnings or beginning in self.own_beginnings

    def plausibility(self, text: str) -> float:
        """Return the score of the best way to cut a plain text into words or sequences of its own."""
        best = [0.0] + [-math.inf] * len(text)
        for start in range(len(text)):
            for end in range(start + 1, min(start + LONGEST, len(text)) + 1):
                word = text[start:end]
                score = self.score(word)
                if score is not None and best[start] + score > best[end]:
                    best[end] = best[start] + score
                if not self.begins(word):
                    break
        return best[-1]

    def fluency(self, text: str) -> float:
        """Return the score of the best way to cut a plain text into words that follow each other well."""
        total = self.counts.total()
        ends: list[dict[str, float]] = [{} for _ in range(len(text) + 1)]
        ends[0][""] = 0.0
        for start in range(len(text)):
            for word in self.words_at(text, start):
                token = _token(word)
                general = GENERAL_WEIGHT * math.exp(self.words.get(word, single_score(word[0])))
                alone = (self.counts[token] + general) / (total + GENERAL_WEIGHT)
                best = max(
                    score
                    + math.log(
                        (self.follows[before, token] + FOLLOW_WEIGHT * alone)
                        / (self.counts[before] + FOLLOW_WEIGHT)
                    )
                    for before, score in ends[start].items()
                )
                there = ends[start + len(word)]
                there[token] = max(there.get(token, -math.inf), best)
        return max(ends[-1].values())

    def mark_score(self, mark: str, following: str) -> float:
        """Return how likely a clause ends with this mark and no other in front of a given character."""
        usual = MARKS_AT_LINE_END if following == "\n" else MARKS_IN_LINE
        seen = {m: self.marks[m + following] + MARK_WEIGHT * usual[m] for m in CLAUSE_MARKS}
        return math.log(seen[mark] / sum(seen.values()))

    def words_at(self, text: str, start: int) -> Iterator[str]:
        """Yield the dictionary words that begin at a place, the single character in any case."""
        yield text[start]
        for end in range(start + 2, min(start + LONGEST, len(text)) + 1):
            word = text[start:end]
            if word in self.words:
                yield word
            if word not in self.beginnings:
                return


def lexicon(sound: Iterable[str]) -> Lexicon:
    """Return the lexicon for a text, given its undamaged stretches."""
    words, beginnings = _general()
    sequences: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    follows: Counter[tuple[str, str]] = Counter()
    forms: dict[str, set[str]] = {}
    size = 0
    for stretch in sound:
        spelled = plain(stretch)
        size += len(spelled)
        for length in range(2, OWN_LONGEST + 1):
            sequences.update(spelled[i : i + length] for i in range(len(spelled) - length + 1))
        for character, form in zip(spelled, stretch, strict=True):
            forms.setdefault(character, set()).add(form)
        tokens = [_token(word) for word in _cut(spelled, words, beginnings)]
        counts.update(tokens)
        follows.update(pairwise(["", *tokens]))
    own = {word: math.log((n - OWN_DISCOUNT) / (size + OWN_SMOOTHING)) for word, n in sequences.items()}
    own_beginnings = frozenset(word[:-1] for word in own if len(word) > 2) | {word[0] for word in own}
    marks = Counter({pair: n for pair, n in sequences.items() if len(pair) == 2 and pair[0] in CLAUSE_MARKS})
    return Lexicon(words, own, beginnings, own_beginnings, forms, counts, follows, marks)


def _cut(text: str, words: dict[str, float], beginnings: frozenset[str]) -> list[str]:
    """Cut a plain text into the most probable dictionary words."""
    best = [0.0] + [-math.inf] * len(text)
    back = [0] * (len(text) + 1)
    for start in range(len(text)):
        for end in range(start + 1, min(start + LONGEST, len(text)) + 1):
            word = text[start:end]
            score = words.get(word, single_score(word) if end == start + 1 else -math.inf)
            if best[start] + score > best[end]:
                best[end], back[end] = best[start] + score, start
            if word not in beginnings:
                break
    cut = []
    end = len(text)
    while end:
        cut.append(text[back[end] : end])
        end = back[end]
    return cut[::-1]


def _token(word: str) -> str:
    # The marks that end a clause count as one: which words end a clause matters, not with which mark.
    return CLAUSE_END if word in CLAUSE_MARKS else word


def plain(text: str) -> str:
    """Return a text in the spelling that the lexicon judges, one character for each character."""
    return "".join(_plain_character(character) for character in text)


def single_score(character: str) -> float:
    """Return what a single character costs that no word explains."""
    if HAN.match(character):
        return UNKNOWN_HAN
    if character < "\x80":
        return PLAIN_ASCII
    if character in PUNCTUATION:
        return COMMON_PUNCTUATION
    return PRIVATE_USE if "\ue000" <= character <= "\uf8ff" else SYMBOL


@cache
def _plain_character(character: str) -> str:
    if "\u4e00" <= character <= "\u9fff":
        return simplified_character(character)
    if character == "\u3000" or "\uff01" <= character <= "\uff5e":
        return unicodedata.normalize("NFKC", character)
    return character


@cache
def _general() -> tuple[dict[str, float], frozenset[str]]:
    # jieba's dictionary is read as a file: importing jieba would start its logging and its own cache.
    frequencies = {}
    for line in _dictionary_path().read_text(encoding="utf-8").splitlines():
        word, frequency, _ = line.split(" ", 2)
        if len(word) <= LONGEST:
            frequencies[word] = int(frequency)
    total = sum(frequencies.values())
    words = {word: math.log(frequency / total) for word, frequency in frequencies.items()} | LABELS
    beginnings = frozenset(word[:length] for word in words for length in range(1, len(word)))
    return words, beginnings


def _dictionary_path() -> Path:
    package = find_spec("jieba")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("jieba")
    return Path(package.origin).with_name("dict.txt")
