"""The clock jumps ahead: the system is stopped and started with a later `CLOCK`, and a measure that had weeks to run
has days. What its runbook asks for, an act that prolongs it, ends the alert."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.chaos.drill import Drill, Means
from tests.chaos.load import Load
from tests.fixtures.events import Json, measure_change

JUMP = timedelta(days=30)
LEFT = timedelta(days=5)


@asynccontextmanager
async def clock_jumped(means: Means) -> AsyncIterator[None]:
    load, act = means.site.load, f"{means.site.load.run}-CLOCK"
    await load.post(_act(load, act, JUMP + LEFT))
    await asyncio.sleep(1)  # into what is there before the jump
    await means.site.restart(clock=(load.now() + JUMP).isoformat())
    load.ahead = JUMP  # before, its events would be refused as of tomorrow
    try:
        yield
    finally:
        await load.post(_act(load, f"{act}-2", timedelta(days=365), action="extended", ref=act))


def _act(load: Load, act: str, runs: timedelta, **changes: object) -> Json:
    today = load.now().date()
    dates = {"announced_on": today.isoformat(), "effective_on": today.isoformat(), "until": (today + runs).isoformat()}
    return measure_change(act, **dates, **changes)


CLOCK = Drill("clock", f"a restart with a CLOCK {JUMP.days} days later", ("MeasureExpires",), clock_jumped)
