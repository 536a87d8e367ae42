"""The classifier as its own process on a real broker, and Faust's loop with handlers of a test's own."""

import asyncio
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError
from aiokafka.structs import OffsetAndMetadata

from services.cli.box.free_ports import free_ports
from shared.contracts.base import rfc3339, to_json
from shared.contracts.events import News, Source
from shared.contracts.signals import Judgement
from shared.errors import ChokepointError
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.loop import Assigned
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, Stamp, TopicPartition
from shared.kafka.topics import EVENTS_NEWS, WORLD, ensure_topics
from shared.settings import KafkaSettings, ServiceSettings

pytestmark = pytest.mark.integration

PARTITIONS = 8
NEWS = [TopicPartition(EVENTS_NEWS, number) for number in range(PARTITIONS)]
WORLD_0 = TopicPartition(WORLD, 0)
DEAD = TopicPartition(f"{EVENTS_NEWS}.dlq", 0)
ACCEPTED = datetime(2026, 3, 10, 9, tzinfo=UTC)
CONTROL = (
    "China imposes export controls on gallium",
    "From 1 August exporters must obtain a licence, the ministry said.",
)
FOOTBALL = ("Arsenal beat Chelsea", "Two goals in the second half decided the match.")


def news_record(event_id: str, text: tuple[str, str] = CONTROL) -> Outgoing:
    title, body = text
    source = Source(name="Wire", type="newswire")
    news = News(kind="news", source=source, published_at=ACCEPTED, title=title, body=body, language="en")
    return record(event_id, to_json(news))


def record(event_id: str, value: bytes) -> Outgoing:
    stamp = Stamp(
        event_id, ACCEPTED, datetime.now(UTC), "news/1", traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    )
    return Outgoing(EVENTS_NEWS, event_id.encode(), value, stamp.headers())


async def put(bootstrap: str, records: Iterable[Outgoing]) -> None:
    producer = open_producer(KafkaSettings(kafka_bootstrap_servers=bootstrap), "test")
    await producer.start()
    try:
        await send_all(producer, records)
    finally:
        await producer.stop()


