"""The run as one picture (SVG): what stood when, how each buyer's worst risk moved, and when it was told what."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from itertools import pairwise

from services.cli.demo.customers import CHIPS, CUSTOMERS, MAGNETS, MOTORS, name_of
from services.cli.demo.events import LAST_DAY, ZONE
from services.cli.demo.stage import Sample
from services.cli.demo.story import concerning
from services.cli.demo.told import Told
from shared.catalog.countries import name as country_name
from shared.catalog.materials import materials
from shared.contracts.measures import HistoryEntry, Measure

WIDTH, LEFT, RIGHT, TOP = 1300, 400, 24, 92
ROW, BAR = 23, 13
LANE, SCORES, STRIP = 150, 88, 11
BEGIN, END = date(2023, 5, 1), LAST_DAY + timedelta(days=24)
STATES = {
    "announced": ("#f0b429", "announced"),
    "in_force": ("#c0392b", "in force"),
    "unconfirmed": ("url(#unconfirmed)", "back in force, unconfirmed"),
    "suspended": ("#5b9bb5", "suspended"),
    "lifted": ("#c9ced3", "lifted or lapsed"),
}
COLOURS = {MOTORS: "#0e7c86", MAGNETS: "#9b3b8f", CHIPS: "#2f7d4f"}
SEVERITIES = {"critical": "#8e1b3a", "high": "#e0632c", "warning": "#e6b422", "info": "#6a8caf"}
BANDS = (
    (80, "severe", "#f3d9d6"),
    (60, "high", "#f8e6dc"),
    (40, "elevated", "#faf1dc"),
    (20, "guarded", "#f4f6ee"),
    (0, "low", "#eef4ef"),
)
BAND = 20
INSTRUMENTS = {
    "licence_requirement": "licences",
    "entity_listing": "control list",
    "extraterritorial_rule": "goods made abroad",
    "exporter_whitelist": "exporter list",
}
_NAMED = 2


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the time axis."""

    begin: date
    end: date
    kind: str
    title: str


def draw(measures: Sequence[Measure], samples: Sequence[Sample], told: Sequence[Told]) -> str:
    ordered = sorted(measures, key=lambda measure: (measure.announced_on, measure.ref))
    lanes = TOP + ROW * len(ordered) + 46
    height = lanes + LANE * len(CUSTOMERS) + 56
    parts = [
        *_frame(height),
        *_years(TOP - 12, lanes + LANE * len(CUSTOMERS) - 26),
        *(part for row, measure in enumerate(ordered) for part in _bar(measure, TOP + ROW * row)),
        *(
            part
            for lane, customer in enumerate(CUSTOMERS)
            for part in _lane(
                customer,
                lanes + LANE * lane,
                [sample for sample in samples if sample.customer == customer],
                [one for one in told if one.customer == customer],
            )
        ),
        *_legend(height - 26),
        "</svg>",
    ]
    return "\n".join(parts)


def _frame(height: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="system-ui, Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">'
    )
    yield (
        '<defs><pattern id="unconfirmed" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#f2d5d1"/>'
        '<rect width="3" height="6" fill="#c0392b"/></pattern></defs>'
    )
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield _text(24, 34, "Export controls, and who was told", size=20, weight="bold")
    yield _text(
        24,
        54,
        "What concerned three made-up buyers from 2023 to 2026: what stood, how their risk moved, when they were told.",
    )


def _years(top: float, bottom: float) -> Iterator[str]:
    for year in range(BEGIN.year, END.year + 1):
        for month in (1, 4, 7, 10):
            day = date(year, month, 1)
            if BEGIN <= day <= END:
                strong = month == 1 or day == BEGIN
                yield _line(_x(day), top, _x(day), bottom, "#b8bec4" if strong else "#eceff1")
                label = str(year) if strong else f"{day:%b}"
                yield _text(_x(day), top - 5, label, anchor="middle", weight="bold" if strong else "normal", size=11)


def _bar(measure: Measure, y: float) -> Iterator[str]:
    yield _text(24, y + 11, _about(measure), size=11)
    yield _text(LEFT - 56, y + 11, measure.ref, anchor="end", size=9, fill="#6b7280")
    for place, customer in enumerate(CUSTOMERS):
        if customer in concerning(measure.ref):
            yield f'<circle cx="{LEFT - 44 + 13 * place}" cy="{y + 7}" r="4" fill="{COLOURS[customer]}"/>'
    for box in boxes(measure.history):
        left, right = _x(box.begin), _x(box.end)
        title = escape(f"{measure.title}: {box.title}")
        thick = BAR if box.kind != "lifted" else 3
        yield (
            f'<rect x="{left:.1f}" y="{y + (BAR - thick) / 2 + 1:.1f}" width="{max(right - left, 2):.1f}" '
            f'height="{thick}" fill="{STATES[box.kind][0]}"><title>{title}</title></rect>'
        )


