"""What a process takes while something goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

LOOK_EVERY_S = 0.5


def pss_mb(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 1e6


@dataclass
class Peak:
    before_mb: float
    peak_mb: float

    @property
    def growth_mb(self) -> float:
        return self.peak_mb - self.before_mb

    @classmethod
    @asynccontextmanager
    async def of(cls, process: psutil.Process) -> AsyncIterator["Peak"]:
        before = pss_mb(process)
        peak = cls(before, before)
        watching = asyncio.create_task(peak._watch(process))
        try:
            yield peak
        finally:
            watching.cancel()

    async def _watch(self, process: psutil.Process) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, pss_mb(process))
            await asyncio.sleep(LOOK_EVERY_S)
