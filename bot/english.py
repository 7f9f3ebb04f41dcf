"""English questions turned into Chinese words through the glossary, longest terms first."""

import re
from collections.abc import Callable

from bot.conversation import Concept
from bot.words import Rarity, concept_of
from prompts import english_filler, glossary

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[0-9]+(?:\.[0-9]+)?%?|[\u4e00-\u9fff]+")
_LONGEST = 5
_IRREGULAR = {
    "withdrawn": "withdraw", "withdrew": "withdraw", "given": "give", "held": "hold", "taken": "take",
    "took": "take", "made": "make", "drawn": "draw", "led": "lead", "kept": "keep",
    "paid": "pay", "sent": "send", "built": "build", "written": "write", "chosen": "choose",
    "people": "person", "children": "child",
}  # fmt: skip


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


def _base_forms(phrase: str) -> list[str]:
    """Return the phrase and its last word without plural, past and -ing endings."""
    *rest, last = phrase.split(" ")
    forms = [phrase, phrase.replace("-", " "), " ".join([*rest, _IRREGULAR.get(last, last)])]
    for ending, instead in (
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ed", ""),
        ("ed", "e"),
        ("ing", ""),
        ("ing", "e"),
    ):
        if phrase.endswith(ending) and len(phrase) > len(ending) + 2:
            forms.append(phrase[: -len(ending)] + instead)
    return forms
