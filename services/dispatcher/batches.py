"""What the store takes and gives: how far topics are taken, what is owed, where attempts leave it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.dispatcher.letters import Delivery, Letter
from shared.contracts.deliveries import DeliveryState, ReplayMessages
from shared.kafka.record import Outgoing


@dataclass(frozen=True, slots=True)
class Position:
    next_offset: int
    number: int | None
    previous_owner: str | None


@dataclass(frozen=True, slots=True)
class Move:
    """How far a batch takes a partition; `was` is where it stood before."""

    topic: str
    partition: int
    was: int
    next_offset: int
    number: int | None


@dataclass(slots=True)
class Owed:
    """A delivery to be written. `next_at` none: it is held in memory at once."""

    delivery: Delivery
    next_at: float | None


@dataclass(frozen=True, slots=True)
class Replay:
    command: ReplayMessages
    partition: int


@dataclass(slots=True)
class Batch:
    """What one look at the topics brought; taken as a whole or not at all."""

    moves: list[Move] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    hurried: list[str] = field(default_factory=list)
    """Endpoints to which somebody asks to have something sent now."""
    replays: list[Replay] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collapsed:
    """Deliveries that gave way to newer ones of their alerts."""

    partitions: tuple[int, ...] = ()
    """Of each."""
    into: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """The newer ones, with the sequences of those that gave way so far."""
    following: tuple[str, ...] = ()
    """Endpoints where the next of a line falls due."""
    report: int | None = None
    """Under which `records` are kept until they are told."""
    records: tuple[Outgoing, ...] = ()


NONE_COLLAPSED = Collapsed()


@dataclass(frozen=True, slots=True)
class Taken:
    waiting: frozenset[str]
    """Deliveries that wait for an earlier one of their line."""
    added: frozenset[str] | None
    """Those written, where some were there already; none: all of them."""
    retried: tuple[tuple[str, int, bool], ...] = ()
    """Endpoint, partition, and whether it had ended before."""
    skipped: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Deliveries that are the next of a line after dead ones, with the sequences of those."""
    collapsed: Collapsed = NONE_COLLAPSED


NONE_TAKEN = Taken(frozenset(), None)


@dataclass(frozen=True, slots=True)
class Settled:
    """Where an attempt leaves a delivery."""

    delivery_id: str
    state: DeliveryState
    attempts: int
    next_at: float | None
    status: int | None
    error: str | None
    beside: bool = False
    """It was none of the schedule's."""


@dataclass(frozen=True, slots=True)
class Written:
    """What writing outcomes brought about."""

    report: int | None = None
    """Under which it is kept until it is told."""
    following: Sequence[str] = ()
    """Endpoints where the next of a line falls due."""
    collapsed: Collapsed = NONE_COLLAPSED
    owed: Sequence[Owed] = ()
    """What operators are told of endpoints that were disabled."""
    taken: Taken = NONE_TAKEN


@dataclass(frozen=True, slots=True)
class Health:
    endpoint_id: str
    failing_since: datetime | None
    disabled_version: int | None = None
    disabled_reason: str | None = None
    rest_until: datetime | None = None
    """As its receiver asked; none: nothing is known of it."""
    rest_version: int | None = None
    """Of the endpoint, when it was asked for."""
