"""The disk is full (`RLIMIT_FSIZE`): the broker can write a part of a record and no more, which ends it; from then on
neither it nor the services that keep something can write a byte, nor can whoever is started in their place.

The database has a disk of its own here: where we are root it runs as another user, whose limits are not ours to set."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from services.cli.testing import SystemFailed
from tests.chaos.drill import Drill, Means
from tests.chaos.held import held

WRITERS = ("kafka", "registry", "scorer", "control", "ingest")
LEFT = 100
"""Bytes: less than a record."""
BROKER_ENDS_WITHIN_S = 30.0


@asynccontextmanager
async def disk_full(means: Means) -> AsyncIterator[None]:
    system = means.site.system
    broker = system.process("kafka")
    limit(broker, _longest_segment(means.site.data_dir) + LEFT)
    with suppress(psutil.TimeoutExpired):
        await asyncio.to_thread(broker.wait, BROKER_ENDS_WITHIN_S)
    async with held(system, WRITERS, _fill):
        yield
    for name in WRITERS:
        with suppress(SystemFailed):  # it has ended, and is started anew without a limit
            limit(system.process(name), None)


def _fill(process: psutil.Process) -> None:
    limit(process, 0)


def limit(process: psutil.Process, size: int | None) -> None:
    """The soft limit alone: whoever is no root cannot raise a hard one again."""
    with suppress(psutil.NoSuchProcess):
        _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
        process.rlimit(psutil.RLIMIT_FSIZE, (hard if size is None else size, hard))


def _longest_segment(data_dir: Path) -> int:
    return max(segment.stat().st_size for segment in (data_dir / "kafka/log").glob("ledger-*/*.log"))


DISK = Drill("disk", "no byte can be written by broker and services", ("NotReady ingest",), disk_full)
