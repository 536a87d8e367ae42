"""Every topic (contract section 8): partitions, how long it is kept, and who may stand in front of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from shared.errors import ChokepointError
from shared.kafka.connection import connection, explained
from shared.settings import KafkaSettings

EVENTS_NEWS = "events.news"
WORLD = "world"
SIGNALS = "signals"
LEDGER = "ledger"
CUSTOMERS = "customers"
ENDPOINTS = "endpoints"
KEYS = "keys"
MEASURES = "measures"
SOURCES = "sources"
RISK_SCORES = "risk.scores"
ALERTS = "alerts"
DELIVERIES = "deliveries"
COMMANDS = "commands"


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    single: bool
    """One partition, one order; otherwise `CHOKEPOINT_PARTITIONS`."""
    kept: timedelta | None
    """Absent: compacted, the newest record of each key stays."""


TOPICS = (
    Topic(EVENTS_NEWS, single=False, kept=timedelta(days=30)),
    Topic(WORLD, single=True, kept=timedelta(days=400)),
    Topic(SIGNALS, single=True, kept=timedelta(days=90)),
    Topic(LEDGER, single=False, kept=timedelta(days=90)),
    Topic(CUSTOMERS, single=True, kept=None),
    Topic(ENDPOINTS, single=True, kept=None),
    Topic(KEYS, single=True, kept=None),
    Topic(MEASURES, single=True, kept=None),
    Topic(SOURCES, single=True, kept=None),
    Topic(RISK_SCORES, single=False, kept=None),
    Topic(ALERTS, single=False, kept=timedelta(days=90)),
    Topic(DELIVERIES, single=False, kept=timedelta(days=14)),
    Topic(COMMANDS, single=False, kept=timedelta(days=14)),
)
READ_BY_A_CONSUMER_GROUP = (EVENTS_NEWS, WORLD, LEDGER, RISK_SCORES, ALERTS, MEASURES, SIGNALS, DELIVERIES, COMMANDS)


REPLICAS = 3
"""As many as there are brokers, where there are fewer."""


class TopicError(ChokepointError):
    pass


def partition_of(customer_id: str, partitions: int) -> int:
    """Where everything about a customer stands, on every partitioned topic: Kafka's own hash of the key, whatever the
    record's key is."""
    digest: int = murmur2(customer_id.encode())
    return (digest & 0x7FFFFFFF) % partitions


async def ensure_topics(settings: KafkaSettings) -> None:
    """Creates what is missing; a topic that exists with other partitions is an error, as its order would break.

    :raises TopicError: a topic stands there with another number of partitions, or cannot be created.
    """
    admin = AIOKafkaAdminClient(**connection(settings), client_id="chokepoint-topics")
    async with explained(settings):
        await admin.start()
    try:
        standing = {meta["topic"]: len(meta["partitions"]) for meta in await admin.describe_topics()}
        brokers = len((await admin.describe_cluster())["brokers"])
        missing = []
        for topic in _wanted(settings.partitions, replicas=min(REPLICAS, brokers)):
            there = standing.get(topic.name)
            if there is None:
                missing.append(topic)
            elif there != topic.num_partitions:
                raise TopicError(
                    f"topic {topic.name} has {there} partitions, {topic.num_partitions} are asked for: "
                    "set CHOKEPOINT_PARTITIONS to what it has, or use another cluster"
                )
        if missing:
            answer = await admin.create_topics(missing)
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise TopicError(f"topic {name} cannot be created: {error.__name__}")
    finally:
        await admin.close()


def _wanted(partitions: int, replicas: int) -> Iterator[NewTopic]:
    for topic in TOPICS:
        count = 1 if topic.single else partitions
        yield NewTopic(topic.name, count, replicas, topic_configs=_configuration(topic.kept))
        if topic.name in READ_BY_A_CONSUMER_GROUP:
            yield NewTopic(f"{topic.name}.dlq", 1, replicas, topic_configs=_configuration(timedelta(days=90)))


def _configuration(kept: timedelta | None) -> dict[str, str]:
    if kept is None:
        return {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"}
    return {"cleanup.policy": "delete", "retention.ms": str(int(kept.total_seconds() * 1_000))}
