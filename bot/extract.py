"""The answer without a model: which words of the documents answer the question, place by place.

Every unit of the sections found is scored by how much of the question it speaks of. What its
headings, its neighbours and the rest of its section say counts too, but less.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Concept, Kind, Question
from bot.kinds import bound, names_actor, states
from bot.enumeration import children, whole
from bot.sentences import Unit, units
from bot.words import bigrams, fold, presence
from index.document import Document, Hit

_HAN = re.compile(r"[\u4e00-\u9fff0-9]+")

# How much a concept counts where it stands, and what else moves a unit's score.
_NEIGHBOUR, _HEADING, _SECTION, _TITLE = 0.6, 0.75, 0.4, 0.3
_OWN = 0.3
_UNIT_STATED = 0.18
_ADJACENT = 0.25
_RETRIEVED = 0.05
_NEAR_BEST = 0.75
_ACTOR = 0.12
_BOUND = 0.08
_LENGTH = 0.0006  # a character: of two units that say as much, the shorter


@dataclass(frozen=True, slots=True)
class Finding:
    """A run of units that answers, with its scores: ``coverage`` is the share of the question that the
    unit and its surroundings speak of (0 to 1), ``score`` what it was ranked by."""

    units: tuple[Unit, ...]
    coverage: float
    own: float
    score: float
    why: Mapping[str, float]

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.units[0].document


def find(question: Question, hits: Sequence[Hit]) -> list[Finding]:
    """Score every unit of the sections found, best first."""
    retrieved: dict[tuple[str, int], float] = {}
    documents: dict[str, Document] = {}
    for hit in hits:
        key = (hit.passage.document.id, hit.passage.section)
        documents[hit.passage.document.id] = hit.passage.document
        retrieved[key] = max(hit.score, retrieved.get(key, 0.0))
    best = max(retrieved.values(), default=1.0) or 1.0
    findings = [
        finding
        for (identity, section), score in retrieved.items()
        for finding in _score_section(question, documents[identity], section, score / best)
    ]
    return sorted(findings, key=lambda finding: -finding.score)


def _score_section(question: Question, document: Document, section: int, retrieved: float) -> list[Finding]:
    cut = units(document, section)
    if not cut:
        return []
    home = document.sections[section]
    total = sum(concept.weight for concept in question.concepts) or 1.0
    trail = fold("/".join(document.trail(home)))
    title = fold(document.title + document.place)
    whole = "".join(unit.folded for unit in cut)
    pairs = _adjacent_pairs(question)
    only_heading = all(unit.is_heading for unit in cut)
    findings = []
    for position, unit in enumerate(cut):
        if unit.is_heading and not (only_heading and children(unit)):
            continue
        near = "".join(u.folded for u in cut[max(0, position - 1) : position + 2])
        covered = own = 0.0
        for concept in question.concepts:
            here = presence(concept, unit.folded)
            own += concept.weight * here
            covered += concept.weight * max(
                here,
                _NEIGHBOUR * presence(concept, near),
                _HEADING * presence(concept, trail),
                _SECTION * presence(concept, whole),
                _TITLE * presence(concept, title),
            )
        adjacent = sum(pair in unit.folded for pair in pairs) / len(pairs) if pairs else 0.0
        stated = float(bool(question.unit) and states(question.unit, unit.folded))
        actor = float(question.kind is Kind.WHO and names_actor(unit.folded))
        bounded = bound(question.wording, unit.folded)
        why = {
            "coverage": covered / total,
            "own": own / total,
            "adjacent": adjacent,
            "states_unit": stated,
            "actor": actor,
            "bound": bounded,
            "retrieved": retrieved,
        }
        score = (
            covered / total
            + _OWN * own / total
            + _ADJACENT * adjacent
            + _UNIT_STATED * stated
            + _ACTOR * actor
            + _BOUND * bounded
            + _RETRIEVED * retrieved
            - _LENGTH * len(unit.folded)
        )
        findings.append(Finding((unit,), covered / total, own / total, score, why))
    return findings


def _adjacent_pairs(question: Question) -> list[str]:
    """Character pairs of the question as worded: a text that shares them shares its wording."""
    runs = [run for run in _HAN.findall(question.wording) if len(run) > 1]
    return list(dict.fromkeys(pair for run in runs for pair in bigrams(run)))


def choose(question: Question, findings: Sequence[Finding], per_place: int, places_limit: int) -> list[Finding]:
    """Return what to show: for every place with an answer nearly as good as the best, the best units,
    those that add to the question's coverage, each grown to the whole enumeration it belongs to."""
    if not findings:
        return []
    least = _NEAR_BEST * findings[0].score
    by_place: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_place[finding.document.place or finding.document.id].append(finding)
    ranked = sorted(by_place.values(), key=lambda group: -group[0].score)
    chosen: list[Finding] = []
    for group in ranked[:places_limit]:
        if group[0].score < least:
            break
        for finding in _complementary(question, group, per_place):
            chosen += [replace(finding, units=run) for run in whole(question, finding.units[0])]
    return _distinct(chosen)


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out a finding whose units another one shows already."""
    shown: set[tuple[str, int]] = set()
    kept = []
    for finding in findings:
        starts = {(unit.document.id, unit.start) for unit in finding.units}
        if not starts <= shown:
            kept.append(finding)
            shown |= starts
    return kept


def _complementary(question: Question, group: Sequence[Finding], limit: int) -> list[Finding]:
    """Return the best finding and those near its score that speak of concepts it does not."""
    taken = [group[0]]
    spoken = _spoken(question.concepts, group[0])
    for finding in group[1:]:
        if len(taken) == limit or finding.score < 0.7 * group[0].score:
            break
        fresh = _spoken(question.concepts, finding) - spoken
        if sum(concept.weight for concept in fresh) > 0.12 * sum(c.weight for c in question.concepts):
            taken.append(finding)
            spoken |= fresh
    return taken


def _spoken(concepts: Sequence[Concept], finding: Finding) -> set[Concept]:
    text = "".join(unit.folded for unit in finding.units)
    return {concept for concept in concepts if presence(concept, text) >= 0.5}
