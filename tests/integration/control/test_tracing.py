"""The way of an event as people ask for it, from what the other services said on the topics."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from services.scorer.testing import signal
from shared.contracts.alerts import AlertData, Body, Message
from shared.contracts.base import to_json
from shared.contracts.deliveries import Attempt
from shared.contracts.events import MeasureChange
from shared.contracts.measures import MeasureRecord
from shared.contracts.risk import Driver, LeadTime, Risk, Stockout
from shared.contracts.signals import Dropped, Fingerprints, Judgement
from shared.domain.alerts.causes import alert_id, cause
from shared.domain.measures import measure_at
from shared.domain.measures.events import of_measure
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import ALERTS, DELIVERIES, MEASURES, RISK_SCORES, SIGNALS, WORLD, partition_of
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import measure_change
from tests.integration.control.process import PARTITIONS, Running, say, until

pytestmark = pytest.mark.integration

ACT, OTHER_ACT, NEWS = "event-act", "event-other-act", "event-news"
CAUSED_BY = (("caused-by", b"profile/1"),)
ALERT = alert_id("traced", cause("measure", "CN-TRACED"))


@dataclass(frozen=True)
class Said:
    """By the other services, of what was accepted at this instant."""

    at: datetime

    def record(self, topic: str, key: str, value: BaseModel, event_id: str, customer_id: str | None = None) -> Outgoing:
        stamp = Stamp(event_id=event_id, accepted_at=self.at, received_at=self.at, schema="test/1", extra=CAUSED_BY)
        partition = partition_of(customer_id, PARTITIONS) if customer_id else 0
        return Outgoing(topic, key.encode(), to_json(value), stamp.headers(), partition)

    def act(self, event_id: str, ref: str, **scope: object) -> list[Outgoing]:
        """What is posted, and what the registry makes of it."""
        event = MeasureChange.model_validate(measure_change(ref, **scope))
        identity, said = of_measure(event, event_id, self.at)
        measure = measure_at(identity, [said], self.at)
        assert measure is not None
        known = MeasureRecord(measure=measure, acts=(said,), as_of=self.at)
        return [self.record(WORLD, event_id, event, event_id), self.record(MEASURES, measure.id, known, event_id)]

    def news(self) -> list[Outgoing]:
        told = signal("story-t", event_id=NEWS, novelty="duplicate")
        judged = Judgement(
            event_id=NEWS,
            source=told.source,
            title="Terbium: another copy",
            published_at=self.at,
            language="en",
            fingerprints=Fingerprints(exact="x", meaning=(0.5,) * 100),
            signals=(told,),
            dropped=(Dropped(type="export_halt", reason="confidence 0.31 is below 0.5"),),
            classifier="test@1",
        )
        return [self.record(WORLD, NEWS, judged, NEWS), self.record(SIGNALS, told.id, told, NEWS)]

    def risk(self, score: float, event_id: str) -> Outgoing:
        said = Risk(
            customer_id="traced",
            material="terbium",
            score=score,
            band="guarded" if score < 40 else "elevated",
            interval=(0.0, 100.0),
            stockout=Stockout(probability={"30": 0.25}),
            cover_days=30.0,
            lead_time_days=LeadTime(p50=45.0, p90=90.0),
            drivers=(Driver(kind="structural", ref="terbium", label="concentration", contribution=score),),
            inputs={},
            model="risk@1",
            as_of=self.at,
        )
        return self.record(RISK_SCORES, "traced/terbium", said, event_id, "traced")

    def message(self) -> Outgoing:
        said = AlertData(
            id=ALERT,
            customer_id="traced",
            kind="measure",
            severity="high",
            status="open",
            title="China: licence requirement in force",
            summary="",
            material="terbium",
            score=45.0,
            measures=("CN-TRACED",),
            sequence=1,
            revision=1,
            opened_at=self.at,
            updated_at=self.at,
            links={},
        )
        told = Message(
            message_id="traced-1",
            number=1,
            customer_id="traced",
            sequence=1,
            alert_id=ALERT,
            cause="change/7",
            severity="high",
            body=Body(type="alert.opened", timestamp=self.at, data=said),
        )
        return self.record(ALERTS, "traced", told, ACT, "traced")

    def attempt(self) -> Outgoing:
        tried = Attempt(
            delivery_id="delivery-t",
            message_id="traced-1",
            endpoint_id="someone-elses",
            customer_id="traced",
            type="alert.opened",
            sequence=1,
            attempt=1,
            at=self.at,
            latency_ms=3.0,
            status=204,
            state="delivered",
        )
        return self.record(DELIVERIES, "delivery-t", tried, ACT, "traced")


async def happen(control: Running) -> datetime:
    """Two acts and a copy of known news go through the system; one act concerns one of two customers."""
    async with control.client() as client:
        for customer_id in ("traced", "other-traced"):
            profile = motor_maker().model_dump(mode="json")
            assert (await client.put(f"/customers/{customer_id}", json=profile)).is_success
        said = Said(datetime.now(UTC))
        await say(
            control.bootstrap,
            *(*said.act(ACT, "CN-TRACED"), *said.act(OTHER_ACT, "CN-GALLIUM", materials=["gallium"]), *said.news()),
            *(said.risk(31.0, "profile/traced/1"), said.risk(45.0, ACT), said.message(), said.attempt()),
        )

        async def there() -> bool:
            answer = await client.get(f"/events/{ACT}/trace?customer_id=traced")
            others = [await client.get(f"/events/{event_id}/trace") for event_id in (OTHER_ACT, NEWS)]
            found = answer.json() if answer.is_success else {"messages": []}
            return all(one.is_success for one in others) and any(one["deliveries"] for one in found["messages"])

        await until(there)
    return said.at


@pytest.fixture(scope="module")
def accepted_at(control: Running) -> datetime:
    with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
        return beside.submit(lambda: asyncio.run(happen(control))).result()


@pytest.fixture
async def client(control: Running, accepted_at: datetime) -> AsyncIterator[httpx2.AsyncClient]:
    del accepted_at  # it has happened
    async with control.client() as client:
        yield client


async def trace(client: httpx2.AsyncClient, event_id: str, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/events/{event_id}/trace{query}")
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def bound(client: httpx2.AsyncClient, control: Running, customer_id: str) -> AsyncIterator[httpx2.AsyncClient]:
    """With a key that belongs to one customer."""
    asked = {"name": customer_id, "scopes": ["events:read", "alerts:read"], "customer_id": customer_id}
    key = (await client.post("/keys", json=asked)).json()["key"]
    async with control.client(key) as own:

        async def opens() -> bool:
            return (await own.get("/signals")).is_success

        await until(opens)
        yield own


async def test_an_event_is_followed_from_the_door_to_the_webhook(
    client: httpx2.AsyncClient, accepted_at: datetime
) -> None:
    found = await trace(client, ACT, "?customer_id=traced")
    [accepted], [moved], [scored], [said] = (found[stage] for stage in ("accepted", "measures", "scores", "messages"))
    assert (accepted["kind"], accepted["source"]) == ("measure_change", "Ministry of Commerce")
    assert datetime.fromisoformat(accepted["accepted_at"]) == accepted_at
    assert (moved["ref"], moved["after"]["state"], "before" in moved) == ("CN-TRACED", "in_force", False)
    assert (scored["before"]["score"], scored["after"]["score"]) == (31.0, 45.0)
    assert scored["after"]["drivers"]
    assert (said["alert_id"], said["sequence"]) == (ALERT, 1)
    [delivery] = said["deliveries"]
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("delivered", 204, 1)


async def test_an_event_whose_scope_meets_no_exposure_says_so(client: httpx2.AsyncClient) -> None:
    found = await trace(client, OTHER_ACT, "?customer_id=traced")
    told = {reason["code"]: reason["text"] for reason in found["reasons"]}
    assert "gallium" in told["no_exposure"]
    assert found["messages"] == []


async def test_news_shows_what_was_read_what_was_dropped_and_that_it_is_a_copy(client: httpx2.AsyncClient) -> None:
    found = await trace(client, NEWS)
    assert (found["classifier"], found["accepted"][0]["title"]) == ("test@1", "Terbium: another copy")
    assert [one["novelty"] for one in found["signals"]] == ["duplicate"]
    assert [one["type"] for one in found["dropped"]] == ["export_halt"]
    assert {"dropped", "duplicate"} <= {reason["code"] for reason in found["reasons"]}


async def test_what_is_not_known_is_a_404_that_says_what_may_be(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/events/nothing/trace")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/v1/classify" in answer.json()["detail"]
    assert (await client.get(f"/events/{ACT}/trace?customer_id=nobody")).status_code == 404
    assert (await client.get("/alerts/nothing/explain")).status_code == 404


async def test_a_key_of_one_customer_sees_its_part_alone(client: httpx2.AsyncClient, control: Running) -> None:
    async with bound(client, control, "traced") as own, bound(client, control, "other-traced") as others:
        mine, theirs = await trace(own, ACT), await trace(others, ACT)
        assert [one["customer_id"] for one in mine["messages"]] == ["traced"]
        assert mine["messages"][0]["deliveries"] == []  # the endpoint is none of its own
        assert (theirs["scores"], theirs["messages"]) == ([], [])
        assert (await others.get(f"/events/{ACT}/trace?customer_id=traced")).status_code == 404
        [accepted] = (await trace(own, "profile/traced/1"))["accepted"]
        assert (accepted["kind"], "received_at" in accepted) == ("profile", True)
        assert (await others.get("/events/profile/traced/1/trace")).status_code == 404
        assert (await own.get(f"/alerts/{ALERT}/explain")).is_success
        assert (await others.get(f"/alerts/{ALERT}/explain")).status_code == 404


async def test_an_alert_is_explained_by_its_rule_its_event_and_what_it_rests_on(client: httpx2.AsyncClient) -> None:
    found = (await client.get(f"/alerts/{ALERT}/explain")).json()
    [revision] = found["revisions"]
    assert (found["cause"], found["about"]) == ("measure", "CN-TRACED")
    assert (revision["event_id"], revision["rule"]["code"]) == (ACT, "a")
    assert "CN-TRACED is in force" in revision["severity_because"]
    assert revision["trace"]["scores"][0]["before"]["score"] == 31.0
    assert [one["ref"] for one in found["measures"]] == ["CN-TRACED"]
    assert found["measures"][0]["evidence"]
    assert found["silenced_by"]["material"] == ["terbium"]
