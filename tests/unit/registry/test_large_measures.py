"""Whatever acts are accepted on a measure, its record is one that the topic takes, without any compression."""

from collections.abc import Callable

import pytest

from services.registry.book import Entry
from services.registry.facts import LARGEST_MEASURE
from services.registry.outputs import measure_record
from shared.contracts.base import to_json
from shared.contracts.events import ListChange, MeasureChange
from shared.domain.measures.events import of_list, of_measure
from shared.kafka.producer import LARGEST_RECORD
from shared.kafka.record import Stamp
from tests.unit.registry.world import at, list_change, measure_change

ACTS = 60
ON = {"effective_on": "2025-10-09"}
KINDS: dict[str, Callable[[int], ListChange | MeasureChange]] = {
    "a long name a time": lambda number: list_change("added", [f"{number:01000}"], act=f"{number}", **ON),
    "many names": lambda number: list_change("added", [f"{number:03}{one:0300}" for one in range(9)], act="a", **ON),
    "a long title": lambda number: measure_change("expanded", act=f"{number}", title="t" * 1_000, **ON),
    "as little as can be": lambda number: measure_change("expanded", act=f"{number}", **ON),
    "a short name a time": lambda number: list_change("added", [f"{number}"], act=f"{number}", **ON),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_no_longer_than_so_many_times_what_was_accepted(kind: str) -> None:
    events = [KINDS[kind](number) for number in range(ACTS)]
    known = at("2025-10-09T02:00")
    said = [
        of_list(each, "e", known) if isinstance(each, ListChange) else of_measure(each, "e", known) for each in events
    ]
    entry = Entry(said[0][0], tuple(act for _, act in said))
    measure = entry.at(at("2026-01-01"))
    assert measure is not None
    stamp = Stamp(event_id="e", accepted_at=known, received_at=known, schema="any/1")
    record = measure_record(entry, measure, known, stamp).value or b""
    assert len(record) / sum(len(to_json(event)) for event in events) < 5
    assert LARGEST_MEASURE * 5 < LARGEST_RECORD
