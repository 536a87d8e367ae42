"""A store in memory, for tests of what stands around it. It keeps no lines, no order between partitions and
collapses nothing: those are SQL's, and tested there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from services.dispatcher.batches import Batch, Health, Owed, Position, Settled, Taken, Written
from services.dispatcher.letters import Delivery, Letter
from services.dispatcher.store import Store


@dataclass
class Row:
    delivery: Delivery
    next_at: float | None
    state: str = "due"
    attempts: int = 0


@dataclass
class MemoryStore(Store):
    letters: dict[str, Letter] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    positions: dict[tuple[str, int], Position] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    healths: dict[str, Health] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    owner: str = "0"

    async def find_position(self, topic: str, partition: int, at_first: int) -> Position:
        found = self.positions.get((topic, partition), Position(at_first, None, None))
        self.positions[topic, partition] = replace(found, previous_owner=self.owner)
        return found

    async def move_position(self, topic: str, partition: int, next_offset: int, number: int | None) -> None:
        self.positions[topic, partition] = Position(next_offset, number, self.owner)

    async def take(self, batch: Batch, now: float) -> Taken:
        self.batches.append(batch)
        for move in batch.moves:
            self.positions[move.topic, move.partition] = Position(move.next_offset, move.number, self.owner)
        self.letters |= {letter.message_id: letter for letter in batch.letters}
        new = [owed for owed in batch.owed if owed.delivery.delivery_id not in self.rows]
        self.rows |= {owed.delivery.delivery_id: Row(owed.delivery, owed.next_at) for owed in new}
        retried = []
        for delivery_id in batch.retries:
            row = self.rows[delivery_id]
            retried.append((row.delivery.endpoint_id, row.delivery.letter.partition, row.state != "due"))
            row.state, row.next_at = "due", now
        added = frozenset(owed.delivery.delivery_id for owed in new)
        return Taken(frozenset(), None if len(new) == len(batch.owed) else added, tuple(retried))

    async def known(self, message_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(message_ids) & self.letters.keys()

    async def settle(
        self,
        outcomes: Sequence[Settled],
        health: Sequence[Health],
        records: str | None,
        now: float,  # noqa: ARG002
        collapsing: Sequence[str] = (),  # noqa: ARG002
        owed: Sequence[Owed] = (),  # noqa: ARG002
    ) -> Written:
        for outcome in outcomes:
            row = self.rows[outcome.delivery_id]
            row.state, row.attempts, row.next_at = outcome.state, outcome.attempts, outcome.next_at
            row.delivery.schedule_from += outcome.beside
        self.healths |= {one.endpoint_id: one for one in health}
        if records is not None:
            self.reports.append(records)
        return Written(len(self.reports) if records is not None else None)

    async def health(self) -> list[Health]:
        return [one for one in self.healths.values() if one.failing_since or one.rest_until or one.disabled_version]

    async def claim(self, wanted: Sequence[tuple[str, int, float]], partitions: Collection[int]) -> list[Delivery]:
        claimed: list[Delivery] = []
        for endpoint_id, room, until in wanted:
            for row in sorted(self._parked(endpoint_id, partitions, until), key=lambda row: row.next_at or 0)[:room]:
                row.next_at = None
                claimed.append(replace(row.delivery, attempts=row.attempts))
        return claimed

    async def earliest(self, endpoint_ids: Sequence[str], partitions: Collection[int]) -> dict[str, float]:
        return {
            endpoint_id: min(row.next_at or 0 for row in parked)
            for endpoint_id in endpoint_ids
            if (parked := self._parked(endpoint_id, partitions, inf))
        }

    async def recover(self, partition: int, at: float, held: Sequence[str]) -> dict[str, float]:
        due: dict[str, float] = {}
        for delivery_id, row in self.rows.items():
            if row.delivery.letter.partition == partition and row.state == "due":
                if row.next_at is None and delivery_id not in held:
                    row.next_at = at
                if row.next_at is not None:
                    endpoint_id = row.delivery.endpoint_id
                    due[endpoint_id] = min(row.next_at, due.get(endpoint_id, inf))
        return due

    async def count_due(self, partitions: Collection[int], at_that_moment: Callable[[], None]) -> dict[int, int]:
        at_that_moment()
        due = [row.delivery.letter.partition for row in self.rows.values() if row.state == "due"]
        return {partition: due.count(partition) for partition in partitions}

    async def park(self, delivery_ids: Sequence[str], at: float) -> None:
        for delivery_id in delivery_ids:
            self.rows[delivery_id].next_at = at

    def _parked(self, endpoint_id: str, partitions: Collection[int], until: float) -> list[Row]:
        return [
            row
            for row in self.rows.values()
            if row.state == "due" and row.next_at is not None and row.next_at <= until
            and row.delivery.endpoint_id == endpoint_id and row.delivery.letter.partition in partitions
        ]  # fmt: skip
