"""A compacted topic held whole in memory: what a service must look up without asking anyone (keys, endpoints, known
customers)."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from shared.kafka.client_gaps import cancelled_by_us_alone, stop
from shared.kafka.connection import connection, explained
from shared.kafka.record import Incoming, TopicPartition
from shared.metrics import DEAD_LETTERS
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)
Row = TypeVar("Row")


class Table(Generic[Row]):
    """`rows` by key. `parse` may return none for a row that this reader has no use for."""

    def __init__(
        self,
        settings: ServiceSettings,
        topic: str,
        parse: Callable[[bytes], Row | None],
        on_change: Callable[[str, Row | None], None] | None = None,
    ) -> None:
        self._settings = settings
        self._tp = TopicPartition(topic, 0)
        self._parse = parse
        self._on_change = on_change
        self.rows: dict[str, Row] = {}
        self._loaded = asyncio.Event()
        DEAD_LETTERS.labels(topic)  # at 0 before the first

    def unready(self) -> str | None:
        return None if self._loaded.is_set() else f"reading topic {self._tp.topic}"

    async def loaded(self) -> None:
        await self._loaded.wait()

    async def run(self) -> None:
        """Follows the topic until cancelled; ends with an exception if the broker refuses it."""
        consumer = AIOKafkaConsumer(
            **connection(self._settings),
            client_id=f"table-{self._tp.topic}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=3_000,
        )
        try:
            with cancelled_by_us_alone():
                await self._follow(consumer)
        finally:
            try:
                await stop(consumer)
            except KafkaError as error:
                log.info("table closed while the broker was away", topic=self._tp.topic, reason=type(error).__name__)

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        async with explained(self._settings):
            await consumer.start()
        consumer.assign([self._tp])
        await consumer.seek_to_beginning(self._tp)
        end = (await consumer.end_offsets([self._tp]))[self._tp]
        while True:
            if await consumer.position(self._tp) >= end:
                self._loaded.set()
            wait_ms = 60_000 if self._loaded.is_set() else 200
            batch = await consumer.getmany(self._tp, timeout_ms=wait_ms, max_records=5_000)
            for record in batch.get(self._tp, ()):
                self._take(record)

    def _take(self, record: Incoming) -> None:
        """What is no record of ours changes nothing, and ends nobody: it would at each start."""
        try:
            self.apply((record.key or b"").decode(), record.value)
        except ValueError as error:
            DEAD_LETTERS.labels(self._tp.topic).inc()
            at = f"{self._tp.topic}/{self._tp.partition}/{record.offset}"
            log.warning("a record that cannot be read is passed over", record=at, error=type(error).__name__)

    def apply(self, key: str, value: bytes | None) -> None:
        row = None if value is None else self._parse(value)
        if row is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = row
        if self._on_change:
            self._on_change(key, row)
