"""Changes and the records that tell of them are one transaction: the records wait in a table until the relay has
written them to Kafka (at least once, under the same ids)."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Row, bindparam, delete, extract, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.tables import outbox
from shared.kafka import topics
from shared.kafka.record import Outgoing

CHANNEL = "chokepoint_outbox"
BATCH = 500

# a record waits until everything before it that stands in an earlier wave is acknowledged: who finds a customer on
# `customers` finds it on `ledger`; who is asked to test an endpoint can know it
FIRST_WAVE = frozenset({topics.LEDGER, topics.WORLD})
LAST_WAVE = frozenset({topics.COMMANDS})


@dataclass(frozen=True, slots=True)
class Waiting:
    id: int
    record: Outgoing


async def put(connection: AsyncConnection, records: Sequence[Outgoing]) -> None:
    """Within the transaction of the change. Changes of one thing take turns (`Change.lock`): ids follow their order."""
    if records:
        await connection.execute(insert(outbox), [_row(record) for record in records])
        await connection.execute(text(f"NOTIFY {CHANNEL}"))


async def oldest(connection: AsyncConnection) -> list[Waiting]:
    rows = await connection.execute(select(outbox).order_by(outbox.c.id).limit(BATCH))
    return [Waiting(row.id, _record(row)) for row in rows]


async def waited_s(connection: AsyncConnection) -> float | None:
    """The oldest row; none where nothing waits."""
    since = select(outbox.c.since).order_by(outbox.c.id).limit(1).scalar_subquery()
    waited = await connection.scalar(select(extract("epoch", func.clock_timestamp() - since)))
    return None if waited is None else max(0.0, float(waited))


async def remove(connection: AsyncConnection, published: Sequence[Waiting]) -> None:
    statement = delete(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    await connection.execute(statement, {"ids": [waiting.id for waiting in published]})


def waves(records: Sequence[Outgoing]) -> list[list[Outgoing]]:
    """Each wave is sent once the one before it is acknowledged; within a wave and a topic the order is kept."""
    by_wave: dict[int, list[Outgoing]] = {}
    for record in records:
        by_wave.setdefault(_wave(record.topic), []).append(record)
    return [by_wave[wave] for wave in sorted(by_wave)]


def _wave(topic: str) -> int:
    return 0 if topic in FIRST_WAVE else 2 if topic in LAST_WAVE else 1


def _row(record: Outgoing) -> dict[str, object]:
    headers = [[name, value.decode()] for name, value in record.headers]
    return {
        "topic": record.topic,
        "partition": record.partition,
        "key": record.key,
        "value": record.value,
        "headers": orjson.dumps(headers).decode(),
    }


def _record(row: Row[tuple[int, str, int | None, bytes, bytes | None, str]]) -> Outgoing:
    return Outgoing(
        topic=row.topic,
        key=row.key,
        value=row.value,
        headers=[(name, value.encode()) for name, value in orjson.loads(row.headers)],
        partition=row.partition,
    )
