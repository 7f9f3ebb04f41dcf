"""The answer without a model: which words of the documents answer the question, place by place.

Every unit of the sections found is scored by how much of the question it speaks of, in which words,
and whether it states the sort of thing asked for. ``python -m eval ablate`` tells what each is worth.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Concept, Kind, Question
from bot.enumeration import children
from bot.holdings import is_report
from bot.kinds import asks_norm, bound, decides, lists, only_scored, rated, states
from bot.likeness import Likeness, Tokens, likeness
from bot.sentences import Unit, units
from bot.weights import FEATURES, RANKING
from bot.words import bigrams, fold, presence
from index.document import Document, Hit, Section

_HAN = re.compile(r"[\u4e00-\u9fff0-9]+")
_RIVALS = 30  # findings


@dataclass(frozen=True, slots=True)
class Finding:
    """A run of units that answers, its score, and the features the score is made of.

    ``own``: the share of the question, by the weight of its concepts, that the unit speaks of, 0 to 1;
    ``around``: what its section, its headings and the document's title speak of beyond that.
    ``alike``: how much of the question the unit says with its headings, in its words or near ones, 0 to 1
    (``bot.likeness``). ``adjacent``: the share of the question's character pairs that stand in the unit.
    ``stated``: 1 where a figure in the unit asked for is there, -1 where none is, 0 where none is asked or
    only points are taken off for it. ``bound``: 1 or -1 for a least or most figure.
    ``lists``: whether it lists, when a list is asked. ``decides``: whether it permits, forbids or binds,
    when yes or no is asked. ``retrieved``: the search score, 1 for the best. ``year``: how well the
    document's years fit the question's. ``norm``: 1 for a rule when a rule is asked for or a report when
    facts are, -1 for the other way round. ``context``: the turn before was answered from its section.
    ``titled``: the share of its section's heading that the question says. ``strange``: the share of
    concepts spoken of nowhere near, each counted once. ``closing``: ``alike`` for the last clause of the
    question alone. ``share``: the likelihood the ranker gives it among the best, 0 to 1.
    """

    units: tuple[Unit, ...]
    score: float
    why: Mapping[str, float]

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.units[0].document

    @property
    def folded(self) -> str:
        """Its words as texts are compared."""
        return "".join(unit.folded for unit in self.units)

    @property
    def home(self) -> Section:
        """The section it stands in."""
        return self.document.sections[self.units[0].section]


@dataclass(frozen=True, slots=True)
class _Wording:
    """What the question's words say beside its concepts, worked out once for all sections."""

    pairs: tuple[str, ...]  # of neighbouring characters: a text that shares them shares its wording
    norm: float
    rate: str

    @classmethod
    def of(cls, question: Question) -> "_Wording":
        runs = [run for run in _HAN.findall(question.wording) if len(run) > 1]
        return cls(
            pairs=tuple(dict.fromkeys(pair for run in runs for pair in bigrams(run))),
            norm=asks_norm(question.wording) or _likely_norm(question),
            rate=rated(question.wording),
        )


def find(question: Question, hits: Sequence[Hit], model: Tokens) -> list[Finding]:
    """Score every unit of the sections found, best first. ``model`` tells which words are near others."""
    retrieved: dict[tuple[str, int], float] = {}
    documents: dict[str, Document] = {}
    for hit in hits:
        key = (hit.passage.document.id, hit.passage.section)
        documents[hit.passage.document.id] = hit.passage.document
        retrieved[key] = max(hit.score, retrieved.get(key, 0.0))
    best = max(retrieved.values(), default=1.0) or 1.0
    wording = _Wording.of(question)
    sections = [(documents[identity], section) for identity, section in retrieved]
    alike = likeness(model, fold(question.chinese), sections)
    findings = [
        finding
        for (document, section), score in zip(sections, retrieved.values(), strict=True)
        for finding in _score_section(
            question, wording, document, section, score / best, alike[document.id, section]
        )
    ]
    findings.sort(key=lambda finding: -finding.score)
    return _with_shares(findings)


