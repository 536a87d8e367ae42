"""A thousand endpoints and a hundred messages for each: how fast they come, and what the dispatcher holds meanwhile."""

import asyncio
import time

from bench.alerts import Alerts, make_customers
from bench.memory import Peak
from bench.results import Result
from services.cli.testing import RunningSystem, Sink

ENDPOINTS = 1_000
MESSAGES = 100
GROWTH_MB = 200.0
"""The bodies alone, all together, would be more."""


async def measure_many_endpoints(system: RunningSystem) -> list[Result]:
    async with Sink.open() as sink, Alerts.open(system) as alerts:
        customers = await asyncio.to_thread(make_customers, system, [sink.url] * ENDPOINTS)
        await alerts.write(customers)  # warm
        await sink.expect(ENDPOINTS, within_s=120)
        async with Peak.of(system.process("dispatcher")) as peak:
            begun = time.perf_counter()
            for _ in range(MESSAGES):
                await alerts.write(customers)
            written = time.perf_counter() - begun
            await sink.expect(ENDPOINTS * (MESSAGES + 1), within_s=600)
            rate = ENDPOINTS * MESSAGES / (time.perf_counter() - begun)
    once = len(sink.hooks) == len(sink.ids)
    return [
        Result("many_endpoints", rate, "a second", "each once", once, "written", ENDPOINTS * MESSAGES / written),
        Result("many_endpoints_memory", peak.growth_mb, "MB", f"< {GROWTH_MB:g} MB", peak.growth_mb < GROWTH_MB),
    ]
