"""A consumer is stuck when records wait and none is done with; not when there were none, not in a rebalance, not while
its broker is away: both loops, without a broker."""

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.errors import ChokepointError
from shared.kafka import loop as plain
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.loop import Assigned, Loop
from shared.kafka.record import TopicPartition
from shared.settings import ServiceSettings

TP = TopicPartition("ledger", 0)
SETTINGS = ServiceSettings(port=1, stuck_after_s=60)


@dataclass
class Broker:
    """One partition that ends at `end`; and the time."""

    end: int = 0
    now: float = 0.0
    away: bool = False

    def seconds(self) -> float:
        return self.now

    async def end_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        if self.away:
            raise KafkaConnectionError
        return dict.fromkeys(held, self.end)

    async def highwaters(self, *held: TopicPartition) -> dict[TopicPartition, int]:
        return await self.end_offsets(held)

    async def beginning_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, 0)

    async def committed(self, _: TopicPartition) -> int | None:
        return None

    def assignment(self) -> set[TopicPartition]:
        return {TP}

    def pause(self, *_: TopicPartition) -> None: ...
    def resume(self, *_: TopicPartition) -> None: ...


class Handler:
    async def assigned(self, _: Assigned) -> None: ...
    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...


@dataclass
class Reader:
    """A loop of either kind that was given its partition, and is looked at every ten seconds."""

    loop: Loop | FaustLoop
    broker: Broker

    async def looks(self, times: int, every_s: float = 10) -> None:
        for _ in range(times):
            self.broker.now += every_s
            await self.loop._look_at_lag()

    async def assign(self) -> None:
        if isinstance(self.loop, Loop):
            await self.loop.on_assigned([TP])
        else:
            await self.loop.assigned([Assigned(TP, 0, None, self.broker.end)])

    async def revoke(self) -> None:
        await (self.loop.on_revoked([TP]) if isinstance(self.loop, Loop) else self.loop.revoked([TP]))

    def has_done(self, next_offset: int) -> None:
        done = self.loop._done if isinstance(self.loop, Loop) else self.loop._next
        done[TP] = next_offset
        self.loop._progress.made()


@pytest.fixture(params=["aiokafka", "faust"])
async def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Reader:
    broker, handler, topics = Broker(), cast("Any", Handler()), ["ledger"]
    if request.param == "faust":
        carried = FaustLoop(SETTINGS, group="test", topics=topics, handler=handler, seconds=broker.seconds)
        carried._app = cast("Any", SimpleNamespace(consumer=broker))
        reader = Reader(carried, broker)
    else:
        monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: broker)
        producer = cast("Any", None)
        loop = Loop(SETTINGS, group="test", topics=topics, handler=handler, producer=producer, seconds=broker.seconds)
        reader = Reader(loop, broker)
    await reader.assign()
    return reader


async def test_one_record_in_flight_does_not_end_a_reader_that_was_idle(reader: Reader) -> None:
    await reader.looks(30)
    reader.broker.end = 1
    await reader.looks(1)
    assert reader.loop.stuck() is None


async def test_a_record_that_waits_for_a_minute_is_told_and_ends_its_reader_half_a_minute_later(
    reader: Reader,
) -> None:
    reader.broker.end = 1
    await reader.looks(7)
    assert reader.loop.stuck() is None
    await reader.looks(1)
    assert reader.loop.stuck() == "1 records of ledger wait and none was taken for 70 s"
    await reader.looks(2)
    with pytest.raises(ChokepointError, match="1 records of ledger wait and none was taken for 100 s"):
        await reader.looks(1)


async def test_what_was_fetched_and_is_not_done_with_waits_still(reader: Reader) -> None:
    """A handler that hangs on the last record of its topic: nothing is left to fetch."""
    reader.broker.end = 5
    reader.has_done(4)
    await reader.looks(8)
    assert reader.loop.stuck() == "1 records of ledger wait and none was taken for 70 s"
    reader.has_done(5)
    await reader.looks(1)
    assert reader.loop.stuck() is None


async def test_a_reader_that_has_nothing_to_read_is_never_stuck(reader: Reader) -> None:
    await reader.looks(1_000)
    assert reader.loop.stuck() is None
    assert reader.loop.unready() is None


async def test_a_rebalance_is_no_standstill_and_only_a_long_one_is_told(reader: Reader) -> None:
    reader.broker.end = 9
    await reader.looks(6)
    await reader.revoke()
    await reader.looks(6)
    assert (reader.loop.stuck(), reader.loop.unready()) == (None, None)
    await reader.looks(1)
    assert reader.loop.unready() == "partitions of ledger have been shared out anew for 70 s"
    await reader.assign()
    await reader.looks(6)
    assert (reader.loop.stuck(), reader.loop.unready()) == (None, None)


async def test_a_broker_that_is_away_is_not_the_readers_fault(reader: Reader) -> None:
    reader.broker.end = 9
    await reader.looks(6)
    reader.broker.away = True
    await reader.looks(3)
    assert (reader.loop.stuck(), reader.loop.unready()) == (None, None)
    await reader.looks(60)
    assert reader.loop.stuck() is None
    assert reader.loop.unready() == "Kafka has not answered for 630 s"
    reader.broker.away = False
    await reader.looks(6)
    assert (reader.loop.stuck(), reader.loop.unready()) == (None, None)


async def test_a_process_that_was_stopped_for_an_hour_goes_on(reader: Reader) -> None:
    """SIGSTOP, or a machine that slept: there was no time in which anything could have been done."""
    reader.broker.end = 9
    await reader.looks(2)
    await reader.looks(1, every_s=3_600)
    assert reader.loop.stuck() is None
