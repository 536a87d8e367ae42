"""Messages written straight into `alerts`, as scorers would: what the dispatcher alone can do is seen by it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from services.cli.testing import RunningSystem, Sink
from shared.contracts.alerts import Body, Message
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, Exposure
from shared.contracts.endpoints import EndpointConfig
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS, partition_of
from shared.settings import KafkaSettings

PARTITIONS = 8
RATE_PER_S = 100
MEASURED_S = 5
TEXT = "Terbium: China's licence requirement takes effect in 14 days; stock lasts 45 days. " * 20
"""A body of about 2 kB, as alerts have."""


@dataclass
class Alerts:
    producer: AIOKafkaProducer
    numbers: dict[int, int] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(cls, system: RunningSystem) -> AsyncIterator["Alerts"]:
        settings = KafkaSettings(kafka_bootstrap_servers=environment(system)["CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS"])
        producer = open_producer(settings, "bench")
        await producer.start()
        try:
            yield cls(producer)
        finally:
            await producer.stop()

    async def write(self, customer_ids: Sequence[str]) -> None:
        await send_all(self.producer, [self._message(customer_id) for customer_id in customer_ids])

    def _message(self, customer_id: str) -> Outgoing:
        partition = partition_of(customer_id, PARTITIONS)
        self.numbers[partition] = number = self.numbers.get(partition, 0) + 1
        now = datetime.now(UTC)
        message = Message(
            message_id=str(uuid4()),
            number=number,
            customer_id=customer_id,
            sequence=number,
            alert_id=str(uuid4()),
            severity="high",
            materials=("terbium",),
            body=Body(type="alert.opened", timestamp=now, data={"customer_id": customer_id, "summary": TEXT}),
        )
        stamp = Stamp(message.message_id, now, now, "message/1")
        return Outgoing(ALERTS, customer_id.encode(), to_json(message), stamp.headers(), partition)


async def p95_ms(alerts: Alerts, sink: Sink, customers: Sequence[str], *, unheard: str | None = None) -> float:
    """From the intended time of writing to the receiver; `unheard` is written to like the others, but not measured."""
    first = len(sink.hooks)
    intended: dict[str, list[float]] = {}
    start = time.perf_counter()
    expected = len(sink.ids)
    async with asyncio.TaskGroup() as writes:
        for number in range(RATE_PER_S * MEASURED_S):
            at = start + number / RATE_PER_S
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            customer = customers[number % len(customers)]
            if customer != unheard:
                intended.setdefault(customer, []).append(at)
                expected += 1
            writes.create_task(alerts.write([customer]))
    await sink.expect(expected, within_s=60)
    came = [(hook.at, json.loads(hook.body)["data"]["customer_id"]) for hook in sink.hooks[first:]]
    waits = sorted((at - intended[customer].pop(0)) * 1_000 for at, customer in came)
    return waits[int(len(waits) * 0.95)]


def environment(system: RunningSystem) -> dict[str, str]:
    return system.process("dispatcher").environ()


def make_customers(
    system: RunningSystem, urls: Sequence[str], paces: Mapping[int, float] = MappingProxyType({})
) -> list[str]:
    """One with an endpoint for each URL. `paces`: those that ask for at most so many a second."""
    exposure = Exposure(material="terbium", annual_demand_kg=1_000, origins={"CN": 0.9}, inventory_days=60)
    profile = CustomerProfile(name="Bench", destination="DE", end_use="civil", exposures=(exposure,))
    made = [f"bench-{number}" for number in range(len(urls))]
    with system.client() as client:
        for number, (customer_id, url) in enumerate(zip(made, urls, strict=True)):
            client.put_customer(customer_id, profile)
            client.create_endpoint(
                EndpointConfig(
                    customer_id=customer_id, url=url, min_severity="info", rate_limit_per_s=paces.get(number)
                )
            )
    return made
