"""From a question's text to the concepts it is about: words without the filler, each with the
official words for the same thing, weighed by how rare they are in the indexed documents."""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence

import rjieba

from bot.conversation import Concept
from prompts import filler, synonyms

_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z]+|[0-9]+(?:\.[0-9]+)?%?")
_CLAUSE_LIMIT = 4  # tokens joined when a synonym's left side is looked for


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, lower case, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def segment(text: str) -> list[str]:
    """Split folded Chinese text into words, punctuation dropped."""
    return [word for word in rjieba.cut(text) if _WORD.fullmatch(word)]


def bigrams(word: str) -> list[str]:
    """Return the pairs of neighbouring characters of a word, or the word when it has only one."""
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


Rarity = Callable[[str], float]


def rarity(document_frequency: Callable[[str], int], passage_count: int) -> Rarity:
    """Return a function that gives a word's inverse document frequency, as BM25 defines it.

    A word is as frequent as its rarest pair of characters allows.
    """

    def weigh(word: str) -> float:
        frequency = min(document_frequency(pair) for pair in bigrams(word))
        return math.log(1 + (passage_count - frequency + 0.5) / (frequency + 0.5))

    return weigh


def _alternatives() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for group in synonyms():
        table[group[0]] = tuple(dict.fromkeys([*table.get(group[0], ()), *group[1:]]))
    return table


def concepts(text: str, weigh: Rarity, skip: Sequence[str] = ()) -> tuple[Concept, ...]:
    """Return what the folded question is about. Words in ``skip`` (names of places already turned
    into a scope) and filler are left out."""
    table = _alternatives()
    words = segment(text)
    found: dict[str, tuple[str, ...]] = {}
    position = 0
    while position < len(words):
        for length in range(min(_CLAUSE_LIMIT, len(words) - position), 0, -1):
            joined = "".join(words[position : position + length])
            if joined in table or length == 1:
                break
        position += length
        if joined in table:
            found[joined] = (joined, *table[joined])
        elif joined not in filler() and joined not in skip and (len(joined) > 1 or joined.isdigit()):
            found[joined] = (joined,)
    return tuple(
        Concept(forms, min(weigh(form) for form in forms) if len(forms) > 1 else weigh(word))
        for word, forms in found.items()
    )


def presence(concept: Concept, text: str) -> float:
    """Return how surely the folded text speaks of the concept, 0 to 1.

    The asker's own word counts full, an official word for it a little less, and a long word of which
    only some neighbouring characters stand there counts by their share.
    """
    if concept.forms[0] in text:
        return 1.0
    if any(form in text for form in concept.forms[1:]):
        return 0.85
    pairs = bigrams(concept.forms[0])
    if len(pairs) < 2:
        return 0.0
    return 0.6 * sum(pair in text for pair in pairs) / len(pairs)
