"""English questions turned into Chinese words through the glossary, longest terms first."""

import itertools
import re
from collections.abc import Callable

from bot.conversation import Concept
from bot.words import Rarity, concept_of
from prompts import counted_things, english_filler, glossary

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[0-9]+(?:\.[0-9]+)?%?|[\u4e00-\u9fff]+")
_LONGEST = 5
_COUNTED = re.compile(r"\b(?:how many|number of)\s+(?P<things>[a-z' -]+)")
# Here the words for what is counted end: how many cases | were withdrawn.
_STOPS = frozenset(
    "is are was were be been do does did has have had must may can could should will would shall of in on at "
    "for to by with from per each every that which who and or there its their".split()
)
_NOUN_WORDS = 3
_MONEY = re.compile(
    r"how much\b.*\b(money|fines?|fees?|costs?|fund(s|ing)?|budget|subsid(y|ies)|paid|pay|yuan|wages?)\b"
)
_SPAN = re.compile(
    r"how (long|soon|quickly|fast)\b|time limit|what (period|length of time)|within what"
    r"|\b(shortest|longest)\b"
)
_SINCE = re.compile(
    r"(^|[,;.?] |and |by |since |until |from )when\b"
    r"|\bwhen (is|are|was|were|do|does|did|must|should|can|will|has|have|may)\b"
    r"|(what|which) (date|day|year|month|quarter)\b"
)
_POINTS = re.compile(r"\b(bonus|penalty|extra) points?\b|\bpoints\b|\bdeductions?\b")
_IRREGULAR = {
    "withdrawn": "withdraw", "withdrew": "withdraw", "given": "give", "held": "hold", "taken": "take",
    "took": "take", "made": "make", "drawn": "draw", "led": "lead", "kept": "keep",
    "paid": "pay", "sent": "send", "built": "build", "written": "write", "chosen": "choose",
    "people": "person", "children": "child",
}  # fmt: skip
_ENDINGS = (("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))


def is_english(text: str) -> bool:
    """Tell whether a question is asked in English: Latin words and hardly any Chinese."""
    return len(re.findall(r"[a-z]{2,}", text.lower())) >= 2 and len(re.findall(r"[\u4e00-\u9fff]", text)) <= 4


def translate(
    text: str, weigh: Rarity, known: Callable[[str], int], skip: frozenset[str]
) -> tuple[Concept, ...]:
    """Return the concepts of an English question. A word the glossary does not hold stays as it is, so
    that it counts as something asked which the documents do not say; ``skip`` are names of places.
    """
    words = _WORD.findall(text.lower().replace("’", "'").replace("'s", ""))
    table = glossary()
    found: dict[str, tuple[str, ...]] = {}
    position = 0
    while position < len(words):
        forms: tuple[str, ...] = ()
        length = 1
        for length in range(min(_LONGEST, len(words) - position), 0, -1):
            phrase = " ".join(words[position : position + length])
            forms = next((table[form] for form in _base_forms(phrase) if form in table), ())
            if forms:
                break
        word = words[position]
        position += length
        if forms:
            found[forms[0]] = tuple(dict.fromkeys([*found.get(forms[0], ()), *forms]))
        elif word not in english_filler() and word not in skip:
            found[word] = (word,)
    return tuple(concept_of(forms, weigh, known) for forms in found.values())


def english_unit(text: str) -> str:
    """Return the Chinese names of what the figure asked for may be counted in, joined by ``/``; ``date``
    and ``time`` as ``bot.kinds`` names them; empty where no word tells.
    """
    found = [names for asked in _COUNTED.finditer(text) if (names := _counted(asked["things"]))]
    if found:
        return found[-1]
    if _MONEY.search(text):
        return "元"
    if re.search(r"how often", text):
        return "often"
    if re.search(r"\b(share|rate|percentage|percent|proportion)\b", text):
        return "%"
    if _SPAN.search(text):
        return "time/年"
    if _SINCE.search(text):
        return "date"
    if re.search(r"\bdeadline\b", text):
        return "date/time"
    return "分" if _POINTS.search(text) else ""


def _counted(words: str) -> str:
    """Return the names of the first thing in the words that figures count."""
    phrase = list(itertools.takewhile(lambda word: word not in _STOPS, words.split()))
    for position in range(len(phrase)):
        for length in range(_NOUN_WORDS, 0, -1):
            asked = " ".join(phrase[position : position + length])
            found = [thing for thing in counted_things() if asked in thing.asked]
            if found:
                return "/".join(
                    dict.fromkeys(name for thing in found for name in thing.counters or thing.chinese)
                )
    return ""


def _base_forms(phrase: str) -> list[str]:
    """Return the phrase, and it with its first and last words without plural, past and -ing endings."""
    first, *rest = phrase.split(" ")
    if not rest:
        return [*_stems(phrase), phrase.replace("-", " ")]
    middle, last = rest[:-1], rest[-1]
    return [" ".join((start, *middle, end)) for start in _stems(first) for end in _stems(last)]


def _stems(word: str) -> list[str]:
    """Return the word, and what it may be without its ending, likeliest first."""
    found = [word, _IRREGULAR.get(word, word)]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            found.append(word[: -len(ending)] + instead)
    return list(dict.fromkeys(found))
