"""The charts of a report, drawn by matplotlib as inline SVG: no script, no font and no address is in it.

Their only letters are digits, since matplotlib would have to measure Chinese with a font that the machine
may lack; what a chart shows is said in the page beside it.
"""

import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (7.2, 3.0)  # inches; the page scales it
_STYLE: dict[Any, object] = {  # matplotlib wants its own names, literally
    "svg.fonttype": "none",  # letters stay letters
    "svg.hashsalt": "youju",  # the same run gives the same page, byte by byte
    "font.size": 12,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#d0d7de",
    "xtick.color": "#57606a",
    "ytick.color": "#57606a",
    "text.color": "#57606a",
}
COLOURS = ("#0b57a4", "#9a6700")  # of the first line and the second, as the page names them
_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def curves(lines: Sequence[Sequence[float]]) -> str:
    """Return curves of shares over 1, 2, 3, …: the first solid, the second dashed."""

    def draw(axes: "Axes") -> None:
        for line, colour, dash in zip(lines, COLOURS, ("-", "--"), strict=False):
            axes.plot(range(1, len(line) + 1), line, dash, color=colour, marker="o", markersize=4)
        axes.set_ylim(0, 1.03)
        axes.set_xticks(range(1, max(map(len, lines)) + 1))
        axes.grid(axis="y", color="#d0d7de")

    return _drawn(draw)


def histogram(values: Sequence[float], borders: Sequence[float]) -> str:
    """Return how many values lie between a border and the one before; the last column takes the rest."""
    counts = [0] * (len(borders) + 1)
    for value in values:
        counts[sum(value >= border for border in borders)] += 1
    names = [f"<{border:g}" for border in borders] + [f"≥{borders[-1]:g}"]

    def draw(axes: "Axes") -> None:
        columns = axes.bar(range(len(counts)), counts, color=COLOURS[0], alpha=0.75)
        axes.bar_label(columns, padding=2)
        axes.set_xticks(range(len(counts)), names)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)

    return _drawn(draw)


def _drawn(draw: "Callable[[Axes], None]") -> str:
    # Late: a second, and of all commands only the report draws.
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        draw(figure.subplots())
        stream = StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata=_NO_METADATA)
    drawn = stream.getvalue()
    # Inside a page an SVG needs neither a document type nor name spaces, the only addresses in it.
    drawn = re.sub(r'\s(?:xmlns(?::xlink)?|width|height)="[^"]*"', "", drawn[drawn.index("<svg") :], count=4)
    return drawn.replace("xlink:href", "href")
