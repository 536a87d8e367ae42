"""Records to the broker, and the memory of what it has acknowledged.

An idempotent producer never gives up on a broker that is away: who waits has a deadline, the write goes on, and the
sender's retry finds it in flight or done. So each event is written once, whatever its sender was told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from services.ingest.checking import Valid
from services.ingest.recent_ids import RecentIds
from shared.errors import ChokepointError
from shared.kafka.producer import enqueue
from shared.kafka.record import Outgoing

log = structlog.get_logger(__name__)

ACKNOWLEDGED_WITHIN_S = 4.5
"""A sender is answered within 6 s in all; a second of them may go to a customer that was put a moment ago."""
MOST_HELD = 64 * 1024 * 1024
"""Bytes of records that wait: beyond them the broker is not keeping up, and more would only fill the memory."""
OVERHEAD = 1_000
"""Bytes of memory that a record takes beside its own."""


class NotAcknowledged(Exception):
    """The broker has not said that it has the records; they may still be written."""


class ProducerBroken(ChokepointError):
    """An idempotent producer that has lost a batch can write nothing after it: only a new process can."""


@dataclass(eq=False, slots=True)
class Write:
    """Events that go to the broker together; `done` once it has acknowledged them all."""

    done: asyncio.Future[None]
    outputs: list[Outgoing] = field(default_factory=list)
    contents: dict[int, int] = field(default_factory=dict)
    """Of each event, by its identity."""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Had:
    """The same event with the same content is there, or on its way by this write."""

    write: Write | None


class Writer:
    def __init__(self, producer: AIOKafkaProducer, recent: RecentIds) -> None:
        self._producer = producer
        self._recent = recent
        self._in_flight: dict[int, Write] = {}
        self._in_order = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stalled = False
        self._held = 0
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def unready(self) -> str | None:
        return self.refuses() or ("the broker does not acknowledge" if self._stalled else None)

    def refuses(self) -> str | None:
        """Why nothing more is taken."""
        if self.broken.done():
            return "the broker refused records, this process starts anew"
        return "too much waits for the broker, which does not keep up" if self._held >= MOST_HELD else None

    def had(self, event: Valid) -> Had | None:
        """Other content under an id that was had is a correction: none."""
        flying = self._in_flight.get(event.identity)
        if flying is not None:
            return Had(flying) if flying.contents[event.identity] == event.content else None
        return Had(None) if self._recent.content(event.identity) == event.content else None

    def begin(self) -> Write:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_seen)
        return Write(done)

    def add(self, write: Write, event: Valid, outputs: Sequence[Outgoing]) -> None:
        """From now on whoever posts the same waits for this write, which must be started."""
        self._in_flight[event.identity] = write
        write.contents[event.identity] = event.content
        write.outputs += outputs
        write.size += len(event.record) + OVERHEAD * len(outputs)

    def start(self, write: Write) -> None:
        """Writes are handed to the producer in the order in which they start."""
        self._held += write.size
        task = asyncio.create_task(self._carry_out(write))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, write: Write) -> None:
        try:
            await self._acknowledged(write.outputs)
        except KafkaError as error:
            log.warning("records were not taken by the broker", error=type(error).__name__)
            write.done.set_exception(NotAcknowledged(type(error).__name__))
        else:
            self._stalled = False
            for identity, content in write.contents.items():
                self._recent.remember(identity, content)
            write.done.set_result(None)
        finally:
            self._held -= write.size
            for identity in write.contents:
                if self._in_flight.get(identity) is write:
                    del self._in_flight[identity]

    async def _acknowledged(self, outputs: Sequence[Outgoing]) -> None:
        try:
            async with self._in_order:
                acknowledgements = await enqueue(self._producer, outputs)
        except KafkaError as error:
            # no room in time, or a topic that is not seen yet: nothing was begun
            if not (error.retriable or isinstance(error, KafkaTimeoutError)):
                self._break(error)
            raise
        try:
            await asyncio.gather(*acknowledgements)
        except KafkaError as error:
            self._break(error)
            raise

    def _break(self, error: KafkaError) -> None:
        if not self.broken.done():
            self.broken.set_exception(ProducerBroken(f"the broker refused records: {error!r}"))

    async def wait(self, writes: set[Write]) -> None:
        """:raises NotAcknowledged: not in time, or refused."""
        if not writes:
            return
        _, late = await asyncio.wait([write.done for write in writes], timeout=ACKNOWLEDGED_WITHIN_S)
        if late:
            self._stalled = True
            raise NotAcknowledged("no acknowledgement in time")
        for write in writes:
            write.done.result()


def _seen(done: asyncio.Future[None]) -> None:
    """A write that fails after its sender was answered is no news to anyone."""
    if not done.cancelled():
        done.exception()
