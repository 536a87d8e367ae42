"""Batches of `alerts` and `commands` are taken as a whole: letters, what is owed to whom, and how far that is."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import pytest

from services.dispatcher.batches import Position
from services.dispatcher.courier import Courier
from services.dispatcher.health import EndpointHealth
from services.dispatcher.inbox import Inbox, LogReplaced
from services.dispatcher.letters import Delivery
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.sender import Reply
from services.dispatcher.testing import MemoryStore
from shared.contracts.base import to_json
from shared.contracts.deliveries import RetryDelivery, SendTest
from shared.kafka.loop import Assigned
from shared.kafka.record import Outgoing, TopicPartition
from tests.unit.dispatcher.making import MOMENT, Record, message, receiver

ALERTS, COMMANDS = TopicPartition("alerts", 0), TopicPartition("commands", 0)


class Nobody:
    async def send(self, receiver: Receiver, delivery: Delivery) -> Reply:
        raise AssertionError(f"{delivery.delivery_id} was sent to {receiver.id}")


class QuietCourier(Courier):
    """Takes deliveries and starts none."""

    hurried: Sequence[str] = ()

    def pump(self) -> None:
        pass

    def hurry(self, endpoint_ids: Collection[str]) -> None:
        self.hurried = [*self.hurried, *endpoint_ids]

    async def own(self, partition: int, wait_s: float) -> None:
        self.waits = {**getattr(self, "waits", {}), partition: wait_s}
        self._owned.add(partition)


class World:
    def __init__(self) -> None:
        self.store = MemoryStore()
        self.receivers = Receivers()
        self.courier = QuietCourier(self.store, self.receivers, Nobody(), EndpointHealth(), partitions=8)
        self.inbox = Inbox(self.store, self.receivers, self.courier, "0")

    async def assign(self, tp: TopicPartition, beginning: int = 0, committed: int | None = None, end: int = 99) -> int:
        return await self.inbox.assigned(Assigned(tp, beginning, committed, end))

    async def take(self, tp: TopicPartition, *records: Record) -> Sequence[Outgoing]:
        given = await self.inbox.handle(tp, records)
        await self.inbox.settled(tp, records[-1].offset + 1)
        return given

    @property
    def numbers(self) -> list[int | None]:
        return [letter.number for batch in self.store.batches for letter in batch.letters]


@pytest.fixture
async def world() -> World:
    made = World()
    made.receivers.put("e-1", receiver("e-1"))
    await made.assign(ALERTS)
    await made.assign(COMMANDS)
    return made


async def test_a_batch_of_several_partitions_is_one_transaction(world: World) -> None:
    other = TopicPartition("alerts", 1)
    await world.assign(other)
    await world.inbox.handle(ALERTS, [message(1), message(2)])
    await world.inbox.handle(other, [message(1, partition=1)])
    await world.inbox.settled(ALERTS, 2)
    await world.inbox.settled(other, 1)
    (batch,) = world.store.batches
    assert [letter.message_id for letter in batch.letters] == ["m-0-1", "m-0-2", "m-1-1"]
    assert {(move.partition, move.was, move.next_offset, move.number) for move in batch.moves} == {
        (0, 0, 2, 2), (1, 0, 1, 1),
    }  # fmt: skip
    assert [owed.next_at for owed in batch.owed] == [None, None, None], "held in memory at once"


async def test_a_message_that_nobody_wants_is_kept_and_owed_to_nobody(world: World) -> None:
    await world.take(ALERTS, message(1, customer_id="other"))
    assert world.numbers == [1]
    assert world.store.rows == {}


async def test_a_repeat_is_dropped(world: World) -> None:
    await world.take(ALERTS, message(1), message(2))
    given = await world.take(ALERTS, message(1, offset=2), message(2, offset=3), message(3, offset=4))
    assert world.numbers == [1, 2, 3]
    assert given == []


async def test_another_message_under_a_number_that_was_taken_is_not_dropped_without_a_trace(world: World) -> None:
    await world.take(ALERTS, message(1))
    (dead,) = await world.take(ALERTS, message(1, offset=1, message_id="another"))
    assert dead.topic == "alerts.dlq"
    assert b"under another id" in dict(dead.headers)["dlq.reason"]


async def test_a_gap_waits_and_is_a_reason_not_to_be_ready(world: World) -> None:
    await world.take(ALERTS, message(1), message(3, offset=1))
    assert world.numbers == [1]
    assert world.store.positions["alerts", 0].next_offset == 1
    assert "waits for message number 2" in (world.inbox.waits() or "")
    await world.take(ALERTS, message(2, offset=2))
    assert world.numbers == [1, 2, 3]
    assert world.store.positions["alerts", 0].next_offset == 3
    assert world.inbox.waits() is None


async def test_it_reads_on_where_sql_stands_whatever_the_group_has_committed(world: World) -> None:
    await world.take(ALERTS, message(1), message(2))
    assert await world.assign(ALERTS, committed=1) == 2
    assert await world.assign(TopicPartition("alerts", 5), beginning=3, committed=7) == 7


async def test_a_log_that_ends_before_our_position_is_another_cluster_s(world: World) -> None:
    world.store.positions["alerts", 0] = Position(50, 50, "0")
    with pytest.raises(LogReplaced, match=r"alerts/0 up to offset 50, the log ends at 10"):
        await world.assign(ALERTS, end=10)


async def test_records_deleted_unread_do_not_stop_what_is_left(world: World) -> None:
    world.store.positions["alerts", 0] = Position(5, 5, "0")
    assert await world.assign(ALERTS, beginning=20) == 20
    await world.take(ALERTS, message(21, offset=20))
    assert world.numbers == [21]


async def test_only_another_owner_s_attempts_are_waited_out(world: World) -> None:
    for partition, owner in ((1, "0"), (2, "another")):
        world.store.positions["alerts", partition] = Position(0, None, owner)
        await world.assign(TopicPartition("alerts", partition))
    assert world.courier.waits == {0: 0.0, 1: 0.0, 2: 16.0}


async def test_what_was_gathered_of_a_revoked_partition_is_left_to_its_next_owner(world: World) -> None:
    other = TopicPartition("alerts", 1)
    await world.assign(other)
    await world.inbox.handle(ALERTS, [message(1)])
    await world.inbox.handle(other, [message(1, partition=1)])
    await world.inbox.revoked([other])
    await world.inbox.settled(ALERTS, 1)
    (batch,) = world.store.batches
    assert [letter.partition for letter in batch.letters] == [0]
    assert [move.partition for move in batch.moves] == [0]
    assert await world.inbox.handle(other, [message(2, partition=1)]) == []


async def test_of_one_line_only_the_first_of_a_batch_starts(world: World) -> None:
    world.receivers.put("e-1", receiver("e-1", version=2, ordering="customer"))
    await world.take(ALERTS, message(1), message(2), message(3))
    (batch,) = world.store.batches
    assert [owed.next_at for owed in batch.owed] == [None, float("inf"), float("inf")]


async def test_commands_retry_and_test(world: World) -> None:
    await world.take(ALERTS, message(1))
    (owed,) = world.store.batches[0].owed
    retry = RetryDelivery(id="c-1", delivery_id=owed.delivery.delivery_id, endpoint_id="e-1")
    test = SendTest(id="c-2", endpoint_id="e-1", customer_id="acme", at=MOMENT)
    records = [Record(to_json(command), offset, "commands") for offset, command in enumerate((retry, test))]
    assert await world.take(COMMANDS, *records) == []
    batch = world.store.batches[-1]
    assert batch.retries == [owed.delivery.delivery_id]
    assert world.courier.hurried == ["e-1", "e-1"]
    assert [letter.type for letter in batch.letters] == ["endpoint.test"]
    await world.take(COMMANDS, Record(to_json(test), 9, "commands"))
    assert world.store.batches[-1].letters[0].message_id == batch.letters[0].message_id, "read twice, one message"


async def test_a_command_that_is_none_goes_to_the_dead_letters(world: World) -> None:
    (dead,) = await world.take(COMMANDS, Record(b'{"kind": "dance"}', 0, "commands"))
    assert dead.topic == "commands.dlq"


async def test_a_test_message_to_a_disabled_endpoint_is_told_as_cancelled(world: World) -> None:
    world.receivers.put("e-1", receiver("e-1", version=2, enabled=False))
    test = SendTest(id="c-2", endpoint_id="e-1", customer_id="acme", at=datetime.now(UTC))
    (told,) = await world.take(COMMANDS, Record(to_json(test), 0, "commands"))
    assert told.topic == "deliveries"
    assert b"the endpoint is disabled" in (told.value or b"")
