"""Questions in two halves with no text in both: one to train on, one never seen."""

from collections.abc import Collection, Mapping
from hashlib import sha256

TRAINING, UNSEEN = "training", "unseen"


def halves(gold: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Say for each question which half it belongs to: ``training`` or ``unseen``.

    ``gold`` gives the texts that answer each question. Questions that share a text, directly or through
    others, stay together; which half they go to hangs on the hash of the first text in sorted order, so
    the same questions are always split alike.
    """
    return {
        question: TRAINING if _bit(first) else UNSEEN
        for first, questions in _together(gold).items()
        for question in questions
    }


def even_halves(gold: Mapping[str, Collection[str]]) -> tuple[frozenset[str], frozenset[str]]:
    """Cut questions in two halves with no text in both, as even as can be and always alike."""
    parts: tuple[set[str], set[str]] = (set(), set())
    for _, questions in sorted(_together(gold).items(), key=lambda item: (-len(item[1]), item[0])):
        min(parts, key=len).update(questions)
    return frozenset(parts[0]), frozenset(parts[1])


def _together(gold: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """Group the questions that share a text, directly or through others, by the first of their texts."""
    above = {text: text for texts in gold.values() for text in texts}

    def first(text: str) -> str:
        while above[text] != text:
            above[text] = above[above[text]]
            text = above[text]
        return text

    for texts in gold.values():
        roots = sorted({first(text) for text in texts})
        for root in roots[1:]:
            above[root] = roots[0]
    groups: dict[str, list[str]] = {}
    for question, texts in gold.items():
        if texts:
            groups.setdefault(first(min(texts)), []).append(question)
    return groups


def _bit(text: str) -> int:
    return sha256(text.encode("utf-8")).digest()[-1] & 1