async def until(check: Callable[[], Awaitable[bool]], within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while not await check():  # noqa: ASYNC110  # another process sets no event here
            await asyncio.sleep(0.05)


@dataclass
class Classifying:
    """Topics from where this test began; the process as often as the test starts it."""

    bootstrap: str
    place: Path
    begun_at: dict[TopicPartition, int]
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    def ids(self, count: int) -> list[str]:
        return [f"{self.name}-{number}" for number in range(count)]

    def launch(self) -> None:
        environment = os.environ | {
            "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "CHOKEPOINT_PARTITIONS": str(PARTITIONS),
            "CHOKEPOINT_PORT": str(self.port),
        }
        command = [sys.executable, "-m", "services.classifier"]
        with (self.place / "log").open("ab") as words:
            self.process = subprocess.Popen(command, env=environment, stdout=words, stderr=words)  # noqa: S603

    async def start(self) -> None:
        self.launch()
        await until(self.ready, within_s=30)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(sign)
        code = self.process.wait(timeout=20)
        self.process = None
        return code

    async def ask(self, method: str, path: str, body: bytes = b"") -> httpx2.Response:
        async with httpx2.AsyncClient(trust_env=False) as client:
            return await client.request(method, f"http://127.0.0.1:{self.port}{path}", content=body)

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.place / "log").read_text()[-4_000:]
        try:
            return (await self.ask("GET", "/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def read(self, tp: TopicPartition) -> list[Incoming]:
        written = await read_from(self.bootstrap, tp, self.begun_at[tp])
        return [record for record in written if (record.key or b"").startswith(self.name.encode())]

    async def judged(self) -> list[str]:
        return [(record.key or b"").decode() for record in await self.read(WORLD_0)]


async def read_from(bootstrap: str, tp: TopicPartition, start: int) -> list[Incoming]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([tp])
        consumer.seek(tp, start)
        end = (await consumer.end_offsets([tp]))[tp]
        found: list[Incoming] = []
        while await consumer.position(tp) < end:
            found += (await consumer.getmany(tp, timeout_ms=200)).get(tp, [])
        return found
    finally:
        await consumer.stop()


async def begin_at_the_end(bootstrap: str, group: str) -> dict[TopicPartition, int]:
    """What other tests left on the topics is not read, unless the group is still known to the broker from one of them:
    ids tell the tests apart."""
    await ensure_topics(KafkaSettings(kafka_bootstrap_servers=bootstrap, partitions=PARTITIONS))
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        ends: dict[TopicPartition, int] = await consumer.end_offsets([*NEWS, WORLD_0, DEAD])
        consumer.assign(NEWS)
        with suppress(CommitFailedError):
            await consumer.commit({tp: OffsetAndMetadata(ends[tp], "") for tp in NEWS})
        return ends
    finally:
        await consumer.stop()


@pytest.fixture
async def classifier(kafka: str, tmp_path: Path) -> AsyncIterator[Classifying]:
    running = Classifying(kafka, tmp_path, await begin_at_the_end(kafka, "classifier"))
    try:
        yield running
    finally:
        if running.process is not None:
            running.end(signal.SIGKILL)


async def test_a_judgement_goes_to_the_world_and_carries_the_stamp_on(classifier: Classifying) -> None:
    await classifier.start()

    football, control = classifier.ids(2)
    await put(classifier.bootstrap, [news_record(football, FOOTBALL), news_record(control)])
    await until(lambda: _has(classifier, 1))

    (written,) = await classifier.read(WORLD_0)
    judgement = Judgement.model_validate_json(written.value or b"")
    (signal_read,) = judgement.signals
    assert (written.key, judgement.event_id) == (control.encode(), control)
    assert (signal_read.type, signal_read.materials, signal_read.issuer) == ("control_imposed", ("gallium",), "CN")
    headers = dict(written.headers)
    assert headers["schema"] == b"judgement/1"
    assert headers["accepted-at"].decode() == rfc3339(ACCEPTED)
    assert headers["traceparent"].startswith(b"00-1111")
    metrics = (await classifier.ask("GET", "/metrics")).text
    assert 'chokepoint_events_classified_total{asserted="none",type="none"}' in metrics
    assert classifier.end() == 0


async def test_what_is_no_news_goes_aside_with_its_bytes(classifier: Classifying) -> None:
    await classifier.start()

    first, then = classifier.ids(2)
    broken = record(first, b'{"kind":"news","title":7}')
    await put(classifier.bootstrap, [broken, news_record(then)])
    await until(lambda: _has(classifier, 1))

    (aside,) = await classifier.read(DEAD)
    assert (aside.key, aside.value) == (broken.key, broken.value)
    headers = dict(aside.headers)
    assert headers["event-id"] == first.encode()
    assert b"title: " in headers["dlq.reason"]
    assert headers["dlq.service"] == b"classifier"


async def test_ingest_may_ask_what_would_be_read(classifier: Classifying) -> None:
    await classifier.start()

    answer = await classifier.ask("POST", "/classify", news_record("asked").value or b"")

    told = answer.json()
    assert set(told) == {"signals", "dropped", "classifier"}
    assert told["signals"][0]["type"] == "control_imposed"
    assert "story_id" not in told["signals"][0]
    refused = await classifier.ask("POST", "/classify", b'{"kind":"news"}')
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {error["loc"] for error in refused.json()["errors"]} >= {"body.title", "body.source"}


async def test_killed_while_it_reads_two_thousand_it_loses_none(classifier: Classifying) -> None:
    ids = classifier.ids(2_000)
    await put(classifier.bootstrap, [news_record(each) for each in ids])

    for patience_s in (0.1, 0.3):
        await classifier.start()
        await asyncio.sleep(patience_s)
        classifier.end(signal.SIGKILL)
    await classifier.start()

    await until(lambda: _has_all(classifier, ids), within_s=60)
    assert classifier.end() == 0


async def test_a_stop_finishes_what_was_begun_and_begins_after_it(classifier: Classifying) -> None:
    ids = classifier.ids(1_000)
    await put(classifier.bootstrap, [news_record(each) for each in ids])

    await classifier.start()
    assert classifier.end() == 0
    await classifier.start()

    await until(lambda: _has_all(classifier, ids), within_s=60)
    assert sorted(await classifier.judged()) == sorted(ids), "a clean stop commits what it has written: nothing twice"


async def _has(classifier: Classifying, judgements: int) -> bool:
    return len(await classifier.judged()) >= judgements


async def _has_all(classifier: Classifying, ids: Sequence[str]) -> bool:
    return set(ids) <= set(await classifier.judged())


class Reader:
    """Notes what it is handed; fails when it meets what it was told to fail at."""

    def __init__(self, fail_at: bytes = b"") -> None:
        self.fail_at = fail_at
        self.taken: list[bytes] = []
        self.assigned_to: set[TopicPartition] = set()

    async def assigned(self, partition: Assigned) -> None:
        self.assigned_to.add(partition.tp)

    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...

    async def settled(self, tp: TopicPartition, next_offset: int) -> None: ...

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:  # noqa: ARG002
        for each in records:
            if each.key == self.fail_at:
                raise RuntimeError("met what it cannot bear")
            self.taken.append(each.key or b"")
        return []


def loop_of(bootstrap: str, group: str, handler: Reader) -> FaustLoop:
    settings = ServiceSettings(port=1, kafka_bootstrap_servers=bootstrap)
    return FaustLoop(settings, group=group, topics=[EVENTS_NEWS], handler=handler, max_records=10)


async def test_a_handler_that_raises_ends_the_loop_and_the_next_start_reads_again(kafka: str) -> None:
    await begin_at_the_end(kafka, "raising")
    await put(kafka, [news_record(f"event-{number}") for number in range(40)])

    with pytest.raises(RuntimeError, match="cannot bear"):
        await loop_of(kafka, "raising", Reader(fail_at=b"event-30")).run()

    patient = Reader()
    loop = loop_of(kafka, "raising", patient)
    reading = asyncio.create_task(loop.run())
    await until(lambda: _taken(patient, b"event-30"))
    loop.stop()
    await reading
    assert patient.assigned_to == set(NEWS)
    assert loop.unready() is None


async def test_a_missing_topic_is_told_by_its_name(kafka: str) -> None:
    settings = ServiceSettings(port=1, kafka_bootstrap_servers=kafka)
    loop = FaustLoop(settings, group="lost", topics=["no.such.topic"], handler=Reader())

    with pytest.raises(ChokepointError, match=r"no topic no\.such\.topic"):
        await loop.run()


async def _taken(reader: Reader, key: bytes) -> bool:
    return key in reader.taken
