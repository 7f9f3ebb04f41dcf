"""A run as one HTML file that opens offline: figures with intervals, slices, curves, every miss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from eval.chart import COLOURS, curves, histogram
from eval.compare import Comparison, Row, compare
from eval.intervals import Interval
from eval.kept import Kept
from eval.measures import MEASURES
from eval.metering import cost
from eval.ranks import CUTOFFS, recall
from eval.report import faults, gold_place, measured
from eval.run import Outcome
from eval.slices import TITLES, called, sliced
from eval.variants import robustness
from index.document import address

_SLICED = ("right", "cited", "precision", "refused", "wrongly_refused")
_IN_SLICES = tuple(measure for measure in MEASURES if measure.name in _SLICED)
_LATENCIES = (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # milliseconds
_SHORT = ("kind", "language", "variation")  # whose names are short forms in the question files
_PERCENTILES = (50, 90, 95, 99, 100)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure: its interval, what it was counted from, and the change where there is one."""

    title: str
    name: str
    interval: Interval
    counted: str
    change: Row | None


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice: how many questions, and a figure of each measure that says something there."""

    name: str
    questions: int
    figures: Mapping[str, Figure]


def page(kept: Kept, against: Kept | None = None) -> str:
    """Return the report of a run as HTML, set against an earlier one where there is one."""
    comparison = compare(against, kept, tuple(TITLES), _IN_SLICES) if against else None
    outcomes = kept.run.outcomes
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "faults": faults,
        "place": gold_place,
        "address": address,
        "called": called,
        "day": lambda made: made.replace("T", " ").replace("+00:00", "（世界时）"),
    }
    seconds = np.array([outcome.reply.seconds for outcome in outcomes]) * 1000
    return environment.get_template("page.html").render(
        kept=kept,
        colours=COLOURS,
        against=against,
        comparison=comparison,
        figures=tuple(_figures(outcomes, [measure.name for measure in MEASURES], comparison)),
        slices={
            title: tuple(_slices(kept, by, comparison))
            for by, title in TITLES.items()
            if len(sliced(outcomes, by, kept.holdings)) > 1
        },
        sliced=[(measure.name, measure.title) for measure in _IN_SLICES],
        retrieval=_retrieval(kept, against),
        confusion=_confusion(outcomes),
        latency=histogram(list(seconds), _LATENCIES),
        percentiles=list(zip(_PERCENTILES, np.percentile(seconds, _PERCENTILES), strict=True)),
        cost=cost(outcomes, kept.about.get("price")),
        variations=robustness(outcomes),
        misses=[outcome for outcome in outcomes if faults(outcome)],
    )


def _figures(
    outcomes: Sequence[Outcome],
    names: Sequence[str],
    comparison: Comparison | None,
    by: str = "",
    name: str = "",
) -> Iterator[Figure]:
    all_rows = comparison.rows if comparison else ()
    rows = {row.measure.name: row for row in all_rows if (row.by, row.slice) == (by, name)}
    for measure in MEASURES:
        found = measured(outcomes, measure.name) if measure.name in names else None
        if found is None:
            continue
        pairs = [o.counts[measure.name] for o in outcomes if measure.name in o.counts]
        part, whole = (sum(column) for column in zip(*pairs, strict=True))
        yield Figure(measure.title, measure.name, found, f"{part:g}/{whole:g}", rows.get(measure.name))


def _slices(kept: Kept, by: str, comparison: Comparison | None) -> Iterator[Slice]:
    for name, members in sliced(kept.run.outcomes, by, kept.holdings).items():
        figures = _figures(members, _SLICED, comparison, by, name)
        yield Slice(
            called(name) if by in _SHORT else name, len(members), {figure.name: figure for figure in figures}
        )


def _retrieval(kept: Kept, against: Kept | None) -> str | None:
    """Return the curve of this run, and that of the earlier one where both looked at the search."""
    lines = []
    for one in (kept, against):
        seen = [(o.case, o.ranks) for o in one.run.outcomes if o.ranks is not None] if one else []
        if not seen:
            break
        shares = [[recall(case, ranks, k) for case, ranks in seen] for k in range(1, CUTOFFS[-1] + 1)]
        lines.append([float(np.mean(share)) for share in shares])
    return curves(lines) if lines else None


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, int, int]]:
    """Return, for questions to be answered and to be refused: answered right, answered wrong, refused."""
    table = {}
    for title, answerable in (("该答的题", True), ("该拒的题", False)):
        told = [o.judgement for o in outcomes if o.case.answerable is answerable]
        answered = [one for one in told if not one.refused]
        right = sum(one.right for one in answered)
        table[title] = (right, len(answered) - right, len(told) - len(answered))
    return table
