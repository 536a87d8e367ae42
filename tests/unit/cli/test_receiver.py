"""`chokepoint listen` answers 2xx to what verifies and to nothing else."""

import json
from datetime import UTC, datetime

import httpx2
from standardwebhooks import Webhook

from services.cli.receiver import Received, receiver

SECRET = "whsec_" + "c2VjcmV0LW9mLTMyLWJ5dGVzLWZvci10aGUtdGVzdHM="
BODY = json.dumps({"type": "alert.opened", "data": {"sequence": 1}})


def signed(body: str = BODY, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }


def listening(*secrets: str) -> tuple[httpx2.AsyncClient, list[Received], list[str]]:
    verified: list[Received] = []
    refused: list[str] = []
    app = receiver(secrets, verified.append, refused.append)
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://receiver")
    return client, verified, refused


async def test_a_signed_message_is_taken() -> None:
    client, verified, _ = listening(SECRET)
    assert (await client.post("/", content=BODY, headers=signed())).status_code == 204
    assert verified == [Received("msg_1", json.loads(BODY), replay=False)]


async def test_a_message_is_taken_under_either_secret_while_one_is_rotated() -> None:
    client, verified, _ = listening("whsec_bmV3", SECRET)
    assert (await client.post("/", content=BODY, headers=signed())).status_code == 204
    assert len(verified) == 1


async def test_a_replay_is_marked() -> None:
    client, verified, _ = listening(SECRET)
    await client.post("/", content=BODY, headers=signed() | {"chokepoint-replay": "true"})
    assert verified[0].replay


async def test_a_tampered_body_is_refused() -> None:
    client, verified, refused = listening(SECRET)
    assert (await client.post("/", content=BODY.replace("1", "2"), headers=signed())).status_code == 401
    assert (verified, refused) == ([], ["msg_1"])


async def test_another_secret_an_old_timestamp_and_no_signature_are_refused() -> None:
    client, verified, _ = listening(SECRET)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    for headers in (signed(secret="whsec_b3RoZXI="), signed(at=old), {}, {"webhook-id": "msg_1"}):
        assert (await client.post("/", content=BODY, headers=headers)).status_code == 401
    assert verified == []
