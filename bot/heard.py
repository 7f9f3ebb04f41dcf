"""How a question was understood, told line by line to a reader at a terminal."""

import difflib
from collections.abc import Mapping

from bot.columns import paragraph
from bot.conversation import Concept, Question
from bot.understand import visible
from bot.words import fold
from index.document import address
from index.script import to_simplified
from prompts import explanations

_LABEL = 12  # columns


def say(table: str, name: str, **blanks: object) -> str:
    """Return a sentence of the explanations with its blanks filled."""
    return explanations()[table][name].format(**blanks)


def understood(question: Question, alone: Question, titles: Mapping[str, str]) -> list[str]:
    """Return a line for all that the words told. ``alone`` is the question read without the turns and
    parts before it, to tell what was taken over from them; ``titles`` are the documents' by their ids.
    """
    said = {
        "question": visible(question.text),
        "kind": asked_for(question),
        "language": say("languages", question.language),
        "scope": _scope(question, titles),
        "address": address(question.address),
        "missing": "、".join([*question.missing_places, *(f"《{t}》" for t in question.missing_titles)]),
        "mended": "、".join(_mended(question)),
        "carried": "；".join(_carried(question, alone, titles)),
        "figures": say("sentences", "figures", figures="、".join(question.figures))
        if question.figures
        else "",
        "note": question.note,
        "concepts": "　".join(map(_concept, question.concepts)) or say("sentences", "concepts_none"),
    }
    lines = [
        line for name, text in said.items() if text for line in paragraph(say("labels", name), text, _LABEL)
    ]
    return lines + (paragraph("", say("sentences", "concepts_first"), _LABEL) if question.concepts else [])


def asked_for(question: Question) -> str:
    """Return the kind of thing asked for with its unit, in words."""
    words = explanations()["units"]
    kind = say("kinds", question.kind)
    unit = "或".join(words.get(unit, unit) for unit in question.unit.split("/"))
    return say("sentences", "kind_unit", kind=kind, unit=unit) if unit else kind


def _scope(question: Question, titles: Mapping[str, str]) -> str:
    scope = question.scope
    inside = [*scope.places, *(titles.get(identity, identity) for identity in scope.documents)]
    said = ["、".join(inside)] if inside else [say("sentences", "scope_open")]
    if question.everywhere:
        said.append(say("sentences", "everywhere"))
    if question.years:
        said.append(say("sentences", "scope_years", years="、".join(map(str, question.years))))
    return "；".join(said)


def _mended(question: Question) -> list[str]:
    """Return what the spelling was changed in: the wording against what was typed, names left out."""
    typed, wording = fold(to_simplified(visible(question.text))), question.wording
    if question.language == "en":
        return []
    changes = difflib.SequenceMatcher(None, typed, wording, autojunk=False).get_opcodes()
    return [
        f"{typed[a:b]} → {wording[c:d]}"
        for tag, a, b, c, d in changes
        if tag == "replace" and wording[c:d].strip()
    ]


def _carried(question: Question, alone: Question, titles: Mapping[str, str]) -> list[str]:
    """Return what the turns and parts before added."""
    words = {concept.forms[0] for concept in alone.concepts}
    added = [concept.forms[0] for concept in question.concepts if concept.forms[0] not in words]
    said = (
        [_scope(question, titles)] if (question.scope, question.years) != (alone.scope, alone.years) else []
    )
    said += [address(question.address)] if question.address and question.address != alone.address else []
    said += ["、".join(added)] if added else []
    if (question.kind, question.unit) != (alone.kind, alone.unit):
        said.append(asked_for(question))
    return said + ([say("sentences", "carried_section")] if question.near else [])


def _concept(concept: Concept) -> str:
    forms = "、".join(concept.forms[1:])
    name = "concept" if concept.known else "concept_unknown"
    said = say("sentences", name, word=concept.forms[0], weight=f"{concept.weight:.1f}")
    return f"{said}={forms}" if forms else said
