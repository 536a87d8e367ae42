"""Services are killed at random moments: while they start, while they catch up, in the middle of their work."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psutil

from services.cli.supervisor.services import SERVICES
from services.cli.testing import RunningSystem, SystemFailed
from tests.chaos.drill import Drill, Means

KILLS = 200
LIVES_S = 0.5, 18.0
"""So long a process lives until it is killed."""
LOOK_EVERY_S = 0.2


@asynccontextmanager
async def killed(means: Means) -> AsyncIterator[None]:
    kills: asyncio.Queue[None] = asyncio.Queue()
    with means.screen.doing(f"kills: {KILLS}", KILLS) as another:
        async with asyncio.TaskGroup() as tasks:
            killers = [
                tasks.create_task(_kill_again_and_again(means.site.system, service.name, means.seed, kills))
                for service in SERVICES
            ]
            for _ in range(KILLS):
                await kills.get()
                another()
            for killer in killers:
                killer.cancel()
    yield


async def _kill_again_and_again(system: RunningSystem, name: str, seed: int, kills: "asyncio.Queue[None]") -> None:
    lives = random.Random(f"{seed}/{name}")  # noqa: S311  # to be had again
    while True:
        life_s = lives.uniform(*LIVES_S)
        with suppress(psutil.NoSuchProcess, SystemFailed):  # it is just being started again
            process = system.process(name)
            await asyncio.sleep(process.create_time() + life_s - time.time())
            process.kill()
            kills.put_nowait(None)
        await asyncio.sleep(LOOK_EVERY_S)


KILLING = Drill("kills", f"{KILLS} times a service is killed (-9)", ("RestartsAgainAndAgain",), killed)