def _with_shares(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings, best first, each with the share the ranker gives it among the best (softmax)."""
    weights = [math.exp(finding.score - findings[0].score) for finding in findings]
    total = sum(weights[:_RIVALS])
    return [
        replace(finding, why={**finding.why, "share": weight / total})
        for finding, weight in zip(findings, weights, strict=True)
    ]


def _score_section(
    question: Question,
    wording: _Wording,
    document: Document,
    section: int,
    retrieved: float,
    alike: Sequence[Likeness],
) -> list[Finding]:
    cut = units(document, section)
    if not cut:
        return []
    home = document.sections[section]
    said = "".join(unit.folded for unit in cut)
    told = fold("/".join((*document.trail(home), document.title, document.place))) + said
    elsewhere = [(presence(concept, said) > 0, presence(concept, told)) for concept in question.concepts]
    pairs = wording.pairs
    report = is_report(document.title)
    shared = {
        "year": _year_fit(question.years, document.years),
        "norm": -wording.norm if report else wording.norm,
        "context": float((document.id, home.start) in question.near),
        "titled": _titled(question, home.heading),
        "retrieved": retrieved,
    }
    only_heading = all(unit.is_heading for unit in cut)
    findings = []
    for unit, near in zip(cut, alike, strict=True):
        stated = states(question.unit, unit.folded) and wording.rate in unit.folded
        # 四、行政执法(25分): a heading answers where the figure asked for stands in it.
        if unit.is_heading and not (question.unit and stated) and not (only_heading and children(unit)):
            continue
        why = _spoken_of(question.concepts, unit.folded, elsewhere) | {
            "alike": near.whole,
            "closing": near.closing,
            "adjacent": sum(pair in unit.folded for pair in pairs) / len(pairs) if pairs else 0.0,
            "stated": _stated(question, unit.folded, stated),
            "bound": bound(question.wording, unit.folded),
            "lists": float(question.kind in (Kind.LIST, Kind.PROCEDURE) and lists(unit.folded)),
            "decides": float(question.kind is Kind.YESNO and decides(unit.folded)),
            **shared,
        }
        score = sum(weight * why[name] for name, weight in zip(FEATURES, RANKING, strict=True))
        findings.append(Finding((unit,), score, why))
    return findings


def _stated(question: Question, text: str, stated: bool) -> float:
    if not question.unit or (stated and only_scored(question.unit, question.wording, text)):
        return 0.0
    return 1.0 if stated else -1.0


def _titled(question: Question, heading: str) -> float:
    """Return the share of the section's heading that the question says: 网络检索 of 网络检索看什么."""
    pairs = bigrams(fold(heading))
    forms = " ".join(form for concept in question.concepts for form in concept.forms)
    said = question.wording + " " + forms
    return sum(pair in said for pair in pairs) / len(pairs) if len(fold(heading)) > 1 else 0.0


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


def _spoken_of(
    concepts: Sequence[Concept], own: str, elsewhere: Sequence[tuple[bool, float]]
) -> dict[str, float]:
    """Return the shares of the concepts that the unit speaks of, what is around it beyond that, and what
    is spoken of nowhere. ``elsewhere`` tells of each whether the section speaks of it at all, and how
    surely the section with its headings does.
    """
    total = sum(concept.weight for concept in concepts) or 1.0
    said = dict.fromkeys(("own", "around", "strange"), 0.0)
    for concept, (inside, around) in zip(concepts, elsewhere, strict=True):
        # What its whole section does not speak of, a unit cannot.
        here = presence(concept, own) if inside else 0.0
        said["own"] += concept.weight * here / total
        said["around"] += concept.weight * max(0.0, around - here) / total
        said["strange"] += (max(here, around) == 0) / len(concepts)
    return said
