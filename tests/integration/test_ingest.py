"""Ingest as its own process before a real broker: what is accepted stands there, what is not is a 503, a retry counts
once."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from services.cli.box.aot import cache_path
from services.cli.box.cache import cache_dir
from services.cli.box.free_ports import free_ports
from services.cli.box.jars import class_path, read_pins
from services.cli.box.kafka import KafkaBox
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, ProfileRecord
from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from shared.http.auth import sha256_of
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, Stamp, TopicPartition
from shared.kafka.topics import CUSTOMERS, EVENTS_NEWS, KEYS, LEDGER, WORLD, ensure_topics, partition_of
from shared.settings import KafkaSettings
from tests.fixtures.box import run_to_its_end, running
from tests.fixtures.events import inventory, licence_decision, measure_change

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PARTITIONS = 8


@dataclass
class Copy:
    """One ingest between a broker and the test."""

    bootstrap: str
    place: Path
    key: str = field(default_factory=lambda: f"ck_{uuid4().hex}")
    customer: str = field(default_factory=lambda: f"c-{uuid4().hex[:8]}")
    port: int = field(default_factory=lambda: free_ports(1)[0])

    def __post_init__(self) -> None:
        self.client = httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=30)

    @property
    def log(self) -> str:
        return (self.place / "ingest.log").read_text()

    @asynccontextmanager
    async def process(self, **settings: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "CHOKEPOINT_PARTITIONS": str(PARTITIONS),
            "CHOKEPOINT_PORT": str(self.port),
            "CHOKEPOINT_DATA_DIR": str(self.place / "data"),
        }
        command = [sys.executable, "-m", "services.ingest"]
        with (self.place / "ingest.log").open("ab") as output:
            process = subprocess.Popen(  # noqa: ASYNC220, S603  # starting it is a matter of milliseconds
                command, stdout=output, stderr=output, env=environment | settings
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            await self.client.aclose()

    async def made_known(self) -> None:
        """The key and the customer, as control writes them."""
        await ensure_topics(KafkaSettings(kafka_bootstrap_servers=self.bootstrap, partitions=PARTITIONS))
        key = KeyRecord(id=self.key[:12], name="tests", sha256=sha256_of(self.key), scopes=EVERY_SCOPE)
        profile = CustomerProfile(name="Tests", destination="DE")
        customer = ProfileRecord(customer_id=self.customer, version=1, profile=profile)
        producer = open_producer(KafkaSettings(kafka_bootstrap_servers=self.bootstrap), "tests")
        await producer.start()
        await send_all(
            producer,
            [
                Outgoing(KEYS, key.id.encode(), to_json(key), partition=0),
                Outgoing(CUSTOMERS, self.customer.encode(), to_json(customer), partition=0),
            ],
        )
        await producer.stop()

    async def post(self, body: object, content_type: str = "application/json") -> httpx2.Response:
        headers = {"authorization": f"Bearer {self.key}", "content-type": content_type}
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self.client.post("/v1/events", content=content, headers=headers)

    async def ready(self) -> bool:
        try:
            return (await self.client.get("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def until_ready(self, within_s: float = 30) -> None:
        deadline = time.monotonic() + within_s
        while not await self.ready():
            assert time.monotonic() < deadline, self.log[-4_000:]
            await asyncio.sleep(0.05)

    async def records(self, topic: str, mine: Callable[[Incoming], bool]) -> list[Incoming]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            partitions = [TopicPartition(topic, number) for number in range(1 if topic == WORLD else PARTITIONS)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            found: list[Incoming] = []
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    found += [record for record in batch if mine(record)]
            return found
        finally:
            await consumer.stop()

    async def written(self, topic: str, event_ids: set[str]) -> list[Incoming]:
        return await self.records(topic, lambda record: Stamp.read(record.headers).event_id in event_ids)


@asynccontextmanager
async def copy_of(bootstrap: str, place: Path, **settings: str) -> AsyncIterator[Copy]:
    copy = Copy(bootstrap, place)
    await copy.made_known()
    async with copy.process(**settings):
        await copy.until_ready()
        yield copy


def ids(answer: httpx2.Response) -> set[str]:
    return {result["event_id"] for result in answer.json()["results"]}


async def test_what_is_accepted_stands_on_the_broker_with_its_headers(kafka: str, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    async with copy_of(kafka, tmp_path) as copy:
        news = {
            "kind": "news",
            "source": {"name": "Wire", "type": "newswire"},
            "published_at": before.isoformat(),
            "title": "Example",
        }
        decision = licence_decision(copy.customer, "L-1", material="Tb")
        answer = await copy.post([news, decision, measure_change(f"CN-{uuid4()}")])
        assert answer.status_code == 202, answer.text
        event_ids = ids(answer)
        (judged,) = await copy.written(EVENTS_NEWS, event_ids)
        (act,) = await copy.written(WORLD, event_ids)
        (own,) = await copy.written(LEDGER, event_ids)
    assert (own.key, own.partition) == (copy.customer.encode(), partition_of(copy.customer, PARTITIONS))
    assert orjson.loads(own.value or b"")["material"] == "terbium"
    stamps = [Stamp.read(record.headers) for record in (judged, act, own)]
    assert [stamp.schema for stamp in stamps] == ["news/1", "measure_change/1", "licence_decision/1"]
    assert {stamp.traceparent for stamp in stamps} == {stamps[0].traceparent}
    assert all(before <= stamp.accepted_at <= datetime.now(UTC) for stamp in stamps)


async def test_ten_thousand_lines_stand_there_once_and_in_order(kafka: str, tmp_path: Path) -> None:
    async with copy_of(kafka, tmp_path) as copy:
        lines = [orjson.dumps(inventory(copy.customer, number, 1)) for number in range(10_000)]
        first = await copy.post(b"\n".join(lines), "application/x-ndjson")
        again = await copy.post(b"\n".join(lines), "application/x-ndjson")
        assert (first.json()["accepted"], again.json()["duplicates"]) == (10_000, 10_000)
        records = await copy.records(LEDGER, lambda record: record.key == copy.customer.encode())
    assert [orjson.loads(record.value or b"")["on_hand_kg"] for record in records] == list(range(10_000))


async def test_sigterm_loses_nothing_that_was_accepted(kafka: str, tmp_path: Path) -> None:
    copy = Copy(kafka, tmp_path)
    await copy.made_known()
    async with copy.process() as process:
        await copy.until_ready()
        posts = [asyncio.create_task(copy.post(inventory(copy.customer, number, 1))) for number in range(200)]
        await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*posts, return_exceptions=True)
        assert await asyncio.to_thread(process.wait, 10) == 0
    accepted = [ids(answer) for answer in answers if isinstance(answer, httpx2.Response) and answer.status_code == 202]
    event_ids = {event_id for found in accepted for event_id in found}
    assert {Stamp.read(r.headers).event_id for r in await copy.written(LEDGER, event_ids)} == event_ids


async def test_the_key_and_the_body_never_stand_in_the_log(kafka: str, tmp_path: Path) -> None:
    async with copy_of(kafka, tmp_path) as copy:
        await copy.post(measure_change("CN-SECRET-REF"))
        await copy.post(b'{"CN-SECRET-REF": ')
        assert copy.key not in copy.log
        assert "CN-SECRET-REF" not in copy.log


async def test_the_replay_clock_follows_the_events(kafka: str, tmp_path: Path) -> None:
    settings = {"CHOKEPOINT_CLOCK": "replay", "CHOKEPOINT_REPLAY_FROM": "1951-01-01T00:00:00Z"}
    async with copy_of(kafka, tmp_path, **settings) as copy:
        act = measure_change(f"CN-{uuid4()}", announced_on="1951-01-03", effective_on="1951-02-01")
        answer = await copy.post(act)
        assert answer.status_code == 202, answer.text
        ticks = {"tick/1951-01-02T00:00:00.000000Z"}
        tick, event = await copy.written(WORLD, ids(answer) | ticks)
    assert Stamp.read(tick.headers).schema == "tick/1"
    assert Stamp.read(event.headers).accepted_at == datetime(1951, 1, 2, 16, tzinfo=UTC)


@dataclass
class Broker:
    """One of this test's own, which may be stopped and started again."""

    place: Path
    port: int = field(default_factory=lambda: free_ports(1)[0])

    @contextmanager
    def running(self) -> Iterator[int]:
        """Its process id."""
        folder = cache_dir(os.environ) / "kafka"
        jars = class_path(read_pins(), folder)
        (controller_port,) = free_ports(1)
        box = KafkaBox(self.place / "kafka", jars, self.port, controller_port, cache_path(folder, jars))
        box.lay_out()
        if spec := box.format():
            run_to_its_end(spec)
            box.adopt()
        with running(box.broker(), self.place / "kafka.log") as process:
            yield process.pid


