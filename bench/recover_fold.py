"""`kill -9` of the registry and of the scorer at a hundred events a second: how long until the first webhook arrives of
something posted after the kill."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bench.results import Result
from services.cli.testing import RunningSystem, Sink
from shared.contracts.customers import CustomerProfile, Exposure
from shared.contracts.endpoints import EndpointConfig

RATE_PER_S, WARM_UP_S, CUSTOMERS, WITHIN_S = 100, 5, 20, 5.0
DESTINATIONS = ("DE", "FR", "IT", "ES", "NL", "BE", "AT", "SE", "PL", "CZ", "US", "CA", "JP", "KR", "GB", "NO", "CH",
                "IN", "BR", "MX")  # fmt: skip


async def measure_recover_fold(system: RunningSystem) -> list[Result]:
    async with Sink.open() as sink:
        await asyncio.to_thread(_customers, system, sink.url)
        runs = [await _gap(system, sink, "scorer", _decision), await _gap(system, sink, "registry", _act)]
    worst = max(runs)
    return [Result("recover_fold", worst, "s", f"< {WITHIN_S:g} s", worst < WITHIN_S, runs=runs)]


def _customers(system: RunningSystem, url: str) -> None:
    """Each in a country of its own, so that an act may be about one of them alone."""
    exposure = Exposure(material="terbium", annual_demand_kg=1_000, origins={"CN": 0.9}, inventory_days=60)
    with system.client() as client:
        for number in range(CUSTOMERS):
            profile = CustomerProfile(
                name="Bench", destination=DESTINATIONS[number], end_use="civil", exposures=(exposure,)
            )
            client.put_customer(f"bench-{number}", profile)
            client.create_endpoint(EndpointConfig(customer_id=f"bench-{number}", url=url, min_severity="info"))


async def _gap(system: RunningSystem, sink: Sink, name: str, event: Callable[[str, int], dict[str, Any]]) -> float:
    """Seconds from the kill to a webhook that speaks of an event posted later."""
    headers = {"authorization": f"Bearer {system.connection.key}"}
    async with aiohttp.ClientSession(headers=headers) as session, asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(_post_all(session, system, lambda number: event(f"{name}-a", number)))
        await asyncio.sleep(WARM_UP_S)
        system.process(name).kill()
        killed = time.perf_counter()
        posting.cancel()
        posting = tasks.create_task(_post_all(session, system, lambda number: event(f"{name}-b", number)))
        mark, seen = f"{name}-b".encode(), len(sink.hooks)
        async with asyncio.timeout(120):
            while not (came := [hook.at for hook in sink.hooks[seen:] if mark in hook.body]):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        posting.cancel()
    return came[0] - killed


async def _post_all(
    session: aiohttp.ClientSession, system: RunningSystem, event: Callable[[int], dict[str, Any]]
) -> None:
    start = time.perf_counter()
    async with asyncio.TaskGroup() as posts:
        for number in range(RATE_PER_S * 180):
            await asyncio.sleep(max(0, start + number / RATE_PER_S - time.perf_counter()))
            posts.create_task(_post(session, system, event(number)))


async def _post(session: aiohttp.ClientSession, system: RunningSystem, event: dict[str, Any]) -> None:
    async with session.post(f"{system.connection.url}/v1/events", json=event) as answer:
        answer.raise_for_status()


def _decision(mark: str, number: int) -> dict[str, Any]:
    return {
        "kind": "licence_decision",
        "source": {"name": "bench", "type": "company"},
        "decided_at": datetime.now(UTC).isoformat(),
        "customer_id": f"bench-{number % CUSTOMERS}",
        "licence_ref": f"{mark}-{number}",
        "decision": "denied",
        "material": "terbium",
    }


def _act(mark: str, number: int) -> dict[str, Any]:
    today = datetime.now(UTC).date().isoformat()
    return {
        "kind": "measure_change",
        "source": {"name": "bench", "type": "government"},
        "issuer": "CN",
        "act": f"{mark}-{number}",
        "instrument": "licence_requirement",
        "action": "imposed",
        "materials": ["terbium"],
        "targets": [DESTINATIONS[number % CUSTOMERS]],
        "announced_on": today,
        "effective_on": today,
    }
