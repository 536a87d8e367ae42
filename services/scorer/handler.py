"""The folds of this copy's partitions behind the loop, counted per batch."""

import time
from collections.abc import Sequence

from services.scorer import snapshot
from services.scorer.fold import LedgerFold
from services.scorer.metrics import count
from services.scorer.state import empty
from shared.kafka.fold import FoldHandler
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.snapshots import SnapshotStore
from shared.metrics import SCORE_SECONDS


class ScorerHandler(FoldHandler):
    def __init__(self, snapshots: SnapshotStore, *, snapshot_every_s: float) -> None:
        super().__init__("scorer", restore, snapshots, snapshot_every_s=snapshot_every_s)

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        begun = time.perf_counter()
        outputs = await super().handle(tp, records)
        SCORE_SECONDS.observe(time.perf_counter() - begun)
        count(outputs)
        return outputs


def restore(partition: int, state: bytes | None) -> LedgerFold:
    return LedgerFold(snapshot.load(partition, state) if state else empty(partition))
