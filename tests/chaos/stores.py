"""The broker, or the database, is away: it is killed, and killed again whenever it is started."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from tests.chaos.drill import Drill, Means
from tests.chaos.held import held


@asynccontextmanager
async def broker_stopped(means: Means) -> AsyncIterator[None]:
    async with held(means.site.system, ["kafka"], psutil.Process.kill):
        yield


@asynccontextmanager
async def database_stopped(means: Means) -> AsyncIterator[None]:
    async with held(means.site.system, ["postgres"], psutil.Process.kill):
        yield


BROKER = Drill("broker", "the broker is killed, and again at each start", ("NotReady ingest",), broker_stopped)
DATABASE = Drill(
    "database",
    "the database is killed, and again at each start",
    ("ServiceDown control", "ServiceDown dispatcher"),
    database_stopped,
)
