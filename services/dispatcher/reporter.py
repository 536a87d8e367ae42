"""Tells what is kept in SQL, with the outcome that it tells, until the broker has it."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from services.dispatcher.reports import unpack
from services.dispatcher.store import Store
from shared.kafka.producer import send_all
from shared.kafka.record import Outgoing

IN_MEMORY = 500
"""Batches; while the broker is away the rest stays in SQL only."""
GATHER_S = 0.05
"""Readers lose nothing by it, and a quiet system writes one batch where it would write five."""
CONFIRM_EVERY_S = 1.0
LOOK_FOR_LEFT_EVERY_S = 20.0
STALE_S = 20.0
"""What a copy left untold for so long is told by another."""
CHUNK = 200


class Reporter:
    """Sends batches in order, at least once: a reader drops the attempt that it knows."""

    def __init__(self, store: Store, producer: AIOKafkaProducer) -> None:
        self._store = store
        self._producer = producer
        self._waiting: deque[tuple[int, Sequence[Outgoing]]] = deque()
        self._more = asyncio.Event()
        self._told: list[int] = []
        self._behind = True
        self._ending = False

    def put(self, report: int, records: Sequence[Outgoing]) -> None:
        if len(self._waiting) < IN_MEMORY:
            self._waiting.append((report, records))
        else:
            self._behind = True
        self._more.set()

    async def run(self) -> None:
        """Until `end` was called and what is in memory is told."""
        looked = confirmed = time.monotonic()
        while not self._ending:
            if self._behind:
                self._behind = False
                await self._tell_left()
            await self._tell_waiting()
            now = time.monotonic()
            if self._told and now - confirmed >= CONFIRM_EVERY_S:
                confirmed = now
                await self._confirm()
            if now - looked >= LOOK_FOR_LEFT_EVERY_S:
                looked = now
                self._behind = True
            await self._wait(CONFIRM_EVERY_S if self._told else LOOK_FOR_LEFT_EVERY_S)
        await self._tell_waiting()
        await self._confirm()

    def end(self) -> None:
        self._ending = True
        self._more.set()

    async def _wait(self, at_most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                await self._more.wait()
            if not self._ending:
                await asyncio.sleep(GATHER_S)

    async def _tell_waiting(self) -> None:
        self._more.clear()
        batches = list(self._waiting)
        if batches:
            await send_all(self._producer, [record for _, records in batches for record in records])
            for _ in batches:
                self._waiting.popleft()
            self._told += [report for report, _ in batches]

    async def _tell_left(self) -> None:
        await self._confirm()
        after = 0
        while left := await self._store.untold(after, CHUNK, time.time() - STALE_S):
            await send_all(self._producer, [record for _, packed in left for record in unpack(packed)])
            self._told += [report for report, _ in left]
            await self._confirm()
            after = left[-1][0]

    async def _confirm(self) -> None:
        if self._told:
            told, self._told = self._told, []
            await self._store.told(told)
