"""When an event was accepted, on the system's clock: running, or following the events (contract section 10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from shared.clock import LARGEST_REPLAY_STEP, Clock, real_now
from shared.contracts.base import rfc3339, to_json
from shared.contracts.changes import Tick
from shared.events.own_time import Latest, within_five_minutes
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import WORLD


class Present(Protocol):
    """The time in which one batch is taken."""

    @property
    def latest(self) -> Latest:
        """Until when the next event may have happened."""

    def accept(self, own_time: datetime) -> tuple[datetime, Sequence[Outgoing]]:
        """The `accepted-at` of an event that is taken now, and what must be written ahead of it."""


class TimeSource(Protocol):
    def present(self) -> Present: ...

    def written(self, accepted_at: datetime) -> None:
        """Everything up to here is acknowledged."""

    def failed(self) -> None:
        """Something that was accepted may never have been written."""


@dataclass(frozen=True, slots=True)
class Instant:
    now: datetime
    latest: Latest

    def accept(self, own_time: datetime) -> tuple[datetime, Sequence[Outgoing]]:  # noqa: ARG002
        return self.now, ()


class RunningTime:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def present(self) -> Instant:
        now = self._clock.now()
        return Instant(now, within_five_minutes(now))

    def written(self, accepted_at: datetime) -> None:
        pass

    def failed(self) -> None:
        pass


class ReplayedTime:
    """Follows the newest accepted event's own time, never backwards, and writes the ticks of the days that it enters.

    Its time runs ahead of the kept clock by what is not acknowledged yet; when that fails it goes back, and the next
    event writes the ticks again (a tick that was had changes nothing)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now = clock.now()

    def present(self) -> "ReplayedTime":
        return self

    @property
    def latest(self) -> Latest:
        days = LARGEST_REPLAY_STEP.days
        rule = f"more than {days} days after the replay clock (post what lies between first)"
        return Latest(self._now + LARGEST_REPLAY_STEP, rule, self._now)

    def accept(self, own_time: datetime) -> tuple[datetime, Sequence[Outgoing]]:
        before, self._now = self._now, max(self._now, own_time)
        return self._now, [tick(midnight, self._now) for midnight in midnights(before, self._now)]

    def written(self, accepted_at: datetime) -> None:
        self._clock.reach(accepted_at)

    def failed(self) -> None:
        self._now = self._clock.now()


def midnights(after: datetime, until: datetime) -> Iterator[datetime]:
    """Every UTC midnight after the one instant, up to and with the other."""
    midnight = datetime.combine(after.astimezone(UTC).date(), time(), UTC) + timedelta(days=1)
    while midnight <= until:
        yield midnight
        midnight += timedelta(days=1)


def tick(at: datetime, step_to: datetime) -> Outgoing:
    """One of the days in a step of the clock to `step_to`."""
    event_id = f"tick/{rfc3339(at)}"
    stamp = Stamp(event_id=event_id, accepted_at=at, received_at=real_now(), schema="tick/1")
    return Outgoing(WORLD, event_id.encode(), to_json(Tick(at=at, step_to=step_to)), stamp.headers(), partition=0)
