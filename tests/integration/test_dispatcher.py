"""Alerts become webhooks: signed, once, in order where that is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from services.cli.testing import Sink
from shared.contracts.alerts import Body
from shared.contracts.deliveries import Attempt, ReplayMessages, RetryDelivery, SendTest
from shared.tracing.context import read
from shared.version import VERSION
from tests.fixtures.dispatcher import SECRET, Dispatching, until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


def sequences(sink: Sink) -> list[int]:
    return [Webhook(SECRET).verify(hook.body, hook.headers)["data"]["sequence"] for hook in sink.hooks]


async def test_a_message_is_signed_sent_and_told(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("signed", sink.url, headers={"x-team": "supply", "webhook-id": "forged"})
        await running.send("signed")
        await sink.expect(1, within_s=10)
    (hook,) = sink.hooks
    assert Webhook(SECRET).verify(hook.body, hook.headers)["data"]["sequence"] == 1
    assert hook.headers["content-type"] == "application/json"
    assert hook.headers["user-agent"] == f"chokepoint/{VERSION}"
    assert hook.headers["x-team"] == "supply"
    assert read(hook.headers["traceparent"])
    (attempt,) = await running.attempts("signed", 1)
    assert (attempt.message_id, attempt.customer_id) == (hook.webhook_id, "signed")
    assert (attempt.state, attempt.status, attempt.attempt, attempt.sequence) == ("delivered", 204, 1, 1)
    log = running.log.read_text()
    assert SECRET not in log
    assert running.key not in log
    assert "Alert 1" not in log


@pytest.mark.parametrize(
    ("form", "content_type", "holds"),
    [
        ("cloudevents", "application/cloudevents+json", '"specversion":"1.0"'),
        ("slack", "application/json", "|Open in Chokepoint>"),
        ("teams", "application/json", '"AdaptiveCard"'),
    ],
)
async def test_every_format_is_signed_as_it_is_sent(
    running: Dispatching, form: str, content_type: str, holds: str
) -> None:
    async with Sink.open() as sink:
        await running.endpoint(form, sink.url, format=form)
        data = {"title": "Terbium", "links": {"alert": "/v1/alerts/a-1"}}
        body = Body(type="alert.opened", timestamp=datetime.now(UTC), data=data)
        await running.write(running.message(form, body=body))
        await sink.expect(1, within_s=10)
    (hook,) = sink.hooks
    assert Webhook(SECRET).verify(hook.body, hook.headers)
    assert hook.headers["content-type"] == content_type
    assert holds in hook.body.decode()


async def test_records_that_come_twice_are_sent_once(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("twice", sink.url)
        first, second, third = (running.message("twice") for _ in range(3))
        await running.write(first, second, first, second, third)
        await sink.expect(3, within_s=10)
        await asyncio.sleep(0.3)
    assert sorted(sequences(sink)) == [1, 2, 3]


async def test_what_cannot_be_read_goes_to_the_dead_letters_and_stops_nobody(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("dead", sink.url)
        await running.write(running.garbled(running.message("dead")), running.message("dead"), running.message("dead"))
        await sink.expect(2, within_s=10)
    assert sorted(sequences(sink)) == [2, 3]
    assert 'chokepoint_dead_letters_total{topic="alerts"} 1.0' in await running.metrics()


async def test_ordering_customer_waits_for_the_earlier_one_of_that_customer_only(running: Dispatching) -> None:
    async with Sink.open() as sink:
        ordered = {"customer_id": None, "ordering": "customer", "event_types": ["alert.reminder"]}
        await running.endpoint("everyone", await closed_url(), **ordered)
        await asyncio.sleep(0.2)
        await running.write(*(running.reminder("a") for _ in range(3)))
        await running.attempts("everyone", 1)
        await running.endpoint("everyone", sink.url, **ordered)
        await running.write(*(running.reminder("b") for _ in range(50)))
        await sink.expect(50, within_s=4)
        assert {Webhook(SECRET).verify(h.body, h.headers)["data"]["customer_id"] for h in sink.hooks} == {"b"}
        assert sequences(sink) == list(range(1, 51))
        await sink.expect(53, within_s=15)
    assert sequences(sink)[50:] == [1, 2, 3]


async def test_the_next_of_a_line_says_which_one_died_before_it(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("line", await closed_url(), ordering="customer")
        await running.send("line", 2)
        (first,) = await running.attempts("line", 1)
        await running.sql("UPDATE deliveries SET attempts = 9 WHERE delivery_id = $1", first.delivery_id)
        await running.endpoint("line", sink.url, ordering="customer", enabled=False)
        await running.command(retry_of(first), "line")
        await running.endpoint("line", await closed_url(), ordering="customer")
        *_, dead, second = await running.attempts("line", 3)
        await running.endpoint("line", sink.url, ordering="customer")
        await running.command(retry_of(second), "line")
        await sink.expect(1, within_s=5)
    assert (dead.sequence, dead.state, second.sequence) == (1, "dead", 2)
    assert sink.hooks[0].headers["chokepoint-skipped"] == "1"


async def test_of_an_alert_the_newest_is_sent_and_names_those_that_waited(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("latest", await closed_url(), collapse="latest")
        await running.write(*(running.message("latest", alert_id=alert) for alert in ("a", "b")))
        await running.attempts("latest", 2)
        await running.endpoint("latest", sink.url, collapse="latest")
        await running.write(running.message("latest", alert_id="a"))
        (ended,) = [one for one in await running.attempts("latest", 4) if one.state == "collapsed"]
        await sink.expect(2, within_s=10)
    newest, other = sink.hooks
    assert (newest.headers["chokepoint-collapsed"], ended.sequence) == ("1", 1)
    assert "chokepoint-collapsed" not in other.headers
    assert sequences(sink) == [3, 2]


async def test_operators_are_told_of_an_endpoint_that_is_disabled(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("operators", sink.url, customer_id=None, event_types=["endpoint.disabled"])
        await running.endpoint("dying", await closed_url())
        await running.send("dying")
        (first,) = await running.attempts("dying", 1)
        await running.sql("UPDATE endpoints SET failing_since = now() - interval '6 days' WHERE endpoint_id = 'dying'")
        await running.restart()
        await running.command(retry_of(first), "dying")
        await sink.expect(1, within_s=10)
    await running.delete_endpoint("dying")
    data = Webhook(SECRET).verify(sink.hooks[0].body, sink.hooks[0].headers)["data"]
    assert (data["endpoint_id"], data["customer_id"]) == ("dying", "dying")
    assert "every attempt has failed for 5 days" in data["reason"]


async def test_a_retry_that_is_asked_for_is_made_at_once_and_marked_where_it_had_arrived(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("retried", sink.url)
        await running.send("retried")
        (attempt,) = await running.attempts("retried", 1)
        await running.command(retry_of(attempt), "retried")
        attempts = await running.attempts("retried", 2)
    first, second = sink.hooks
    assert (first.webhook_id, first.body) == (second.webhook_id, second.body)
    assert "chokepoint-replay" not in first.headers
    assert second.headers["chokepoint-replay"] == "true"
    assert [(attempt.attempt, attempt.replay) for attempt in attempts] == [(1, False), (2, True)]


async def test_a_retry_does_not_wait_for_the_schedule(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("hurried", await closed_url())
        await running.send("hurried")
        (attempt,) = await running.attempts("hurried", 1)
        await running.endpoint("hurried", sink.url)
        await running.command(retry_of(attempt), "hurried")
        await sink.expect(1, within_s=3)
    assert "chokepoint-replay" not in sink.hooks[0].headers


async def test_a_replay_goes_to_that_endpoint_alone_and_is_marked(running: Dispatching) -> None:
    async with Sink.open() as sink, Sink.open() as beside:
        await running.endpoint("replayed", sink.url, ordering="customer")
        await running.endpoint("beside", beside.url, customer_id="replayed")
        await running.send("replayed", 3)
        await running.attempts("replayed", 3)
        await beside.expect(3, within_s=10)
        command = replay_of("replayed")
        await running.command(command, "replayed")
        await hooks(sink, 6)
        await running.command(command.model_copy(update={"id": str(uuid4()), "only_failed": True}), "replayed")
        early = {"id": str(uuid4()), "until": command.since, "since": command.since - timedelta(days=1)}
        await running.command(command.model_copy(update=early), "replayed")
        await asyncio.sleep(0.5)
    first, again = sink.hooks[:3], sink.hooks[3:]
    assert [(one.webhook_id, one.body) for one in again] == [(one.webhook_id, one.body) for one in first]
    lines = await running.sql("SELECT DISTINCT line FROM deliveries WHERE endpoint_id = 'replayed'")
    assert [row["line"] for row in lines] == ["replay of replayed"]
    assert [one.headers.get("chokepoint-replay") for one in sink.hooks] == [None] * 3 + ["true"] * 3
    assert len(beside.hooks) == 3


async def test_only_what_failed_is_replayed_where_that_is_asked_for(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("failed", sink.url)
        await running.send("failed", 2)
        _, second = await running.attempts("failed", 2)
        await running.sql("UPDATE deliveries SET state = 'dead' WHERE delivery_id = $1", second.delivery_id)
        await running.command(replay_of("failed", only_failed=True), "failed")
        await hooks(sink, 3)
        await asyncio.sleep(0.3)
    assert [one.webhook_id for one in sink.hooks[2:]] == [second.message_id]
    assert await running.sql("SELECT * FROM replays") == []


async def test_a_test_message_reaches_one_endpoint_once_even_before_its_record(running: Dispatching) -> None:
    async with Sink.open() as sink:
        command = SendTest(id=str(uuid4()), endpoint_id="tested", customer_id="tested", at=datetime.now(UTC))
        await running.command(command, "tested")
        await asyncio.sleep(0.2)
        await running.endpoint("tested", sink.url, event_types=["alert.resolved"])
        await sink.expect(1, within_s=10)
        await running.command(command, "tested")
        await asyncio.sleep(0.3)
    (hook,) = sink.hooks
    body = Webhook(SECRET).verify(hook.body, hook.headers)
    assert (body["type"], body["data"]["endpoint_id"]) == ("endpoint.test", "tested")


async def test_a_test_message_to_nobody_is_told_as_cancelled(running: Dispatching) -> None:
    command = SendTest(id=str(uuid4()), endpoint_id="nobody", customer_id="tested", at=datetime.now(UTC))
    await running.command(command, "tested")
    (attempt,) = await running.attempts("nobody", 1)
    assert (attempt.state, attempt.error) == ("cancelled", "there is no such endpoint")


async def test_a_deleted_endpoint_cancels_what_is_due(running: Dispatching) -> None:
    await running.endpoint("removed", await closed_url())
    await running.send("removed", 2)
    await running.attempts("removed", 2)
    await running.delete_endpoint("removed")
    told = await running.attempts("removed", 4)
    assert [(one.state, one.attempt, one.error) for one in told[2:]] == [
        ("cancelled", 1, "the endpoint was deleted")
    ] * 2


async def test_a_disabled_endpoint_gets_what_was_due_and_what_came_once_it_is_enabled(running: Dispatching) -> None:
    async with Sink.open() as sink:
        await running.endpoint("paused", await closed_url())
        await running.send("paused")
        await running.attempts("paused", 1)
        await running.endpoint("paused", sink.url, enabled=False)
        await asyncio.sleep(0.5)
        await running.send("paused", 2)
        await asyncio.sleep(5.5)
        assert not sink.hooks, "it was sent to a disabled endpoint"
        await running.endpoint("paused", sink.url)
        await sink.expect(3, within_s=5)
    assert sorted(sequences(sink)) == [1, 2, 3]


async def test_a_pace_is_kept_to_and_those_beside_do_not_wait_for_it(running: Dispatching) -> None:
    async with Sink.open() as paced, Sink.open() as beside:
        await running.endpoint("paced", paced.url, rate_limit_per_s=20)
        await running.endpoint("unpaced", beside.url)
        await running.send("paced", 200)
        await paced.expect(1, within_s=10)
        await running.send("unpaced", 100)
        await beside.expect(100, within_s=10)
        assert len(paced.hooks) < 100
        await paced.expect(60, within_s=10)
        await running.delete_endpoint("paced")
    lasted = paced.hooks[59].at - paced.hooks[0].at
    assert 2.6 < lasted < 6, "60 at 20 a second, on a machine that may be busy"


async def test_the_backlog_is_counted_and_empties(running: Dispatching) -> None:
    async def empty() -> bool:
        return "chokepoint_delivery_backlog 0.0" in await running.metrics()

    await until(empty, within_s=15)
    metrics = await running.metrics()
    assert 'chokepoint_deliveries_total{outcome="delivered"}' in metrics
    assert 'chokepoint_delivery_attempts_total{status_class="2xx"}' in metrics
    assert 'chokepoint_delivery_attempts_total{status_class="error"}' in metrics


def replay_of(endpoint_id: str, *, only_failed: bool = False) -> ReplayMessages:
    now = datetime.now(UTC)
    span = {"since": now - timedelta(minutes=5), "until": now}
    return ReplayMessages(id=str(uuid4()), endpoint_id=endpoint_id, only_failed=only_failed, **span)


def retry_of(attempt: Attempt) -> RetryDelivery:
    return RetryDelivery(id=str(uuid4()), delivery_id=attempt.delivery_id, endpoint_id=attempt.endpoint_id)


async def hooks(sink: Sink, count: int) -> None:
    """`expect` counts messages, and these come again under the same ids."""

    async def came() -> bool:
        return len(sink.hooks) >= count

    await until(came)


async def closed_url() -> str:
    """Nobody listens there any more."""
    async with Sink.open() as gone:
        return gone.url
