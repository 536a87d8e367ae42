"""The scorer as its own process on a real broker: what a ledger says comes out as the fold has it, through kills,
restarts from snapshots and bytes that nobody can read."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from services.cli.box.free_ports import free_ports
from services.scorer.testing import Ledger, bought, measure, operator_messages
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.topics import ALERTS, LEDGER, RISK_SCORES, ensure_topics, partition_of
from shared.settings import KafkaSettings
from tests.fixtures.box import broker

pytestmark = pytest.mark.integration

PARTITIONS = 2
CUSTOMERS = [f"customer-{number}" for number in range(6)]
PARTS = range(PARTITIONS)


@dataclass
class Scoring:
    """The whole ledger, folded here for what is expected, and the process that folds it on the broker."""

    bootstrap: str
    place: Path
    port: int = field(default_factory=lambda: free_ports(1)[0])
    parts: list[Ledger] = field(default_factory=lambda: [Ledger(partition=number) for number in PARTS])
    sent: list[int] = field(default_factory=lambda: [0] * PARTITIONS)
    process: "subprocess.Popen[bytes] | None" = None

    def of(self, customer_id: str) -> Ledger:
        return self.parts[partition_of(customer_id, PARTITIONS)]

    def act(self, ref: str) -> None:
        for part in self.parts:
            part.after(minutes=1).act(measure(ref))

    async def send(self) -> None:
        """What was written since the last time."""
        new = [
            Outgoing(LEDGER, record.key, record.value, record.headers, number)
            for number in PARTS
            for record in self.parts[number].records[self.sent[number] :]
        ]
        self.sent = [len(part.records) for part in self.parts]
        await self.put(new)

    async def put(self, outputs: Sequence[Outgoing]) -> None:
        producer = open_producer(KafkaSettings(kafka_bootstrap_servers=self.bootstrap), "test")
        await producer.start()
        try:
            await send_all(producer, outputs)
        finally:
            await producer.stop()

    async def start(self, **settings: str) -> None:
        self.launch(**settings)
        await until(self.ready, within_s=30)

    def launch(self, **settings: str) -> None:
        environment = os.environ | {
            "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "CHOKEPOINT_PARTITIONS": str(PARTITIONS),
            "CHOKEPOINT_DATA_DIR": str(self.place),
            "CHOKEPOINT_PORT": str(self.port),
        }
        command = [sys.executable, "-m", "services.scorer"]
        with (self.place / "log").open("ab") as words:
            self.process = subprocess.Popen(command, env=environment | settings, stdout=words, stderr=words)  # noqa: S603

    def stop(self) -> None:
        if self.process is not None:
            self.end(signal.SIGKILL)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(sign)
        code = self.process.wait(timeout=20)
        self.process = None
        return code

    def log(self) -> str:
        return (self.place / "log").read_text()

    async def ask(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(trust_env=False) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()[-4_000:]
        try:
            return (await self.ask("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def read(self, topic: str, partitions: Sequence[int] = PARTS) -> dict[int, list[Incoming]]:
        tps = [TopicPartition(topic, number) for number in partitions]
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign(tps)
            await consumer.seek_to_beginning(*tps)
            ends = await consumer.end_offsets(tps)
            found: dict[int, list[Incoming]] = {number: [] for number in partitions}
            for tp in tps:
                while await consumer.position(tp) < ends[tp]:
                    found[tp.partition] += (await consumer.getmany(tp, timeout_ms=200)).get(tp, [])
            return found
        finally:
            await consumer.stop()

    async def alerts(self) -> list[list[bytes]]:
        """By partition, what a reader takes: the next number only. A repeat has the same bytes."""
        return [_next_only(records) for records in (await self.read(ALERTS)).values()]

    def expected_alerts(self) -> list[list[bytes]]:
        return [[o.value or b"" for o in part.outputs if o.topic == ALERTS] for part in self.parts]

    async def all_told(self) -> bool:
        return [len(part) for part in await self.alerts()] == [len(part) for part in self.expected_alerts()]


def _next_only(records: Sequence[Incoming]) -> list[bytes]:
    taken: list[bytes] = []
    for record in records:
        value = record.value or b""
        number = orjson.loads(value)["number"]
        assert number <= len(taken) + 1, "a number is missing"
        if number == len(taken) + 1:
            taken.append(value)
        else:
            assert value == taken[number - 1], "a number says two things"
    return taken


async def until(check: Callable[[], Awaitable[bool]], within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while not await check():  # noqa: ASYNC110  # another process sets no event here
            await asyncio.sleep(0.05)


def begun(bootstrap: str, place: Path) -> Scoring:
    asyncio.run(ensure_topics(KafkaSettings(kafka_bootstrap_servers=bootstrap, partitions=PARTITIONS)))
    given = Scoring(bootstrap, place)
    for customer_id in CUSTOMERS:
        given.of(customer_id).customer(customer_id, bought(), bought("gallium"))
    return given


@pytest.fixture(scope="module")
def one_ledger(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    """Grows from test to test: what an earlier one wrote is only more to fold."""
    return begun(kafka, tmp_path_factory.mktemp("scorer"))


@pytest.fixture
def scoring(one_ledger: Scoring) -> Iterator[Scoring]:
    yield one_ledger
    one_ledger.stop()


@pytest.fixture
def doomed(tmp_path: Path) -> Iterator[Scoring]:
    """A ledger that nobody can go on with afterwards, on a broker of its own."""
    with broker(tmp_path / "broker") as (bootstrap, _):
        given = begun(bootstrap, tmp_path)
        yield given
        given.stop()


async def test_what_the_fold_says_stands_on_its_topics(scoring: Scoring) -> None:
    scoring.act("CN-1")
    for customer_id in CUSTOMERS:
        scoring.of(customer_id).decision(customer_id, "L-1", "denied")
        scoring.of(customer_id).stock(customer_id, 2)
    await scoring.start()
    await scoring.send()
    await until(scoring.all_told)
    assert await scoring.alerts() == scoring.expected_alerts()
    for number, records in (await scoring.read(RISK_SCORES)).items():
        newest = {record.key: record.value for record in records}
        assert newest == {o.key: o.value for o in scoring.parts[number].outputs if o.topic == RISK_SCORES}
    operators = [operator_messages(part.outputs) for part in scoring.parts]
    assert operators[0], "operators hear of the world once, from partition 0"
    assert not operators[1]
    shown = (await scoring.ask("/metrics")).text
    assert "chokepoint_score_seconds_count" in shown
    assert 'chokepoint_alerts_total{severity="critical",type="alert.opened"}' in shown
    assert scoring.end() == 0


async def test_killed_again_and_again_it_repeats_at_most_what_was_said(scoring: Scoring) -> None:
    """Every customer hears of every act once, under its number, whatever stands on the topic twice."""
    await scoring.start(CHOKEPOINT_SNAPSHOT_EVERY_S="0.3")
    for kill in range(4):
        for number in range(25):
            scoring.act(f"CN-{kill}-{number}")
        sending = asyncio.create_task(scoring.send())
        await asyncio.sleep(0.1 * kill)
        scoring.end(signal.SIGKILL)
        await sending
        await scoring.start(CHOKEPOINT_SNAPSHOT_EVERY_S="0.3")
    await until(scoring.all_told)
    assert await scoring.alerts() == scoring.expected_alerts()


async def test_a_restart_goes_on_from_its_snapshot(scoring: Scoring) -> None:
    await scoring.start(CHOKEPOINT_SNAPSHOT_EVERY_S="0.1")
    await scoring.send()
    for number in range(3):
        await asyncio.sleep(0.2)
        scoring.act(f"CN-kept-{number}")
        await scoring.send()
        await until(scoring.all_told)
    assert scoring.end() == 0
    kept = sorted((scoring.place / "snapshots").rglob("*.snapshot"))
    assert {path.parent.name for path in kept} == {"0", "1"}
    scoring.act("CN-later")
    await scoring.send()
    await scoring.start()
    await until(scoring.all_told)
    assert await scoring.alerts() == scoring.expected_alerts()


async def test_what_nobody_can_read_stands_aside(scoring: Scoring) -> None:
    await scoring.start()
    await scoring.send()
    await scoring.put([Outgoing(LEDGER, b"x", b"{", [("schema", b"weather/1")], 0)])
    scoring.act("CN-readable")
    await scoring.send()
    await until(scoring.all_told)
    (dead,) = (await scoring.read(f"{LEDGER}.dlq", [0]))[0]
    assert (dead.key, dead.value) == (b"x", b"{")
    assert dict(dead.headers)["dlq.service"] == b"scorer"


async def test_a_missing_change_ends_it_and_says_why(doomed: Scoring) -> None:
    await doomed.start()
    for ref in ("CN-1", "CN-2", "CN-3"):
        doomed.act(ref)
    for part in doomed.parts:
        del part.records[-2]
    await doomed.send()
    assert doomed.process is not None
    assert await asyncio.to_thread(doomed.process.wait, 20) == 1
    doomed.process = None
    assert "has change 3 after 1: changes between are missing" in doomed.log()
