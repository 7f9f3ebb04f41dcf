"""From a question's text to the concepts it is about: words without the filler, each with the
official words for the same thing, weighed by how rare they are in the indexed documents.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import rjieba

from bot.conversation import Concept
from index.keyword import tokens
from index.script import to_simplified
from prompts import filler, kind_words, synonyms

_CODE = re.compile(r"[0-9a-z]+(?:[+./%-][0-9a-z]+)+%?|[0-9a-z]*[0-9][0-9a-z]*%?")
_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")
_UNKNOWN = 0.35
_DOCUMENT = 0.25  # 方案, 报告 … in a question mostly point at the document, which the scope deals with
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{2,12})[”\"」』]")  # a slogan or a name, taken as one thing
_COUNTED = re.compile(
    r"[一二两三四五六七八九十几哪多]+[个项件家分成名人支条所台次种类级倍份块样道档等部届位天日月年期号页点处]"
)
_CLAUSE_LIMIT = 4  # tokens joined when a synonym's left side is looked for


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, lower case, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(maxsize=256)  # the same question is looked at for each finding
def in_one_script(text: str) -> str:
    """Return the text in simplified characters and half width, whichever it is typed in."""
    return unicodedata.normalize("NFKC", to_simplified(text))


def segment(text: str) -> list[str]:
    """Split folded Chinese text into dictionary words, single characters and codes such as 1+1+n or
    2.5%, punctuation dropped.
    """
    words = []
    end = 0
    for code in [*_CODE.finditer(text), None]:
        words += rjieba.cut(text[end : code.start() if code else None], hmm=False)
        if code:
            words.append(code[0])
            end = code.end()
    return [word for word in words if _WORD.fullmatch(word) or _CODE.fullmatch(word)]


@lru_cache(maxsize=10_000)
def bigrams(word: str) -> tuple[str, ...]:
    """Return the pairs of neighbouring characters of a word, or the word when it has only one."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1)) or (word,)


Rarity = Callable[[str], float]


def rarity(document_frequency: Callable[[str], int], passage_count: int) -> Rarity:
    """Return a function that gives a word's inverse document frequency, as BM25 defines it.

    A word is as frequent as its rarest pair of characters allows. A word that stands nowhere in the
    documents weighs only ``_UNKNOWN`` of what a word found once would: people wrap what they look for
    in words that no official document uses.
    """

    def weigh(word: str) -> float:
        frequency = min((document_frequency(token) for token in tokens(word)), default=0)
        weight = math.log(1 + (passage_count - frequency + 0.5) / (frequency + 0.5))
        return weight if frequency else _UNKNOWN * weight

    return weigh


@lru_cache(maxsize=1)
def _alternatives(groups: tuple[tuple[str, ...], ...]) -> Mapping[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for group in groups:
        table[group[0]] = tuple(dict.fromkeys([*table.get(group[0], ()), *group[1:]]))
    return table


def concepts(text: str, weigh: Rarity, known: Callable[[str], int]) -> tuple[Concept, ...]:
    """Return what the folded question is about, filler left out.

    ``known`` tells in how many passages a pair of characters stands.
    """
    table = _alternatives(synonyms())
    quoted = [term for term in _QUOTED.findall(text) if all(known(token) for token in tokens(term))]
    found: dict[str, tuple[str, ...]] = {term: (term,) for term in quoted}
    for term in quoted:
        text = text.replace(term, " ")
    words = _without_filler(segment(text), table)
    position = 0
    while position < len(words):
        length = _longest(words, position, table.__contains__, _CLAUSE_LIMIT) or 1
        joined = "".join(words[position : position + length])
        position += length
        if joined in table:
            found[joined] = (joined, *table[joined])
        elif joined not in filler() and (len(joined) > 1 or joined.isascii()):
            found[joined] = (joined,)
    return tuple(concept_of(forms, weigh, known) for forms in found.values())


def concept_of(forms: tuple[str, ...], weigh: Rarity, known: Callable[[str], int]) -> Concept:
    """Return the forms as one concept, as rare as its rarest form."""
    share = _DOCUMENT if forms[0] in kind_words() else 1.0
    held = any(all(known(token) for token in tokens(form)) for form in forms)
    return Concept(forms, max(map(weigh, forms)) * share, held)


def _without_filler(words: Sequence[str], table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Leave out filler that the dictionary cut in pieces (要 + 不要) and counted things (几分, 两份)."""
    kept: list[str] = []
    position = 0
    while position < len(words):
        known = _longest(words, position, table.__contains__, _CLAUSE_LIMIT)
        dropped = 0 if known else _longest(words, position, _is_filler, 3)
        if not dropped:
            kept += words[position : position + max(known, 1)]
        position += max(known, dropped, 1)
    return kept


def _is_filler(joined: str) -> bool:
    return (joined in filler() and len(joined) > 1) or _COUNTED.fullmatch(joined) is not None


def _longest(words: Sequence[str], position: int, holds: Callable[[str], bool], most: int) -> int:
    """Return how many words from the position on, at most so many, join to what ``holds``; 0 for none."""
    lengths = range(min(most, len(words) - position), 0, -1)
    return next((n for n in lengths if holds("".join(words[position : position + n]))), 0)


def presence(concept: Concept, text: str) -> float:
    """Return how surely the folded text speaks of the concept, 0 to 1.

    The asker's own word counts full, an official word for it a little less, and a long word of which
    only some neighbouring characters stand there counts by their share.
    """
    if concept.forms[0] in text:
        return 1.0
    for form in concept.forms[1:]:
        if form in text:
            return 0.85
    pairs = bigrams(concept.forms[0])
    if len(pairs) < 2:
        return 0.0
    return 0.75 * sum(pair in text for pair in pairs) / len(pairs)
