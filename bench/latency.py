"""From the intended send time of one `licence_decision` to its webhook at the receiver: open loop, so that a slow
system is charged for the waiting of the events behind."""

import asyncio
import re
import time
from datetime import UTC, datetime

import aiohttp

from bench.results import Result
from services.cli.testing import RunningSystem, Sink
from shared.contracts.customers import CustomerProfile, Exposure
from shared.contracts.endpoints import EndpointConfig

RATE_PER_S = 100
WARM_UP_S = 10
MEASURED_S = 30
CUSTOMERS = 50
BUDGET_MS = {"latency_p50": 15.0, "latency_p99": 50.0}
REFERENCE = re.compile(rb"BENCH-(\d+)")


async def measure_latency(system: RunningSystem) -> list[Result]:
    async with Sink.open() as sink:
        await asyncio.to_thread(_customers, system, sink.url)
        intended = await _post_open_loop(system)
        await sink.expect(len(intended), within_s=60)
    arrived = {int(found[1]): hook.at for hook in sink.hooks if (found := REFERENCE.search(hook.body))}
    first = WARM_UP_S * RATE_PER_S
    waits = sorted((arrived[n] - at) * 1_000 for n, at in intended.items() if n >= first)
    quantiles = {"latency_p50": waits[len(waits) // 2], "latency_p99": waits[int(len(waits) * 0.99)]}
    return [
        Result(name, value, "ms", f"≤ {BUDGET_MS[name]:.0f} ms", value <= BUDGET_MS[name], runs=[value])
        for name, value in quantiles.items()
    ]


def _customers(system: RunningSystem, url: str) -> None:
    exposure = Exposure(material="terbium", annual_demand_kg=1_000, origins={"CN": 0.9}, inventory_days=60)
    profile = CustomerProfile(name="Bench", destination="DE", end_use="civil", exposures=(exposure,))
    with system.client() as client:
        for number in range(CUSTOMERS):
            client.put_customer(f"bench-{number}", profile)
            client.create_endpoint(EndpointConfig(customer_id=f"bench-{number}", url=url, min_severity="info"))


async def _post_open_loop(system: RunningSystem) -> dict[int, float]:
    """Number of each event → the moment at which it was meant to be sent."""
    intended: dict[int, float] = {}
    headers = {"authorization": f"Bearer {system.connection.key}"}
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as posts:
        start = time.perf_counter() + 1
        for number in range((WARM_UP_S + MEASURED_S) * RATE_PER_S):
            at = start + number / RATE_PER_S
            await asyncio.sleep(max(0, at - time.perf_counter()))
            intended[number] = at
            posts.create_task(_post(session, system, number))
    return intended


async def _post(session: aiohttp.ClientSession, system: RunningSystem, number: int) -> None:
    event = {
        "kind": "licence_decision",
        "source": {"name": "bench", "type": "company"},
        "decided_at": datetime.now(UTC).isoformat(),
        "customer_id": f"bench-{number % CUSTOMERS}",
        "licence_ref": f"BENCH-{number}",
        "decision": "denied",
        "material": "terbium",
    }
    async with session.post(f"{system.connection.url}/v1/events", json=event) as answer:
        answer.raise_for_status()
