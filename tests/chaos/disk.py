"""The disk is full: no process that keeps anything on it may write a byte (`RLIMIT_FSIZE`), nor may whoever is started
in its place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psutil

from tests.chaos.drill import Drill, Means
from tests.chaos.held import held

WRITERS = ("kafka", "postgres", "registry", "scorer", "control", "ingest")


@asynccontextmanager
async def disk_full(means: Means) -> AsyncIterator[None]:
    async with held(means.site.system, WRITERS, fill):
        yield
    for process in means.site.system.supervisor.children(recursive=True):
        _limit(process, None)


def fill(process: psutil.Process) -> None:
    for one in (process, *process.children(recursive=True)):
        _limit(one, 0)


def _limit(process: psutil.Process, size: int | None) -> None:
    """The soft limit alone: whoever is no root cannot raise a hard one again."""
    with suppress(psutil.NoSuchProcess):
        _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (hard if size is None else size, hard))


DISK = Drill("disk", "the disk is full: nobody can write a byte", ("EventsRefused",), disk_full)
