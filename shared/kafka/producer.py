import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer
from aiokafka.structs import RecordMetadata

from shared.kafka.record import Outgoing
from shared.settings import KafkaSettings

LARGEST_RECORD = 4 * 1024 * 1024


def open_producer(settings: KafkaSettings, client_id: str) -> AIOKafkaProducer:
    """Idempotent: a record that the client retries is written once, and in order. Call `start` before use."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=0,
        max_batch_size=131_072,
        max_request_size=LARGEST_RECORD,
        request_timeout_ms=10_000,
    )


async def send_all(producer: AIOKafkaProducer, outputs: Iterable[Outgoing]) -> None:
    """Returns once the broker has acknowledged every one of them; raises what the first failing one raised.

    An idempotent producer never gives up on a broker that is away: a caller with a deadline waits with a time-out of
    its own (and shields the wait, as the record may still be written)."""
    acknowledgements = [await _send(producer, output) for output in outputs]
    if acknowledgements:
        await asyncio.gather(*acknowledgements)


async def _send(producer: AIOKafkaProducer, output: Outgoing) -> "asyncio.Future[RecordMetadata]":
    sent: asyncio.Future[RecordMetadata] = await producer.send(
        output.topic,
        value=output.value,
        key=output.key,
        partition=output.partition,
        headers=list(output.headers),
    )
    return sent
