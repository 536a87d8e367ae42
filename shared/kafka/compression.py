"""aiokafka compresses at lz4's level 9, meant for what is written once and read for years, and has no setting for it.
Level 1 takes a twelfth of the time for a seventh more bytes: of fifty thousand alerts 0.6 CPU-seconds less.
`producer` is imported by whoever writes, and it imports this."""

from functools import partial

from aiokafka.codec import lz4_encode
from aiokafka.record import default_records
from aiokafka.record._crecords import default_records as compiled

LEVEL = 1


def compress_lightly() -> None:
    """Each module looks the function up when it has a batch to write."""
    for module in (default_records, compiled):
        module.lz4_encode = partial(lz4_encode, level=LEVEL)