def boxes(history: Sequence[HistoryEntry]) -> list[Box]:
    """State by state; the last one lasts to the end of the picture."""
    days = [entry.from_.astimezone(ZONE).date() for entry in history]
    return [
        Box(max(begin, BEGIN), end, _kind(entry), f"{STATES[_kind(entry)][1]} from {begin}")
        for entry, (begin, end) in zip(history, pairwise([*days, END]), strict=True)
        if end > begin
    ]


def _kind(entry: HistoryEntry) -> str:
    if entry.state == "lapsed":
        return "lifted"
    return entry.state if entry.confirmed else "unconfirmed"


def _about(measure: Measure) -> str:
    """China, licences: gallium, germanium."""
    who = f"{country_name(measure.issuer)}, {INSTRUMENTS.get(measure.instrument, measure.instrument.replace('_', ' '))}"
    if measure.entities:
        return f"{who}: {len(measure.entities)} companies"
    labels = [materials()[slug].label for slug in measure.materials]
    more = f" +{len(labels) - _NAMED}" if len(labels) > _NAMED else ""
    return f"{who}: {', '.join(labels[:_NAMED])}{more}"


def _lane(customer: str, y: float, samples: Sequence[Sample], told: Sequence[Told]) -> Iterator[str]:
    yield f'<circle cx="29" cy="{y + 9}" r="5" fill="{COLOURS[customer]}"/>'
    yield _text(42, y + 14, name_of(customer), weight="bold", size=14)
    profile = CUSTOMERS[customer]
    yield _text(42, y + 32, f"{profile.sector}, {country_name(profile.destination)}", size=11)
    yield _text(42, y + 48, f"{len(told)} webhooks", size=11)
    yield _text(LEFT - 12, y + 8, "risk 100", anchor="end", size=10, fill="#6b7280")
    yield _text(LEFT - 12, y + SCORES, "0", anchor="end", size=10, fill="#6b7280")
    tall = SCORES * BAND / 100
    for low, name, colour in BANDS:
        top = y + SCORES * (1 - (low + BAND) / 100)
        yield f'<rect x="{LEFT}" y="{top:.1f}" width="{WIDTH - LEFT - RIGHT}" height="{tall:.1f}" fill="{colour}"/>'
        yield _text(WIDTH - RIGHT - 4, top + 12, name, size=9, anchor="end", fill="#9aa0a6")
    yield from _scores(y, samples, COLOURS[customer])
    yield from _marks(y + SCORES + 8, told)


def _scores(y: float, samples: Sequence[Sample], colour: str) -> Iterator[str]:
    if not samples:
        return
    path: list[str] = []
    before: float | None = None
    for sample in samples:
        x, height = _x(sample.day), y + SCORES * (1 - sample.score / 100)
        path += [f"{x:.1f},{before:.1f}"] if before is not None else []
        path.append(f"{x:.1f},{height:.1f}")
        before = height
    yield f'<polyline points="{" ".join(path)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _marks(y: float, told: Iterable[Told]) -> Iterator[str]:
    rows = list(SEVERITIES)
    for severity in rows:
        yield _text(
            LEFT - 12, y + STRIP * rows.index(severity) + 8, severity, anchor="end", size=9, fill=SEVERITIES[severity]
        )
    for one in told:
        centre = y + STRIP * rows.index(one.alert.severity) + 5
        yield (
            f'<circle cx="{_x(one.day):.1f}" cy="{centre:.1f}" r="4" fill="{SEVERITIES[one.alert.severity]}" '
            f'fill-opacity="0.75"><title>{escape(f"{one.day}: {one.alert.title}")}</title></circle>'
        )


def _legend(y: float) -> Iterator[str]:
    x = float(LEFT)
    for colour, label in STATES.values():
        yield f'<rect x="{x:.0f}" y="{y - 10}" width="22" height="11" fill="{colour}"/>'
        yield _text(x + 28, y, label, size=11)
        x += 44 + 6.6 * len(label)
    yield _text(24, y, "line: worst risk of the buyer's materials; dots: webhooks", size=10, fill="#6b7280")


def _x(day: date) -> float:
    share = (min(max(day, BEGIN), END) - BEGIN).days / (END - BEGIN).days
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(
    x: float, y: float, text: str, *, size: int = 12, weight: str = "normal", anchor: str = "start", fill: str = ""
) -> str:
    colour = f' fill="{fill}"' if fill else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"{colour}>'
        f"{escape(text)}</text>"
    )
