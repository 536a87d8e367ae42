"""Messages written straight into `alerts`, as scorers would: what the dispatcher alone can do is seen by it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from services.cli.testing import RunningSystem
from shared.contracts.alerts import Body, Message
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, Exposure
from shared.contracts.endpoints import EndpointConfig
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS, partition_of
from shared.settings import KafkaSettings

PARTITIONS = 8
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


def environment(system: RunningSystem) -> dict[str, str]:
    return system.process("dispatcher").environ()


def make_customers(system: RunningSystem, urls: Sequence[str]) -> list[str]:
    """One with an endpoint for each URL."""
    exposure = Exposure(material="terbium", annual_demand_kg=1_000, origins={"CN": 0.9}, inventory_days=60)
    profile = CustomerProfile(name="Bench", destination="DE", end_use="civil", exposures=(exposure,))
    made = [f"bench-{number}" for number in range(len(urls))]
    with system.client() as client:
        for customer_id, url in zip(made, urls, strict=True):
            client.put_customer(customer_id, profile)
            client.create_endpoint(EndpointConfig(customer_id=customer_id, url=url, min_severity="info"))
    return made
