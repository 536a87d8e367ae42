"""A hundred endpoints, one of which takes connections and never answers: what the others notice of it."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.alerts import Alerts, make_customers
from bench.results import Result
from services.cli.testing import RunningSystem, Sink

ENDPOINTS = 100
PAIRS = 7
RATE_PER_S = 100
MEASURED_S = 5
WITHIN_MS, WITHIN_RATIO = 5.0, 0.10


async def measure_dead_endpoint(system: RunningSystem) -> list[Result]:
    healthy: list[float] = []
    with_dead: list[float] = []
    async with Sink.open() as sink, _silent() as dead, Alerts.open(system) as alerts:
        customers = await asyncio.to_thread(make_customers, system, [dead] + [sink.url] * (ENDPOINTS - 1))
        await asyncio.sleep(1)
        await _p95_ms(alerts, sink, customers[1:])  # warm
        for _ in range(PAIRS):
            healthy.append(await _p95_ms(alerts, sink, customers[1:]))
            with_dead.append(await _p95_ms(alerts, sink, customers))
    changes = [after - before for before, after in zip(healthy, with_dead, strict=True)]
    change, reference = statistics.median(changes), statistics.median(healthy)
    met = change < max(WITHIN_MS, WITHIN_RATIO * reference)
    budget = f"< {WITHIN_RATIO:.0%} or {WITHIN_MS:g} ms"
    ratio = (reference + change) / reference
    return [Result("dead_endpoint", change, "ms of p95", budget, met, "all healthy: p95", reference, ratio, changes)]


async def _p95_ms(alerts: Alerts, sink: Sink, customers: list[str]) -> float:
    """From the intended time of writing to the receiver, of those that answer."""
    first = len(sink.hooks)
    intended: dict[str, list[float]] = {}
    start = time.perf_counter()
    expected = len(sink.ids)
    async with asyncio.TaskGroup() as writes:
        for number in range(RATE_PER_S * MEASURED_S):
            at = start + number / RATE_PER_S
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            customer = customers[number % len(customers)]
            if customer != "bench-0":
                intended.setdefault(customer, []).append(at)
                expected += 1
            writes.create_task(alerts.write([customer]))
    await sink.expect(expected, within_s=60)
    came = [(hook.at, json.loads(hook.body)["data"]["customer_id"]) for hook in sink.hooks[first:]]
    waits = sorted((at - intended[customer].pop(0)) * 1_000 for at, customer in came)
    return waits[int(len(waits) * 0.95)]


@asynccontextmanager
async def _silent() -> AsyncIterator[str]:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
