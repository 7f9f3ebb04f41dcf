"""What a right answer is, counted exactly. Pure functions: a case and a reply in, a judgement out.

Strings are compared after NFKC, traditional to simplified, lower case, white space removed; only
quotes are compared character by character, since they claim to be the document's own words.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eval.cases import ALL, CORRECTABLE, Case, Gold
from eval.quantities import DIGITS, FIGURE, normalise, quantities, stands_whole, value
from index.document import HEAD, TAIL

_NAMES = re.compile(r"\[[0-9]+\]|《[^》]*》")
_YES_NO = re.compile(r"(?:^|[\n：]|: )(是|否|Yes|No)[，,]")


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation of a reply: file, labels from the top, the words quoted, its section's heading, and the
    number that marks it in the text, 0 where it is its place among the citations.
    """

    source: str
    path: tuple[str, ...]
    quote: str
    heading: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Modelled:
    """What a language model did for a reply: its name, the tokens it read and wrote, how many of its
    sentences did not stand and were left out, None where nobody looked, and what went wrong with it.
    """

    name: str
    read: int
    written: int
    left_out: int | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one question, as the batch contract gives it. ``seconds`` is wall time."""

    text: str
    refused: bool
    citations: tuple[Cited, ...] = ()
    reason: str | None = None
    seconds: float = 0.0
    model: Modelled | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a reply stands against its case.

    ``facts``, ``cited`` and ``right`` are about the gold places; for a question that must be refused
    ``right`` says that it was, or that a false premise was corrected. ``missing`` holds the fact
    groups not found and ``uncited`` the places not cited, of the gold that came nearest where any one
    suffices. ``matching`` counts citations that match some gold; ``altered`` holds the quotes that do
    not stand in their document. ``verdict`` is the yes or no that the answer begins with, empty where it
    gives none, None where it was refused. ``exact`` counts the figures asked for that the answer gives with
    their units, of ``numbers``; ``told`` the places both told and cited, of ``places`` where several are
    wanted. ``supported`` counts the claims of a model that what it cites supports, of ``claims``.
    """

    right: bool
    facts: bool
    cited: bool
    refused: bool
    missing: tuple[tuple[str, ...], ...]
    uncited: tuple[Gold, ...]
    forbidden: tuple[str, ...]
    citations: int
    matching: int
    figures: int
    backed: int
    altered: tuple[str, ...]
    verdict: str | None = None
    numbers: int = 0
    exact: int = 0
    places: int = 0
    told: int = 0
    claims: int = 0
    supported: int = 0


def normalise_path(path: Sequence[str]) -> tuple[str, ...]:
    """Return the labels as addresses are compared; the document as such is the empty path."""
    labels = tuple(_label(label) for label in path)
    return () if labels in ((HEAD,), (TAIL,)) else labels


@lru_cache(maxsize=65_536)
def _label(label: str) -> str:
    # A few labels (一, 第三条 …) are compared again and again: against every section of a document.
    return normalise(label)


def covers(gold: Gold, source: str, path: Sequence[str]) -> bool:
    """Tell whether an address is the gold place or lies inside it."""
    if source != gold.source:
        return False
    wanted = normalise_path(gold.path)
    return tuple(_label(label) for label in path[: len(wanted)]) == wanted


def missing_facts(gold: Gold, normalised_answer: str) -> tuple[tuple[str, ...], ...]:
    """Return the groups of which no wording stands in the answer (already normalised)."""
    return tuple(
        group for group in gold.facts if not any(normalise(word) in normalised_answer for word in group)
    )


def judge(case: Case, reply: Reply, texts: Mapping[str, Sequence[str]]) -> Judgement:
    """Judge one reply. ``texts`` gives, for each file, the clean texts of the documents in it."""
    answer = normalise(reply.text)
    forbidden = tuple(word for word in case.forbidden if normalise(word) in answer)
    absent = {gold: missing_facts(gold, answer) for gold in case.required}
    uncited = tuple(
        gold for gold in case.required if not any(covers(gold, c.source, c.path) for c in reply.citations)
    )
    lacking = uncited
    clean = not reply.refused and not forbidden
    if case.need == ALL and case.answerable:
        facts = clean and not any(absent.values())
        cited = not uncited
        both = facts and cited
    else:
        # One place must be both told and cited: facts of one and the address of another prove nothing.
        facts = clean and any(not groups for groups in absent.values())
        cited = len(uncited) < len(case.required)
        both = clean and any(not groups and gold not in uncited for gold, groups in absent.items())
        nearest = min(absent, key=lambda gold: (len(absent[gold]), gold in uncited), default=None)
        absent = {gold: groups for gold, groups in absent.items() if gold == nearest}
        uncited = tuple(gold for gold in uncited if gold == nearest)
    handled = reply.refused or (case.kind == CORRECTABLE and both)
    exact, numbers = _exact(case, "" if reply.refused else answer)
    several = case.answerable and case.need == ALL and len({gold.source for gold in case.required}) > 1
    complete = [gold for gold in case.required if not missing_facts(gold, answer) and gold not in lacking]
    figures = _figures(reply.text) - _figures(case.question) if reply.citations else set()
    words = " ".join(f"{cited.heading} {cited.quote}" for cited in reply.citations)
    quoted = {value(found) for found in FIGURE.findall(unicodedata.normalize("NFKC", words))}
    return Judgement(
        right=both if case.answerable else handled,
        facts=facts,
        cited=cited,
        refused=reply.refused,
        missing=tuple(group for groups in absent.values() for group in groups),
        uncited=uncited,
        forbidden=forbidden,
        citations=len(reply.citations),
        figures=len(figures),
        backed=sum(value(figure) in quoted for figure in figures),
        matching=sum(any(covers(gold, c.source, c.path) for gold in case.gold) for c in reply.citations),
        altered=tuple(c.quote for c in reply.citations if not stands(c, texts)),
        verdict=None if reply.refused else _verdict(reply.text),
        numbers=numbers,
        exact=exact,
        places=len(case.required) if several else 0,
        told=len(complete) if several and not reply.refused else 0,
    )


def _exact(case: Case, normalised_answer: str) -> tuple[int, int]:
    """Return how many of the figures asked for the answer gives, and how many are asked for.

    Compared by value and unit (三十天 is 30天); where one place suffices, of the place that comes nearest.
    """
    given = quantities(normalised_answer)
    found = []
    for gold in case.required:
        groups = [[normalise(word) for word in group] for group in gold.facts]
        # A fact that can be said without a number is none of these.
        wanted = [words for words in groups if all(map(quantities, words))]
        told = [
            any(quantities(word) <= given or stands_whole(word, normalised_answer) for word in words)
            for words in wanted
        ]
        found.append((sum(told), len(wanted)))
    if not case.answerable or not found:
        return 0, 0
    if case.need == ALL:
        return sum(exact for exact, _ in found), sum(numbers for _, numbers in found)
    return max(found, key=lambda pair: (pair[0] / pair[1] if pair[1] else -1.0, -pair[1]))


def _verdict(text: str) -> str:
    """Return the first yes or no that a line, or what is said of a place in it, begins with."""
    found = _YES_NO.search(text)
    return "" if not found else "yes" if found[1] in ("是", "Yes") else "no"


def _figures(text: str) -> set[str]:
    """Return the numbers a text states in digits, but for marks of citations and names of documents."""
    return set(DIGITS.findall(_NAMES.sub(" ", unicodedata.normalize("NFKC", text))))


def stands(cited: Cited, texts: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a quote stands, character by character, in a document of the file it names."""
    return bool(cited.quote) and any(cited.quote in text for text in texts.get(cited.source, ()))
