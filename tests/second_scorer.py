"""A second scorer, written from the words of docs/evaluation.md alone: question lines and answer lines in,
verdicts out. It shares no code with ``eval``, so that a slip in the one is not in the other.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from opencc import OpenCC

_SIMPLIFIED = OpenCC("t2s")
Line = dict[str, Any]


def plain(text: str) -> str:
    """Return a string as strings are compared."""
    text = _SIMPLIFIED.convert(unicodedata.normalize("NFKC", text)).lower()
    return "".join(character for character in text if not character.isspace())


def single(lines: Iterable[Line]) -> Iterable[Line]:
    """Return the questions one by one, the turns of a dialogue among them."""
    for line in lines:
        if "turns" in line:
            yield from line["turns"]
        else:
            yield line


def verdict(question: Line, answer: Line, texts: dict[str, str]) -> dict[str, Any]:
    """Return what an answer is worth. ``texts`` holds the clean text of each file."""
    told = plain(answer["answer"])
    spoilt = answer["refused"]
    for word in question.get("forbidden", []):
        if plain(word) in told:
            spoilt = True

    asked = []
    for gold in question["gold"]:
        if question["need"] == "all" and question["answerable"] and gold.get("optional"):
            continue
        asked.append((_says(gold, told), _points(gold, answer["citations"])))

    if question["need"] == "all" and question["answerable"]:
        facts = all(said for said, _ in asked)
        cited = all(pointed for _, pointed in asked)
        both = facts and cited
    else:
        facts = any(said for said, _ in asked)
        cited = any(pointed for _, pointed in asked)
        both = any(said and pointed for said, pointed in asked)

    if question["answerable"]:
        right = both and not spoilt
    elif question["kind"] == "false_premise":
        right = answer["refused"] or (both and not spoilt)
    else:
        right = answer["refused"]

    fitting = 0
    for citation in answer["citations"]:
        if any(_fits(gold, citation) for gold in question["gold"]):
            fitting += 1
    standing = 0
    for citation in answer["citations"]:
        if citation["quote"] and citation["quote"] in texts.get(citation["source"], ""):
            standing += 1
    return {
        "right": right,
        "facts": facts and not spoilt,
        "cited": cited,
        "refused": answer["refused"],
        "fitting": fitting,
        "standing": standing,
    }


def _says(gold: Line, told: str) -> bool:
    for group in gold["facts"]:
        found = False
        for wording in group:
            if plain(wording) in told:
                found = True
        if not found:
            return False
    return True


def _points(gold: Line, citations: list[Line]) -> bool:
    return any(_fits(gold, citation) for citation in citations)


def _fits(gold: Line, citation: Line) -> bool:
    if citation["source"] != gold["doc"]:
        return False
    wanted = [plain(label) for label in gold["path"]]
    if wanted in (["文首"], ["文末"]):
        wanted = []
    given = [plain(label) for label in citation["path"]]
    return given[: len(wanted)] == wanted
