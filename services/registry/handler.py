"""The fold behind the loop, and what the rest of the process wants to know of it."""

import asyncio
from collections.abc import Collection, Sequence

from services.registry.fold import Registry
from services.registry.metrics import count_signals, show_lead, show_measures
from services.registry.state import State
from shared.kafka.fold import FoldHandler
from shared.kafka.loop import Assigned
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.snapshots import SnapshotStore


class RegistryHandler(FoldHandler):
    def __init__(self, partitions: int, snapshots: SnapshotStore, *, snapshot_every_s: float) -> None:
        def restore(_partition: int, content: bytes | None) -> Registry:
            return Registry.restore(partitions, content)

        super().__init__("registry", restore, snapshots, snapshot_every_s=snapshot_every_s)
        show_lead(holds_world=False)
        self._shown_next: asyncio.TimerHandle | None = None
        self._end = 0
        self._next_offset = 0
        self.caught_up = asyncio.Event()
        """Everything is read that stood on `world` when this copy took it over."""
        self.moved = asyncio.Event()
        """Set whenever records were taken; whoever waits for it clears it."""

    @property
    def state(self) -> State:
        """Empty while `world` is another copy's."""
        fold = self.folds.get(0)
        return fold.state if isinstance(fold, Registry) else State()

    def unready(self) -> str | None:
        """A copy that stands by is ready: to wait is its work, and who replaces copies one by one goes on then."""
        if self.caught_up.is_set() or not self.folds:
            return None
        return f"reading world: {self._end - self._next_offset} records to go"

    def standing_by(self) -> str | None:
        """Why it is the wrong one to ask."""
        return None if self.folds else "standing by: world is with another copy, or with none yet"

    async def assigned(self, partition: Assigned) -> int | None:
        start = await super().assigned(partition)
        self._end, self._next_offset = partition.end, start or 0
        self._note_progress(self._next_offset)
        show_measures(self.state)
        show_lead(holds_world=True)
        return start

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        if partitions:
            self.caught_up.clear()
            show_lead(holds_world=False)
        await super().revoked(partitions)

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        outputs = await super().handle(tp, records)
        count_signals(outputs)
        return outputs

    async def settled(self, tp: TopicPartition, next_offset: int) -> None:
        await super().settled(tp, next_offset)
        self._note_progress(next_offset)
        self._show_soon()
        self.moved.set()

    def _note_progress(self, next_offset: int) -> None:
        self._next_offset = next_offset
        if next_offset >= self._end:
            self.caught_up.set()

    def _show_soon(self) -> None:
        """Once a second at most: a batch may be one record, and the measures are many."""
        if self._shown_next is None:
            self._shown_next = asyncio.get_running_loop().call_later(1, self._show)

    def _show(self) -> None:
        self._shown_next = None
        show_measures(self.state)
