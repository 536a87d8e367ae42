"""What the picture puts into words is chosen by rule: the longest warning, and the gravest message."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from services.cli.demo.axis import DOT
from services.cli.demo.callouts import LONGEST, callouts
from services.cli.demo.customers import CHIPS, CUSTOMERS
from services.cli.demo.lanes import Axis, Lane
from services.cli.demo.notes import placed
from services.cli.demo.stage import Sample
from services.cli.demo.testing import alert, told
from services.cli.demo.told import Told


def on(day: date, sequence: int, **fields: object) -> Told:
    return told(alert(sequence, CHIPS, datetime(day.year, day.month, day.day, 1, tzinfo=UTC), **fields))


EARLY = on(date(2023, 7, 3), 1, severity="warning", measures=("CN-2023-23",))
GRAVE = on(date(2025, 5, 19), 3, severity="critical", score=55.0, previous_score=39.0, material="gallium")
OTHERS = [
    on(date(2023, 8, 1), 2, measures=("CN-2023-23",)),
    on(date(2025, 12, 30), 5, severity="warning", measures=("CN-2025-68",)),
    on(date(2025, 5, 1), 4, severity="critical", score=56.0, previous_score=55.0),
]


def test_the_longest_warning_and_the_gravest_message_that_raised_the_risk_most() -> None:
    early, grave = callouts([*OTHERS, GRAVE, EARLY])
    assert (early.told, grave.told) == (EARLY, GRAVE)
    assert early.head == "3 Jul 2023: told 29 days ahead of 1 Aug 2023"
    assert early.words == "China requires export licences for gallium and germanium items"
    assert grave.head == "19 May 2025: critical. Message 3"
    assert grave.words == "gallium: risk 55, was 39"


def test_nobody_told_nothing_said_and_long_texts_are_cut() -> None:
    assert callouts([]) == []
    (grave,) = callouts([on(date(2025, 1, 1), 1, title="long " * 50)])
    assert len(grave.head) <= LONGEST
    assert grave.head.endswith("…")


def test_those_that_would_lie_on_each_other_stand_in_rows_of_their_own() -> None:
    found = callouts([GRAVE, EARLY])
    first, second = (one.told.webhook_id for one in found)
    apart = placed(found, {first: (400.0, 0.0), second: (1_290.0, 0.0)})
    assert len({note.row for note in apart}) == 1
    close = placed(found, {first: (400.0, 0.0), second: (420.0, 0.0)})
    assert len({note.row for note in close}) == 2


def test_dots_of_one_day_do_not_hide_each_other() -> None:
    crowd = [on(date(2026, 11, 11), number) for number in range(1, 20)]
    lane = Lane(CHIPS, [], crowd, Axis.of([]))
    dots = [ET.fromstring(part).attrib for part in lane.draw(0) if f'r="{DOT}"' in part]  # noqa: S314  # our own
    places = [(part["cx"], part["cy"]) for part in dots]
    assert len(places) == len(set(places)) == len(crowd)
    assert lane.height > Lane(CHIPS, [], crowd[:3], Axis.of([])).height


def test_the_axis_has_whole_bands_and_no_more_than_the_scores_need() -> None:
    scores = [
        Sample(who, date(2025, 1, 1), score, "gallium") for who, score in zip(CUSTOMERS, (22, 45, 61), strict=True)
    ]
    assert Axis.of(scores) == Axis(20, 80)
    assert Axis.of([Sample(CHIPS, date(2025, 1, 1), 100.0, "gallium")]) == Axis(80, 100)
