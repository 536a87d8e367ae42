"""A fold behind the loop: per partition a state that a pure function moves, record by record, in the log's order.

Recovery loads a snapshot, folds in silence up to the committed offset (whose outputs are acknowledged) and speaks from
there. What it then says twice carries the same ids and numbers, and the next reader drops it."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog

from shared.errors import ChokepointError
from shared.kafka.about import about
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, Outgoing, TopicPartition, dead_letter
from shared.kafka.snapshots import Snapshot, SnapshotStore

log = structlog.get_logger(__name__)

BREATHE_EVERY_S = 0.1
"""A long batch is arithmetic: between its records the loop answers probes and the broker."""


class Fold(Protocol):
    """State of one partition. No clock and no I/O: time is in the records."""

    def take(self, record: Incoming) -> Sequence[Outgoing]:
        """:raises DeadLetter: the record cannot be understood; the state has not moved."""

    def recover(self, record: Incoming) -> None:
        """What `take` does to the state, of a record whose outputs are acknowledged; some of it may be put off.

        :raises DeadLetter: as `take`"""

    def recovered(self) -> None:
        """Does what was put off."""

    def dump(self) -> bytes: ...


class LogIsShortened(ChokepointError):
    pass


class FoldHandler:
    """`restore(partition, state)` makes the fold of a partition, from its beginning where there is no state."""

    def __init__(
        self,
        service: str,
        restore: Callable[[int, bytes | None], Fold],
        snapshots: SnapshotStore,
        *,
        snapshot_every_s: float = 120.0,
    ) -> None:
        self._service = service
        self._restore = restore
        self._snapshots = snapshots
        self._snapshot_every_s = snapshot_every_s
        self.folds: dict[int, Fold] = {}
        self._speaks_from: dict[int, int] = {}
        self._snapshot_at: dict[int, tuple[int, float]] = {}
        self._writing: set[asyncio.Task[None]] = set()

    async def assigned(self, partition: Assigned) -> int | None:
        number = partition.tp.partition
        snapshot = await asyncio.to_thread(self._snapshots.newest, number)
        start = snapshot.next_offset if snapshot else 0
        if not partition.beginning <= start <= partition.end:
            raise LogIsShortened(
                f"{self._service} cannot rebuild {partition.tp.topic}/{number}: it would read from offset {start}, the "
                f"log has {partition.beginning} to {partition.end}; restore a snapshot from within that range into its "
                "data directory, or, if this is another cluster than before, start with an empty data directory"
            )
        self.folds[number] = self._restore(number, snapshot.state if snapshot else None)
        self._speaks_from[number] = max(partition.committed or 0, start)
        self._snapshot_at[number] = (start, time.monotonic())
        return start

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions:
            self.folds.pop(tp.partition, None)

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        fold, speaks_from = self.folds[tp.partition], self._speaks_from[tp.partition]
        outputs: list[Outgoing] = []
        breath = time.monotonic()
        for record in records:
            outputs.extend(self._given(fold, record, silent=record.offset < speaks_from))
            if time.monotonic() - breath > BREATHE_EVERY_S:
                fold.recovered()
                await asyncio.sleep(0)
                breath = time.monotonic()
        fold.recovered()
        return outputs

    def _given(self, fold: Fold, record: Incoming, *, silent: bool) -> Sequence[Outgoing]:
        try:
            if not silent:
                return fold.take(record)
            fold.recover(record)
        except DeadLetter as error:
            if not silent:
                return [dead_letter(record, error, self._service, datetime.now(UTC))]
        except Exception:
            log.error("a record ends this process", **about(record))  # noqa: TRY400  # whoever catches it tells why
            raise
        return ()

    async def settled(self, tp: TopicPartition, next_offset: int) -> None:
        last_offset, last_time = self._snapshot_at[tp.partition]
        held = tp.partition in self.folds  # it may have been taken from us meanwhile
        if held and next_offset > last_offset and time.monotonic() - last_time >= self._snapshot_every_s:
            self._keep(tp.partition, next_offset)

    async def written(self) -> None:
        """Waits for snapshots under way."""
        await asyncio.gather(*self._writing)

    def _keep(self, partition: int, next_offset: int) -> None:
        snapshot = Snapshot(next_offset, self.folds[partition].dump())
        self._snapshot_at[partition] = (next_offset, time.monotonic())
        task = asyncio.create_task(self._write(partition, snapshot))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, partition: int, snapshot: Snapshot) -> None:
        try:
            await asyncio.to_thread(self._snapshots.write, partition, snapshot)
        except OSError as error:  # the log still holds everything: a restart takes longer, nothing is lost
            log.warning("snapshot not written", partition=partition, reason=str(error))
