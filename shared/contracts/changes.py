"""What the registry tells every scorer: numbered changes, one per record of `world` that changed something."""

from datetime import date
from typing import Literal

from shared.contracts.base import Instant, Wire
from shared.contracts.events import Price, Source, TradeFlow
from shared.contracts.licences import Stratum
from shared.contracts.measures import Measure, MeasureState
from shared.contracts.reviews import Retold
from shared.contracts.signals import Signal


class Tick(Wire):
    """Written into `world` by the registry (on the replay clock by ingest). `at` is the instant that time has reached;
    `catching_up_to` is the end of a jump: of one expiry ladder only the latest step due by then is told. `step_to` is
    the end of any step of time that several ticks lie in, a jump or one of the replay clock: reminders wait for it."""

    kind: Literal["tick"] = "tick"
    at: Instant
    catching_up_to: Instant | None = None
    step_to: Instant | None = None


class Transition(Wire):
    """One measure moved, by an act or by its clock, at `at` (the instant from which the state holds)."""

    measure_id: str
    previous: MeasureState | None = None
    """Absent where the measure was not known before."""
    state: MeasureState
    confirmed: bool
    at: Instant
    act: str | None = None
    """Absent where a clock moved it."""


class LadderStep(Wire):
    """T-60, -30, -14, -7, -1 or 0 days before a suspension or a measure ends."""

    measure_id: str
    event: Literal["suspension_ends", "lapses"]
    on: date
    days: Literal[60, 30, 14, 7, 1, 0]
    at: Instant
    """00:00 of the step's day in the issuer's zone."""


class Change(Wire):
    """`number` counts 1, 2, 3 … over `world`, the same after a replay; the record goes to every partition of `ledger`.

    Transitions and steps stand in the order in which they fell due. `measures` holds each measure named in them, or
    whose scope, entities, evidence or belief moved, as it is after the change."""

    kind: Literal["change"] = "change"
    number: int
    record_id: str
    """The id of the `world` record behind it: an event id, or `tick/<instant>`."""
    cause: Literal["act", "list", "judgement", "override", "price", "trade_flow", "tick", "observation", "review"]
    at: Instant
    """The `accepted-at` of that record."""
    quiet: bool = False
    """History written at the first start: state moves, nobody is told."""
    catching_up_to: Instant | None = None
    step_to: Instant | None = None
    """Both as in the tick behind it: what moves with the days alone is told once, at the end of the step."""
    source: Source | None = None
    title: str | None = None
    transitions: tuple[Transition, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    measures: tuple[Measure, ...] = ()
    signals: tuple[Signal, ...] = ()
    retold: tuple[Retold, ...] = ()
    """Stories that a human's word concerns: what is known of each is put in the place of what was."""
    price: Price | None = None
    """The newest price of a material from this source."""
    trade_flow: TradeFlow | None = None
    strata: tuple[Stratum, ...] = ()
    """Of the licence book, at the first record of a UTC day: those that are not as they were the day before."""
