"""Which findings are shown: for every place with an answer its best, and what adds to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bot.confidence import LEAST, confidence
from bot.conversation import Concept, Question
from bot.enumeration import whole
from bot.extract import Finding
from bot.refuse import lacks_what_is_asked
from bot.words import presence

_A_PLACE = 2  # findings
_PLACES = 6
_NEAR_BEST = 1.3  # below the best score: what another place must reach to be shown beside it
_FAR, _FARTHEST = 2.6, 4.0  # or this far below, the second when every place is asked about,
_SURE = 0.4  # when it is this likely to answer by itself
_COMPLEMENT = 0.8  # below the best score in a place: what a second finding must reach
_FRESH = 0.12  # share of the question that a second finding must add


def select(question: Question, findings: Sequence[Finding]) -> list[Finding]:
    """Return what to show: for every place with an answer nearly as good as the best, the best findings,
    each grown to the whole enumeration it belongs to. Where a figure is asked, none without it.
    """
    by_place: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if confidence(question, finding) >= LEAST and not lacks_what_is_asked(question, finding):
            by_place[finding.document.place or finding.document.id].append(finding)
    ranked = sorted(by_place.values(), key=lambda group: -group[0].score)
    chosen: list[Finding] = []
    for group in ranked[:_PLACES]:
        if _belongs(question, group[0], ranked[0][0].score - group[0].score):
            for finding in _complementary(question, group):
                chosen += [replace(finding, units=run) for run in whole(question, finding.units[0])]
    return _distinct(chosen)


def _belongs(question: Question, best: Finding, behind: float) -> bool:
    """Tell whether a place's best finding is shown, so far behind the best of all. A place that the
    question names is always answered.
    """
    if len(question.scope.places) > 1 or behind <= _NEAR_BEST:
        return True
    return confidence(question, best) >= _SURE and behind <= (_FARTHEST if question.everywhere else _FAR)


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


def _complementary(question: Question, group: Sequence[Finding]) -> list[Finding]:
    """Return the best finding and those near its score that speak of concepts it does not."""
    taken = [group[0]]
    spoken = _spoken(question.concepts, group[0])
    for finding in group[1:]:
        if len(taken) == _A_PLACE or finding.score < group[0].score - _COMPLEMENT:
            break
        fresh = _spoken(question.concepts, finding) - spoken
        if sum(concept.weight for concept in fresh) > _FRESH * sum(c.weight for c in question.concepts):
            taken.append(finding)
            spoken |= fresh
    return taken


def _spoken(concepts: Sequence[Concept], finding: Finding) -> set[Concept]:
    text = "".join(unit.folded for unit in finding.units)
    return {concept for concept in concepts if presence(concept, text) >= 0.5}
