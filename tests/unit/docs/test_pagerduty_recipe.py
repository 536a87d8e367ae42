"""The recipe between samples of what Chokepoint sends and a PagerDuty of the test's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from standardwebhooks import Webhook

from docs.recipes.pagerduty import ENQUEUE, Seen, receiver
from tests.fixtures.markdown import ROOT

WEBHOOK = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


class PagerDuty:
    """With a receiver in front of it; `answers` come before it takes what is sent."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.answers: list[httpx2.Response] = []
        self.seen = Seen(":memory:")

    async def post(self, body: str, *, webhook: Webhook = WEBHOOK) -> httpx2.Response:
        now = datetime.now(UTC)
        headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
        headers["webhook-signature"] = webhook.sign("msg_1", now, body)
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(self._take)) as outside:
            app = receiver(WEBHOOK, outside, "routing-key", self.seen)
            async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://here") as client:
                return await client.post("/", content=body, headers=headers)

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        assert str(request.url) == ENQUEUE
        if self.answers:
            return self.answers.pop(0)
        self.events.append(json.loads(request.content))
        return httpx2.Response(202)


@pytest.fixture
def pagerduty() -> Iterator[PagerDuty]:
    made = PagerDuty()
    yield made
    made.seen.close()


def sample(name: str, **changes: object) -> str:
    message = json.loads((ROOT / f"docs/payloads/1/{name}.json").read_text())
    message["data"] |= changes
    return json.dumps(message)


async def test_an_alert_opens_an_incident_and_its_resolution_resolves_it(pagerduty: PagerDuty) -> None:
    for name in ("alert.opened", "alert.resolved"):
        assert (await pagerduty.post(sample(name))).status_code == 204
    opened, resolved = pagerduty.events
    assert (opened["event_action"], resolved["event_action"]) == ("trigger", "resolve")
    assert opened["dedup_key"] == resolved["dedup_key"]
    assert opened["routing_key"] == "routing-key"
    assert opened["payload"]["severity"] == "error"
    assert opened["payload"]["summary"].startswith("China: export licence requirement on terbium")


async def test_what_comes_again_or_out_of_its_turn_opens_nothing_again(pagerduty: PagerDuty) -> None:
    for name in ("alert.opened", "alert.opened", "alert.resolved", "alert.opened"):
        assert (await pagerduty.post(sample(name))).status_code == 204
    assert [event["event_action"] for event in pagerduty.events] == ["trigger", "resolve"]


@pytest.mark.parametrize("name", ["endpoint.test", "endpoint.heartbeat", "measure.changed"])
async def test_what_is_no_alert_is_taken_and_opens_nothing(pagerduty: PagerDuty, name: str) -> None:
    assert (await pagerduty.post(sample(name))).status_code == 204
    assert pagerduty.events == []


async def test_a_strangers_message_is_refused(pagerduty: PagerDuty) -> None:
    stranger = Webhook("whsec_b2xkLXNlY3JldC1vZi10aGlzLXRlc3Q=")
    assert (await pagerduty.post(sample("alert.opened"), webhook=stranger)).status_code == 401
    assert pagerduty.events == []


@pytest.mark.parametrize(("status", "told"), [(429, 503), (500, 503), (400, 502)])
async def test_what_pagerduty_does_not_take_is_tried_again_when_it_wants_it(
    pagerduty: PagerDuty, status: int, told: int
) -> None:
    pagerduty.answers.append(httpx2.Response(status, headers={"retry-after": "30"}))
    answer = await pagerduty.post(sample("alert.opened"))
    assert (answer.status_code, answer.headers["retry-after"]) == (told, "30")
    assert (await pagerduty.post(sample("alert.opened"))).status_code == 204
    assert len(pagerduty.events) == 1
