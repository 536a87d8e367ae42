"""The inbox (decision 6): every batch of `alerts` and `commands` is written by one transaction, letters, deliveries and
positions, before its offsets are committed and before anything is attempted."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import structlog

from services.dispatcher.batches import Move
from services.dispatcher.commands import read_command, test_letter
from services.dispatcher.courier import Courier
from services.dispatcher.gathering import Gathering
from services.dispatcher.latecomers import Latecomers, Pair
from services.dispatcher.letters import Delivery, Letter, Unreadable, delivery_id, read_letter
from services.dispatcher.numbering import Numbering
from services.dispatcher.outcomes import cancelled
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.reports import tell
from services.dispatcher.store import Store
from shared.contracts.deliveries import ReplayMessages, RetryDelivery, SendTest
from shared.errors import ChokepointError
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, Outgoing, TopicPartition, dead_letter
from shared.kafka.topics import ALERTS

log = structlog.get_logger(__name__)

SERVICE = "dispatcher"
ATTEMPT_OF_ANOTHER_S = 16.0
"""An attempt takes 15 s at most: one that another copy began has ended, and its outcome is written, after so long."""
ENDPOINT_COMES_WITHIN_S = 1.0


class LogReplaced(ChokepointError):
    pass


class Inbox:
    """A handler for the loop, which calls `handle` for every partition of a batch and then `settled` for every one: the
    first `settled` writes them all."""

    def __init__(self, store: Store, receivers: Receivers, courier: Courier, instance: str) -> None:
        self._store = store
        self._receivers = receivers
        self._courier = courier
        self._instance = instance
        self._numberings: dict[int, Numbering] = {}
        self._positions: dict[TopicPartition, int] = {}
        """As in SQL."""
        self._gathering = Gathering(courier)
        self._read_to: dict[TopicPartition, int] = {}
        """What the batch at hand moves."""
        self._latecomers = Latecomers()
        self.replays = asyncio.Event()
        """Set when there may be some: one was asked for, or came with a partition."""

    def begin(self, tasks: asyncio.TaskGroup) -> None:
        """From now on, once every endpoint is known, one that comes is new."""
        self._tasks = tasks
        self._receivers.on_new = self._came

    async def assigned(self, partition: Assigned) -> int:
        tp = partition.tp
        at_first = partition.beginning if partition.committed is None else partition.committed
        found = await self._store.find_position(tp.topic, tp.partition, at_first)
        start, number = found.next_offset, found.number
        if start > partition.end:
            raise LogReplaced(
                f"the database has taken {tp.topic}/{tp.partition} up to offset {start}, the log ends at "
                f"{partition.end}: it belongs to another cluster; give this one a database of its own"
            )
        if start < partition.beginning:
            place = f"{tp.topic}/{tp.partition}"
            log.error("records were deleted unread", partition=place, first=start, next=partition.beginning)
            start, number = partition.beginning, None
            await self._store.move_position(tp.topic, tp.partition, start, number)
        self._positions[tp] = start
        if tp.topic == ALERTS:
            self._numberings[tp.partition] = Numbering(tp.partition, start, number)
            ours = found.previous_owner in {None, self._instance}
            await self._courier.own(tp.partition, 0.0 if ours else ATTEMPT_OF_ANOTHER_S)
            self.replays.set()
        return start

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions:
            self._positions.pop(tp, None)
            if self._read_to.pop(tp, None) is not None and tp.topic == ALERTS:
                self._gathering.drop(tp.partition)
        numbers = {tp.partition for tp in partitions if tp.topic == ALERTS}
        for number in numbers:
            self._numberings.pop(number, None)
        self._latecomers.leave(numbers)
        await self._courier.disown(numbers)

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        if tp not in self._positions:
            return []  # taken from us a moment ago: its next owner reads them
        self._read_to[tp] = records[-1].offset + 1
        return await (self._alerts(tp, records) if tp.topic == ALERTS else self._commands(records))

    async def settled(self, _tp: TopicPartition, _next_offset: int) -> None:
        if not self._read_to:
            return
        batch = self._gathering.finish()
        batch.moves = [self._move(tp, read_to) for tp, read_to in self._read_to.items()]
        self._read_to.clear()
        taken = await self._store.take(batch, time.time())
        for move in batch.moves:
            tp = TopicPartition(move.topic, move.partition)
            if tp in self._positions:
                self._positions[tp] = move.next_offset
        self._courier.hurry(batch.hurried)
        self._courier.accept(batch.owed, taken)
        if batch.replays:
            self.replays.set()
        await self._owe(self._latecomers.kept(batch.letters, time.monotonic()))

    @property
    def partitions(self) -> Collection[int]:
        return self._numberings.keys()

    def waits(self) -> str | None:
        """For readiness: partitions on which a number is missing."""
        missing = [reason for numbering in self._numberings.values() if (reason := numbering.missing())]
        return "\n".join(missing) or None

    async def _alerts(self, tp: TopicPartition, records: Sequence[Incoming]) -> list[Outgoing]:
        numbering = self._numberings[tp.partition]
        dead: list[Outgoing] = []
        repeats: list[tuple[Incoming, str]] = []
        for record in records:
            letter: Letter | None = None
            try:
                letter = read_letter(record)
                number = letter.number
            except Unreadable as error:
                dead.append(dead_letter(record, error, SERVICE, datetime.now(UTC)))
                number = error.number
            if letter and number and numbering.had(number):
                repeats.append((record, letter.message_id))
            for taken in numbering.take(record.offset, number, letter):
                self._gathering.add(taken, self._receivers.wanting(taken))
        return dead + await self._strangers(repeats) if repeats else dead

    async def _strangers(self, repeats: Sequence[tuple[Incoming, str]]) -> list[Outgoing]:
        """A number that was taken already, but under another id: not dropped without a trace."""
        known = await self._store.known([message_id for _, message_id in repeats])
        reason = DeadLetter("its number was taken before, under another id", stage="apply")
        return [
            dead_letter(record, reason, SERVICE, datetime.now(UTC))
            for record, message_id in repeats
            if message_id not in known and message_id not in self._gathering
        ]

    async def _commands(self, records: Sequence[Incoming]) -> list[Outgoing]:
        given: list[Outgoing] = []
        for record in records:
            try:
                command = read_command(record)
                if isinstance(command, ReplayMessages):
                    self._gathering.replay(command, record.partition)
                    continue
                self._gathering.hurry(command.endpoint_id)
                if isinstance(command, RetryDelivery):
                    self._gathering.retry(command.delivery_id)
                else:
                    given += await self._test(command, test_letter(command, record))
            except DeadLetter as error:
                given.append(dead_letter(record, error, SERVICE, datetime.now(UTC)))
        return given

    async def _test(self, command: SendTest, letter: Letter) -> list[Outgoing]:
        receiver = await self._receivers.expect(command.endpoint_id, ENDPOINT_COMES_WITHIN_S)
        if receiver is not None and self._receivers.state(receiver.id) == "active":
            self._gathering.add(letter, [receiver])
            return []
        delivery = Delivery(delivery_id(letter.message_id, command.endpoint_id), command.endpoint_id, letter)
        reason = "the endpoint is disabled" if receiver else "there is no such endpoint"
        return [tell(cancelled(delivery, reason, datetime.now(UTC)))]

    def _came(self, receiver: Receiver) -> None:
        if pairs := self._latecomers.came(receiver, time.monotonic()):
            self._tasks.create_task(self._owe(pairs))

    async def _owe(self, pairs: Sequence[Pair]) -> None:
        """To endpoints whose record came after these messages."""
        if pairs:
            late = Gathering(self._courier)
            for letter, receiver in pairs:
                late.owe(letter, receiver)
            batch = late.finish()
            self._courier.accept(batch.owed, await self._store.take(batch, time.time()))

    def _move(self, tp: TopicPartition, read_to: int) -> Move:
        was = self._positions[tp]
        if tp.topic != ALERTS:
            return Move(tp.topic, tp.partition, was, read_to, None)
        numbering = self._numberings[tp.partition]
        return Move(tp.topic, tp.partition, was, numbering.next_offset, numbering.number)