async def timed(answer: Awaitable[httpx2.Response]) -> tuple[httpx2.Response, float]:
    began = time.monotonic()
    return await answer, time.monotonic() - began


async def test_a_broker_that_stands_still_is_a_503_in_time_and_the_retry_counts_once(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    with broker.running() as pid:
        async with copy_of(f"127.0.0.1:{broker.port}", tmp_path) as copy:
            event = inventory(copy.customer, 17, 1)
            os.kill(pid, signal.SIGSTOP)
            try:
                answer, waited = await timed(copy.post(event))
                assert not await copy.ready()
            finally:
                os.kill(pid, signal.SIGCONT)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert int(answer.headers["retry-after"]) > 0
            assert waited < 6
            await _retried(copy, event)
            await copy.until_ready()
            assert len(await copy.records(LEDGER, lambda record: record.key == copy.customer.encode())) == 1


async def test_a_killed_broker_is_a_503_in_time_and_the_retry_after_its_return_counts_once(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    async with AsyncExitStack() as stack:
        with broker.running() as pid:
            copy = await stack.enter_async_context(copy_of(f"127.0.0.1:{broker.port}", tmp_path))
            event = inventory(copy.customer, 17, 1)
            assert (await copy.post(inventory(copy.customer, 16, 1))).status_code == 202
            os.kill(pid, signal.SIGKILL)
        answer, waited = await timed(copy.post(event))
        assert answer.status_code == 503
        assert waited < 6
        with broker.running():
            await _retried(copy, event)
            assert (await copy.post(event)).json()["duplicates"] == 1
            records = await copy.records(LEDGER, lambda record: record.key == copy.customer.encode())
            assert [orjson.loads(record.value or b"")["on_hand_kg"] for record in records] == [16, 17]


async def _retried(copy: Copy, event: dict[str, Any]) -> list[httpx2.Response]:
    answers = [await copy.post(event)]
    while answers[-1].status_code == 503:
        assert len(answers) < 60, copy.log[-4_000:]
        await asyncio.sleep(0.5)
        answers.append(await copy.post(event))
    assert answers[-1].status_code == 202, answers[-1].text
    return answers
