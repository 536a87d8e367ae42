"""A handler that hangs for ever: its loop notices, says so where it is asked, and ends."""

import asyncio
import threading
from collections.abc import Collection, Sequence
from typing import Any, cast

import pytest

from shared.errors import ChokepointError
from shared.kafka import loop as plain
from shared.kafka import progress
from shared.kafka.loop import Assigned, Loop
from shared.kafka.record import Outgoing, TopicPartition
from shared.settings import ServiceSettings
from tests.unit.shared.test_fold import Line

TP = TopicPartition("ledger", 3)


class OneRecord:
    """Of aiokafka's consumer: a partition with one record, which is fetched at once."""

    def __init__(self) -> None:
        self._polls: list[dict[TopicPartition, list[Line]]] = [{TP: [Line(0, b"1")]}]
        self.stopped = False

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.stopped = True

    async def topics(self) -> set[str]:
        return {"ledger"}

    def subscribe(self, _: Sequence[str], listener: Any) -> None:
        self._joined = asyncio.create_task(listener.on_partitions_assigned([TP]))

    async def getmany(self, **_: int) -> dict[TopicPartition, list[Line]]:
        await self._joined
        if self._polls:
            return self._polls.pop()
        return await asyncio.Future()

    async def beginning_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, 0)

    async def end_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, 1)

    async def committed(self, _: TopicPartition) -> int | None:
        return None

    def assignment(self) -> set[TopicPartition]:
        return {TP}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None: ...

    def pause(self, *_: TopicPartition) -> None: ...
    def resume(self, *_: TopicPartition) -> None: ...


class Frozen:
    def __init__(self) -> None:
        self.took = asyncio.Event()

    async def assigned(self, _: Assigned) -> None: ...
    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...
    async def settled(self, tp: TopicPartition, next_offset: int) -> None: ...

    async def handle(self, *_: object) -> Sequence[Outgoing]:
        self.took.set()
        return await asyncio.Future()


@pytest.fixture
def last_resorts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Why the process would have been left as it stands."""
    reasons: list[str] = []

    def leave_after(_: float, reason: str) -> threading.Timer:
        reasons.append(reason)
        return threading.Timer(0, print)

    monkeypatch.setattr(plain, "leave_after", leave_after)
    return reasons


async def test_it_is_told_and_ends_its_process(monkeypatch: pytest.MonkeyPatch, last_resorts: list[str]) -> None:
    consumer, handler = OneRecord(), Frozen()
    monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: consumer)
    monkeypatch.setattr(plain, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(progress, "TO_BE_ENDED_S", 0.2)
    settings = ServiceSettings(port=1, stuck_after_s=0.05)
    loop = Loop(settings, group="test", topics=["ledger"], handler=handler, producer=cast("Any", None))
    running = asyncio.create_task(loop.run())
    await handler.took.wait()
    assert loop.stuck() is None
    async with asyncio.timeout(5):
        while loop.stuck() is None:  # noqa: ASYNC110  # it sets no event, it is asked
            await asyncio.sleep(0.01)
        assert not running.done(), "whoever watches it has time to end it"
        with pytest.raises(BaseExceptionGroup) as ended:
            await running
    [reason] = ended.value.exceptions
    assert isinstance(reason, ChokepointError)
    assert "1 records of ledger wait and none was taken" in str(reason)
    assert last_resorts[0] == str(reason), "what it hangs in may hang at the end, too"
    assert consumer.stopped


class Quick(Frozen):
    async def handle(self, *_: object) -> Sequence[Outgoing]:
        self.took.set()
        return []


async def test_one_that_is_done_with_everything_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: OneRecord())
    monkeypatch.setattr(plain, "LOOK_EVERY_S", 0.01)
    handler, settings = Quick(), ServiceSettings(port=1, stuck_after_s=0.05)
    loop = Loop(settings, group="test", topics=["ledger"], handler=handler, producer=cast("Any", None))
    running = asyncio.create_task(loop.run())
    await handler.took.wait()
    await asyncio.sleep(0.2)
    assert loop.stuck() is None
    loop.stop()
    await running


class Broken(Frozen):
    async def handle(self, *_: object) -> Sequence[Outgoing]:
        raise RuntimeError("no such thing")


class NeverStops(OneRecord):
    async def stop(self) -> None:
        await asyncio.Future()


async def test_an_error_ends_the_process_where_the_consumer_does_not_stop(
    monkeypatch: pytest.MonkeyPatch, last_resorts: list[str]
) -> None:
    """As it may not while the broker is away: the process stood there, and did nothing for ever."""
    monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: NeverStops())
    loop = Loop(ServiceSettings(port=1), group="test", topics=["ledger"], handler=Broken(), producer=cast("Any", None))
    running = asyncio.create_task(loop.run())
    async with asyncio.timeout(5):
        while not last_resorts:  # noqa: ASYNC110  # a list sets no event
            await asyncio.sleep(0.01)
    assert "no such thing" in last_resorts[0]
    running.cancel()
    await asyncio.wait([running])
