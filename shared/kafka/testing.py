"""A producer for tests: remembers what it was given, and can be a broker that is away."""

import asyncio
from collections.abc import Sequence

from aiokafka.errors import KafkaError

from shared.kafka.record import Outgoing

Headers = Sequence[tuple[str, bytes]]


class RecordedBatch:
    """Holds as many records as aiokafka's would, at a fixed count instead of a size."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.records: list[tuple[bytes | None, bytes | None, Headers]] = []

    def append(
        self, *, timestamp: int | None, key: bytes | None, value: bytes | None, headers: Headers
    ) -> object | None:
        if len(self.records) == self.capacity:
            return None
        self.records.append((key, value, headers))
        return timestamp or 1


class RecordingProducer:
    """`records` in the order of their acknowledgement. While `away` nothing is acknowledged; `back` acknowledges what
    has waited. `no_room` is raised by every call, `refusal` by every acknowledgement."""

    def __init__(self, batch_capacity: int = 100) -> None:
        self.records: list[Outgoing] = []
        self.away = False
        self.no_room: KafkaError | None = None
        self.refusal: KafkaError | None = None
        self._capacity = batch_capacity
        self._waiting: list[tuple[asyncio.Future[None], list[Outgoing]]] = []

    async def send(
        self, topic: str, value: bytes | None, key: bytes | None, partition: int | None, headers: Headers
    ) -> "asyncio.Future[None]":
        return self._written([Outgoing(topic, key, value, headers, partition)])

    def create_batch(self) -> RecordedBatch:
        return RecordedBatch(self._capacity)

    async def send_batch(self, batch: RecordedBatch, topic: str, *, partition: int) -> "asyncio.Future[None]":
        return self._written([Outgoing(topic, key, value, headers, partition) for key, value, headers in batch.records])

    def back(self) -> None:
        self.away = False
        waiting, self._waiting = self._waiting, []
        for future, records in waiting:
            self._acknowledge(future, records)

    def _written(self, records: list[Outgoing]) -> "asyncio.Future[None]":
        if self.no_room is not None:
            raise self.no_room
        future = asyncio.get_running_loop().create_future()
        if self.away:
            self._waiting.append((future, records))
        else:
            self._acknowledge(future, records)
        return future

    def _acknowledge(self, future: "asyncio.Future[None]", records: list[Outgoing]) -> None:
        if self.refusal is not None:
            future.set_exception(self.refusal)
        else:
            self.records += records
            future.set_result(None)
