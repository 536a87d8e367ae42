"""What is done to a process, and to whoever takes its place, for as long as the cause lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

import psutil

from services.cli.testing import RunningSystem, SystemFailed

Act = Callable[[psutil.Process], None]
LOOK_EVERY_S = 0.2


@asynccontextmanager
async def held(system: RunningSystem, names: Collection[str], act: Act) -> AsyncIterator[None]:
    """The supervisor starts again what ends: as soon as it is there, `act` is done to that too."""
    holding = asyncio.create_task(_hold(system, names, act))
    try:
        yield
    finally:
        holding.cancel()
        with suppress(asyncio.CancelledError):
            await holding


async def _hold(system: RunningSystem, names: Collection[str], act: Act) -> None:
    held_now: dict[str, psutil.Process] = {}
    while True:
        for name in names:
            with suppress(psutil.NoSuchProcess, SystemFailed):
                if name not in held_now or _has_ended(held_now[name]):
                    held_now[name] = system.process(name)
                    act(held_now[name])
        await asyncio.sleep(LOOK_EVERY_S)


def _has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
