"""Outputs of a batch reach the broker whole and in order, in as few requests as they fit in."""

import asyncio

import pytest
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from shared.kafka.producer import WORTH_A_BATCH, send_all
from shared.kafka.record import Outgoing
from shared.kafka.testing import RecordingProducer


def outputs(count: int, topic: str = "ledger", partition: int | None = 0) -> list[Outgoing]:
    return [Outgoing(topic, b"k%d" % number, b"v%d" % number, [("n", b"1")], partition) for number in range(count)]


@pytest.mark.parametrize("count", [1, WORTH_A_BATCH - 1, WORTH_A_BATCH, 250])
@pytest.mark.parametrize("partition", [0, None], ids=["one partition", "by the key"])
async def test_every_output_is_sent_once_and_in_order(count: int, partition: int | None) -> None:
    producer = RecordingProducer(batch_capacity=100)
    await send_all(producer, outputs(count, partition=partition))
    assert producer.records == outputs(count, partition=partition)


async def test_each_partition_gets_its_own_in_order() -> None:
    producer = RecordingProducer(batch_capacity=7)
    mixed = [Outgoing("alerts", None, b"%d" % number, (), number % 3) for number in range(90)]
    await send_all(producer, mixed)
    for partition in range(3):
        sent = [record.value for record in producer.records if record.partition == partition]
        assert sent == [output.value for output in mixed if output.partition == partition]


@pytest.mark.parametrize("count", [1, 50])
async def test_a_refused_output_fails_the_whole(count: int) -> None:
    producer = RecordingProducer()
    producer.refusal = KafkaError("no")
    with pytest.raises(KafkaError):
        await send_all(producer, outputs(count))


class Forgetful(RecordingProducer):
    """It gives up on a topic of which it knows nothing twice: the broker is away."""

    unknown = 2

    def _written(self, records: list[Outgoing]) -> "asyncio.Future[None]":
        if self.unknown:
            self.unknown -= 1
            raise UnknownTopicOrPartitionError
        return super()._written(records)


@pytest.mark.parametrize("count", [1, 50])
async def test_a_topic_that_the_client_knows_nothing_of_is_asked_for_again(count: int) -> None:
    """It raised, and the reader ended, although its broker had only been away."""
    producer = Forgetful()
    await send_all(producer, outputs(count))
    assert producer.records == outputs(count)
