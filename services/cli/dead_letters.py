"""`chokepoint dead-letters`: what could not be understood, and how it gets back to its topic when a reader can."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from rich.console import Console

from services.cli.exit_codes import Exit
from services.cli.failure import Unavailable
from shared.errors import ChokepointError
from shared.kafka.connection import connection, explained
from shared.kafka.producer import open_producer, send_all
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.topics import READ_BY_A_CONSUMER_GROUP, TOPICS
from shared.settings import KafkaSettings

GROUP = "dead-letters"
"""Its position on a `.dlq` topic: what stands before it was put back already."""
COMPACTED = {topic.name for topic in TOPICS if topic.kept is None}
NOTES = "dlq."


@dataclass(frozen=True, slots=True)
class Letter:
    at: str
    source: str
    """`topic/partition/offset`"""
    service: str
    stage: str
    reason: str
    put_back: bool = False


def letter_of(record: Incoming, put_back_before: int) -> Letter:
    notes = {name: value.decode(errors="replace") for name, value in record.headers if name.startswith(NOTES)}
    told = {name: notes.get(f"{NOTES}{name}", "?") for name in ("at", "source", "service", "stage", "reason")}
    return Letter(**told, put_back=record.offset < put_back_before)


def original(letter: Incoming) -> Outgoing | None:
    """The record as it stood, for the partition in which it stood. None: no reader of ours wrote this letter."""
    source = re.fullmatch(r"([\w.]+)/(\d+)/\d+", letter_of(letter, 0).source)
    if source is None or f"{source[1]}.dlq" != letter.topic:
        return None
    headers = [(name, value) for name, value in letter.headers if not name.startswith(NOTES)]
    return Outgoing(source[1], letter.key, letter.value, headers, int(source[2]))


def dead_letters(topic: str, *, put_back: bool, as_json: bool) -> int:
    """:raises ChokepointError: the topic has none, or they must not be put back.
    :raises Unavailable: no broker answers.
    """
    if topic not in READ_BY_A_CONSUMER_GROUP:
        raise ChokepointError(f"{topic} has no dead letters: {', '.join(READ_BY_A_CONSUMER_GROUP)} have")
    if put_back and topic in COMPACTED:
        raise ChokepointError(
            f"of {topic} the newest record of each key counts: an older one that is put back would hide it. What it "
            "said is said again with the next change of that key"
        )
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # the error says it
    kafka = KafkaSettings()
    try:
        letters, count = asyncio.run(_seen_to(kafka, topic, put_back=put_back))
    except KafkaError as error:
        raise Unavailable(
            f"Kafka at {kafka.kafka_bootstrap_servers}: {error}; KAFKA_BOOTSTRAP_SERVERS names another"
        ) from error
    if as_json:
        for letter in letters:
            print(orjson.dumps(asdict(letter)).decode())  # noqa: T201
    else:
        Console(highlight=False, soft_wrap=True, markup=False).print(told(topic, letters, count))
    return Exit.DONE


def told(topic: str, letters: Sequence[Letter], now_put_back: int) -> str:
    lines = [f"{one.at}  {one.source}  {one.service}, {one.stage}: {one.reason}" for one in letters if not one.put_back]
    before = sum(one.put_back for one in letters)
    end = f"dead letters of {topic}: {len(lines)}"
    end += f", put back now: {now_put_back}" if now_put_back else ""
    end += f", put back before: {before}" if before else ""
    return "\n".join([*lines, end])


async def _seen_to(kafka: KafkaSettings, topic: str, *, put_back: bool) -> tuple[list[Letter], int]:
    tp = TopicPartition(f"{topic}.dlq", 0)
    consumer = AIOKafkaConsumer(**connection(kafka), group_id=GROUP, enable_auto_commit=False)
    try:
        async with explained(kafka):
            await consumer.start()
        if tp.topic not in await consumer.topics():
            raise ChokepointError(
                f"no topic {tp.topic} at {kafka.kafka_bootstrap_servers}: `chokepoint topics` makes it"
            )
        consumer.assign([tp])
        position = await consumer.committed(tp) or 0
        records = await _all(consumer, tp)
        after = [record for record in records if put_back and record.offset >= position]
        waiting = [record for each in after if (record := original(each))]
        if waiting:
            await _send(kafka, waiting)
            await consumer.commit({tp: records[-1].offset + 1})
        return [letter_of(record, position) for record in records], len(waiting)
    finally:
        await consumer.stop()


async def _all(consumer: AIOKafkaConsumer, tp: TopicPartition) -> list[Incoming]:
    end = (await consumer.end_offsets([tp]))[tp]
    # not `seek_to_beginning`: the answer to the first reset, which is to the group's position or the end, may win
    consumer.seek(tp, (await consumer.beginning_offsets([tp]))[tp])
    records: list[Incoming] = []
    while await consumer.position(tp) < end:
        records += (await consumer.getmany(tp, timeout_ms=1_000)).get(tp, [])
    return records


async def _send(kafka: KafkaSettings, records: Sequence[Outgoing]) -> None:
    producer = open_producer(kafka, "chokepoint-dead-letters")
    await producer.start()
    try:
        await send_all(producer, records)
    finally:
        await producer.stop()
