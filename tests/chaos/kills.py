"""Services are killed at random moments: while they start, while they catch up, in the middle of their work."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psutil

from services.cli.supervisor.services import SERVICES
from services.cli.testing import RunningSystem, SystemFailed
from tests.chaos.drill import Drill, Means

KILLS = 200
LIVES_S = 0.5, 18.0
"""So long a process lives until it is killed."""
LOOK_EVERY_S = 0.2


@dataclass(slots=True)
class Counter:
    left: int
    killed: Callable[[], None]


@asynccontextmanager
async def killed(means: Means) -> AsyncIterator[None]:
    with means.screen.doing(f"kills: {KILLS}", KILLS) as another:
        counter = Counter(KILLS, another)
        async with asyncio.TaskGroup() as killers:
            for service in SERVICES:
                moments = random.Random(f"{means.seed}/{service.name}")  # noqa: S311  # to be had again
                killers.create_task(_kill_again_and_again(means.site.system, service.name, moments, counter))
    yield


async def _kill_again_and_again(system: RunningSystem, name: str, moments: random.Random, counter: Counter) -> None:
    while counter.left > 0:
        life_s = moments.uniform(*LIVES_S)
        with suppress(psutil.NoSuchProcess, SystemFailed):  # it is just being started again
            process = system.process(name)
            await asyncio.sleep(process.create_time() + life_s - time.time())
            if counter.left > 0:
                process.kill()
                counter.left -= 1
                counter.killed()
        await asyncio.sleep(LOOK_EVERY_S)


KILLING = Drill("kills", f"{KILLS} times a service is killed (-9)", ("RestartsAgainAndAgain",), killed)
