"""What the other services say and people ask for, as rows. The offsets stand beside the rows and move with them: a
batch is applied once, whatever Kafka's own offset says, and a copy that was thought dead and writes on fails."""

import asyncio
import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.projections import offsets
from services.control.projections.projection import Projection
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, Outgoing, TopicPartition, dead_letter

log = structlog.get_logger(__name__)

PACE_S = 0.1
"""Between two small batches: at a hundred records a second one transaction for ten of them, and nobody who looks at a
page sees the difference."""
FULL_BATCH = 500
WAIT_FOR_WRITE_S = 3.0


class Projections:
    """A `Handler`: batches of several partitions that were read together are one transaction."""

    def __init__(self, engine: AsyncEngine, projections: Mapping[str, Projection]) -> None:
        self._engine = engine
        self._projections = projections
        self._stored: dict[TopicPartition, int] = {}
        self._next: dict[TopicPartition, int] = {}
        self._written = asyncio.Event()
        self._written.set()
        self._taken = 0
        self._not_before = 0.0

    async def assigned(self, partition: Assigned) -> int | None:
        async with self._engine.begin() as connection:
            stored = await offsets.read(connection, partition.tp)
            if not partition.beginning <= stored <= partition.end:
                log.warning("projected offsets are of another log: read from its beginning", topic=partition.tp.topic)
                stored = partition.beginning
            await offsets.put(connection, partition.tp, stored)
        self._stored[partition.tp] = stored
        return stored

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:  # noqa: ARG002
        """What was taken is written before the next owner looks up where to begin."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_WRITE_S):
                await self._written.wait()

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        projection, dead = self._projections[tp.topic], []
        start = self._next.get(tp, self._stored[tp])
        for record in records:
            if record.offset < start:
                continue  # read before a rebalance set this partition back to where the rows are
            try:
                projection.take(record)
            except DeadLetter as error:
                dead.append(dead_letter(record, error, "control", datetime.now(UTC)))
        self._next[tp] = max(start, records[-1].offset + 1)
        self._taken += len(records)
        self._written.clear()
        return dead

    async def settled(self, tp: TopicPartition, next_offset: int) -> None:  # noqa: ARG002
        """The first of the partitions that were read together writes for them all, before any offset is committed."""
        if self._next:
            await self._write()
            await self._pace()

    async def _write(self) -> None:
        moves = [offsets.Move(tp, self._stored[tp], end) for tp, end in self._next.items()]
        async with self._engine.begin() as connection:
            await offsets.move(connection, moves)
            for projection in self._projections.values():
                await projection.write(connection)
        self._stored |= self._next
        self._next = {}
        self._written.set()

    async def _pace(self) -> None:
        taken, self._taken = self._taken, 0
        if taken < FULL_BATCH:
            await asyncio.sleep(self._not_before - time.monotonic())
        self._not_before = time.monotonic() + PACE_S
