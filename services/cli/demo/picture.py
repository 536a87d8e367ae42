"""The run as one picture (SVG): what stood when, how each buyer's worst risk moved, and when it was told what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import accumulate, pairwise

from services.cli.demo.axis import BEGIN, COLOURS, DOT, END, LEFT, SEVERITIES, WIDTH, x_of
from services.cli.demo.customers import CUSTOMERS, name_of
from services.cli.demo.events import ZONE
from services.cli.demo.lanes import Axis, Lane
from services.cli.demo.stage import Sample
from services.cli.demo.story import concerning
from services.cli.demo.told import Told
from services.cli.svg import GREY, dot, line, text
from shared.catalog.countries import name as country_name
from shared.catalog.materials import materials
from shared.contracts.measures import HistoryEntry, Measure

TOP, ROW, BAR = 92, 23, 13
STATES = {
    "announced": ("#f0b429", "announced"),
    "in_force": ("#c0392b", "in force"),
    "unconfirmed": ("url(#unconfirmed)", "back in force, unconfirmed"),
    "suspended": ("#5b9bb5", "suspended"),
    "lifted": ("#c9ced3", "lifted or lapsed"),
}
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
    axis = Axis.of(samples)
    lanes = [
        Lane(
            customer,
            [sample for sample in samples if sample.customer == customer],
            [one for one in told if one.customer == customer],
            axis,
        )
        for customer in CUSTOMERS
    ]
    begin = TOP + ROW * len(ordered) + 34
    tops = list(accumulate((lane.height for lane in lanes), initial=begin))
    parts = [
        *_frame(int(tops[-1]) + 62),
        *_years(TOP - 12, tops[-1]),
        *(part for row, measure in enumerate(ordered) for part in _bar(measure, TOP + ROW * row)),
        *(part for lane, top in zip(lanes, tops, strict=False) for part in lane.draw(top)),
        *_legend(tops[-1] + 18),
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
    yield text(24, 34, "Export controls, and who was told", size=20, weight="bold")
    yield text(
        24,
        54,
        "Above, the measures that concerned three made-up buyers, and how long each stood. Below, for each buyer: how "
        "its risk moved, and each webhook that it was sent as a dot.",
    )


def _years(top: float, bottom: float) -> Iterator[str]:
    for year in range(BEGIN.year, END.year + 1):
        for month in (1, 4, 7, 10):
            day = date(year, month, 1)
            if BEGIN <= day <= END:
                strong = month == 1 or day == BEGIN
                yield line(x_of(day), top, x_of(day), bottom, "#b8bec4" if strong else "#eceff1")
                label = str(year) if strong else f"{day:%b}"
                yield text(x_of(day), top - 5, label, anchor="middle", weight="bold" if strong else "normal", size=11)


def _bar(measure: Measure, y: float) -> Iterator[str]:
    yield text(24, y + 11, _about(measure), size=11)
    yield text(LEFT - 56, y + 11, measure.ref, anchor="end", size=9, fill=GREY)
    for place, customer in enumerate(CUSTOMERS):
        if customer in concerning(measure.ref):
            yield dot(LEFT - 44 + 13 * place, y + 7, 4, COLOURS[customer])
    for box in boxes(measure.history):
        left, right = x_of(box.begin), x_of(box.end)
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


def _legend(y: float) -> Iterator[str]:
    x = float(LEFT)
    yield text(24, y, "Bars above: what stood", size=11, fill=GREY)
    for colour, label in STATES.values():
        yield f'<rect x="{x:.0f}" y="{y - 10}" width="22" height="11" fill="{colour}"/>'
        yield text(x + 28, y, label, size=11)
        x += 44 + 6.6 * len(label)
    yield text(24, y + 26, "Dots: whom a measure concerns; how grave a webhook was", size=11, fill=GREY)
    x = float(LEFT)
    for radius, colours in ((4, {name_of(who): COLOURS[who] for who in CUSTOMERS}), (DOT, SEVERITIES)):
        for label, colour in colours.items():
            yield dot(x + 5, y + 22, radius, colour)
            yield text(x + 14, y + 26, label, size=11)
            x += 32 + 6.6 * len(label)
        x += 30
