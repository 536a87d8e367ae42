"""What is done to a process, and to whoever takes its place, for as long as the cause lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

import psutil

from services.cli.testing import RunningSystem, SystemFailed

LOOK_EVERY_S = 0.2


@asynccontextmanager
async def held(
    system: RunningSystem, names: Collection[str], act: Callable[[psutil.Process], None]
) -> AsyncIterator[None]:
    """The supervisor starts again what ends: as soon as it is there, `act` is done to that too."""
    done: set[psutil.Process] = set()
    holding = asyncio.create_task(_hold(system, names, act, done))
    try:
        yield
    finally:
        holding.cancel()
        with suppress(asyncio.CancelledError):
            await holding


async def _hold(
    system: RunningSystem, names: Collection[str], act: Callable[[psutil.Process], None], done: set[psutil.Process]
) -> None:
    while True:
        for name in names:
            with suppress(psutil.NoSuchProcess, SystemFailed):
                process = system.process(name)
                if process not in done:
                    act(process)
                    done.add(process)
        await asyncio.sleep(LOOK_EVERY_S)
