"""The picture: bars by state, a line of risk for each customer, a mark for each message."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from services.cli.demo.axis import END
from services.cli.demo.customers import CHIPS
from services.cli.demo.picture import boxes, draw
from services.cli.demo.stage import Sample
from services.cli.demo.testing import alert, journal_of
from shared.contracts.measures import HistoryEntry, Measure, MeasureState

SVG = "{http://www.w3.org/2000/svg}"


def entry(state: MeasureState, day: date, *, confirmed: bool = True) -> HistoryEntry:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return HistoryEntry(state=state, from_=at, known_at=at, confirmed=confirmed)


def measure(history: Sequence[HistoryEntry]) -> Measure:
    return Measure(
        id="m",
        ref="CN-2024-46/2",
        act="CN-2024-46",
        issuer="CN",
        instrument="ban",
        title="A ban & more",
        materials=("gallium", "germanium", "antimony"),
        targets=("US",),
        state=history[-1].state,
        confirmed=history[-1].confirmed,
        announced_on=date(2024, 12, 3),
        effective_on=date(2024, 12, 3),
        belief=1,
        history=tuple(history),
    )


HISTORY = [
    entry("in_force", date(2024, 12, 3)),
    entry("suspended", date(2025, 11, 9)),
    entry("in_force", date(2026, 11, 28), confirmed=False),
]


def test_each_state_is_a_box_until_the_next_and_a_return_without_an_act_is_another_colour() -> None:
    assert [(box.kind, box.begin, box.end) for box in boxes(HISTORY)] == [
        ("in_force", date(2024, 12, 3), date(2025, 11, 9)),
        ("suspended", date(2025, 11, 9), date(2026, 11, 28)),
        ("unconfirmed", date(2026, 11, 28), END),
    ]


def test_it_is_well_formed_and_shows_bars_lines_and_marks() -> None:
    journal = journal_of(alert(1, title="<first>"), alert(2, severity="critical"))
    samples = [Sample(CHIPS, date(2025, 1, 1), 20.0, "gallium"), Sample(CHIPS, date(2025, 6, 1), 60.0, "gallium")]
    picture = ET.fromstring(draw([measure(HISTORY)], samples, journal.told))  # noqa: S314  # our own text
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert sum(title.startswith("A ban & more") for title in titles) == len(HISTORY)
    assert [title for title in titles if title.startswith("2025-04-04")] == [
        "2025-04-04: Message 2",
        "2025-04-04: <first>",
    ], "of one day the gravest on top"
    (line,) = picture.iter(f"{SVG}polyline")
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights[0] == heights[1] > heights[2], "the score holds until it moves, and more risk stands higher"
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert "China, ban: gallium, germanium +1" in texts


def test_without_anything_to_show_it_is_still_a_picture() -> None:
    assert ET.fromstring(draw([], [], [])).tag == f"{SVG}svg"  # noqa: S314
