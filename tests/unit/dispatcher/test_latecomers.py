"""An endpoint whose record comes a moment after a message that was accepted once it was made gets that message."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.dispatcher.latecomers import REMEMBERED_S, Latecomers, Pair
from tests.unit.dispatcher.making import MOMENT, letter, message, receiver
from tests.unit.dispatcher.test_inbox import ALERTS, World

NOW = 1_000.0


def ids(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(kept.message_id, new.id) for kept, new in pairs]


def test_it_is_owed_what_was_kept_just_before_it_came() -> None:
    late = Latecomers()
    late.kept([letter(1), letter(2, "other")], NOW)
    assert ids(late.came(receiver("e-1"), NOW + 1)) == [("m-0-1", "e-1")]
    assert ids(late.came(receiver("e-2", customer_id=None), NOW + 1)) == [("m-0-1", "e-2"), ("m-0-2", "e-2")]


def test_it_is_owed_what_was_matched_before_it_came_and_kept_just_after() -> None:
    late = Latecomers()
    late.came(receiver("e-1"), NOW)
    late.came(receiver("e-2", customer_id=None), NOW)
    assert ids(late.kept([letter(1), letter(2, "other"), letter(3, None)], NOW + 1)) == [
        ("m-0-1", "e-1"), ("m-0-1", "e-2"), ("m-0-2", "e-2"), ("m-0-3", "e-2"),
    ]  # fmt: skip


def test_nothing_from_before_it_was_made_and_nothing_that_it_does_not_want() -> None:
    late = Latecomers()
    late.kept([replace(letter(1), accepted_at=MOMENT - timedelta(seconds=1)), letter(2)], NOW)
    assert ids(late.came(receiver("e-1"), NOW)) == [("m-0-2", "e-1")]
    assert late.came(receiver("e-2", event_types=["alert.resolved"]), NOW) == []


def test_after_a_few_seconds_neither_is_new_any_more() -> None:
    late = Latecomers()
    late.kept([letter(1)], NOW)
    late.came(receiver("e-1"), NOW)
    assert late.came(receiver("e-2"), NOW + REMEMBERED_S + 1) == []
    late = Latecomers()
    late.came(receiver("e-1"), NOW)
    assert late.kept([letter(2)], NOW + REMEMBERED_S + 1) == []


def test_what_a_partition_brought_leaves_with_it() -> None:
    late = Latecomers()
    late.kept([letter(1, partition=0), letter(1, partition=1)], NOW)
    late.leave([0])
    assert ids(late.came(receiver("e-1"), NOW)) == [("m-1-1", "e-1")]


async def test_the_inbox_writes_it_once_whichever_comes_first() -> None:
    world = World()
    await world.assign(ALERTS)
    async with asyncio.TaskGroup() as tasks:
        world.inbox.begin(tasks)
        await world.take(ALERTS, message(1))
        world.receivers.put("e-1", receiver("e-1"))
        await asyncio.sleep(0)
        await world.inbox.handle(ALERTS, [message(2)])
        world.receivers.put("e-2", receiver("e-2"))
        await world.inbox.settled(ALERTS, 2)
    owed = sorted((row.delivery.letter.number, row.delivery.endpoint_id) for row in world.store.rows.values())
    assert owed == [(1, "e-1"), (1, "e-2"), (2, "e-1"), (2, "e-2")]
    assert all(row.next_at is None for row in world.store.rows.values()), "each started at once"


async def test_endpoints_known_from_the_start_are_not_new() -> None:
    world = World()
    world.receivers.put("e-1", receiver("e-1"))
    await world.assign(ALERTS)
    async with asyncio.TaskGroup() as tasks:
        world.inbox.begin(tasks)
        await world.take(ALERTS, message(1))
        world.receivers.put("e-1", receiver("e-1", version=2))
    assert len(world.store.batches) == 1
