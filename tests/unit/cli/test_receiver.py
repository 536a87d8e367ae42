"""`chokepoint listen` answers 2xx to what verifies and to nothing else."""

import json
import time
from datetime import UTC, datetime

import httpx2
import pytest
from standardwebhooks import Webhook

from services.cli.answering import Manners
from services.cli.receiver import WELL, Received, receiver, unverified_line
from shared.errors import ChokepointError

SECRET = "whsec_" + "c2VjcmV0LW9mLTMyLWJ5dGVzLWZvci10aGUtdGVzdHM="
BODY = json.dumps({"type": "alert.opened", "data": {"sequence": 1}})


def signed(body: str = BODY, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }


def listening(*secrets: str, manners: Manners = WELL) -> tuple[httpx2.AsyncClient, list[Received], list[str]]:
    verified: list[Received] = []
    refused: list[str] = []
    app = receiver(secrets, verified.append, refused.append, manners)
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


async def test_a_refusal_on_purpose_is_told_and_the_repeat_under_the_same_id_counts_as_a_second_attempt() -> None:
    refusing = Manners(fail=503, rate=0.5, retry_after_s=7, seed=1)
    client, verified, _ = listening(SECRET, manners=refusing)
    answers = [await client.post("/", content=BODY, headers=signed()) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [received.answered for received in verified]
    assert {answer.status_code for answer in answers} == {204, 503}
    assert {answer.headers.get("retry-after") for answer in answers if answer.status_code == 503} == {"7"}
    assert [received.attempt for received in verified] == list(range(1, 21))


async def test_what_does_not_verify_is_a_401_whatever_is_refused_on_purpose() -> None:
    client, _, refused = listening(SECRET, manners=Manners(fail=503))
    assert (await client.post("/", content=BODY, headers={})).status_code == 401
    assert refused == ["no webhook-id"]


async def test_a_slow_receiver_answers_late() -> None:
    client, _, _ = listening(SECRET, manners=Manners(slow_s=0.05))
    began = time.monotonic()
    await client.post("/", content=BODY, headers=signed())
    assert time.monotonic() - began >= 0.05


def test_a_line_for_programs_says_what_was_answered() -> None:
    line = json.loads(Received("msg_1", json.loads(BODY), replay=False, attempt=2, answered=503).as_line())
    told = {name: line[name] for name in ("webhook-id", "verified", "sequence", "type", "answered", "attempt")}
    assert told == {
        "webhook-id": "msg_1", "verified": True, "sequence": 1, "type": "alert.opened", "answered": 503, "attempt": 2,
    }  # fmt: skip
    assert json.loads(unverified_line("msg_2")) == {"webhook-id": "msg_2", "verified": False, "answered": 401}


@pytest.mark.parametrize("wrong", ["", "whsec_", "whsec_x", "c2VjcmV0"])
def test_a_secret_that_is_none_is_refused_by_its_place(wrong: str) -> None:
    with pytest.raises(ChokepointError, match="secret 2 is none"):
        listening(SECRET, wrong)


def test_and_never_repeated() -> None:
    with pytest.raises(ChokepointError) as refused:
        listening("nearly_a_secret")
    assert "nearly" not in str(refused.value)
