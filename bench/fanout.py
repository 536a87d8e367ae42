"""One change that fifty thousand of a million customers hear of, to alerts that Kafka has acknowledged: scored, put
into words, numbered, written with the risks behind them. CPU time of the scorer's side, the producer included."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiokafka import AIOKafkaProducer

from bench.population import AFFECTED, AT, MATERIAL, ORIGIN, populated
from bench.results import Result
from bench.score import ban
from bench.score_polars import Frames
from services.scorer.app import collect_rarely
from services.scorer.fold import LedgerFold
from services.scorer.testing import LedgerRecord
from shared.contracts.base import to_json
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS, ensure_topics
from shared.settings import KafkaSettings
from tests.fixtures.box import broker

CUSTOMERS, PARTITIONS, RUNS = 1_000_000, 8, 3
WITHIN_S = 5.0


def measure_fanout() -> list[Result]:
    collect_rarely()
    folds = [LedgerFold(populated(CUSTOMERS // PARTITIONS, AFFECTED // PARTITIONS, n)) for n in range(PARTITIONS)]
    frames = [Frames.of(fold.state) for fold in folds]
    with tempfile.TemporaryDirectory() as place, broker(Path(place)) as (bootstrap, _):
        runs, theirs = asyncio.run(_measured(folds, frames, KafkaSettings(kafka_bootstrap_servers=bootstrap)))
    value, reference = sorted(runs)[RUNS // 2], sorted(theirs)[RUNS // 2]
    budget, ratio = f"< {WITHIN_S:g} s CPU", value / reference
    name = "polars: scores alone, no text"
    return [Result("fanout_50k", value, "s CPU", budget, value < WITHIN_S, name, reference, ratio, runs)]


async def _measured(
    folds: Sequence[LedgerFold], frames: Sequence[Frames], settings: KafkaSettings
) -> tuple[list[float], list[float]]:
    await ensure_topics(settings)
    producer = open_producer(settings, "bench")
    await producer.start()
    try:
        ours, theirs = [], []
        for number in range(1, 2 * RUNS, 2):
            ours.append(await _told(folds, number, producer))
            for fold in folds:
                fold.take(_change(number + 1))
            theirs.append(await _told_by_polars(folds, frames, producer))
        return ours, theirs
    finally:
        await producer.stop()


async def _told(folds: Sequence[LedgerFold], number: int, producer: AIOKafkaProducer) -> float:
    gc.collect()
    begun, told = time.process_time(), 0
    for fold in folds:
        outputs = fold.take(_change(number))
        await send_all(producer, outputs)
        told += sum(output.topic == ALERTS and output.key is not None for output in outputs)
    spent = time.process_time() - begun
    assert told == AFFECTED
    return spent


async def _told_by_polars(folds: Sequence[LedgerFold], frames: Sequence[Frames], producer: AIOKafkaProducer) -> float:
    gc.collect()
    begun = time.process_time()
    for fold, each in zip(folds, frames, strict=True):
        await send_all(producer, _rows_of(fold, each))
    return time.process_time() - begun


def _rows_of(fold: LedgerFold, frames: Frames) -> Iterator[Outgoing]:
    world, portfolio = fold.state.world, fold.state.portfolio
    scored = frames.under_a_ban(world.materials.code(MATERIAL), world.origins.code(ORIGIN))
    owners = portfolio.exposures.customer[scored["row"].to_numpy()].tolist()
    for owner, line in zip(owners, scored.write_ndjson().splitlines(), strict=True):
        yield Outgoing(ALERTS, portfolio.ids[owner].encode(), line.encode(), (), fold.state.partition)


def _change(number: int) -> LedgerRecord:
    change = ban(number, "in_force" if number % 2 else "suspended")
    return LedgerRecord(number, to_json(change), Stamp(change.record_id, AT, AT, "change/1").headers())
