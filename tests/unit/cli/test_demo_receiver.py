"""The demo's receiver: each buyer's path verifies with that buyer's secret alone."""

import json
from datetime import UTC, datetime

import httpx2
from standardwebhooks import Webhook

from services.cli.demo.customers import CHIPS, MOTORS
from services.cli.demo.receiver import app
from services.cli.demo.testing import alert
from services.cli.demo.told import Line

SECRETS = {CHIPS: "whsec_Y2hpcHM=", MOTORS: "whsec_bW90b3Jz"}


async def post(path: str, secret: str, body: dict[str, object]) -> tuple[int, list[Line]]:
    lines: list[Line] = []
    text, now = json.dumps(body), datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, text),
    }
    transport = httpx2.ASGITransport(app(SECRETS, lines.append))
    async with httpx2.AsyncClient(transport=transport, base_url="http://receiver") as client:
        return (await client.post(path, content=text, headers=headers)).status_code, lines


def body_of(data: object) -> dict[str, object]:
    return {"type": "alert.opened", "timestamp": "2025-04-04T00:00:00Z", "schema_version": "1", "data": data}


async def test_a_message_signed_for_its_endpoint_becomes_a_line() -> None:
    said = alert(1, CHIPS)
    status, (line,) = await post(f"/{CHIPS}/", SECRETS[CHIPS], body_of(said.model_dump(mode="json")))
    assert status == 204
    assert (line.verified, line.endpoint, line.webhook_id, line.data) == (True, CHIPS, "msg_1", said)


async def test_another_customer_s_secret_does_not_verify() -> None:
    status, lines = await post(f"/{CHIPS}/", SECRETS[MOTORS], body_of({}))
    assert status == 401
    assert lines == [Line(endpoint=CHIPS, webhook_id="msg_1", verified=False)]


async def test_a_message_of_another_type_is_verified_and_carries_no_alert() -> None:
    _, (line,) = await post(f"/{MOTORS}/", SECRETS[MOTORS], body_of({"hello": "there"}) | {"type": "endpoint.test"})
    assert (line.verified, line.data) == (True, None)
