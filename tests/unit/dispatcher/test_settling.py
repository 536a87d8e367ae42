"""What SQL learns of endpoints, although nothing was sent to them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from services.dispatcher.batches import Health, Written
from services.dispatcher.health import EndpointHealth
from services.dispatcher.outcomes import Outcome
from services.dispatcher.reporter import Reporter
from services.dispatcher.settling import Settling
from services.dispatcher.testing import MemoryStore


async def test_health_that_changed_is_written_though_nothing_is_settled() -> None:
    store, health, written = MemoryStore(), EndpointHealth(), asyncio.Event()

    def settled(_outcomes: Sequence[Outcome], _written: Written) -> None:
        written.set()

    health.load([Health("e-1", datetime(2026, 3, 1, tzinfo=UTC))])
    settling = Settling(store, health, cast("Reporter", None), settled, partitions=1)
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(settling.run())
        assert health.held("e-1", datetime.now(UTC))
        settling.write_health()
        await written.wait()
        settling.end()
    assert store.healths == {"e-1": Health("e-1", None)}
