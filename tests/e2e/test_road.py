"""The road: one event in, one signed webhook out, through every service."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from standardwebhooks import Webhook

from services.cli.testing import Hook, RunningSystem, Sink
from shared.client import Client, Problem
from shared.contracts.endpoints import EndpointConfig
from shared.contracts.traces import Explanation, Trace
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import Json, inventory, licence_decision, measure_change

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


def post(system: RunningSystem, *events: Json) -> list[str]:
    """The ids that they have in the system."""
    with system.client() as client:
        answer = client.post_events(json.dumps(events).encode())
    assert answer.accepted == len(events), answer
    return [result.event_id or "" for result in answer.results]


def subscribe(system: RunningSystem, customer_id: str, url: str, material: str = "terbium") -> str:
    """Puts the customer, registers the receiver, and answers its secret."""
    with system.client() as client:
        client.put_customer(customer_id, motor_maker(material=material))
        return client.create_endpoint(EndpointConfig(customer_id=customer_id, url=url, min_severity="info")).secret


def verified(hook: Hook, secret: str) -> Json:
    body: Json = Webhook(secret).verify(hook.body, hook.headers)
    return body


async def test_an_act_a_decision_and_a_low_stock_are_told_in_order(system: RunningSystem) -> None:
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(subscribe, system, "road", sink.url)
        for count, event in enumerate(
            (
                measure_change("CN-TEST-ROAD"),
                licence_decision("road", "L-1", decision="denied"),
                inventory("road", on_hand_kg=3, daily_use_kg=3.3),
            ),
            start=1,
        ):
            await asyncio.to_thread(post, system, event)
            await sink.expect(count, within_s=20)
        bodies = [verified(hook, secret) for hook in sink.hooks]
    assert [body["data"]["sequence"] for body in bodies] == [1, 2, 3]
    assert [body["data"]["kind"] for body in bodies] == ["measure", "licence", "score"]
    assert all(body["type"] == "alert.opened" for body in bodies)


async def test_an_alert_names_the_event_behind_it_and_an_event_says_why_it_told_nothing(system: RunningSystem) -> None:
    act, elsewhere = (
        measure_change("CN-TEST-TOLD"),
        measure_change("CN-TEST-ELSEWHERE", materials=["gallium"], title="Licence requirement on gallium"),
    )
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(subscribe, system, "explained", sink.url)
        [told, untold] = await asyncio.to_thread(post, system, act, elsewhere)
        await sink.expect(1, within_s=20)
        link = verified(sink.hooks[0], secret)["data"]["links"]["explain"]
        with system.client() as client:
            explained = await asyncio.to_thread(client.explain, link.split("/")[3])
            way = await asyncio.to_thread(_trace, client, told, lambda way: any(one.deliveries for one in way.messages))
            silent = await asyncio.to_thread(_trace, client, untold, lambda way: bool(way.measures))
    assert link == f"/v1/alerts/{explained.alert.id}/explain"
    assert [(one.event_id, one.rule.code) for one in explained.revisions] == [(told, "a")]
    assert [delivery.status for message in way.messages for delivery in message.deliveries] == [204]
    assert (way.accepted[0].kind, way.measures[0].after.state) == ("measure_change", "in_force")
    assert {reason.code for reason in silent.reasons} >= {"no_exposure"}
    assert not silent.messages


def _trace(client: Client, event_id: str, is_whole: Callable[[Trace], bool]) -> Trace:
    """Once control knows of it what is asked: a webhook may come before its outcome is known there."""
    deadline = time.monotonic() + 10
    while True:
        with contextlib.suppress(Problem):
            found = client.trace(event_id, "explained")
            if is_whole(found):
                return found
        assert time.monotonic() < deadline, event_id
        time.sleep(0.05)


async def test_the_same_event_again_tells_nobody(system: RunningSystem) -> None:
    async with Sink.open() as sink:
        await asyncio.to_thread(subscribe, system, "again", sink.url)
        again = licence_decision("again", "L-1", decided_at=datetime.now(UTC).isoformat())
        with system.client() as client:
            first = client.post_events(json.dumps(again).encode())
            second = client.post_events(json.dumps(again).encode())
        assert (first.accepted, second.duplicates) == (1, 1)
        await asyncio.to_thread(post, system, licence_decision("again", "L-2"))
        await sink.expect(2, within_s=20)
        assert len(sink.hooks) == 2


async def test_a_corrected_act_is_a_message_of_its_own_and_the_same_again_is_none(system: RunningSystem) -> None:
    act = measure_change("CN-TEST-CORRECTED", id="notice-as-published")
    later = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(subscribe, system, "corrected", sink.url)
        [published] = await asyncio.to_thread(post, system, act)
        await sink.expect(1, within_s=20)
        with system.client() as client:
            again = await asyncio.to_thread(client.post_events, json.dumps(act).encode())
        [corrected] = await asyncio.to_thread(post, system, act | {"effective_on": later})
        await sink.expect(2, within_s=20)
        await asyncio.to_thread(post, system, licence_decision("corrected", "L-1"))
        await sink.expect(3, within_s=20)
        bodies = [verified(hook, secret) for hook in sink.hooks]
    assert (again.duplicates, published) == (1, corrected)
    assert [body["data"]["kind"] for body in bodies] == ["measure", "measure", "licence"]
    assert [body["data"]["sequence"] for body in bodies] == [1, 2, 3]
    assert [body["data"]["revision"] for body in bodies[:2]] == [1, 2]
    assert bodies[0]["data"]["id"] == bodies[1]["data"]["id"]
    assert len({hook.headers["webhook-id"] for hook in sink.hooks}) == 3


async def test_a_news_brief_is_read_and_told(system: RunningSystem) -> None:
    brief = {
        "kind": "news",
        "source": {"name": "Wire", "type": "newswire"},
        "published_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "title": "China denies export licence for terbium shipment to German motor maker",
        "body": "China's commerce ministry rejected an application to export terbium to Germany, two people said.",
    }
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(subscribe, system, "news", sink.url)
        await asyncio.to_thread(post, system, brief)
        await sink.expect(1, within_s=20)
        body = verified(sink.hooks[0], secret)
    assert body["data"]["kind"] == "signal"
    assert body["data"]["evidence"]


async def test_news_that_a_human_rejects_is_retracted(system: RunningSystem) -> None:
    brief = {
        "kind": "news",
        "source": {"name": "Gazette of Rumours", "type": "trade_press"},
        "published_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "title": "China halts exports of samarium to Germany",
        "body": "China has halted all exports of samarium to Germany, the ministry announced.",
    }
    async with Sink.open() as sink:
        secret = await asyncio.to_thread(subscribe, system, "rejecting", sink.url, "samarium")  # no other's story
        [event_id] = await asyncio.to_thread(post, system, brief)
        await sink.expect(1, within_s=20)
        ids = await asyncio.to_thread(_reject, system, event_id)
        await sink.expect(2, within_s=20)
        opened, taken_back = (verified(hook, secret) for hook in sink.hooks)
        with system.client() as client:
            explained = await asyncio.to_thread(_explained, client, opened["data"]["id"], 2)
    assert (opened["data"]["kind"], opened["data"]["status"]) == ("signal", "open")
    assert (taken_back["type"], taken_back["data"]["status"]) == ("alert.resolved", "retracted")
    assert taken_back["data"]["id"] == opened["data"]["id"]
    assert "Somebody made it up" in taken_back["data"]["summary"]
    assert [(one.event_id, one.rule.code) for one in explained.revisions] == [(event_id, "d"), (ids[0], "retracted")]
    assert {signal.review.verdict for signal in explained.signals if signal.review} == {"rejected"}


def _explained(client: Client, alert_id: str, revisions: int) -> Explanation:
    """Once control knows of so many: a webhook may come before."""
    deadline = time.monotonic() + 10
    while len((found := client.explain(alert_id)).revisions) < revisions:
        assert time.monotonic() < deadline, alert_id
        time.sleep(0.05)
    return found


def _reject(system: RunningSystem, event_id: str) -> list[str]:
    """Every signal of the event, once control knows of them; the ids of the words."""
    deadline, control = time.monotonic() + 10, system.connection.control_url
    authorization = {"authorization": f"Bearer {system.connection.key}"}
    with httpx2.Client(base_url=f"{control}/v1", headers=authorization, trust_env=False) as client:
        while not (found := client.get("/signals", params={"event_id": event_id}).json()["items"]):
            assert time.monotonic() < deadline, event_id
            time.sleep(0.05)
        asked = [client.post(f"/signals/{one['id']}:reject", json={"reason": "Somebody made it up."}) for one in found]
    return [answer.raise_for_status().json()["id"] for answer in asked]


async def test_listen_verifies_and_prints_what_comes(system: RunningSystem) -> None:
    before = await asyncio.to_thread(_endpoints, system)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", "listen", "--sample", "--json", "--port", "0",
        "--data-dir", str(system.data_dir), stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert json.loads(await process.stdout.readline())["customer"] == "sample-motors"
        await asyncio.to_thread(post, system, measure_change("CN-TEST-LISTEN"))
        line = json.loads(await process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert line["data"]["customer_id"] == "sample-motors"
    assert await asyncio.to_thread(_endpoints, system) == before


def _endpoints(system: RunningSystem) -> set[str]:
    with system.client() as client:
        return {str(endpoint["id"]) for endpoint in client.endpoints()}
