"""What docs/sizing.md stands on: of each process, its share of the processor's time for an event of a kind, and what a
customer takes of its memory. On a system that does nothing else meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, islice
from typing import Any

import aiohttp
import orjson
import psutil

from bench.alerts import make_customers
from bench.results import Result
from services.classifier.training.texts import load
from services.cli.testing import RunningSystem, Sink
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, Exposure

Json = dict[str, Any]
ALERTED = 50
"""Customers with a receiver, who get a webhook for each licence that is denied."""
ALERTS, STOCK, NEWS, CUSTOMERS = 2_000, 20_000, 2_000, 3_000
IN_A_BATCH = 500
RELEVANT = 20
"""One news text in so many says something."""
AT_A_TIME = 8
QUIET_S, QUIET_SHARE, SETTLED_WITHIN_S = 3, 0.2, 300
INVOLVED = {
    "alert": ("ingest", "scorer", "dispatcher", "control", "kafka", "postgres"),
    "stock": ("ingest", "scorer", "control", "kafka", "postgres"),
    "news": ("ingest", "classifier", "registry", "scorer", "kafka"),
    "customer": ("control", "ingest", "scorer", "kafka", "postgres"),
}
UNITS = {
    "alert": "CPU-ms an alert",
    "stock": "CPU-ms a record",
    "news": "CPU-ms a text",
    "customer": "CPU-ms a customer",
}
REMEMBER = ("ingest", "control", "scorer", "dispatcher", "kafka", "postgres")


async def measure_sizing(system: RunningSystem) -> list[Result]:
    headers = {"authorization": f"Bearer {system.connection.key}"}
    async with Sink.open() as sink, aiohttp.ClientSession(headers=headers) as session:
        customers = await asyncio.to_thread(make_customers, system, [sink.url] * ALERTED)
        sending = Sending(session, system.connection.url, system.connection.control_url)
        await sending.alone(denied(customers), ALERTS // 5)
        stages: list[tuple[str, int, Callable[[int], Awaitable[None]]]] = [
            ("alert", ALERTS, lambda number: sending.alone(denied(customers, "B"), number)),
            ("stock", STOCK, lambda number: sending.batches(_stock(customers), number)),
            ("news", NEWS, lambda number: sending.batches(_news(), number)),
            ("customer", CUSTOMERS, sending.customers),
        ]
        await _settled(system)
        results = [_figure(f"sizing_base_{name}", mb, "MB") for name, mb in sorted(_memory_mb(system).items())]
        for what, number, send in stages:
            await _settled(system)
            held, before = _memory_mb(system), _cpu_s(system)
            await send(number)
            await _settled(system)
            results += _shares(what, number, before, _cpu_s(system))
        grown = {name: (mb - held[name]) * 1e3 / CUSTOMERS for name, mb in _memory_mb(system).items()}
        return results + [_figure(f"sizing_memory_{name}", grown[name], "kB a customer") for name in REMEMBER]


def _shares(what: str, number: int, before: dict[str, float], after: dict[str, float]) -> list[Result]:
    spent = {name: (after[name] - before[name]) * 1e3 / number for name in INVOLVED[what]}
    unit = UNITS[what]
    return [_figure(f"sizing_{what}_{name}", ms, unit) for name, ms in spent.items()]


def _figure(name: str, value: float, unit: str) -> Result:
    return Result(name, value, unit, "none: a figure to reckon with", met=True, runs=[value])


class Sending:
    def __init__(self, session: aiohttp.ClientSession, ingest: str, control: str) -> None:
        self._session, self._ingest, self._control = session, f"{ingest}/v1/events", f"{control}/v1/customers"

    async def alone(self, events: Iterator[Json], number: int) -> None:
        async def post_some() -> None:
            for event in left:
                await self._sent("POST", self._ingest, orjson.dumps(event), "application/json")

        left = islice(events, number)
        await asyncio.gather(*(post_some() for _ in range(AT_A_TIME)))

    async def batches(self, events: Iterator[Json], number: int) -> None:
        for _ in range(number // IN_A_BATCH):
            lines = b"\n".join(orjson.dumps(event) for event in islice(events, IN_A_BATCH))
            await self._sent("POST", self._ingest, lines, "application/x-ndjson")

    async def customers(self, number: int) -> None:
        async def put_some() -> None:
            for each in left:
                await self._sent("PUT", f"{self._control}/many-{each}", body, "application/json")

        left, body = iter(range(number)), to_json(_buyer())
        await asyncio.gather(*(put_some() for _ in range(AT_A_TIME)))

    async def _sent(self, method: str, url: str, body: bytes, form: str) -> None:
        async with self._session.request(method, url, data=body, headers={"content-type": form}) as answer:
            answer.raise_for_status()
            if "events" in url and (await answer.json()).get("rejected"):
                raise ValueError(f"refused: {await answer.text()}")


def _buyer() -> CustomerProfile:
    bought = [
        Exposure(
            material=material, annual_demand_kg=1_000, origins={"CN": 0.7, "AU": 0.2, "US": 0.1}, inventory_days=60
        )
        for material in ("terbium", "gallium", "antimony", "graphite")
    ]
    return CustomerProfile(name="Buyer", destination="DE", end_use="civil", exposures=tuple(bought))


def denied(customers: list[str], run: str = "A") -> Iterator[Json]:
    for number, customer_id in enumerate(cycle(customers)):
        event = {"kind": "licence_decision", "decided_at": datetime.now(UTC).isoformat(), "decision": "denied"}
        yield event | _own(customer_id) | {"licence_ref": f"{run}-{number}"}


def _stock(customers: list[str]) -> Iterator[Json]:
    begun = datetime.now(UTC) - timedelta(hours=1)
    for number, customer_id in enumerate(cycle(customers)):
        as_of = (begun + timedelta(milliseconds=number)).isoformat()
        yield {"kind": "inventory", "as_of": as_of, "on_hand_kg": 60 + number % 7 / 10, "daily_use_kg": 1} | _own(
            customer_id
        )


def _own(customer_id: str) -> Json:
    return {"source": {"name": "bench", "type": "company"}, "customer_id": customer_id, "material": "terbium"}


def _news() -> Iterator[Json]:
    texts = load()
    telling, idle = (cycle([item.news for item in texts if item.relevant is told]) for told in (True, False))
    for number in count():
        news = next(telling if number % RELEVANT == 0 else idle)
        source = {"name": f"wire-{number % 40}", "type": "newswire"}
        published = datetime.now(UTC).isoformat()
        title = f"{news.title or 'Untitled'} ({number})"
        yield {"kind": "news", "source": source, "published_at": published, "title": title, "body": news.body or ""}


def _cpu_s(system: RunningSystem) -> dict[str, float]:
    return {name: sum(sum(each.cpu_times()[:2]) for each in _family(system, name)) for name in _names()}


def _memory_mb(system: RunningSystem) -> dict[str, float]:
    return {name: sum(each.memory_full_info().pss for each in _family(system, name)) / 1e6 for name in _names()}


def _family(system: RunningSystem, name: str) -> list[psutil.Process]:
    process = system.process(name)
    return [process, *process.children(recursive=True)]


def _names() -> set[str]:
    return {name for names in INVOLVED.values() for name in names} | set(REMEMBER)


async def _settled(system: RunningSystem) -> None:
    """Everything has been read and told of: nothing but the idle system's own work goes on."""
    deadline, quiet = time.monotonic() + SETTLED_WITHIN_S, 0
    while quiet < QUIET_S:
        if time.monotonic() > deadline:
            raise TimeoutError("the system did not come to rest")
        before, begun = system.cpu_s(), time.monotonic()
        await asyncio.sleep(1)
        share = (system.cpu_s() - before) / (time.monotonic() - begun)
        quiet = quiet + 1 if share < QUIET_SHARE else 0
