"""What a right answer is, counted exactly. Pure functions: a case and a reply in, a judgement out.

Strings are compared after NFKC, traditional to simplified, lower case, white space removed; only
quotes are compared character by character, since they claim to be the document's own words.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from eval.cases import ALL, ANY, CORRECTABLE, Case, Gold
from eval.quantities import DIGITS, FIGURE, normalise, quantities, stands_whole, value
from index.document import HEAD, TAIL

_NAMES = re.compile(r"\[[0-9]+\]|《[^》]*》")
_YES_NO = re.compile(r"(?:^|[\n：]|: )(是|否|Yes|No)[，,]")
CUTOFFS = (1, 5, 10)  # the k of recall@k; the last is also how many hits are asked for


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
    """What a language model did for a reply: its name, the tokens it read and wrote, and how many of its
    sentences did not stand and were left out, None where nobody looked.
    """

    name: str
    read: int
    written: int
    left_out: int | None = None


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


def gold_ranks(case: Case, found: Sequence[tuple[str, Sequence[str]]]) -> tuple[int | None, ...]:
    """Return, for each required gold place, the rank (from 1) of the first address inside it."""
    return tuple(
        next((rank for rank, (source, path) in enumerate(found, start=1) if covers(gold, source, path)), None)
        for gold in case.required
    )


def recall(case: Case, ranks: Sequence[int | None], k: int) -> float:
    """Return the share of required places among the first k; where any suffices, 1 if any is."""
    within = [rank is not None and rank <= k for rank in ranks]
    return float(any(within)) if case.need == ANY else sum(within) / len(within)


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """Return one over the rank of the first required place found, 0 when none is."""
    return max((1 / rank for rank in ranks if rank is not None), default=0.0)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of the report. It is a ratio of sums over questions, so that it can be resampled.

    ``ceiling`` marks a figure that is better the lower it is: a floor on it is an upper bound.
    """

    name: str
    title: str
    ceiling: bool = False


MEASURES = (
    Measure("right", "答对（事实和出处都对）"),
    Measure("facts", "事实对"),
    Measure("cited", "出处对"),
    Measure("precision", "引用准（引用中属于依据的）"),
    Measure("verbatim", "引文与原文一字不差"),
    Measure("figures", "回答里的数字都在所引条款里"),
    Measure("numbers", "应答的数字（连同单位）答出了"),
    Measure("places", "问到几处时，答全并引用的处数"),
    Measure("consistent", "换个说法，回答不变"),
    Measure("supported", "模型写的话，所引条款支持"),
    Measure("left_out", "模型写的话有核对不上、没有显示的", ceiling=True),
    Measure("verdict", "是非题答了是或否"),
    Measure("misjudged", "答的是或否与应答相反", ceiling=True),
    Measure("refused", "该拒的拒了（或纠正了错误前提）"),
    Measure("wrongly_refused", "能答却拒了", ceiling=True),
    *(Measure(f"recall@{k}", f"检索前 {k} 条含依据") for k in CUTOFFS),
    Measure("mrr", "检索首个依据的排名倒数"),
)

Counts = Mapping[str, tuple[float, float]]


def counts(
    case: Case, judgement: Judgement, ranks: Sequence[int | None] | None, model: Modelled | None = None
) -> Counts:
    """Return what a question adds to each measure: (part, whole). A measure it says nothing on is left out.

    ``ranks`` is None when the search was not looked at, as when a file of answers is scored; ``model`` is
    None where no language model was asked.
    """
    table: dict[str, tuple[float, float]] = {}
    if judgement.claims:
        table["supported"] = (float(judgement.supported), float(judgement.claims))
    if model is not None and model.left_out is not None:
        table["left_out"] = (float(model.left_out > 0), 1.0)
    if case.answerable:
        for name in ("right", "facts", "cited"):
            table[name] = (float(getattr(judgement, name)), 1.0)
        table["wrongly_refused"] = (float(judgement.refused), 1.0)
        if judgement.numbers:
            table["numbers"] = (float(judgement.exact), float(judgement.numbers))
        if judgement.places:
            table["places"] = (float(judgement.told), float(judgement.places))
        if ranks is not None:
            table |= {f"recall@{k}": (recall(case, ranks, k), 1.0) for k in CUTOFFS}
            table["mrr"] = (reciprocal_rank(ranks), 1.0)
    else:
        table["refused"] = (float(judgement.right), 1.0)
    if case.polarity and judgement.verdict is not None:
        table["verdict"] = (float(bool(judgement.verdict)), 1.0)
        if judgement.verdict:
            table["misjudged"] = (float(judgement.verdict != case.polarity), 1.0)
    if judgement.citations:
        total = float(judgement.citations)
        table["precision"] = (float(judgement.matching), total)
        if judgement.figures:
            table["figures"] = (float(judgement.backed), float(judgement.figures))
        table["verbatim"] = (total - len(judgement.altered), total)
    return table
