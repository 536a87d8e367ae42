"""The registry as its own process on a real broker: first start, restart, kill in the middle, a clock that jumps."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from aiokafka import AIOKafkaConsumer
from pydantic import BaseModel

from services.cli.box.free_ports import free_ports
from services.registry import seed
from services.registry.state import VERSION, State, dump
from shared.contracts.base import to_json
from shared.contracts.changes import Change
from shared.contracts.measures import MeasureRecord
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, Stamp, TopicPartition
from shared.kafka.snapshots import Snapshot, SnapshotStore
from shared.kafka.topics import LEDGER, MEASURES, SIGNALS, WORLD, ensure_topics
from shared.settings import KafkaSettings
from tests.unit.registry.world import imposed, news

pytestmark = pytest.mark.integration

PARTITIONS = 8
LEDGERS = [TopicPartition(LEDGER, number) for number in range(PARTITIONS)]
SINGLES = [TopicPartition(topic, 0) for topic in (WORLD, MEASURES, SIGNALS)]
JUST_BEFORE_THE_END = "2026-11-10T12:00:00Z"
AFTER_THE_END = "2026-11-12T12:00:00Z"


@dataclass
class Registering:
    """Topics from where this test began; the process as often as the test starts it."""

    bootstrap: str
    place: Path
    begun_at: dict[TopicPartition, int]
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: "subprocess.Popen[bytes] | None" = None

    def launch(self, clock: str = JUST_BEFORE_THE_END, **settings: str) -> None:
        environment = os.environ | {
            "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "CHOKEPOINT_PARTITIONS": str(PARTITIONS),
            "CHOKEPOINT_DATA_DIR": str(self.place),
            "CHOKEPOINT_PORT": str(self.port),
            "CHOKEPOINT_CLOCK": clock,
        }
        command = [sys.executable, "-m", "services.registry"]
        with (self.place / "log").open("ab") as words:
            self.process = subprocess.Popen(command, env=environment | settings, stdout=words, stderr=words)  # noqa: S603

    async def start(self, clock: str = JUST_BEFORE_THE_END, **settings: str) -> None:
        self.launch(clock, **settings)
        await until(self.ready, within_s=30)

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(sign)
        code = self.process.wait(timeout=20)
        self.process = None
        return code

    async def ask(self, path: str) -> httpx2.Response:
        async with httpx2.AsyncClient(trust_env=False) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")

    async def ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.place / "log").read_text()[-4_000:]
        try:
            return (await self.ask("/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    async def read(self, *tps: TopicPartition) -> dict[TopicPartition, list[Incoming]]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign(tps)
            ends = await consumer.end_offsets(tps)
            found: dict[TopicPartition, list[Incoming]] = {tp: [] for tp in tps}
            for tp in tps:
                consumer.seek(tp, self.begun_at[tp])
                while await consumer.position(tp) < ends[tp]:
                    found[tp] += (await consumer.getmany(tp, timeout_ms=200)).get(tp, [])
            return found
        finally:
            await consumer.stop()

    async def changes(self) -> list[Change]:
        """What a scorer takes: the next number only. Every partition has the same; one may be ahead of another."""
        taken = [_next_only(records) for records in (await self.read(*LEDGERS)).values()]
        shortest = min(taken, key=len)
        assert all(one[: len(shortest)] == shortest for one in taken)
        return shortest

    async def put(self, *facts: BaseModel) -> None:
        producer = open_producer(KafkaSettings(kafka_bootstrap_servers=self.bootstrap), "test")
        await producer.start()
        try:
            await send_all(producer, [self._accepted(fact) for fact in facts])
        finally:
            await producer.stop()

    @staticmethod
    def _accepted(fact: BaseModel) -> Outgoing:
        now = datetime.fromisoformat(JUST_BEFORE_THE_END)
        stamp = Stamp(str(hash(fact)), now, datetime.now(UTC), "any/1")
        return Outgoing(WORLD, stamp.event_id.encode(), to_json(fact), stamp.headers(), partition=0)


def _next_only(records: Sequence[Incoming]) -> list[Change]:
    taken: list[Change] = []
    for record in records:
        change = Change.model_validate_json(record.value or b"")
        assert change.number <= len(taken) + 1, "a number is missing"
        if change.number == len(taken) + 1:
            taken.append(change)
        else:
            assert change == taken[change.number - 1], "a number says two things"
    return taken


async def until(check: Callable[[], Awaitable[bool]], within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not await check():  # noqa: ASYNC110  # another process sets no event here
            await asyncio.sleep(0.02)


@asynccontextmanager
async def registering(bootstrap: str, place: Path) -> AsyncIterator[Registering]:
    """Nothing that an earlier test left on the topics is read: a snapshot of nothing says where this one begins."""
    await ensure_topics(KafkaSettings(kafka_bootstrap_servers=bootstrap, partitions=PARTITIONS))
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        begun_at: dict[TopicPartition, int] = await consumer.end_offsets([*LEDGERS, *SINGLES])
    finally:
        await consumer.stop()
    beginning = Snapshot(begun_at[TopicPartition(WORLD, 0)], dump(State()))
    SnapshotStore(place / "snapshots", "registry", VERSION).write(0, beginning)
    running = Registering(bootstrap, place, begun_at)
    try:
        yield running
    finally:
        if running.process is not None:
            running.end(signal.SIGKILL)


@pytest.fixture
async def registry(kafka: str, tmp_path: Path) -> AsyncIterator[Registering]:
    async with registering(kafka, tmp_path) as running:
        yield running


async def test_the_first_start_tells_the_timeline_as_history_and_then_the_time(registry: Registering) -> None:
    await registry.start()
    await until(lambda: _has(registry, len(seed.lines()) + 1))
    *history, tick = await registry.changes()
    assert all(change.quiet for change in history)
    assert {change.at for change in history} == {history[0].at}
    assert (tick.cause, tick.quiet) == ("tick", False)
    assert tick.at >= history[0].at
    records = (await registry.read(TopicPartition(MEASURES, 0)))[TopicPartition(MEASURES, 0)]
    newest = {record.key: MeasureRecord.model_validate_json(record.value or b"").measure for record in records}
    assert newest[b"CN-2025-61"].state == "suspended"
    assert newest[b"CN-2024-46_2"].clock is not None
    clock = (await registry.ask("/clock")).json()
    assert clock["changes"] == len(history) + 1
    assert datetime.fromisoformat(clock["clock"]) == tick.at
    await until(lambda: _shows(registry, 'chokepoint_measures{state="suspended"} '))
    assert registry.end() == 0


async def test_acts_and_news_go_on_to_whoever_reads(registry: Registering) -> None:
    await registry.start(CHOKEPOINT_SEED="none")
    act = imposed(act="CN-2026-90", ref="CN-2026-90", effective_on="2026-11-10", announced_on="2026-11-10")
    text = news("CN-2026-90 applies", published="2026-11-10")
    await registry.put(act, text, act)
    await until(lambda: _has(registry, 3))
    _, imposing, reported = await registry.changes()
    assert [(moved.measure_id, moved.state) for moved in imposing.transitions] == [("CN-2026-90", "in_force")]
    assert reported.measures[0].belief > imposing.measures[0].belief
    (signal_record,) = (await registry.read(TopicPartition(SIGNALS, 0)))[TopicPartition(SIGNALS, 0)]
    assert b'"novelty":"new"' in (signal_record.value or b"")


async def test_killed_at_any_moment_of_its_first_start_it_says_everything_once(registry: Registering) -> None:
    for patience_s in (0.6, 0.75, 0.9, 1.1):
        registry.launch()
        await asyncio.sleep(patience_s)
        registry.end(signal.SIGKILL)
    await registry.start()
    await until(lambda: _has(registry, len(seed.lines()) + 1))
    acts = [change for change in await registry.changes() if change.cause != "tick"]
    assert len(acts) == len(seed.lines())
    assert all(change.quiet for change in acts)


async def test_a_restart_says_nothing_twice_and_a_later_clock_lets_the_end_pass_once(registry: Registering) -> None:
    await registry.start()
    assert registry.end(signal.SIGKILL) == -signal.SIGKILL
    await registry.start()
    await until(lambda: _has(registry, len(seed.lines()) + 2))
    assert registry.end() == 0
    before = len(await registry.changes())
    await registry.start(AFTER_THE_END)
    await until(lambda: _has(registry, before + 3))
    later = (await registry.changes())[before:]
    assert {change.cause for change in later} == {"tick"}
    returned = [moved for change in later for moved in change.transitions]
    assert {moved.state for moved in returned} == {"in_force"}
    assert not any(moved.confirmed for moved in returned)
    assert len(returned) == len({moved.measure_id for moved in returned}) == 7
    assert [change.steps for change in later if change.steps] == []
    registry.end()
    await registry.start(AFTER_THE_END)
    again = (await registry.changes())[before + len(later) :]
    assert [moved for change in again for moved in change.transitions] == []


async def test_a_second_copy_is_ready_to_wait_answers_nothing_and_takes_over(registry: Registering) -> None:
    """So that who replaces copies one after the other, when the last one is ready, gets through."""
    await registry.start(CHOKEPOINT_SEED="none")
    assert await _tells_the_time(registry), "alone, it is ready when it leads"
    second = Registering(registry.bootstrap, registry.place, registry.begun_at)
    try:
        await second.start(CHOKEPOINT_SEED="none", CHOKEPOINT_INSTANCE="1")
        await until(lambda: _tells_the_time(registry))
        for path in ("/clock", "/lead-times?material=terbium&destination=DE"):
            assert (await second.ask(path)).status_code == 503
        assert (await second.ask("/readyz")).status_code == 200
        assert "standing by" in (await second.ask("/clock")).text
        assert registry.end() == 0
        await until(lambda: _tells_the_time(second), within_s=20)
    finally:
        if second.process is not None:
            second.end(signal.SIGKILL)


async def test_what_cannot_be_understood_is_set_aside(registry: Registering) -> None:
    await registry.start(CHOKEPOINT_SEED="none")

    class Nonsense(BaseModel):
        kind: str = "weather"

        def __hash__(self) -> int:
            return 1

    act = imposed(act="CN-2026-90", ref="CN-2026-90", effective_on="2026-11-10", announced_on="2026-11-10")
    await registry.put(Nonsense(), act)
    await until(lambda: _has(registry, 2))
    assert 'chokepoint_dead_letters_total{topic="world"} 1.0' in (await registry.ask("/metrics")).text
    assert "world: 1, put back now: 1\n" in (first := await _dead_letters(registry, "world", "--put-back"))
    assert re.search(r"  world/0/\d+  registry, decode: ", first)
    await until(lambda: _shows(registry, 'chokepoint_dead_letters_total{topic="world"} 2.0'))
    world = (await registry.read(TopicPartition(WORLD, 0)))[TopicPartition(WORLD, 0)]
    sent, again = (record for record in world if record.value == b'{"kind":"weather"}')
    assert (again.key, again.headers) == (sent.key, sent.headers)
    assert (await _dead_letters(registry, "world")).endswith("\ndead letters of world: 1, put back before: 1\n")


async def _dead_letters(registry: Registering, *arguments: str) -> str:
    environment = os.environ | {"KAFKA_BOOTSTRAP_SERVERS": registry.bootstrap}
    command = [sys.executable, "-m", "services.cli", "dead-letters", *arguments]
    ended = await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


async def _tells_the_time(registry: Registering) -> bool:
    return (await registry.ask("/clock")).status_code == 200


async def _shows(registry: Registering, metric: str) -> bool:
    return metric in (await registry.ask("/metrics")).text


async def _has(registry: Registering, count: int) -> bool:
    return len(await registry.changes()) >= count
