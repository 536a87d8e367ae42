"""Alerts become webhooks: never lost, never under a second id, in order where that is asked for."""

import asyncio
import signal
from collections import Counter
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from services.cli.testing import Sink
from shared.contracts.deliveries import RetryDelivery, SendTest
from tests.fixtures.dispatcher import SECRET, Dispatching, until

pytestmark = pytest.mark.integration


def sequences(sink: Sink) -> list[int]:
    return [Webhook(SECRET).verify(hook.body, hook.headers)["data"]["sequence"] for hook in sink.hooks]


async def test_a_message_is_signed_sent_and_told(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("signed", sink.url, headers={"x-team": "supply", "webhook-id": "forged"})
        await dispatcher.start()
        await dispatcher.send("signed")
        await sink.expect(1, within_s=10)
    (hook,) = sink.hooks
    assert Webhook(SECRET).verify(hook.body, hook.headers)["data"]["sequence"] == 1
    assert hook.headers["content-type"] == "application/json"
    assert hook.headers["user-agent"].startswith("chokepoint/")
    assert hook.headers["x-team"] == "supply"
    (attempt,) = await dispatcher.attempts(1)
    assert (attempt.message_id, attempt.endpoint_id) == (hook.webhook_id, "signed")
    assert (attempt.state, attempt.status, attempt.attempt, attempt.sequence) == ("delivered", 204, 1, 1)
    metrics = await dispatcher.metrics()
    assert 'chokepoint_deliveries_total{outcome="delivered"} 1.0' in metrics
    assert "chokepoint_delivery_backlog 0.0" in metrics
    assert dispatcher.end() == 0
    log = dispatcher.log.read_text()
    assert SECRET not in log
    assert dispatcher.key not in log
    assert "Alert 1" not in log


async def test_killed_in_the_middle_nothing_is_lost_and_nothing_comes_under_a_second_id(
    dispatcher: Dispatching,
) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("killed", sink.url)
        for number in range(4):
            await dispatcher.start()
            await dispatcher.send("killed", 150)
            await sink.expect(number * 150 + 40, within_s=20)
            dispatcher.end(signal.SIGKILL)
            await dispatcher.send("killed", 50)
        await dispatcher.start()
        await sink.expect(800, within_s=20)
        await until(lambda: _nothing_is_due(dispatcher))
    assert sorted(set(sequences(sink))) == list(range(1, 801))
    ids = {(sequence, hook.webhook_id) for sequence, hook in zip(sequences(sink), sink.hooks, strict=True)}
    assert len(ids) == 800
    told = Counter(attempt.message_id for attempt in await dispatcher.attempts(800))
    assert len(told) == 800, "an outcome that is durable was not told"


async def _nothing_is_due(dispatcher: Dispatching) -> bool:
    return not await dispatcher.sql("SELECT FROM deliveries WHERE state = 'due' LIMIT 1")


async def test_asked_to_end_it_ends_well_and_goes_on_where_it_was(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("ended", sink.url)
        await dispatcher.start()
        await dispatcher.send("ended", 300)
        await sink.expect(20, within_s=10)
        assert await asyncio.to_thread(dispatcher.end) == 0
        assert len(sink.hooks) == len(sink.ids), "an attempt that came through was forgotten"
        await dispatcher.start()
        await sink.expect(300, within_s=10)
        await asyncio.sleep(0.3)
    assert sorted(sequences(sink)) == list(range(1, 301))


async def test_records_that_come_twice_are_sent_once(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("twice", sink.url)
        await dispatcher.start()
        first, second, third = (dispatcher.message("twice") for _ in range(3))
        await dispatcher.write(first, second, first, second, third)
        await sink.expect(3, within_s=10)
        await asyncio.sleep(0.3)
    assert sequences(sink) == [1, 2, 3]


async def test_a_gap_waits_and_what_follows_is_not_skipped_even_through_a_kill(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("gap", sink.url, ordering="customer")
        await dispatcher.start()
        first, missing, third = (dispatcher.message("gap") for _ in range(3))
        await dispatcher.write(first, third)
        await sink.expect(1, within_s=10)
        await until(lambda: dispatcher.says("waits for message number"))
        dispatcher.end(signal.SIGKILL)
        dispatcher.launch()
        await dispatcher.write(missing)
        await sink.expect(3, within_s=20)
    assert sequences(sink) == [1, 2, 3]


async def test_what_cannot_be_read_goes_to_the_dead_letters_and_stops_nobody(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("dead", sink.url)
        await dispatcher.start()
        message = dispatcher.message("dead")
        await dispatcher.write(dispatcher.garbled(dispatcher.message("dead")), message)
        await sink.expect(0, within_s=10)
        await dispatcher.send("dead")
        await sink.expect(1, within_s=10)
    assert 'chokepoint_dead_letters_total{topic="alerts"} 1.0' in await dispatcher.metrics()


async def test_ordering_customer_waits_for_the_earlier_one_and_only_for_that_customer(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("everyone", sink.url, customer_id=None, ordering="customer")
        await dispatcher.start()
        async with Sink.open() as unused:
            closed = unused.url
        await dispatcher.endpoint("everyone", closed, customer_id=None, ordering="customer")
        await asyncio.sleep(0.3)
        await dispatcher.send("a", 3)
        await until(lambda: _attempts_made(dispatcher, 1))
        await dispatcher.endpoint("everyone", sink.url, customer_id=None, ordering="customer")
        await dispatcher.send("b", 50)
        await sink.expect(50, within_s=4)
        assert {Webhook(SECRET).verify(h.body, h.headers)["data"]["customer_id"] for h in sink.hooks} == {"b"}
        assert sequences(sink) == list(range(1, 51))
        await sink.expect(53, within_s=15)
    assert sequences(sink)[50:] == [1, 2, 3]


async def _attempts_made(dispatcher: Dispatching, count: int) -> bool:
    (row,) = await dispatcher.sql("SELECT coalesce(sum(attempts), 0) AS made FROM deliveries")
    return bool(row["made"] >= count)


async def test_a_retry_that_is_asked_for_is_made_at_once_and_marked_where_it_had_arrived(
    dispatcher: Dispatching,
) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("retried", sink.url)
        await dispatcher.start()
        await dispatcher.send("retried")
        await sink.expect(1, within_s=10)
        (attempt,) = await dispatcher.attempts(1)
        again = RetryDelivery(id=str(uuid4()), delivery_id=attempt.delivery_id, endpoint_id="retried")
        await dispatcher.command(again, "retried")
        await until(lambda: _hooks(sink, 2))
    first, second = sink.hooks
    assert (first.webhook_id, first.body) == (second.webhook_id, second.body)
    assert "chokepoint-replay" not in first.headers
    assert second.headers["chokepoint-replay"] == "true"
    assert [attempt.attempt for attempt in await dispatcher.attempts(2)] == [1, 2]


async def _hooks(sink: Sink, count: int) -> bool:
    return len(sink.hooks) >= count


async def test_a_test_message_reaches_one_endpoint_even_before_its_record(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.start()
        command = SendTest(id=str(uuid4()), endpoint_id="tested", customer_id="tested", at=datetime.now(UTC))
        await dispatcher.command(command, "tested")
        await asyncio.sleep(0.2)
        await dispatcher.endpoint("tested", sink.url, event_types=["alert.resolved"])
        await sink.expect(1, within_s=10)
        await dispatcher.command(command, "tested")
        await asyncio.sleep(0.3)
    (hook,) = sink.hooks
    body = Webhook(SECRET).verify(hook.body, hook.headers)
    assert (body["type"], body["data"]["endpoint_id"]) == ("endpoint.test", "tested")


async def test_a_test_message_to_nobody_is_told_as_cancelled(dispatcher: Dispatching) -> None:
    await dispatcher.start()
    command = SendTest(id=str(uuid4()), endpoint_id="nobody", customer_id="tested", at=datetime.now(UTC))
    await dispatcher.command(command, "tested")
    (attempt,) = await dispatcher.attempts(1)
    assert (attempt.state, attempt.error) == ("cancelled", "there is no such endpoint")


async def test_a_disabled_endpoint_holds_what_is_due_and_a_deleted_one_cancels_it(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        async with Sink.open() as unused:
            closed = unused.url
        for name in ("paused", "removed"):
            await dispatcher.endpoint(name, closed)
        await dispatcher.start()
        for name in ("paused", "removed"):
            await dispatcher.send(name)
        await until(lambda: _attempts_made(dispatcher, 2))
        await dispatcher.endpoint("paused", sink.url, enabled=False)
        await dispatcher.delete_endpoint("removed")
        told = await dispatcher.attempts(3)
        assert [(one.endpoint_id, one.state) for one in told].count(("removed", "cancelled")) == 1
        await asyncio.sleep(6)
        assert not sink.hooks, "it was sent to a disabled endpoint"
        await dispatcher.endpoint("paused", sink.url)
        await sink.expect(1, within_s=5)
    states = {row["endpoint_id"]: row["state"] for row in await dispatcher.sql("SELECT * FROM deliveries")}
    assert states == {"paused": "delivered", "removed": "cancelled"}


async def test_a_new_owner_waits_out_the_attempts_of_the_last_one(dispatcher: Dispatching) -> None:
    async with Sink.open() as sink:
        await dispatcher.endpoint("handed", sink.url)
        await dispatcher.start()
        await dispatcher.send("handed")
        await sink.expect(1, within_s=10)
        await until(lambda: _nothing_is_due(dispatcher))
        dispatcher.end(signal.SIGKILL)
        await dispatcher.sql("UPDATE deliveries SET state = 'due', next_at = NULL, ended_at = NULL")
        await dispatcher.sql("UPDATE positions SET owner = 'another'")
        await dispatcher.start()
        (row,) = await dispatcher.sql("SELECT extract(epoch FROM next_at - now())::float8 AS wait FROM deliveries")
    assert 12 < row["wait"] <= 16
    assert len(sink.hooks) == 1
