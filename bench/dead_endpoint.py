"""A hundred endpoints, one of which takes connections and never answers: what the others notice of it."""

import asyncio
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.alerts import Alerts, make_customers, p95_ms
from bench.results import Result
from services.cli.testing import RunningSystem, Sink

ENDPOINTS = 100
PAIRS = 7
WITHIN_MS, WITHIN_RATIO = 5.0, 0.10


async def measure_dead_endpoint(system: RunningSystem) -> list[Result]:
    healthy: list[float] = []
    with_dead: list[float] = []
    async with Sink.open() as sink, _silent() as dead, Alerts.open(system) as alerts:
        customers = await asyncio.to_thread(make_customers, system, [dead] + [sink.url] * (ENDPOINTS - 1))
        await asyncio.sleep(1)
        await p95_ms(alerts, sink, customers[1:])  # warm
        for _ in range(PAIRS):
            healthy.append(await p95_ms(alerts, sink, customers[1:]))
            with_dead.append(await p95_ms(alerts, sink, customers, unheard=customers[0]))
    changes = [after - before for before, after in zip(healthy, with_dead, strict=True)]
    change, reference = statistics.median(changes), statistics.median(healthy)
    met = change < max(WITHIN_MS, WITHIN_RATIO * reference)
    budget = f"< {WITHIN_RATIO:.0%} or {WITHIN_MS:g} ms"
    ratio = (reference + change) / reference
    return [Result("dead_endpoint", change, "ms of p95", budget, met, "all healthy: p95", reference, ratio, changes)]


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
