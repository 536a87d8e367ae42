"""The control service as its own process, and the topics as an outsider reads and writes them."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from aiokafka import AIOKafkaConsumer
from pydantic import BaseModel, SecretStr

from shared.contracts.base import to_json
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, Stamp, TopicPartition
from shared.kafka.topics import TOPICS, partition_of
from shared.secrets import SecretSettings
from shared.settings import KafkaSettings

PARTITIONS = 8
READY_WITHIN_S = 60


@dataclass(frozen=True)
class Running:
    url: str
    key: str
    bootstrap: str
    secret_settings: SecretSettings
    environment: dict[str, str]
    log: Path
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def client(self, key: str | None = None) -> httpx2.AsyncClient:
        headers = {"authorization": f"Bearer {key or self.key}"}
        return httpx2.AsyncClient(base_url=f"{self.url}/v1", headers=headers, trust_env=False)

    def start(self, **environment: str) -> None:
        with self.log.open("ab") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.control"],
                env=self.environment | environment,
                stdout=words,
                stderr=words,
            )
        self.processes.append(process)
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._ready():
            assert process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> int:
        process = self.processes.pop()
        process.send_signal(sign)
        return process.wait(timeout=20)

    def _ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx2.TransportError:
            return False


@contextmanager
def control_process(bootstrap: str, database_url: str, port: int, place: Path, sealing_key: str) -> Iterator[Running]:
    key = "ck_development"
    environment = os.environ | {
        "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "CHOKEPOINT_DATABASE_URL": database_url,
        "CHOKEPOINT_DATA_DIR": str(place),
        "CHOKEPOINT_PORT": str(port),
        "CHOKEPOINT_INSTANCE": place.name,
        "CHOKEPOINT_DEV_KEY": key,
        "CHOKEPOINT_SECRET_KEYS": sealing_key,
        "CHOKEPOINT_ALLOW_SUBNETS": "127.0.0.0/8",
        "CHOKEPOINT_INGEST_URL": "http://127.0.0.1:9",
        "CHOKEPOINT_REGISTRY_URL": "http://127.0.0.1:9",
    }
    settings = SecretSettings(secret_keys=(SecretStr(sealing_key),))
    running = Running(f"http://127.0.0.1:{port}", key, bootstrap, settings, environment, place / "log")
    try:
        running.start()
        yield running
    finally:
        if running.processes:
            assert running.stop() == 0, running.log.read_text()


async def records(bootstrap: str, topic: str, key: str) -> list[Incoming]:
    """Everything on the topic under this key, tombstones included."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        single = next(known.single for known in TOPICS if known.name == topic)
        tps = [TopicPartition(topic, number) for number in range(1 if single else PARTITIONS)]
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        found: list[Incoming] = []
        for tp in tps:
            while await consumer.position(tp) < ends[tp]:
                found += (await consumer.getmany(tp, timeout_ms=200)).get(tp, [])
        return [record for record in found if record.key == key.encode()]
    finally:
        await consumer.stop()


def said(topic: str, key: str, record: BaseModel | None, customer_id: str | None = None) -> Outgoing:
    """As another service would say it: on the customer's partition, or on 0."""
    now = datetime.now(UTC)
    stamp = Stamp(event_id=f"{topic}/{key}", accepted_at=now, received_at=now, schema="test/1")
    partition = partition_of(customer_id, PARTITIONS) if customer_id else 0
    return Outgoing(topic, key.encode(), to_json(record) if record else None, stamp.headers(), partition)


async def say(bootstrap: str, *outputs: Outgoing) -> None:
    producer = open_producer(KafkaSettings(kafka_bootstrap_servers=bootstrap), "test")
    await producer.start()
    try:
        await send_all(producer, outputs)
    finally:
        await producer.stop()


async def until(question: Callable[[], Awaitable[bool]], within_s: float = 10) -> float:
    """How long it took.

    :raises TimeoutError: it did not become true in time.
    """
    began = time.monotonic()
    async with asyncio.timeout(within_s):
        while not await question():  # noqa: ASYNC110  # what is asked about stands in another process
            await asyncio.sleep(0.02)
    return time.monotonic() - began
