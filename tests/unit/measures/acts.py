"""Acts of China on one measure, in a line each."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from shared.contracts.events import Entity
from shared.contracts.measures import Act, Measure, MeasureEvidence, Report
from shared.domain.measures import Identity, end_of, measure_at

CHINA = Identity("CN", "CN-2025-61")
KNOWN = datetime(2025, 1, 1, tzinfo=UTC)
_numbers = count(1)


def act(action: str, effective_on: str, until: str | None = None, **fields: Any) -> Act:
    """`announced_on` is its first day unless said otherwise; each call is an act of its own."""
    number = next(_numbers)
    given = {
        "event_id": f"event-{number}",
        "act": f"CN-{number}",
        "action": action,
        "instrument": "licence_requirement",
        "announced_on": effective_on,
        "effective_on": effective_on,
        "until": until,
        "known_at": KNOWN,
        "materials": ("terbium",) if action == "imposed" else (),
        "targets": ("*",) if action == "imposed" else (),
        **fields,
    }
    return Act.model_validate(given)


def entities(*names: str) -> tuple[Entity, ...]:
    return tuple(Entity(name=name, country="US") for name in names)


def report(said: str, published: str, story: str = "story", source: str = "Reuters", **fields: Any) -> Report:
    published_at = datetime.fromisoformat(published).replace(tzinfo=UTC)
    evidence = MeasureEvidence(source=source, published_at=published_at, asserted=fields.pop("asserted", "asserted"))
    given = {"event_id": f"{source}/{published}", "story_id": story, "type": said, "reliability": 0.9}
    return Report.model_validate({**given, "known_at": published_at, "evidence": evidence, **fields})


def on(day: str, *acts: Act, known_at: datetime | None = None, reports: tuple[Report, ...] = ()) -> Measure | None:
    """As of the end of the day in China."""
    as_of = end_of(date.fromisoformat(day), CHINA.zone)
    return measure_at(CHINA, acts, as_of, known_at, reports=reports)


def state(day: str, *acts: Act, reports: tuple[Report, ...] = ()) -> str:
    """`in_force`, or `in_force, unconfirmed`; `absent` before it was announced."""
    measure = on(day, *acts, reports=reports)
    if measure is None:
        return "absent"
    return measure.state if measure.confirmed else f"{measure.state}, unconfirmed"
