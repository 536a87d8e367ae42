import asyncio
import logging

from aiokafka.errors import KafkaError

from services.cli.failure import Unavailable
from shared.kafka.topics import ensure_topics
from shared.settings import KafkaSettings


def create_topics() -> None:
    """:raises Unavailable: no broker answers.
    :raises TopicError: a topic stands there with another number of partitions, or cannot be created.
    """
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # the error says it
    kafka = KafkaSettings()
    try:
        asyncio.run(ensure_topics(kafka))
    except KafkaError as error:
        raise Unavailable(
            f"Kafka at {kafka.kafka_bootstrap_servers}: {error}; KAFKA_BOOTSTRAP_SERVERS names another"
        ) from error
