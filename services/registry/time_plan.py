"""What the registry writes into `world` when time has come on: lines of the timeline and ticks, in one order.

Accepted instants never decrease, and never fall behind what the fold has read."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from services.registry import seed
from services.registry.seed import Line
from services.registry.state import State
from shared.contracts.base import rfc3339, to_json
from shared.contracts.changes import Tick
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import WORLD
from shared.tracing.spans import begin

Dated = tuple[datetime, Outgoing]
LONG_STEP = timedelta(seconds=90)
"""Ticks come once a minute: a longer step is a jump, or time in which nobody ticked."""


def missing_from(state: State, timeline: Iterable[Line], written: set[str], now: datetime) -> list[Line]:
    """Lines whose day has come and that are not on `world`; `written`: sent by this process, perhaps not read yet."""
    return [line for line in timeline if line.due <= now and line.id not in state.seeded and line.id not in written]


def jump_to(state: State, now: datetime) -> datetime | None:
    """The end of the step from what was read last, where that is a jump."""
    longer = state.began is not None and state.now is not None and now - state.now > LONG_STEP
    return now if longer else None


def seeds(
    state: State, missing: Iterable[Line], now: datetime, jump: datetime | None, received_at: datetime
) -> list[Dated]:
    """What lay in the past when this world was first started is history, told to nobody. A start that broke off is
    taken up where it was: history is what was history then."""
    floor, began = state.now or now, state.began or now
    dated: list[Dated] = []
    for line in missing:
        quiet = line.due <= began
        at = max(began if quiet else line.due, floor)
        dated.append((at, seed.record(line, at, received_at, quiet=quiet, jump=None if quiet else jump)))
    return dated


def ticks(state: State, now: datetime, jump: datetime | None, received_at: datetime) -> list[Dated]:
    """One for each UTC midnight since the last record, and one for now."""
    passed = _midnights(state.now, now) if state.began and state.now else ()
    new = [at for at in (*passed, now) if state.last_tick is None or at > state.last_tick]
    return [(at, _tick(at, jump, received_at)) for at in new]


def in_order(*parts: Iterable[Dated]) -> list[Outgoing]:
    """By instant; at one instant, what stands in an earlier part."""
    dated = [(at, number, record) for number, part in enumerate(parts) for at, record in part]
    return [record for _, _, record in sorted(dated, key=lambda entry: entry[:2])]


def _midnights(after: datetime, before: datetime) -> Iterator[datetime]:
    midnight = datetime.combine(after.date(), time(), UTC) + timedelta(days=1)
    while midnight < before:
        yield midnight
        midnight += timedelta(days=1)


def _beginning() -> str:
    """What a clock brings about is a trace of its own."""
    span = begin("tick", None)
    span.end()
    return span.traceparent


def _tick(at: datetime, jump: datetime | None, received_at: datetime) -> Outgoing:
    event_id = f"tick/{rfc3339(at)}"
    stamp = Stamp(event_id=event_id, accepted_at=at, received_at=received_at, schema="tick/1", traceparent=_beginning())
    return Outgoing(WORLD, event_id.encode(), to_json(Tick(at=at, catching_up_to=jump)), stamp.headers(), partition=0)
