"""What counting costs of what an event costs: the same work with its metrics and without, in pairs that follow each
other within milliseconds in one process, against what the running service needs for an event.

The pairs go through the path without HTTP server and broker, one event at a time, where counting per batch saves
nothing. What Prometheus adds by asking every 15 s is in it."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import orjson
from prometheus_client import Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics import MetricWrapperBase

from bench.alerts import make_customers
from bench.deliver import cpu_s
from bench.results import Result
from bench.sizing import Sending, denied
from services.cli.testing import RunningSystem, Sink
from services.ingest.testing import KEY, NOW, Ingest
from services.scorer.handler import ScorerHandler
from services.scorer.testing import Ledger, LedgerRecord, bought
from shared.contracts.base import rfc3339
from shared.kafka.loop import Assigned, DeadLetterLimit, Tally
from shared.kafka.record import TopicPartition
from shared.kafka.snapshots import SnapshotStore
from shared.kafka.topics import LEDGER

PAIRS = 300
EVENTS = 20
CUSTOMERS = 50
POSTED = 3_000
SCRAPED_EVERY_S = 15.0
BUDGET = 0.03
STOPPED_AT = rfc3339(NOW)


@dataclass(frozen=True, slots=True)
class Stretch:
    """`make` gives events that have not been there before, outside the time that is measured; `take` takes them."""

    make: Callable[[], list[Any]]
    take: Callable[[list[Any]], Awaitable[None]]


async def measure_metrics_cost(system: RunningSystem) -> list[Result]:
    whole = await _of_the_service(system)
    scraped = _scrape_s() / SCRAPED_EVERY_S
    with tempfile.TemporaryDirectory() as place:
        stretches = {"ingest": _ingest(), "scorer": await _scorer(Path(place))}
        return [await _measured(name, stretch, whole[name], scraped) for name, stretch in stretches.items()]


async def _of_the_service(system: RunningSystem) -> dict[str, float]:
    """Seconds of the processor that each needs for an event that is posted by itself and is told to the customer."""
    headers = {"authorization": f"Bearer {system.connection.key}"}
    async with Sink.open() as sink, aiohttp.ClientSession(headers=headers) as session:
        customers = await asyncio.to_thread(make_customers, system, [sink.url] * CUSTOMERS)
        sending = Sending(session, system.connection.url, system.connection.control_url)
        processes = {name: system.process(name) for name in ("ingest", "scorer")}
        for run, events in (("warm", POSTED // 5), ("measured", POSTED)):
            told, before = len(sink.ids), {name: cpu_s(process) for name, process in processes.items()}
            await sending.alone(denied(customers, run), events)
            await sink.expect(told + events, within_s=120)
    return {name: (cpu_s(process) - before[name]) / POSTED for name, process in processes.items()}


async def _measured(name: str, stretch: Stretch, whole_s: float, scraped: float) -> Result:
    pairs = [await _pair(stretch, first=number % 2 == 0) for number in range(PAIRS)]
    counting_s = statistics.median(counted - bare for counted, bare in pairs) / EVENTS + scraped * whole_s
    ratio = counting_s / whole_s
    value, reference = counting_s * 1e6, whole_s * 1e6
    budget = f"< {BUDGET:g} of the reference"
    return Result(
        f"metrics_cost_{name}", value, "µs an event", budget, ratio < BUDGET, "the event", reference, ratio, [value]
    )


async def _pair(stretch: Stretch, *, first: bool) -> tuple[float, float]:
    """Seconds of the processor with metrics, and without."""
    taken = {}
    for counted in (first, not first):
        events = stretch.make()
        with nullcontext() if counted else _no_metrics():
            begun = time.process_time()
            await stretch.take(events)
            taken[counted] = time.process_time() - begun
    return taken[True], taken[False]


@contextmanager
def _no_metrics() -> Iterator[None]:
    """Whatever is counted, set or observed goes nowhere."""

    def itself(metric: Any, *_: object, **__: object) -> Any:
        return metric

    def nothing(*_: object, **__: object) -> None: ...

    with ExitStack() as off:
        off.enter_context(patch.object(MetricWrapperBase, "labels", itself))
        for kind, verbs in ((Counter, ["inc"]), (Gauge, ["inc", "dec", "set"]), (Histogram, ["observe"])):
            for verb in verbs:
                off.enter_context(patch.object(kind, verb, nothing))
        yield


def _scrape_s() -> float:
    generate_latest()
    begun = time.process_time()
    for _ in range(20):
        generate_latest()
    return (time.process_time() - begun) / 20


def _ingest() -> Stretch:
    ingest = Ingest()
    for number in range(CUSTOMERS):
        ingest.put_customer(f"bench-{number}")
    events = denied(sorted(ingest.profiles), "BENCH")

    def make() -> list[bytes]:
        return [orjson.dumps(event | {"decided_at": STOPPED_AT}) for event in islice(events, EVENTS)]

    async def take(bodies: list[bytes]) -> None:
        for body in bodies:
            await _post(ingest, body)
        ingest.producer.records.clear()

    return Stretch(make, take)


async def _post(ingest: Ingest, body: bytes) -> None:
    """As an HTTP server calls it."""
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json", "content-length": str(len(body))}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/events",
        "raw_path": b"/v1/events",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await ingest.app(scope, receive, send)
    if told[0]["status"] != 202:
        raise ValueError(f"ingest did not take it: {told}")


async def _scorer(place: Path) -> Stretch:
    ledger = Ledger()
    for number in range(CUSTOMERS):
        ledger.customer(f"bench-{number}", bought(cover=30))
    handler = ScorerHandler(SnapshotStore(place, "scorer", 1), snapshot_every_s=3_600)
    tp = TopicPartition(LEDGER, ledger.partition)
    await handler.assigned(Assigned(tp, 0, 0, 0))
    await handler.handle(tp, ledger.records)
    tally = Tally(DeadLetterLimit(), [LEDGER])
    numbers = count()

    def make() -> list[LedgerRecord]:
        for number in islice(numbers, EVENTS):
            ledger.decision(f"bench-{number % CUSTOMERS}", f"BENCH-{number}", "denied")
        return ledger.records[-EVENTS:]

    async def take(records: list[LedgerRecord]) -> None:
        for record in records:
            tally.count(LEDGER, 1, await handler.handle(tp, [record]))

    return Stretch(make, take)
