import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import RecordMetadata

from shared.kafka.compression import compress_lightly
from shared.kafka.connection import connection, explained
from shared.kafka.record import Outgoing
from shared.settings import KafkaSettings

log = structlog.get_logger(__name__)
compress_lightly()

LARGEST_RECORD = 8 * 1024 * 1024


def open_producer(settings: KafkaSettings, client_id: str) -> AIOKafkaProducer:
    """Idempotent: a record that the client retries is written once, and in order. Call `start` before use."""
    return _Producer(
        settings,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=0,
        max_batch_size=262_144,
        max_request_size=LARGEST_RECORD,
        request_timeout_ms=10_000,
    )


class _Producer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, settings: KafkaSettings, **rest: Any) -> None:
        super().__init__(**connection(settings), **rest)
        self._settings = settings

    async def start(self) -> None:
        async with explained(self._settings):
            await super().start()


WORTH_A_BATCH = 8


async def send_all(producer: AIOKafkaProducer, outputs: Iterable[Outgoing]) -> None:
    """Returns once the broker has acknowledged every one of them; raises what the first failing one raised.

    An idempotent producer never gives up on a broker that is away: a caller with a deadline waits with a time-out of
    its own (and shields the wait, as the record may still be written)."""
    if acknowledgements := await enqueue(producer, outputs):
        await asyncio.gather(*acknowledgements)


async def enqueue(producer: AIOKafkaProducer, outputs: Iterable[Outgoing]) -> list["asyncio.Future[RecordMetadata]"]:
    """Returns once the producer has room for them all, with what is done when the broker has them. Outputs of one
    partition stay in order."""
    acknowledgements: list[asyncio.Future[RecordMetadata]] = []
    for (topic, partition), group in _by_partition(outputs).items():
        if partition is None or len(group) < WORTH_A_BATCH:
            acknowledgements += [await _send(producer, output) for output in group]
        else:
            acknowledgements += await _send_in_batches(producer, topic, partition, group)
    return acknowledgements


def _by_partition(outputs: Iterable[Outgoing]) -> dict[tuple[str, int | None], list[Outgoing]]:
    groups: dict[tuple[str, int | None], list[Outgoing]] = {}
    for output in outputs:
        groups.setdefault((output.topic, output.partition), []).append(output)
    return groups


async def _send(producer: AIOKafkaProducer, output: Outgoing) -> "asyncio.Future[RecordMetadata]":
    return await _known(
        output.topic,
        lambda: producer.send(
            output.topic,
            value=output.value,
            key=output.key,
            partition=output.partition,
            headers=list(output.headers),
        ),
    )


async def _known(
    topic: str, send: Callable[[], Awaitable["asyncio.Future[RecordMetadata]"]]
) -> "asyncio.Future[RecordMetadata]":
    """Of a topic to which it has sent nothing yet a client knows nothing while the broker is away: it gives up after
    its request time-out, and is asked again."""
    while True:
        try:
            return await send()
        except UnknownTopicOrPartitionError:
            log.warning("the broker is away, or has no such topic: asked again", topic=topic)


async def _send_in_batches(
    producer: AIOKafkaProducer, topic: str, partition: int, outputs: Sequence[Outgoing]
) -> list["asyncio.Future[RecordMetadata]"]:
    """One acknowledgement per batch instead of one per record: less than half the time of the processor."""
    acknowledgements = []
    batch = producer.create_batch()
    for output in outputs:
        if not _fits(batch, output):
            acknowledgements.append(await _send_batch(producer, batch, topic, partition))
            batch = producer.create_batch()
            _fits(batch, output)  # the first record always does
    acknowledgements.append(await _send_batch(producer, batch, topic, partition))
    return acknowledgements


async def _send_batch(
    producer: AIOKafkaProducer, batch: BatchBuilder, topic: str, partition: int
) -> "asyncio.Future[RecordMetadata]":
    return await _known(topic, lambda: producer.send_batch(batch, topic, partition=partition))


def _fits(batch: BatchBuilder, output: Outgoing) -> bool:
    written = batch.append(timestamp=None, key=output.key, value=output.value, headers=list(output.headers))
    return written is not None
