"""A service is stopped in the middle of whatever it does (SIGSTOP), and goes on later as if nothing had been. Those
that keep a state or send something to the world, each by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import psutil

from tests.chaos.drill import Drill, Means


@asynccontextmanager
async def paused(name: str, means: Means) -> AsyncIterator[None]:
    process = means.site.system.process(name)
    process.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):  # the supervisor has lost patience with it
            process.resume()


PAUSES = tuple(
    Drill(f"pause_{name}", f"the {name} stands still", (f"ServiceDown {name}",), partial(paused, name))
    for name in ("registry", "scorer", "dispatcher")
)
