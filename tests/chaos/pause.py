"""A service is stopped in the middle of whatever it does (SIGSTOP), and goes on later as if nothing had been."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.chaos.drill import Drill, Means

PAUSED = ("registry", "scorer", "dispatcher")


@asynccontextmanager
async def paused(means: Means) -> AsyncIterator[None]:
    processes = [means.site.system.process(name) for name in PAUSED]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


PAUSE = Drill("pause", f"{', '.join(PAUSED)} stand still", tuple(f"ServiceDown {name}" for name in PAUSED), paused)
