"""What is written is compressed at the level that costs least, by aiokafka's own batches."""

from aiokafka.codec import lz4_encode
from aiokafka.producer.message_accumulator import BatchBuilder

import shared.kafka.producer  # noqa: F401  # whoever writes imports it

NONE, LZ4 = 0, 3
HEADER = 61
"""Bytes of a batch before its records."""


def test_a_batch_is_compressed_lightly() -> None:
    text = b"".join(b"customer-%d buys terbium, %d kg a year; " % (n, n * n % 97) for n in range(500))
    plain, packed = (_batch(compression, text)[HEADER:] for compression in (NONE, LZ4))
    assert packed == lz4_encode(plain, level=1)
    assert packed != lz4_encode(plain)


def _batch(compression: int, value: bytes) -> bytes:
    batch = BatchBuilder(200_000, compression)
    batch.append(timestamp=1_000, key=b"key", value=value)
    return bytes(batch._build())
