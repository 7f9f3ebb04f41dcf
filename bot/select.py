"""Which findings are shown: for every place with an answer its best, and what adds to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.confidence import LEAST, LEAST_BELONGING, LEAST_EVERYWHERE, belonging, beside, confidence
from bot.conversation import Concept, Question
from bot.echo import Leader
from bot.enumeration import whole
from bot.extract import Finding
from bot.holdings import is_report
from bot.kinds import asks_both
from bot.lacking import lacks_what_is_asked
from bot.sentences import units
from bot.words import bigrams, fold, presence

_A_PLACE = 2  # findings
_PLACES = 6
_COMPLEMENT = 0.8  # below the best score in a place: what a second finding must reach
_FRESH = 0.12  # share of the question that a second finding must add
_CLOSE = 0.8  # below the best score: a sentence of the same section that may as well be the answer
_SAME = 0.75  # share of the pairs of characters of the shorter of two that say nearly the same
_ECHOED = 0.25  # how likely a leader must be beside the best of its place
_GAP = 150  # characters between two quotes of a section that are still quoted as one


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding, how likely it answers, 0 to 1, and what became of it: ``taken``, or why not (a word of
    ``bot.explain``).
    """

    finding: Finding
    verdict: str
    likely: float


def judge(
    question: Question, findings: Sequence[Finding], leaders: Mapping[str, Leader] | None = None
) -> list[Choice]:
    """Say of every finding whether it is shown: for every place with an answer that belongs beside the
    best, the best findings. Where a figure is asked, none without it. ``leaders`` are the findings that
    come first in their place, whatever their score.
    """
    leaders = leaders or {}
    verdicts: dict[int, str] = {}
    by_place: dict[tuple[str, bool], list[Finding]] = defaultdict(list)
    likely = {id(finding): confidence(question, finding) for finding in findings}
    answered = bool(findings) and likely[id(findings[0])] >= LEAST
    for finding in findings:
        # Another place is shown by what it has beside the best answer, however little by itself.
        beside_best = answered and _whose(question, finding) != _whose(question, findings[0])
        if likely[id(finding)] < LEAST and not beside_best:
            verdicts[id(finding)] = "unlikely"
        elif lacks_what_is_asked(question, finding):
            verdicts[id(finding)] = "lacking"
        else:
            by_place[_whose(question, finding)].append(finding)
    ranked = sorted(by_place.items(), key=lambda item: -item[1][0].score)
    for rank, ((place, _), group) in enumerate(ranked):
        leader = leaders.get(place)
        least = likely[id(group[0])] * _ECHOED
        if leader is not None and leader.finding in group and likely[id(leader.finding)] >= least:
            group = [leader.finding, *(finding for finding in group if finding is not leader.finding)]
        best = ranked[0][1][0]
        likeness = leader.likeness if leader else 0.0
        shown = rank < _PLACES and (rank == 0 or _belongs(question, best, group[0], likeness))
        taken = _complementary(question, group) if shown else []
        for finding in group:
            adds = any(finding is one for one in taken)
            verdicts[id(finding)] = "taken" if adds else "repeats" if shown else "behind"
    return [Choice(finding, verdicts[id(finding)], likely[id(finding)]) for finding in findings]


def shown(question: Question, choices: Sequence[Choice]) -> list[Finding]:
    """Return the findings taken, place by place, each grown to the whole enumeration it belongs to."""
    by_place: dict[tuple[str, bool], list[Finding]] = defaultdict(list)
    for choice in choices:
        if choice.verdict == "taken":
            by_place[_whose(question, choice.finding)].append(choice.finding)
    grown = (
        [replace(finding, units=run) for finding in group for run in whole(question, finding.units[0])]
        for group in by_place.values()
    )
    return _distinct([finding for group in grown for finding in _together(group)])


def _together(findings: Sequence[Finding]) -> list[Finding]:
    """Join what stands close together in one section to one quote, with what is between, in the place of
    the first of them.
    """
    joined: list[Finding] = []
    for finding in findings:
        near = [position for position, other in enumerate(joined) if _close(finding, other)]
        if not near:
            joined.append(finding)
            continue
        joined[near[0]] = _spanning([*(joined[position] for position in near), finding])
        for position in reversed(near[1:]):  # one between two others closes their gap
            del joined[position]
    return joined


