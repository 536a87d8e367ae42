"""What was posted, as an act on a measure."""

from datetime import datetime
from typing import Literal

from shared.catalog import countries
from shared.contracts.events import ListChange, MeasureChange, Source
from shared.contracts.measures import Act, Measure, MeasureEvidence, Override
from shared.domain.measures.calendar import day_of, start_of
from shared.domain.measures.identity import Identity, country_of

_VERBS: dict[str, str] = {
    "added": "puts {} on",
    "removed": "takes {} off",
    "suspended": "suspends the listing of {} on",
    "reinstated": "reinstates {} on",
    "extended": "prolongs the suspension of {} on",
}


def of_measure(event: MeasureChange, event_id: str, known_at: datetime) -> tuple[Identity, Act]:
    identity = Identity(event.issuer, event.ref or event.act)
    return identity, Act(
        event_id=event_id,
        act=event.act,
        action=event.action,
        instrument=event.instrument,
        announced_on=event.announced_on,
        effective_on=event.effective_on,
        until=event.until,
        known_at=known_at,
        title=event.title,
        materials=event.materials,
        targets=event.targets,
        end_uses=event.end_uses,
        evidence=_gazette(event.source, event, identity),
    )


def of_list(event: ListChange, event_id: str, known_at: datetime) -> tuple[Identity, Act]:
    """:raises ValueError: the authority names no country."""
    issuer = country_of(event.authority)
    if issuer is None:
        raise ValueError(f"authority {event.authority!r} names no country: expected one like CN-MOFCOM")
    identity = Identity(issuer, event.ref)
    return identity, Act(
        event_id=event_id,
        act=event.act,
        action=event.action,
        instrument=instrument_of(event.list),
        announced_on=event.announced_on,
        effective_on=event.effective_on,
        until=event.until,
        known_at=known_at,
        title=_title(issuer, event),
        targets=tuple(dict.fromkeys(entity.country for entity in event.entities if entity.country)),
        entities=event.entities,
        evidence=_gazette(event.source, event, identity),
    )


def of_override(override: Override, measure: Measure, event_id: str, known_at: datetime) -> Act:
    """A human's word counts from the day on which it was given."""
    identity = Identity(measure.issuer, measure.ref)
    today = day_of(known_at, identity.zone)
    return Act(
        event_id=event_id,
        act=override.id,
        action="override",
        instrument=measure.instrument,
        announced_on=today,
        effective_on=today,
        until=override.until,
        known_at=known_at,
        title=override.reason,
        state=override.state,
        evidence=MeasureEvidence(source=override.by, published_at=known_at, asserted="asserted"),
    )


def instrument_of(name: str) -> Literal["watch_list", "entity_listing"]:
    return "watch_list" if "watch" in name.lower() else "entity_listing"


def _gazette(source: Source, event: MeasureChange | ListChange, identity: Identity) -> MeasureEvidence:
    announced = start_of(event.announced_on, identity.zone)
    return MeasureEvidence(source=source.name, url=source.url, published_at=announced, asserted="asserted")


def _title(issuer: str, event: ListChange) -> str:
    """China puts Acme on its watch list; China suspends the listing of 16 entities on its export control list."""
    count = len(event.entities)
    who = event.entities[0].name if count == 1 else f"{count} entities"
    return f"{countries.name(issuer)} {_VERBS[event.action].format(who)} its {event.list.replace('_', ' ')}"
