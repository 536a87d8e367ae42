"""A Kafka client that cancels what its reader waits for, or passes on the cancellation of tasks of its own, ends the
reader with an error: a task group would take it for one that may go."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, cast

import pytest

from shared.errors import ChokepointError
from shared.kafka import loop as plain
from shared.kafka import table as tables
from shared.kafka.loop import Loop
from shared.kafka.record import TopicPartition
from shared.kafka.table import Table
from shared.settings import ServiceSettings

SETTINGS = ServiceSettings(port=1)
Poll = Callable[[], Any]


class Client:
    """Of aiokafka's consumer what a reader needs until its first poll; `stop` is cancelled from within."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll

    async def start(self) -> None: ...

    async def stop(self) -> None:
        raise asyncio.CancelledError

    async def topics(self) -> set[str]:
        return {"ledger"}

    async def getmany(self, *_: object, **__: object) -> Any:
        return await self._poll()

    async def seek_to_beginning(self, *_: TopicPartition) -> None: ...

    async def end_offsets(self, held: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(held, 0)

    async def position(self, _: TopicPartition) -> int:
        return 0

    def subscribe(self, _: Sequence[str], listener: object) -> None: ...
    def assign(self, _: Sequence[TopicPartition]) -> None: ...
    def assignment(self) -> set[TopicPartition]:
        return set()


async def _cancelled() -> Any:
    raise asyncio.CancelledError


async def _broken() -> Any:
    raise OSError("a handler's own")


@pytest.fixture(params=["loop", "table"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Poll], Any]:
    def make(poll: Poll) -> Any:
        client = Client(poll)
        if request.param == "table":
            monkeypatch.setattr(tables, "AIOKafkaConsumer", lambda **_: client)
            return Table(SETTINGS, "keys", lambda _: None)
        monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: client)
        nothing = cast("Any", None)
        return Loop(SETTINGS, group="test", topics=["ledger"], handler=nothing, producer=nothing)

    return make


async def test_a_reader_that_its_client_has_cancelled_takes_its_service_with_it(
    reader: Callable[[Poll], Any],
) -> None:
    async def service() -> None:
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            tasks.create_task(reader(_cancelled).run())
            tasks.create_task(asyncio.Event().wait())

    with pytest.raises(ExceptionGroup) as ended:
        await service()
    assert ended.group_contains(ChokepointError, match="cancelled what its reader waited for")


async def test_the_end_of_the_client_does_not_hide_why_its_reader_ended(reader: Callable[[Poll], Any]) -> None:
    with pytest.RaisesGroup(
        pytest.RaisesExc(OSError, match="a handler's own"), allow_unwrapped=True, flatten_subgroups=True
    ):
        async with asyncio.timeout(5):
            await reader(_broken).run()


async def test_a_reader_that_is_cancelled_is_cancelled(reader: Callable[[Poll], Any]) -> None:
    task = asyncio.create_task(reader(asyncio.Event().wait).run())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


async def test_a_loop_that_is_told_to_stop_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "AIOKafkaConsumer", lambda **_: Client(asyncio.Event().wait))
    loop = Loop(SETTINGS, group="test", topics=["ledger"], handler=cast("Any", None), producer=cast("Any", None))
    loop.stop()
    await asyncio.wait_for(loop.run(), 5)
