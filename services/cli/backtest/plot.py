"""The back-test as one picture: a row for each day on which a control bit, a dot for each buyer, as far to the left as
it was told ahead."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from services.cli.backtest.lead import Bite
from services.cli.backtest.table import label_of, summary_of
from services.cli.svg import GREY, dot, line, text
from shared.contracts.customers import CustomerProfile

WIDTH, LEFT, RIGHT, TOP, ROW = 1200, 560, 40, 120, 22
LONGEST = 70
"""Days; what is further ahead stands at the left end."""
COLOURS = ("#0e7c86", "#8e1b3a", "#2f7d4f", "#9b3b8f", "#b3741e")
RADIUS = 4.5


def draw(bites: Sequence[Bite], buyers: dict[str, CustomerProfile]) -> str:
    bottom = TOP + ROW * len(bites)
    parts = [
        *_frame(bottom + 76),
        text(24, 34, "How long before a control bit was each buyer told?", size=20, weight="bold"),
        *_legend(buyers),
        *_days(bottom),
        *(part for row, bite in enumerate(bites) for part in _row(bite, TOP + ROW * row, list(buyers))),
        *(text(24, bottom + 40 + 17 * n, words, fill=GREY) for n, words in enumerate(wrap(summary_of(bites), 150))),
        "</svg>",
    ]
    return "\n".join(parts)


def _frame(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">'
    )
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'


def _x(days: int) -> float:
    return WIDTH - RIGHT - min(max(days, 0), LONGEST) / LONGEST * (WIDTH - RIGHT - LEFT)


def _legend(buyers: dict[str, CustomerProfile]) -> Iterator[str]:
    x = 24.0
    for (_, profile), colour in zip(buyers.items(), COLOURS, strict=True):
        yield dot(x + 5, 56, RADIUS, colour)
        yield text(x + 14, 60, profile.name)
        x += 36 + 6.4 * len(profile.name)


def _days(bottom: float) -> Iterator[str]:
    for days in (60, 30, 14, 7, 0):
        yield line(_x(days), TOP - 14, _x(days), bottom, "#24292f" if days == 0 else "#e3e6e8")
        yield text(_x(days), TOP - 20, "the day" if days == 0 else str(days), anchor="middle", size=11)
    yield text(LEFT - 14, TOP - 20, "days ahead", anchor="end", size=11, fill=GREY)


def _row(bite: Bite, y: float, names: list[str]) -> Iterator[str]:
    yield text(24, y + 12, str(bite.on), size=11, fill=GREY)
    label = label_of(bite)
    yield text(100, y + 12, label if len(label) <= 72 else f"{label[:71]}…", size=11)
    told = [(names.index(who), days) for who, days in bite.days_ahead.items() if days is not None]
    yield line(_x(max(days for _, days in told)), y + 8, _x(0), y + 8, "#cfd4d8")
    for place, days in told:
        same = [other for other, its_days in told if its_days == days]
        shift = (same.index(place) - (len(same) - 1) / 2) * 1.6 * RADIUS
        yield dot(_x(days) + shift, y + 8, RADIUS, COLOURS[place], f"{names[place]}: {days} days ahead")
