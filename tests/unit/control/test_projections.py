"""How batches become transactions: what is taken, what is skipped, what is written together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.control.projections.alerts import AlertsProjection
from services.control.projections.handler import Projections
from services.control.projections.offsets import AnotherCopyWrites
from services.control.projections.risks import RisksProjection
from services.control.projections.signals import SignalsProjection
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, TopicPartition

ONE, OTHER = TopicPartition("alerts", 0), TopicPartition("alerts", 1)


@dataclass(frozen=True)
class Record:
    offset: int
    value: bytes | None
    partition: int = 0
    topic: str = "alerts"
    key: bytes | None = b"acme"
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass
class Result:
    rowcount: int


@dataclass
class Database:
    """Stands for the table of offsets, and counts transactions."""

    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    transactions: int = 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["Database"]:
        self.transactions += 1
        yield self

    async def scalar(self, _: object) -> int | None:
        return None

    async def execute(self, _: object, moves: Mapping[str, Any] | None = None) -> Result:
        """The fenced move: how many of the partitions stood where they were said to stand."""
        if moves is None:
            return Result(1)
        moved = 0
        for topic, partition, start, end in zip(
            *(moves[name] for name in ("topics", "partitions", "starts", "ends")), strict=True
        ):
            if self.offsets.get((topic, partition), 0) == start:
                self.offsets[topic, partition] = end
                moved += 1
        return Result(moved)


class Kept:
    """A projection that remembers what was written."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.written: list[list[bytes]] = []

    def take(self, record: Incoming) -> None:
        if record.value is None or record.value == b"junk":
            raise DeadLetter("junk")
        self.taken.append(record.value)

    async def write(self, _: object) -> None:
        self.written.append(self.taken)
        self.taken = []


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def handler(database: Database, kept: Kept) -> Projections:
    made = Projections(database, {"alerts": kept})  # type: ignore[arg-type]  # stands for an engine
    for tp in (ONE, OTHER):
        await made.assigned(Assigned(tp, beginning=0, committed=None, end=100))
    return made


async def test_what_was_read_together_is_one_transaction(handler: Projections, database: Database, kept: Kept) -> None:
    before = database.transactions
    await handler.handle(ONE, [Record(0, b"a"), Record(1, b"b")])
    await handler.handle(OTHER, [Record(0, b"c", partition=1)])
    await handler.settled(ONE, 2)
    await handler.settled(OTHER, 1)
    assert database.transactions == before + 1
    assert kept.written == [[b"a", b"b", b"c"]]
    assert database.offsets == {("alerts", 0): 2, ("alerts", 1): 1}


async def test_junk_is_a_dead_letter_and_the_rest_goes_on(handler: Projections, kept: Kept) -> None:
    [dead] = await handler.handle(ONE, [Record(0, b"a"), Record(1, b"junk"), Record(2, b"b")])
    await handler.settled(ONE, 3)
    assert (dead.topic, dead.value) == ("alerts.dlq", b"junk")
    assert kept.written == [[b"a", b"b"]]


async def test_what_is_read_again_after_a_rebalance_counts_once(handler: Projections, kept: Kept) -> None:
    await handler.handle(ONE, [Record(0, b"a"), Record(1, b"b")])
    await handler.settled(ONE, 2)
    await handler.handle(ONE, [Record(1, b"b"), Record(2, b"c")])
    await handler.settled(ONE, 3)
    assert kept.written == [[b"a", b"b"], [b"c"]]


async def test_a_copy_that_lost_a_partition_writes_nothing_more_of_it(
    handler: Projections, database: Database, kept: Kept
) -> None:
    await handler.handle(ONE, [Record(0, b"a")])
    database.offsets["alerts", 0] = 7  # the new owner has been here
    with pytest.raises(AnotherCopyWrites):
        await handler.settled(ONE, 1)
    assert kept.written == []


async def test_a_partition_is_given_up_once_what_was_taken_is_written(handler: Projections, kept: Kept) -> None:
    await handler.handle(ONE, [Record(0, b"a")])
    giving_up = asyncio.create_task(handler.revoked([ONE]))
    await asyncio.sleep(0)
    assert not giving_up.done()
    await handler.settled(ONE, 1)
    await giving_up
    assert kept.written == [[b"a"]]


async def test_small_batches_are_written_at_a_pace_of_ten_a_second(handler: Projections, kept: Kept) -> None:
    began = asyncio.get_running_loop().time()
    for offset in range(3):
        await handler.handle(ONE, [Record(offset, b"x")])
        await handler.settled(ONE, offset + 1)
    assert 0.15 < asyncio.get_running_loop().time() - began < 1
    assert len(kept.written) == 3


@pytest.mark.parametrize("projection", [AlertsProjection(), RisksProjection(), SignalsProjection()])
@pytest.mark.parametrize("value", [b"", b"{", b"[]", b'{"number": 1}', b"\xff"])
def test_no_projection_takes_junk(
    projection: AlertsProjection | RisksProjection | SignalsProjection, value: bytes
) -> None:
    with pytest.raises(DeadLetter):
        projection.take(Record(0, value))
