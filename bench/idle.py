"""What the whole system costs while nothing happens: every process, broker and database included."""

import asyncio

from bench.results import Result
from services.cli.testing import RunningSystem

SETTLE_S = 20
WATCH_S = 60
MEMORY_MB = 1_000
CPU_PERCENT = 5.0


async def measure_idle(system: RunningSystem) -> list[Result]:
    await asyncio.sleep(SETTLE_S)
    before = system.cpu_s()
    await asyncio.sleep(WATCH_S)
    cpu = (system.cpu_s() - before) / WATCH_S * 100
    memory = system.memory_mb()
    return [
        Result("memory_idle", memory, "MB", f"< {MEMORY_MB} MB", memory < MEMORY_MB, runs=[memory]),
        Result("cpu_idle", cpu, "% of a core", f"< {CPU_PERCENT:.0f} %", cpu < CPU_PERCENT, runs=[cpu]),
    ]
