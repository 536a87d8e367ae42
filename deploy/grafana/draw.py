"""Draws a panel's answer, about as Grafana would: enough to see whether it answers its question."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate

from deploy.grafana.ask import Series
from deploy.grafana.panel import Panel
from services.cli.svg import line, text

WIDTH, HEIGHT = 620, 300
LEFT, RIGHT, TOP, FOOT = 72, 16, 58, 24
COLOURS = ("#2f6db5", "#d9822b", "#3d9970", "#b5484a", "#7d5ba6", "#8c6d46", "#c774a5", "#6b7785", "#a3a12f", "#2fa3b5")
GREEN, RED = COLOURS[2], COLOURS[3]
LISTED = 12
"""Series named under a chart."""
BARS = 16
_text = partial(text, size=11, fill="#20262d")
_STEPS = {
    "s": ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs")),
    "bytes": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
}


def figure(value: float, unit: str) -> str:
    if unit == "percentunit":
        return f"{value * 100:.3g} %"
    if unit in _STEPS and value:
        size, name = next(((s, n) for s, n in _STEPS[unit] if abs(value) >= s), _STEPS[unit][-1])
        return f"{value / size:.3g} {name}"
    after = {"reqps": "/s", "d": " day" if value == 1 else " days", "s": " s", "bytes": " B"}.get(unit, "")
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}") + after


def worries(panel: Panel, value: float) -> bool:
    too_much = panel.worry_from is not None and value >= panel.worry_from
    return too_much or (panel.worry_below is not None and value < panel.worry_below)


def panel_picture(panel: Panel, series: Sequence[Series], start: float, end: float) -> str:
    """A group of SVG elements, WIDTH by HEIGHT."""
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#fff" stroke="#d5dae0"/>',
        _text(14, 24, panel.question, size=15, weight="bold"),
        _text(14, 43, _shortened(panel.means, 98), size=11, fill="#66707c"),
    ]
    if not series:
        parts.append(_text(WIDTH / 2, HEIGHT / 2, panel.may_be_empty or "nothing", size=14, anchor="middle"))
    elif panel.shape == "number":
        colour = RED if worries(panel, series[0].last) else GREEN
        parts.append(_text(WIDTH / 2, 190, figure(series[0].last, panel.unit), size=64, anchor="middle", fill=colour))
    elif panel.shape == "bars":
        parts += _bars(panel, series)
    else:
        parts += _chart(panel, series, start, end)
    return "\n".join(parts)


def _bars(panel: Panel, series: Sequence[Series]) -> list[str]:
    shown = series[:BARS]
    most = max(*(each.last for each in shown), 0.0) or 1.0
    height = min(26.0, (HEIGHT - TOP - 12) / len(shown))
    parts: list[str] = []
    for row, each in enumerate(shown):
        y = TOP + row * height
        width = max(1.0, each.last / most * 270)
        colour = RED if worries(panel, each.last) else GREEN
        parts += [
            _text(236, y + height * 0.66, _shortened(each.name, 36), size=12, anchor="end"),
            f'<rect x="244" y="{y + 3:.1f}" width="{width:.1f}" height="{height - 6:.1f}" fill="{colour}"/>',
            _text(250 + width, y + height * 0.66, figure(each.last, panel.unit), size=12),
        ]
    return parts


def _chart(panel: Panel, series: Sequence[Series], start: float, end: float) -> list[str]:
    listed = series[:LISTED]
    bottom = HEIGHT - FOOT - 15 * ((len(listed) + 1) // 2)
    drawn = _stacked(series) if panel.shape == "stack" else [each.points for each in series]
    values = [value for points in drawn for _, value in points]
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    high = high if high > low else low + (0.01 if panel.unit == "percentunit" else 1.0)
    high += (high - low) * 0.06

    def place(at: float, value: float) -> tuple[float, float]:
        x = LEFT + (at - start) / (end - start) * (WIDTH - LEFT - RIGHT)
        return x, bottom - (value - low) / (high - low) * (bottom - TOP)

    parts = _grid(panel, place, low, high, start, end, bottom)
    for number, points in reversed(list(enumerate(drawn))):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        if panel.shape == "stack":
            first, last = place(points[0][0], low), place(points[-1][0], low)
            corners = f"{first[0]:.1f},{first[1]:.1f} {path} {last[0]:.1f},{last[1]:.1f}"
            parts.append(f'<polygon points="{corners}" fill="#fff"/>')  # or colours of those above shine through
            parts.append(f'<polygon points="{corners}" fill="{colour}" fill-opacity="0.45"/>')
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
    for number, each in enumerate(listed):
        x, y = LEFT + number % 2 * 286, bottom + 30 + number // 2 * 15
        label = f"{_shortened(each.name, 40)}: {figure(each.last, panel.unit)}"
        colour = COLOURS[number % len(COLOURS)]
        parts += [f'<rect x="{x}" y="{y - 8}" width="9" height="9" fill="{colour}"/>', _text(x + 14, y, label)]
    return parts


def _grid(
    panel: Panel,
    place: Callable[[float, float], tuple[float, float]],
    low: float,
    high: float,
    start: float,
    end: float,
    bottom: float,
) -> list[str]:
    parts: list[str] = []
    for step in range(4):
        value = low + (high - low) * step / 3
        y = place(start, value)[1]
        parts.append(line(LEFT, y, WIDTH - RIGHT, y, "#e8ebee"))
        parts.append(_text(LEFT - 6, y + 4, figure(value, panel.unit), anchor="end", fill="#66707c"))
    for step in range(3):
        at = start + (end - start) * step / 2
        clock = datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")
        anchor = ("start", "middle", "end")[step]
        parts.append(_text(place(at, low)[0], bottom + 14, clock, anchor=anchor, fill="#66707c"))
    return parts


def _stacked(series: Sequence[Series]) -> list[tuple[tuple[float, float], ...]]:
    """Each on top of those before it."""
    times = sorted({at for each in series for at, _ in each.points})
    columns = [list(accumulate(dict(each.points).get(at, 0.0) for each in series)) for at in times]
    return [
        tuple((at, column[number]) for at, column in zip(times, columns, strict=True)) for number in range(len(series))
    ]


def _shortened(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
