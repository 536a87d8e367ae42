"""How long before a control bit was each buyer told of it?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.catalog.countries import zone
from shared.contracts.alerts import AlertData, Body
from shared.contracts.measures import Measure

FROM_THE_LADDER = timedelta(days=1)
"""That a suspension ends is said on its first day, too; as a warning counts what came later."""


@dataclass(frozen=True, slots=True)
class Bite:
    """A day from which a measure was in force, and how many days before it each buyer was told: below zero too late,
    none not at all."""

    measure: Measure
    on: date
    came_back: bool
    """A suspension ended."""
    days_ahead: Mapping[str, int | None]

    @property
    def concerns(self) -> bool:
        return any(days is not None for days in self.days_ahead.values())


def bites(measures: Sequence[Measure], told: Mapping[str, Sequence[Body]], since: date) -> list[Bite]:
    """Of those that concern any of the buyers, in the order of their days."""
    found = [bite for measure in measures for bite in _bites(measure, told) if bite.concerns and bite.on >= since]
    return sorted(found, key=lambda bite: (bite.on, bite.measure.ref))


def _bites(measure: Measure, told: Mapping[str, Sequence[Body]]) -> Iterator[Bite]:
    zoned = zone(measure.issuer)
    about = {who: sorted(_told_of(measure, bodies)) for who, bodies in told.items()}
    around = zip((None, *measure.history[:-1]), measure.history, (*measure.history[1:], None), strict=True)
    for before, entry, following in around:
        if entry.state != "in_force" or (before and before.state == "in_force"):
            continue
        came_back = before is not None and before.state == "suspended"
        warned_from = before.from_ if before else entry.from_
        if came_back:
            warned_from += FROM_THE_LADDER
        on = entry.from_.astimezone(zoned).date()
        over_at = following.from_ if following else datetime.max.replace(tzinfo=UTC)
        first = {who: _first(moments, warned_from, over_at) for who, moments in about.items()}
        ahead = {who: (on - at.astimezone(zoned).date()).days if at else None for who, at in first.items()}
        yield Bite(measure, on, came_back, ahead)


def _told_of(measure: Measure, bodies: Sequence[Body]) -> Iterator[datetime]:
    for body in bodies:
        data = AlertData.model_validate(body.data)
        if data.kind in {"measure", "expiry"} and measure.ref in data.measures:
            yield body.timestamp


def _first(moments: Sequence[datetime], after: datetime, until: datetime) -> datetime | None:
    return next((at for at in moments if after <= at < until), None)
