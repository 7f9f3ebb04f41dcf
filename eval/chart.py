"""The few charts of a report as inline SVG: a value with its interval, curves over k, a histogram.

Written here and not drawn by a library: those that make SVG bring a browser, scripts or megabytes for what
is a dozen shapes, and the page must open offline with no script at all.
"""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 520, 220, 40, 24
_BAR = 140  # px of a value's own line


def interval_bar(value: float, low: float, high: float, before: float | None = None) -> str:
    """Return a line from 0 to 1 with the interval, the value, and the value before as a hollow mark."""
    at = [round(3 + (_BAR - 6) * min(1.0, max(0.0, x)), 1) for x in (low, high, value)]
    mark = ""
    if before is not None:
        mark = f'<circle cx="{3 + (_BAR - 6) * before:.1f}" cy="8" r="3.5" class="before"/>'
    label = f"{value:.3f}，{low:.3f} 至 {high:.3f}"
    return (
        f'<svg class="bar" viewBox="0 0 {_BAR} 16" role="img" aria-label="{label}">'
        f'<line x1="3" y1="8" x2="{_BAR - 3}" y2="8" class="axis"/>'
        f'<line x1="{at[0]}" y1="8" x2="{at[1]}" y2="8" class="range"/>{mark}'
        f'<circle cx="{at[2]}" cy="8" r="3.5" class="value"/></svg>'
    )


def curves(lines: Mapping[str, Sequence[float]], title: str) -> str:
    """Return curves of shares over 1, 2, 3, … with a legend."""
    longest = max(len(line) for line in lines.values())
    step = (_WIDTH - _LEFT - 10) / max(1, longest - 1)
    parts = [_ticks(longest, step)]
    for number, (name, line) in enumerate(lines.items()):
        points = [(round(_LEFT + step * at, 1), _y(share)) for at, share in enumerate(line)]
        joined = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{joined}" class="line line{number}"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="3" class="dot line{number}"/>' for x, y in points]
        below = _HEIGHT - _BOTTOM - 12 - 18 * number
        parts.append(
            f'<text x="{_WIDTH - 12}" y="{below}" text-anchor="end" class="line{number} name">'
            f"{escape(name)}</text>"
        )
    return _drawing(parts, title)


def histogram(values: Sequence[float], borders: Sequence[float], unit: str, title: str) -> str:
    """Return how many values lie below each border and above the one before; the last takes the rest."""
    counts = [0] * (len(borders) + 1)
    for value in values:
        counts[sum(value >= border for border in borders)] += 1
    step = (_WIDTH - _LEFT - 10) / len(counts)
    names = [f"<{border:g}" for border in borders] + [f"≥{borders[-1]:g}"]
    parts = []
    for at, (count, name) in enumerate(zip(counts, names, strict=True)):
        x, y = _LEFT + step * at, _y(count / max(counts))
        centre = x + step / 2
        parts.append(
            f'<rect x="{x + 3:.1f}" y="{y}" width="{step - 6:.1f}" height="{_HEIGHT - _BOTTOM - y:.1f}"'
            ' class="column"/>'
            f'<text x="{centre:.1f}" y="{y - 4}" text-anchor="middle">{count}</text>'
            f'<text x="{centre:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(name)}</text>'
        )
    parts.append(f'<text x="2" y="{_HEIGHT - 8}">{escape(unit)}</text>')
    return _drawing(parts, title)


def _y(share: float) -> float:
    return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - 20), 1)


def _ticks(longest: int, step: float) -> str:
    across = "".join(
        f'<line x1="{_LEFT}" y1="{_y(share)}" x2="{_WIDTH - 10}" y2="{_y(share)}" class="axis"/>'
        f'<text x="{_LEFT - 6}" y="{_y(share) + 4}" text-anchor="end">{share:g}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    below = "".join(
        f'<text x="{_LEFT + step * at:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{at + 1}</text>'
        for at in range(longest)
    )
    return across + below


def _drawing(parts: Sequence[str], title: str) -> str:
    start = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" class="chart" role="img" aria-label="{escape(title)}">'
    return "".join((start, *parts, "</svg>"))
