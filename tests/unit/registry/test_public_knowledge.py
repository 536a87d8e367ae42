"""What is known when: the timeline's acts from their announcement on, whatever else from its acceptance on."""

from services.registry import seed
from services.registry.fold import Registry
from shared.contracts.measures import MeasureRecord
from shared.domain.measures import record_at
from tests.unit.registry.world import PARTITIONS, Record, at

FIRST_START, THAT_DAY = at("2026-11-01"), at("2025-06-01")


def records(*, of_timeline: bool) -> dict[str, MeasureRecord]:
    """The whole timeline, read at one moment."""
    registry = Registry(PARTITIONS)
    for line in seed.lines():
        written = seed.record(line, FIRST_START, FIRST_START, quiet=True, jump=None)
        headers = [header for header in written.headers if of_timeline or header[0] != "seed"]
        registry.take(Record(written.value, headers))
    found = [(entry, entry.at(FIRST_START)) for entry in registry.state.book]
    return {
        measure.ref: MeasureRecord(measure=measure, acts=entry.acts, reports=entry.reports, as_of=FIRST_START)
        for entry, measure in found
        if measure
    }


def test_an_auditor_sees_of_the_timeline_what_was_public_on_the_day_asked_for() -> None:
    seeded = records(of_timeline=True)
    rare_earths = record_at(seeded["CN-2025-18"], THAT_DAY, THAT_DAY)
    assert rare_earths is not None
    assert rare_earths.state == "in_force"
    assert all(entry.known_at <= THAT_DAY for entry in rare_earths.history)
    assert record_at(seeded["CN-2025-61"], at("2025-12-01"), THAT_DAY) is None, "it was announced in October"


def test_the_same_acts_posted_by_somebody_are_known_from_then_on() -> None:
    posted = records(of_timeline=False)["CN-2025-18"]
    assert record_at(posted, THAT_DAY, THAT_DAY) is None
    assert record_at(posted, THAT_DAY, FIRST_START) is not None
