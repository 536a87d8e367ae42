"""The registry's hand on the clock: it alone writes the timeline and the ticks (on the replay clock ingest does)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from services.registry.handler import RegistryHandler
from services.registry.seed import Line
from services.registry.time_plan import in_order, jump_to, missing_from, seeds, ticks
from shared.clock import Clock, real_now
from shared.kafka.record import Outgoing

log = structlog.get_logger(__name__)

MINUTE = timedelta(minutes=1)
ON_TIME = timedelta(seconds=5)
ABIT_S = 0.01
"""Timers may fire early by a hair: then the minute would not have begun."""


class Timekeeper:
    """`send` returns once the broker has all of what it was given."""

    def __init__(
        self,
        clock: Clock,
        handler: RegistryHandler,
        timeline: Sequence[Line],
        send: Callable[[Sequence[Outgoing]], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._handler = handler
        self._timeline = timeline
        self._send = send
        self._sleep = sleep
        self._written: set[str] = set()
        self._begun = False

    def unready(self) -> str | None:
        if reason := self._handler.unready():
            return reason
        begun = self._begun or self._handler.standing_by()
        return None if begun else "writing the timeline and the first tick"

    async def run(self) -> None:
        await (self._follow() if self._clock.replay else self._lead())

    async def _lead(self) -> None:
        now = self._clock.now()
        while True:
            if not self._handler.caught_up.is_set():
                await self._handler.caught_up.wait()
                now = self._clock.now()
            state, received_at = self._handler.state, real_now()
            now = max(now, state.now or now)
            missing, jump = self._missing(now), jump_to(state, now)
            records = in_order(
                seeds(state, missing, now, jump, received_at),
                ticks(state, now, jump, received_at),
            )
            await self._write(missing, records)
            self._clock.reach(now)
            now = await self._next_minute()

    async def _follow(self) -> None:
        """On the replay clock time comes with the records."""
        while True:
            await self._handler.caught_up.wait()
            self._handler.moved.clear()
            state = self._handler.state
            now = max(self._clock.now(), state.now or self._clock.now())
            missing = self._missing(now)
            await self._write(missing, in_order(seeds(state, missing, now, None, real_now())))
            await self._handler.moved.wait()

    def _missing(self, now: datetime) -> list[Line]:
        return missing_from(self._handler.state, self._timeline, self._written, now)

    async def _write(self, lines: list[Line], records: list[Outgoing]) -> None:
        await self._send(records)
        self._written |= {line.id for line in lines}
        self._begun = True

    async def _next_minute(self) -> datetime:
        now = self._clock.now()
        await self._sleep((_minute_of(now) + MINUTE - now).total_seconds() + ABIT_S)
        now = self._clock.now()
        minute = _minute_of(now)
        return minute if now - minute < ON_TIME else now


def _minute_of(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
