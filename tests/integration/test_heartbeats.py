"""Endpoints that were sent nothing for so long are sent a heartbeat."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from services.dispatcher.batches import Owed, Settled, Taken
from services.dispatcher.heartbeats import Heartbeats
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.settings import DispatcherSettings
from services.dispatcher.store import Store
from tests.unit.dispatcher.making import receiver

pytestmark = pytest.mark.integration


@dataclass
class Courier:
    """Takes heartbeats and sends none; owns every partition."""

    partitions: Sequence[int] = (0, 1)
    owed: list[Owed] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, batch: Sequence[Owed], taken: Taken) -> None:  # noqa: ARG002
        self.owed += batch
        self.more.set()

    async def looks(self) -> list[Owed]:
        """What was sent by the end of the look that goes on, or comes."""
        async with asyncio.timeout(10):
            self.more.clear()
            await self.more.wait()
        return self.owed


class World:
    def __init__(self, store: Store) -> None:
        self.store, self.receivers, self.courier = store, Receivers(), Courier()
        self.version = 0
        self.heartbeats = Heartbeats(store, self.receivers, self.courier, self.courier, partitions=2)

    async def put(self, **config: object) -> None:
        self.version += 1
        made: Receiver = receiver("e-1", self.version, **config)
        looked = asyncio.create_task(self.courier.looks())
        await asyncio.sleep(0)
        self.receivers.put("e-1", made)
        await looked

    async def hours_pass(self, hours: float) -> list[Owed]:
        """As if everything had happened so long ago."""
        async with self.store.transaction() as connection:
            await connection.execute(
                "UPDATE heartbeats SET sent_at = sent_at - $1::interval, due_at = due_at - $1::interval",
                timedelta(hours=hours),
            )
        return await self.look()

    async def look(self) -> list[Owed]:
        before = len(self.courier.owed)
        looked = asyncio.create_task(self.courier.looks())
        self.heartbeats.look()
        return (await looked)[before:]

    async def settle(self, owed: Owed, state: str = "delivered") -> None:
        outcome = Settled(owed.delivery.delivery_id, state, 1, None if state != "due" else 9e9, 204, None)  # type: ignore[arg-type]
        await self.store.settle([outcome], [], None, datetime.now(UTC).timestamp())


@asynccontextmanager
async def running(store: Store) -> AsyncIterator[World]:
    world = World(store)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(world.heartbeats.run())
        await world.courier.looks()
        yield world
        running.cancel()


async def test_a_quiet_endpoint_is_sent_one_heartbeat_a_period(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2)
        assert await world.look() == []
        assert await world.hours_pass(1.9) == []
        (first,) = await world.hours_pass(0.2)
        await world.settle(first)
        assert await world.hours_pass(1.9) == []
        (second,) = await world.hours_pass(0.2)
    body = orjson.loads(first.delivery.letter.body)
    assert (body["type"], body["data"]["endpoint_id"]) == ("endpoint.heartbeat", "e-1")
    assert first.delivery.letter.sequence is None
    assert first.delivery.letter.message_id != second.delivery.letter.message_id


async def test_whatever_is_sent_puts_it_off(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2)
        (sent,) = await world.hours_pass(2.1)
        await world.hours_pass(1)
        await world.settle(sent)
        assert await world.hours_pass(1.5) == []
        assert len(await world.hours_pass(0.6)) == 1


async def test_there_is_never_a_second_one_on_its_way(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2)
        (sent,) = await world.hours_pass(2.1)
        assert await world.hours_pass(2.1) == []
        await world.settle(sent, "dead")
        assert len(await world.hours_pass(2.1)) == 1


async def test_a_restart_makes_none_twice_and_forgets_none(store: Store, settings: DispatcherSettings) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2)
        await world.hours_pass(1)
    async with await Store.open(settings, "after") as after, running(after) as world:
        await world.put(heartbeat=2)
        (sent,) = await world.hours_pass(1.1)
        assert [one.delivery_id for one in await after.claim([("e-1", 9, 9e9)], [0, 1])] == [sent.delivery.delivery_id]
        assert await world.look() == []


async def test_who_is_disabled_or_no_longer_asks_gets_none(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2)
        await world.put(heartbeat=2, enabled=False)
        assert await rows(store) == []
        await world.put(heartbeat=2)
        await world.put()
        assert await rows(store) == []


async def test_the_owner_of_its_partition_sends_it(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=2, customer_id=None)
        world.courier.partitions = (1,)
        assert await world.hours_pass(2.1) == []
        world.courier.partitions = (0,)
        assert len(await world.look()) == 1


async def test_another_period_counts_from_what_was_last_sent(store: Store) -> None:
    async with running(store) as world:
        await world.put(heartbeat=24)
        await world.hours_pass(3)
        await world.put(heartbeat=2)
        assert len(world.courier.owed) == 1


async def rows(store: Store) -> list[dict[str, datetime]]:
    async with store.transaction() as connection:
        return [dict(row) for row in await connection.fetch("SELECT * FROM heartbeats")]
