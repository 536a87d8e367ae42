"""How far each partition has been projected, in the database itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.tables import progress
from shared.errors import ChokepointError
from shared.kafka.record import TopicPartition


class AnotherCopyWrites(ChokepointError):
    pass


@dataclass(frozen=True, slots=True)
class Move:
    tp: TopicPartition
    start: int
    end: int


async def read(connection: AsyncConnection, tp: TopicPartition) -> int:
    here = (progress.c.topic == tp.topic) & (progress.c.partition == tp.partition)
    found: int | None = await connection.scalar(select(progress.c.next_offset).where(here))
    return found or 0


async def put(connection: AsyncConnection, tp: TopicPartition, offset: int) -> None:
    statement = insert(progress).values(topic=tp.topic, partition=tp.partition, next_offset=offset)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=list(progress.primary_key), set_={"next_offset": offset})
    )


_MOVE = text("""
    UPDATE progress SET next_offset = move.next
    FROM unnest(CAST(:topics AS text[]), CAST(:partitions AS integer[]), CAST(:starts AS bigint[]),
                CAST(:ends AS bigint[])) AS move (topic, partition, start, next)
    WHERE progress.topic = move.topic AND progress.partition = move.partition AND progress.next_offset = move.start
""")


async def move(connection: AsyncConnection, moves: Sequence[Move]) -> None:
    """:raises AnotherCopyWrites: a partition is not where this copy left it; nothing of the batch is to be written."""
    moved = await connection.execute(
        _MOVE,
        {
            "topics": [move.tp.topic for move in moves],
            "partitions": [move.tp.partition for move in moves],
            "starts": [move.start for move in moves],
            "ends": [move.end for move in moves],
        },
    )
    if moved.rowcount != len(moves):
        raise AnotherCopyWrites(
            "another copy of control has projected records that this one was about to: it starts again and takes the "
            "partitions that are its own"
        )
