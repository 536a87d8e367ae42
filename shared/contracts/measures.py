from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from shared.contracts.base import EndUse, Instant, Wire
from shared.contracts.events import Entity, Instrument, ListAction, MeasureAction
from shared.contracts.signals import Asserted, SignalType

MeasureState = Literal["announced", "in_force", "suspended", "lapsed", "lifted"]
EntityState = Literal["listed", "suspended", "removed"]


class MeasureEvidence(Wire):
    source: str
    url: str | None = None
    published_at: Instant
    asserted: Asserted
    confirmed_by: str | None = None
    """The human who says that it is so."""


class Act(Wire):
    """One official action on one measure, as the registry keeps it; a measure's life is a pure function of its acts."""

    event_id: str
    act: str
    action: MeasureAction | ListAction | Literal["override"]
    instrument: Instrument
    announced_on: date
    effective_on: date
    until: date | None = None
    known_at: Instant
    title: str | None = None
    materials: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    end_uses: tuple[EndUse, ...] = ()
    entities: tuple[Entity, ...] = ()
    state: MeasureState | None = None
    """The state that an override sets; absent on acts."""
    evidence: MeasureEvidence | None = None


class Report(Wire):
    """What the news says about a measure that it names. Of one signal the newest known counts."""

    signal_id: str = ""
    event_id: str
    story_id: str
    type: SignalType
    reliability: float
    known_at: Instant
    evidence: MeasureEvidence
    occurred_on: date | None = None
    """Of what it tells, where its text says so."""
    is_history: bool = False
    """It was old when it was read: no news of what the measure does today."""
    withdrawn: bool = False
    """A human took it back: from `known_at` on the signal says nothing about this measure."""


class Override(Wire):
    """A human's word on `world`, written by control; `accepted-at` says when. It counts from that day in the issuer's
    zone. `until` (inclusive) ends the suspension where `state` is suspended, else the measure."""

    kind: Literal["override"] = "override"
    id: str
    measure_id: str
    state: MeasureState
    until: date | None = None
    reason: str
    by: str


class Clock(Wire):
    """What happens next by itself, and in how many whole days (in the issuer's zone)."""

    event: Literal["takes_effect", "suspension_ends", "lapses"]
    on: date
    days: int


class HistoryEntry(Wire):
    """`from` is the instant from which the state holds (00:00 in the issuer's zone)."""

    state: MeasureState
    from_: Instant = Field(alias="from", serialization_alias="from")
    known_at: Instant
    act: str | None = None
    """The act that brought the state; absent where a clock did."""
    confirmed: bool = True

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class Widening(Wire):
    """An act that made a measure be about more than before, or about it otherwise, from the day `on`."""

    act: str
    title: str | None = None
    on: date


class ListedEntity(Wire):
    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    state: EntityState


class Measure(Wire):
    """A measure as of one instant (contract section 6)."""

    id: str
    ref: str
    act: str
    issuer: str
    instrument: Instrument
    title: str
    materials: tuple[str, ...]
    targets: tuple[str, ...]
    end_uses: tuple[EndUse, ...] = ()
    state: MeasureState
    confirmed: bool
    contested: bool = False
    announced_on: date
    effective_on: date
    until: date | None = None
    suspended_until: date | None = None
    belief: float
    evidence: tuple[MeasureEvidence, ...] = ()
    clock: Clock | None = None
    history: tuple[HistoryEntry, ...] = ()
    entities: tuple[ListedEntity, ...] = ()
    widened: tuple[Widening, ...] = ()
    """By which acts since it was imposed, in the order in which they count."""


class MeasureRecord(Wire):
    """The compacted topic `measures`, keyed by measure id: the measure today, and the acts and reports that give any
    other day (`shared.domain.measures.measure_at`)."""

    measure: Measure
    acts: tuple[Act, ...]
    reports: tuple[Report, ...] = ()
    as_of: Instant
