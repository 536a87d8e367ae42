"""Every topic (contract section 8): partitions, how long it is kept, and who may stand in front of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from shared.errors import ChokepointError
from shared.kafka.connection import connection, explained
from shared.kafka.producer import LARGEST_RECORD
from shared.settings import KafkaSettings

log = structlog.get_logger(__name__)

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
IN_SYNC = "min.insync.replicas"
LARGEST = "max.message.bytes"
LARGEST_BATCH = LARGEST_RECORD + 64 * 1024
"""What a producer lets through, with its headers. Kafka's own default is an eighth of it."""


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
        standing = {meta["topic"]: meta["partitions"] for meta in await admin.describe_topics()}
        brokers = len((await admin.describe_cluster())["brokers"])
        ours = list(wanted(settings.partitions, replicas=min(REPLICAS, brokers)))
        for topic in ours:
            _expect_partitions(topic, len(standing.get(topic.name, ())))
        if missing := [topic for topic in ours if topic.name not in standing]:
            await _create(admin, missing)
        there = {topic.name: len(standing[topic.name][0]["replicas"]) for topic in ours if topic.name in standing}
        await warn_of_frail(admin, there)
    finally:
        await admin.close()


def _expect_partitions(topic: NewTopic, there: int) -> None:
    if there and there != topic.num_partitions:
        raise TopicError(
            f"topic {topic.name} has {there} partitions, {topic.num_partitions} are asked for: "
            "set CHOKEPOINT_PARTITIONS to what it has, or use another cluster"
        )


async def _create(admin: AIOKafkaAdminClient, missing: list[NewTopic]) -> None:
    answer = await admin.create_topics(missing)
    for name, code, *_ in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise TopicError(f"topic {name} cannot be created: {error.__name__}")


async def warn_of_frail(admin: AIOKafkaAdminClient, replicas: Mapping[str, int]) -> None:
    """Of topics that somebody else made: by Kafka's own defaults a record that one broker has is acknowledged, and one
    of a megabyte is refused, which ends who must write it."""
    least = {name: {IN_SYNC: least_in_sync(count), LARGEST: LARGEST_BATCH} for name, count in replicas.items()}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(wants, "")) for name, wants in least.items()]
    answers = await admin.describe_configs(asked) if asked else []
    low = [
        (setting, topic)
        for answer in answers
        for refused, _, _, topic, entries in answer.resources
        if not refused
        for setting, there, *_ in entries
        if int(there) < least[topic][setting]
    ]
    if frail := [topic for setting, topic in low if setting == IN_SYNC]:
        log.warning("min.insync.replicas is low: what was accepted may be lost with one broker", topics=frail)
    if narrow := [topic for setting, topic in low if setting == LARGEST]:
        told = "max.message.bytes is low: a large record ends the service that must write it"
        log.warning(told, topics=narrow, at_least=LARGEST_BATCH)


def least_in_sync(replicas: int) -> int:
    """So many have a record before it is acknowledged: one broker may be away, and one that then fails takes nothing
    with it."""
    return max(1, replicas - 1)


def wanted(partitions: int, replicas: int) -> Iterator[NewTopic]:
    for topic in TOPICS:
        count = 1 if topic.single else partitions
        yield NewTopic(topic.name, count, replicas, topic_configs=_configuration(topic.kept, replicas))
        if topic.name in READ_BY_A_CONSUMER_GROUP:
            kept = _configuration(timedelta(days=90), replicas)
            yield NewTopic(f"{topic.name}.dlq", 1, replicas, topic_configs=kept)


def _configuration(kept: timedelta | None, replicas: int) -> dict[str, str]:
    taken = {IN_SYNC: str(least_in_sync(replicas)), LARGEST: str(LARGEST_BATCH)}
    if kept is None:
        return taken | {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.1"}
    return taken | {"cleanup.policy": "delete", "retention.ms": str(int(kept.total_seconds() * 1_000))}
