"""The answer without a model: which words of the documents answer the question, place by place.

Every unit of the sections found is scored by how much of the question it speaks of. What its
headings, its neighbours and the rest of its section say counts too, but less.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import Concept, Kind, Question
from bot.enumeration import children
from bot.holdings import kind_word
from bot.kinds import asks_norm, bound, lists, names_actor, rated, states
from bot.sentences import Unit, units
from bot.weights import FEATURES, RANKING
from bot.words import bigrams, fold, presence
from index.document import HEAD, TAIL, Document, Hit

_HAN = re.compile(r"[\u4e00-\u9fff0-9]+")


@dataclass(frozen=True, slots=True)
class Finding:
    """A run of units that answers, its score, and the features the score is made of.

    Shares of the question (by the weight of its concepts, 0 to 1) that are spoken of, each only as far
    as the ones before it do not: ``own`` in the unit, ``near`` in the units beside it, ``heading`` in the
    headings above, ``section`` elsewhere in its section, ``title`` in the document's title.
    ``adjacent``: the share of the question's character pairs that stand in the unit. ``stated`` and
    ``unstated``: whether a figure in the unit asked for is there. ``actor``: whether it says who does
    something, when that is asked. ``bound``: 1 or -1 for a least or most figure. ``lists``: whether it
    lists, when a list is asked. ``kind``: the document is of the sort the question names. ``edge``: it
    stands at the document's head or foot. ``retrieved``: the search score, 1 for the best. ``length``:
    in hundreds of characters. ``year``: how well the document's years fit the question's. ``norm``: 1
    for a rule when a rule is asked for or a report when facts are, -1 for the other way round.
    ``context``: the turn before was answered from its section.
    ``strange``: the share of concepts spoken of nowhere near, each counted once.
    """

    units: tuple[Unit, ...]
    score: float
    why: Mapping[str, float]

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.units[0].document


@dataclass(frozen=True, slots=True)
class _Wording:
    """What the question's words say beside its concepts, worked out once for all sections."""

    pairs: tuple[str, ...]  # of neighbouring characters: a text that shares them shares its wording
    sort: str  # of document: 方案, 报告 …
    norm: float
    rate: str

    @classmethod
    def of(cls, question: Question) -> "_Wording":
        runs = [run for run in _HAN.findall(question.wording) if len(run) > 1]
        return cls(
            pairs=tuple(dict.fromkeys(pair for run in runs for pair in bigrams(run))),
            sort=kind_word(question.wording),
            norm=asks_norm(question.wording) or _likely_norm(question),
            rate=rated(question.wording),
        )


def find(question: Question, hits: Sequence[Hit]) -> list[Finding]:
    """Score every unit of the sections found, best first."""
    retrieved: dict[tuple[str, int], float] = {}
    documents: dict[str, Document] = {}
    for hit in hits:
        key = (hit.passage.document.id, hit.passage.section)
        documents[hit.passage.document.id] = hit.passage.document
        retrieved[key] = max(hit.score, retrieved.get(key, 0.0))
    best = max(retrieved.values(), default=1.0) or 1.0
    wording = _Wording.of(question)
    findings = [
        finding
        for (identity, section), score in retrieved.items()
        for finding in _score_section(question, wording, documents[identity], section, score / best)
    ]
    return sorted(findings, key=lambda finding: -finding.score)


def _score_section(
    question: Question, wording: _Wording, document: Document, section: int, retrieved: float
) -> list[Finding]:
    cut = units(document, section)
    if not cut:
        return []
    home = document.sections[section]
    around = _presences(
        question.concepts,
        {
            "heading": fold("/".join(document.trail(home))),
            "section": "".join(unit.folded for unit in cut),
            "title": fold(document.title + document.place),
        },
    )
    pairs = wording.pairs
    sort = kind_word(document.title)
    shared = {
        "year": _year_fit(question.years, document.years),
        "norm": -wording.norm if sort in ("报告", "年报") else wording.norm,
        "kind": float(bool(sort) and sort == wording.sort),
        "edge": float(home.path[-1] in (HEAD, TAIL)),
        "context": float((document.id, home.start) in question.near),
        "retrieved": retrieved,
    }
    only_heading = all(unit.is_heading for unit in cut)
    findings = []
    for position, unit in enumerate(cut):
        if unit.is_heading and not (only_heading and children(unit)):
            continue
        near = "".join(u.folded for u in cut[max(0, position - 1) : position + 2])
        stated = states(question.unit, unit.folded) and wording.rate in unit.folded
        why = _spoken_of(question.concepts, unit.folded, near, around) | {
            "adjacent": sum(pair in unit.folded for pair in pairs) / len(pairs) if pairs else 0.0,
            "stated": float(bool(question.unit) and stated),
            "unstated": float(bool(question.unit) and not stated),
            "actor": float(question.kind is Kind.WHO and names_actor(unit.folded)),
            "bound": bound(question.wording, unit.folded),
            "lists": float(question.kind in (Kind.LIST, Kind.PROCEDURE) and lists(unit.folded)),
            "length": len(unit.folded) / 100,
            **shared,
        }
        score = sum(weight * why[name] for name, weight in zip(FEATURES, RANKING, strict=True))
        findings.append(Finding((unit,), score, why))
    return findings


def _likely_norm(question: Question) -> float:
    """Return what no word of the question tells: asked of a year, a figure is what was reached in it;
    asked of none, it is more often the rule.
    """
    if not question.unit:
        return 0.0
    return -1.0 if question.years else 0.5


def _year_fit(asked: Sequence[int], held: Sequence[int]) -> float:
    """Return 1 for a document of just the years asked for, less the more other years it is about."""
    return len(set(asked) & set(held)) / len(set(asked) | set(held)) if asked and held else 0.0


def _presences(concepts: Sequence[Concept], texts: Mapping[str, str]) -> list[dict[str, float]]:
    """Return, for each concept, how surely each text speaks of it."""
    return [{name: presence(concept, text) for name, text in texts.items()} for concept in concepts]


def _spoken_of(
    concepts: Sequence[Concept], own: str, near: str, around: Sequence[Mapping[str, float]]
) -> dict[str, float]:
    """Return, for the unit and then each text around it, the share of the concepts it adds to what the
    ones before say.
    """
    total = sum(concept.weight for concept in concepts) or 1.0
    said = dict.fromkeys(("own", "near", "heading", "section", "title", "strange"), 0.0)
    for concept, elsewhere in zip(concepts, around, strict=True):
        # What its whole section does not speak of, a unit cannot.
        inside = elsewhere["section"] > 0
        here = presence(concept, own) if inside else 0.0
        beside = presence(concept, near) if inside else 0.0
        so_far = 0.0
        for name, level in (("own", here), ("near", beside), *elsewhere.items()):
            if level > so_far:
                said[name] += concept.weight * (level - so_far) / total
                so_far = level
        said["strange"] += (so_far == 0) / len(concepts)
    return said
