"""A consumer is stuck when records wait and none is taken, not when there were none: both loops, without a broker."""

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.errors import ChokepointError
from shared.kafka import loop as plain
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.loop import Loop
from shared.kafka.record import TopicPartition
from shared.settings import ServiceSettings

TP = TopicPartition("ledger", 0)
SETTINGS = ServiceSettings(port=1, stuck_after_s=60)


@dataclass
class Broker:
    """One partition that ends at `end`, of which `taken` records were read; and the time."""

    end: int = 0
    taken: int = 0
    now: float = 0.0

    def seconds(self) -> float:
        return self.now

    def assignment(self) -> set[TopicPartition]:
        return {TP}

    async def end_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, self.end)

    async def position(self, _: TopicPartition) -> int:
        return self.taken

    async def highwaters(self, *held: TopicPartition) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, self.end)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture(params=["aiokafka", "faust"])
async def loop(request: pytest.FixtureRequest, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Loop | FaustLoop:
    handler: Any = None
    topics = ["ledger"]
    if request.param == "faust":
        carried = FaustLoop(SETTINGS, group="test", topics=topics, handler=handler, seconds=broker.seconds)
        carried._app = cast("Any", SimpleNamespace(consumer=broker))
        carried._next = {TP: 0}
        return carried
    monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: broker)
    return Loop(SETTINGS, group="test", topics=topics, handler=handler, producer=handler, seconds=broker.seconds)


async def test_one_record_in_flight_does_not_end_a_reader_that_was_idle(loop: Loop | FaustLoop, broker: Broker) -> None:
    for _ in range(30):
        broker.now += 10
        await loop._look_at_lag()
    broker.now, broker.end = broker.now + 10, 1
    await loop._look_at_lag()
    assert loop.stuck() is None


async def test_a_record_that_waits_for_a_minute_ends_its_reader(loop: Loop | FaustLoop, broker: Broker) -> None:
    broker.end = 1
    for _ in range(7):
        await loop._look_at_lag()
        broker.now += 10
    with pytest.raises(ChokepointError, match="1 records of ledger wait and none was taken for 70 s"):
        await loop._look_at_lag()


async def test_a_reader_that_has_nothing_to_read_is_never_stuck(loop: Loop | FaustLoop, broker: Broker) -> None:
    broker.now = 10_000
    await loop._look_at_lag()
    assert loop.stuck() is None
