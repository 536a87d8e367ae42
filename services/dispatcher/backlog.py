"""How much is due, as `/metrics` shows it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from shared.metrics import DELIVERY_BACKLOG

COUNT_AFTER_S = 0.5
"""Partitions come one after the other: they are counted together, and not before deliveries flow again."""


class Counts(Protocol):
    async def count_due(self, partitions: Collection[int], at_that_moment: Callable[[], None]) -> dict[int, int]: ...


class Backlog:
    """Deliveries due or waiting for a retry, of the partitions held: counted once when one comes, then kept."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self._uncounted: set[int] = set()
        self._counting = False

    def begin(self, partition: int) -> bool:
        """Whether somebody has to `count`: nobody does yet."""
        self._counts[partition] = 0
        self._uncounted.add(partition)
        idle, self._counting = not self._counting, True
        return idle

    async def count(self, store: Counts) -> None:
        await asyncio.sleep(COUNT_AFTER_S)
        while partitions := self.to_count():
            counts = await store.count_due(partitions, self.start_counting)
            self.counted({partition: counts.get(partition, 0) for partition in partitions})
        self._counting = False

    def end(self, partition: int) -> None:
        self._counts.pop(partition, None)
        self._uncounted.discard(partition)
        self._show()

    def add(self, came: Mapping[int, int]) -> None:
        """By partition; less where they ended."""
        for partition, count in came.items():
            if partition in self._counts:
                self._counts[partition] += count
        self._show()

    def to_count(self) -> frozenset[int]:
        return frozenset(self._uncounted)

    def start_counting(self) -> None:
        """What comes and goes from now on is not in the count."""
        for partition in self._uncounted:
            self._counts[partition] = 0

    def counted(self, counts: Mapping[int, int]) -> None:
        """What was there besides what has come and gone since."""
        self.add({partition: count for partition, count in counts.items() if partition in self._uncounted})
        self._uncounted.difference_update(counts)

    def _show(self) -> None:
        DELIVERY_BACKLOG.set(max(0, self._counts.total()))
