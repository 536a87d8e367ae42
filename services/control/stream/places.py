"""Where a stream reads, and the ids of its events: how far it has read everywhere, so that `Last-Event-ID` says where
to go on, on any copy."""

from collections.abc import Mapping

from shared.http.problems import invalid
from shared.kafka import topics
from shared.kafka.record import TopicPartition

PARTITIONED = (topics.ALERTS, topics.DELIVERIES, topics.RISK_SCORES)
LONGEST_OFFSET = 19

Offsets = Mapping[TopicPartition, int]
"""The next record of each place."""


def places(customer_id: str | None, partitions: int) -> list[TopicPartition]:
    """Everything about one customer stands in one partition of each topic."""
    numbers = range(partitions) if customer_id is None else (topics.partition_of(customer_id, partitions),)
    return [
        TopicPartition(topics.SIGNALS, 0),
        *(TopicPartition(topic, one) for topic in PARTITIONED for one in numbers),
    ]


def event_id(reached: Offsets) -> str:
    return ".".join(str(reached[place]) for place in sorted(reached))


def resumed(last_event_id: str, reads: list[TopicPartition]) -> dict[TopicPartition, int]:
    """:raises Problem: 422, where it is no id of such a stream."""
    numbers = last_event_id.split(".")
    if len(numbers) != len(reads) or not all(one.isdecimal() and len(one) < LONGEST_OFFSET for one in numbers):
        told = (
            "is no id of this stream: send the `id` of the last event as it was, or nothing to begin with what is new"
        )
        raise invalid([{"loc": "header.last-event-id", "message": told}])
    return {place: int(number) for place, number in zip(sorted(reads), numbers, strict=True)}


def lost(wanted: Offsets, oldest: Offsets, ends: Offsets) -> list[TopicPartition]:
    """Where what follows is not kept any more, or the log is another one."""
    return [place for place, offset in wanted.items() if not oldest[place] <= offset <= ends[place]]
