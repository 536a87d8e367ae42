"""What SQL learns of endpoints, although nothing was sent to them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from prometheus_client import REGISTRY

from services.dispatcher.batches import Health, Written
from services.dispatcher.health import EndpointHealth
from services.dispatcher.outcomes import Outcome, attempted, cancelled
from services.dispatcher.reporter import Reporter
from services.dispatcher.sender import Reply
from services.dispatcher.settling import Settling
from services.dispatcher.testing import MemoryStore, Row
from shared.domain.delivery.policy import DELIVERED, Answer
from shared.kafka.record import Outgoing
from tests.unit.dispatcher.making import MOMENT, delivery


class FakeReporter:
    def put(self, report: int, records: Sequence[Outgoing]) -> None: ...


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


async def test_what_ended_together_is_counted_together_and_what_was_not_attempted_is_no_attempt() -> None:
    def counted() -> list[float]:
        names = ("delivery_attempts_total", "delivery_seconds_count", "end_to_end_seconds_count")
        labels: list[dict[str, str]] = [{"status_class": "2xx"}, {}, {}]
        found = [REGISTRY.get_sample_value(f"chokepoint_{name}", of) for name, of in zip(names, labels, strict=True)]
        return [value or 0 for value in found]

    store, ended = MemoryStore(), asyncio.Event()
    settling = Settling(store, EndpointHealth(), cast("Reporter", FakeReporter()), lambda *_: ended.set(), partitions=1)
    reply = Reply(Answer(204), MOMENT, 0.01)
    outcomes = [attempted(delivery(number=number), reply, DELIVERED) for number in (1, 2)]
    outcomes.append(cancelled(delivery(number=3), "the endpoint was deleted", MOMENT))
    for outcome in outcomes:
        store.rows[outcome.delivery.delivery_id] = Row(outcome.delivery, None)
    before = counted()
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(settling.run())
        for outcome in outcomes:
            settling.add(outcome)
        await ended.wait()
        settling.end()
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [2, 2, 2]
