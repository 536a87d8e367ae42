"""Services are killed at random moments, one after the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psutil

from services.cli.supervisor.services import SERVICES
from services.cli.testing import SystemFailed
from tests.chaos.drill import Drill, Means

KILLS = 200
EVERY_S = (0.4, 2.0)


@asynccontextmanager
async def killed(means: Means) -> AsyncIterator[None]:
    with means.screen.doing(f"kills: {KILLS}", KILLS) as another:
        for _ in range(KILLS):
            await asyncio.sleep(means.random.uniform(*EVERY_S))
            victim = means.random.choice(SERVICES).name
            with suppress(psutil.NoSuchProcess, SystemFailed):  # it is just being started again
                means.site.system.process(victim).kill()
            another()
    yield


KILLING = Drill(
    "kills",
    f"{KILLS} times a service is killed",
    tuple(f"RestartsAgainAndAgain {service.name}" for service in SERVICES),
    killed,
)
