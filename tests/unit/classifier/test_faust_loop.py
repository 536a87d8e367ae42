"""The loop carried by Faust, without a broker: liveness, and what a poll does to it."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from shared.kafka import faust_consumer
from shared.kafka.faust_app import Producer
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.loop import Assigned, DeadLetterLimit, TooManyDeadLetters
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.settings import ServiceSettings
from tests.unit.classifier.test_handler import CONTROL, TP, of


class Handler:
    def __init__(self, outputs: Sequence[Outgoing] = ()) -> None:
        self.outputs = outputs
        self.settled_at: list[tuple[TopicPartition, int]] = []

    async def assigned(self, partition: Assigned) -> None: ...

    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...

    async def settled(self, tp: TopicPartition, next_offset: int) -> None:
        self.settled_at.append((tp, next_offset))

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:  # noqa: ARG002
        return self.outputs


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Outgoing]:
    """What goes to the broker, which acknowledges it."""
    written: list[Outgoing] = []

    async def send_all(_: Any, outputs: Sequence[Outgoing]) -> None:
        written.extend(outputs)

    monkeypatch.setattr(faust_consumer, "send_all", send_all)
    monkeypatch.setattr(Producer, "client", lambda _: None)
    return written


def loop_of(handler: Handler, limit: DeadLetterLimit = faust_consumer.USUAL_LIMIT) -> FaustLoop:
    settings = ServiceSettings(port=1, stuck_after_s=60)
    return FaustLoop(settings, group="test", topics=["events.news"], handler=handler, limit=limit)


async def test_a_poll_is_settled_once_its_outputs_are_acknowledged(sent: list[Outgoing]) -> None:
    handler = Handler([Outgoing("world", b"k", b"v")])
    assert await loop_of(handler).take({TP: [of(CONTROL)]}) == {TP: 8}
    assert len(sent) == 1
    assert handler.settled_at == [(TP, 8)]


async def test_outputs_that_are_not_acknowledged_leave_the_poll_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def send_all(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(faust_consumer, "send_all", send_all)
    monkeypatch.setattr(Producer, "client", lambda _: None)
    handler = Handler([Outgoing("world", b"k", b"v")])
    with pytest.raises(ConnectionError):
        await loop_of(handler).take({TP: [of(CONTROL)]})
    assert handler.settled_at == []


async def test_a_reader_that_understands_nothing_stops_before_it_drains_the_topic(sent: list[Outgoing]) -> None:
    loop = loop_of(Handler([Outgoing("events.news.dlq", b"k", b"v")]), DeadLetterLimit(at_least=3, ratio=0.5))
    for _ in range(2):
        await loop.take({TP: [of(CONTROL)]})
    with pytest.raises(TooManyDeadLetters, match="of the last 3 records of events"):
        await loop.take({TP: [of(CONTROL)]})
    assert len(sent) == 2


async def test_what_is_taken_is_progress(sent: list[Outgoing]) -> None:
    now = [0.0]
    loop = FaustLoop(
        ServiceSettings(port=1, stuck_after_s=60),
        group="test",
        topics=["events.news"],
        handler=Handler(),
        seconds=lambda: now[0],
    )
    for now[0] in (0.0, 31.0, 61.0):
        loop._progress.looked({"events.news": 5})
    assert loop.stuck() == "5 records of events.news wait and none was taken for 61 s"
    await loop.take({TP: [of(CONTROL)]})
    assert loop.stuck() is None


async def test_it_is_ready_once_it_knows_its_partitions() -> None:
    loop = loop_of(Handler())
    assert loop.unready() == "waiting for partitions of events.news"
    await loop.assigned([Assigned(TP, beginning=0, committed=None, end=9)])
    assert loop.unready() is None


class Asked:
    """Of Faust's app: one that is stopped while it waits for the broker's answer."""

    crash_reason = None

    def __init__(self) -> None:
        self.consumer = self
        self.asked = asyncio.Event()
        self._stopped = asyncio.Event()

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self._stopped.set()
        await asyncio.sleep(0)

    async def wait_until_stopped(self) -> None:
        await self._stopped.wait()

    async def known_topics(self) -> set[str]:
        return {"events.news"}

    async def commit(self) -> None: ...

    async def highwaters(self, *_: object) -> dict[TopicPartition, int]:
        self.asked.set()
        await self._stopped.wait()
        raise asyncio.CancelledError  # as Faust's thread answers when it ends


async def test_a_stop_while_the_broker_is_asked_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faust_consumer, "LOOK_EVERY_S", 0)
    loop, app = loop_of(Handler()), Asked()
    monkeypatch.setattr(loop, "_app", app)
    await loop.assigned([Assigned(TP, 0, 0, 0)])
    loop.left()
    running = asyncio.create_task(loop.run())
    await app.asked.wait()
    loop.stop()
    await running