def _spanning(findings: Sequence[Finding]) -> Finding:
    """Return the first finding with all units of its section from the first to the last of any."""
    start = min(finding.units[0].start for finding in findings)
    end = max(finding.units[-1].end for finding in findings)
    cut = units(findings[0].document, findings[0].units[0].section)
    return replace(findings[0], units=tuple(u for u in cut if start <= u.start and u.end <= end))


def _close(one: Finding, other: Finding) -> bool:
    """Tell whether two findings stand in one section with little between them."""
    same = one.document is other.document and one.units[0].section == other.units[0].section
    start = max(finding.units[0].start for finding in (one, other))
    return same and start - min(finding.units[-1].end for finding in (one, other)) <= _GAP


def _whose(question: Question, finding: Finding) -> tuple[str, bool]:
    """Return the place whose rule it is, the document where none is known; and, where plan and outcome
    are both asked for, whether it is a report's.
    """
    document = finding.document
    return document.place or document.id, asks_both(question.wording) and is_report(document.title)


def _belongs(question: Question, best: Finding, other: Finding, likeness: float) -> bool:
    """Tell whether another place's finding is shown beside the best of all. A place that the question
    names is always answered.
    """
    same = (best.document.place or best.document.id) == (other.document.place or other.document.id)
    named = len(question.scope.places) > 1 or same  # its plan and its report
    least = LEAST_EVERYWHERE if question.everywhere else LEAST_BELONGING
    return named or belonging(beside(question, best, other, likeness)) >= least


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
    """Return the best finding, those near its score that speak of concepts it does not, and one that says
    nearly the same in another section, which a reader would look for too.
    """
    named = next((one for one in group[1:] if _rather(question, group[0], one)), group[0])
    group = [named, *(finding for finding in group if finding is not named)]
    taken = [named]
    twins: list[Finding] = []
    spoken = _spoken(question.concepts, group[0])
    for finding in group[1:]:
        if finding.score < group[0].score - _COMPLEMENT:
            break
        fresh = _spoken(question.concepts, finding) - spoken
        new = sum(concept.weight for concept in fresh)
        adds = _as_well(group[0], finding) or new > _FRESH * sum(c.weight for c in question.concepts)
        if adds and len(taken) < _A_PLACE:
            taken.append(finding)
            spoken |= fresh
        # With another figure it is of something else: departments in one annex, townships in the next.
        elif (
            not twins
            and _twin(group[0], finding, 1.0 if question.unit else _SAME)
            and not _told_apart(question, group[0], finding)
        ):
            twins.append(finding)
    return taken + twins


def _twin(best: Finding, other: Finding, least: float) -> bool:
    """Tell whether another section says the same as the best one, at least that share of it."""
    one, two = (set(bigrams(finding.units[0].folded)) for finding in (best, other))
    return best.home is not other.home and len(one & two) >= least * min(len(one), len(two))


def _told_apart(question: Question, best: Finding, other: Finding) -> bool:
    """Tell whether the question says something that stands above the best one only: 乡镇 in one annex."""
    one, two = (fold("/".join(finding.document.trail(finding.home))) for finding in (best, other))
    return any(presence(concept, one) > presence(concept, two) for concept in question.concepts)


def _rather(question: Question, best: Finding, other: Finding) -> bool:
    """Tell whether the question means the twin of the best one by what stands above it."""
    return (
        other.score >= best.score - _COMPLEMENT
        and _twin(best, other, _SAME)
        and _told_apart(question, other, best)
        and not _told_apart(question, best, other)
    )


def _as_well(best: Finding, other: Finding) -> bool:
    """Tell whether a sentence near the best one may as well be the answer."""
    return _close(best, other) and other.score >= best.score - _CLOSE


def _spoken(concepts: Sequence[Concept], finding: Finding) -> set[Concept]:
    text = finding.folded
    return {concept for concept in concepts if presence(concept, text) >= 0.5}
