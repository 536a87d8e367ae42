"""A scorer of a million customers, four exposures each, killed and started anew on a real broker: how long until it
tells again, from the log alone and from snapshots. From the start of the process to the first alert of every partition,
whose cause was written while it was away."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.population import EACH, populated
from bench.results import Result
from bench.score_polars import Frames
from services.cli.box.free_ports import free_ports
from shared.contracts.base import to_json
from shared.contracts.customers import CustomerProfile, Exposure, ProfileRecord
from shared.contracts.events import LicenceDecision, Source
from shared.kafka.loop import SESSION_MS
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Outgoing, Stamp, TopicPartition
from shared.kafka.topics import ALERTS, LEDGER, ensure_topics, partition_of
from shared.settings import KafkaSettings
from tests.fixtures.box import broker

CUSTOMERS, FEW, PARTITIONS, AT_ONCE = 1_000_000, 100, 8, 20_000
COLD_S, WARM_S = 180.0, 20.0
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MATERIALS = ("terbium", "gallium", "germanium", "graphite", "tungsten", "cobalt", "antimony", "indium")
DESTINATIONS = ("DE", "US", "JP", "FR", "KR", "GB", "NL", "SE")


def measure_restart() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder, broker(Path(folder) / "broker") as (bootstrap, _):
        return asyncio.run(_measured(Scorer(bootstrap, Path(folder))))


class Scorer:
    def __init__(self, bootstrap: str, place: Path) -> None:
        self.settings = KafkaSettings(kafka_bootstrap_servers=bootstrap, partitions=PARTITIONS)
        self.place = place
        self.decisions = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        environment = os.environ | {
            "CHOKEPOINT_KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka_bootstrap_servers,
            "CHOKEPOINT_PARTITIONS": str(PARTITIONS),
            "CHOKEPOINT_DATA_DIR": str(self.place),
            "CHOKEPOINT_PORT": str(free_ports(1)[0]),
        }
        with (self.place / "log").open("ab") as words:
            process = subprocess.Popen(  # noqa: ASYNC220  # forking is not what is measured
                [sys.executable, "-m", "services.scorer"], env=environment, stdout=words, stderr=words
            )
        try:
            yield
        finally:
            process.kill()
            process.wait()

    async def decide(self, producer: AIOKafkaProducer) -> None:
        """A licence is denied in each partition: that is told whatever the scores are."""
        self.decisions += 1
        waiting, number = set(range(PARTITIONS)), 0
        while waiting:
            customer_id = f"customer-{number}"
            partition, number = partition_of(customer_id, PARTITIONS), number + 1
            if partition in waiting:
                waiting.discard(partition)
                await send_all(producer, [_decision(customer_id, partition, self.decisions)])

    async def told(self, consumer: AIOKafkaConsumer) -> None:
        tps = [TopicPartition(ALERTS, partition) for partition in range(PARTITIONS)]
        while min((await consumer.end_offsets(tps)).values()) < self.decisions:  # noqa: ASYNC110  # another process tells
            await asyncio.sleep(0.1)

    def kept(self, ends: Mapping[TopicPartition, int]) -> bool:
        """Every partition has a snapshot that was taken behind this offset: those on the way there hold a part only."""
        found = {tp.partition: (self.place / "snapshots").glob(f"*/{tp.partition}/*.snapshot") for tp in ends}
        return all(any(int(path.stem) >= end for path in found[tp.partition]) for tp, end in ends.items())


async def _measured(scorer: Scorer) -> list[Result]:
    await ensure_topics(scorer.settings)
    producer = open_producer(scorer.settings, "bench")
    consumer = AIOKafkaConsumer(
        bootstrap_servers=scorer.settings.kafka_bootstrap_servers, group_id="scorer", enable_auto_commit=False
    )
    await producer.start()
    await consumer.start()
    try:
        await _write_customers(producer, range(FEW))
        async with scorer.running():
            await _tell(scorer, producer, consumer)
        await _write_customers(producer, range(FEW, CUSTOMERS))
        ends = await _acknowledge_all(consumer)
        begun = time.perf_counter()
        async with scorer.running():
            await _tell(scorer, producer, consumer)
            cold = time.perf_counter() - begun
            while not scorer.kept(ends):
                await _tell(scorer, producer, consumer)
                await asyncio.sleep(5)
        begun = time.perf_counter()
        async with scorer.running():
            await _tell(scorer, producer, consumer)
            warm = time.perf_counter() - begun
    finally:
        await consumer.stop()
        await producer.stop()
    reference = Frames.of(populated(CUSTOMERS)).read_again_s(scorer.place)
    budget, name = f"< {WARM_S:g} s", "polars: the same columns from a file, alone"
    return [
        Result("restart_1m", warm, "s", budget, warm < WARM_S, name, reference, warm / reference, [warm]),
        Result("restart_1m_cold", cold, "s", f"< {COLD_S:g} s", cold < COLD_S, runs=[cold]),
    ]


async def _tell(scorer: Scorer, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer) -> None:
    await scorer.decide(producer)
    await scorer.told(consumer)


async def _write_customers(producer: AIOKafkaProducer, numbers: range) -> None:
    for first in numbers[::AT_ONCE]:
        await send_all(producer, [_profile(number) for number in range(first, min(first + AT_ONCE, numbers.stop))])


async def _acknowledge_all(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    """As if what they gave had long been written, and the snapshots were lost."""
    await asyncio.sleep(2 * SESSION_MS / 1_000)  # until then the killed one counts as a member, and only members commit
    tps = [TopicPartition(LEDGER, partition) for partition in range(PARTITIONS)]
    consumer.assign(tps)
    ends: dict[TopicPartition, int] = await consumer.end_offsets(tps)
    await consumer.commit(ends)
    consumer.unsubscribe()
    return ends


def _profile(number: int) -> Outgoing:
    bought = tuple(
        Exposure(
            material=MATERIALS[(number + each) % len(MATERIALS)],
            annual_demand_kg=1_000 + number % 997,
            origins={"CN": 0.5, "AU": 0.3, "US": 0.15},
            inventory_days=number % 180,
        )
        for each in range(EACH)
    )
    profile = CustomerProfile(
        name=f"Customer {number}",
        destination=DESTINATIONS[number % len(DESTINATIONS)],
        end_use="civil",
        exposures=bought,
    )
    customer_id = f"customer-{number}"
    record = ProfileRecord(customer_id=customer_id, version=1, profile=profile)
    stamp = Stamp(f"profile/{customer_id}/1", AT, AT, "profile/1")
    partition = partition_of(customer_id, PARTITIONS)
    return Outgoing(LEDGER, customer_id.encode(), to_json(record), stamp.headers(), partition)


def _decision(customer_id: str, partition: int, number: int) -> Outgoing:
    event = LicenceDecision(
        kind="licence_decision",
        source=Source(name="ERP", type="company"),
        decided_at=AT,
        customer_id=customer_id,
        licence_ref=f"L-{number}",
        decision="denied",
        material="terbium",
    )
    stamp = Stamp(f"denied-{number}-{partition}", AT, AT, "licence_decision/1")
    return Outgoing(LEDGER, customer_id.encode(), to_json(event), stamp.headers(), partition)
