"""One client's reader: no group, from where the client stands. What it has not taken stays on Kafka, so a slow client
costs no more memory than a fast one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from services.control.stream.places import Offsets, lost
from shared.http.problems import unavailable
from shared.kafka.client_gaps import stop
from shared.kafka.connection import connection
from shared.kafka.record import Incoming, TopicPartition
from shared.settings import KafkaSettings

ANSWERS_WITHIN_S = 5.0
FETCHED_BYTES = 64 * 1024
"""Ahead of the client, of each partition."""
AT_ONCE = 100


class Reading:
    def __init__(self, consumer: AIOKafkaConsumer, start: Offsets, gap: Sequence[TopicPartition]) -> None:
        self._consumer = consumer
        self.reached = dict(start)
        self.gap = gap
        """Where what was asked for is not kept any more: it goes on with the oldest that is."""

    async def next(self, within_s: float) -> list[Incoming]:
        """In the order of each partition; `reached` is for who hands them on to move.

        :raises KafkaError: also where the client is so late that what it would read next is not kept any more.
        """
        found = await self._consumer.getmany(timeout_ms=int(within_s * 1_000), max_records=AT_ONCE)
        return [record for records in found.values() for record in records]


@asynccontextmanager
async def reading(
    settings: KafkaSettings, places: list[TopicPartition], wanted: Offsets | None
) -> AsyncIterator[Reading]:
    """`wanted`: absent, what is new from now on.

    :raises Problem: 503, where the broker does not answer.
    """
    consumer = AIOKafkaConsumer(
        **connection(settings),
        client_id="control-stream",
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=FETCHED_BYTES,
        fetch_max_wait_ms=3_000,
    )
    try:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                opened = await _open(consumer, places, wanted)
        except (KafkaError, TimeoutError) as error:
            raise unavailable("the broker does not answer: come again", 2) from error
        yield opened
    finally:
        await stop(consumer)


async def _open(consumer: AIOKafkaConsumer, places: list[TopicPartition], wanted: Offsets | None) -> Reading:
    await consumer.start()
    consumer.assign(places)
    ends = await consumer.end_offsets(places)
    gap: list[TopicPartition] = []
    start: dict[TopicPartition, int] = dict(ends)
    if wanted is not None:
        oldest = await consumer.beginning_offsets(places)
        gap = lost(wanted, oldest, ends)
        start = {place: oldest[place] if place in gap else offset for place, offset in wanted.items()}
    for place, offset in start.items():
        consumer.seek(place, offset)
    return Reading(consumer, start, gap)
