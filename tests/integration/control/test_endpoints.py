"""Endpoints: the secret once, sealed on the way to the dispatcher, and what the dispatcher reports back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx2
import pytest

from shared.contracts.deliveries import Attempt, EndpointCircuit, EndpointDisabled, ReplayMessages, SendTest
from shared.contracts.endpoints import Circuit, EndpointRecord
from shared.kafka.topics import COMMANDS, DELIVERIES, ENDPOINTS, partition_of
from shared.secrets import unseal
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import PARTITIONS, Running, records, said, say, until

pytestmark = pytest.mark.integration

HOOK = "http://127.0.0.1:9000/hook"


async def on_topic(control: Running, endpoint_id: str) -> list[EndpointRecord | None]:
    found = await records(control.bootstrap, ENDPOINTS, endpoint_id)
    return [EndpointRecord.model_validate_json(one.value) if one.value else None for one in found]


def steps(records: list[EndpointRecord]) -> list[int]:
    """From each version to the next."""
    return [later.version - earlier.version for earlier, later in pairwise(records)]


async def put_customer(control: Running, customer_id: str) -> None:
    async with control.client() as client:
        answer = await client.put(f"/customers/{customer_id}", json=motor_maker().model_dump(mode="json"))
    assert answer.is_success


async def test_the_secret_is_shown_once_and_travels_sealed(control: Running) -> None:
    await put_customer(control, "hooked")
    async with control.client() as client:
        headers = {"Authorization": "Bearer abc"}
        created = await client.post("/endpoints", json={"url": HOOK, "customer_id": "hooked", "headers": headers})
        shown = await client.get(f"/endpoints/{created.json()['id']}")
        listed = await client.get("/endpoints?customer_id=hooked")
    assert created.status_code == 201
    secret = created.json()["secret"]
    assert secret.startswith("whsec_")
    assert shown.json() == {name: value for name, value in created.json().items() if name != "secret"}
    assert listed.json()["items"] == [shown.json()]
    assert (shown.json()["min_severity"], shown.json()["format"], shown.json()["enabled"]) == (
        "warning",
        "standard",
        True,
    )
    [record] = await on_topic(control, created.json()["id"])
    assert record is not None
    assert unseal(control.secret_settings, record.secrets[0].ciphertext) == secret
    assert unseal(control.secret_settings, record.sealed_headers["Authorization"]) == "Bearer abc"
    assert shown.json()["headers"] == {"Authorization": "***"}
    [raw] = await records(control.bootstrap, ENDPOINTS, created.json()["id"])
    assert secret.encode() not in (raw.value or b"")
    assert b"Bearer" not in (raw.value or b"")


async def test_headers_that_are_sent_back_as_they_are_shown_stay(control: Running) -> None:
    async with control.client() as client:
        made = (await client.put("/endpoints/masked", json={"url": HOOK, "headers": {"X-Token": "abc"}})).json()
        same = await client.put("/endpoints/masked", json={"url": HOOK, "headers": made["headers"]})
        enabled = await client.post("/endpoints/masked:enable")
        elsewhere = await client.patch("/endpoints/masked", json={"url": "http://127.0.0.2:9000/hook"})
    assert [one.status_code for one in (same, enabled, elsewhere)] == [200, 200, 422]
    records = [record for record in await on_topic(control, "masked") if record]
    assert steps(records) == [1]
    tokens = [unseal(control.secret_settings, record.sealed_headers["X-Token"]) for record in records]
    assert tokens == ["abc", "abc"]


async def test_a_rotated_secret_signs_beside_the_new_one_for_a_day(control: Running) -> None:
    async with control.client() as client:
        created = (await client.post("/endpoints", json={"url": HOOK})).json()
        rotated = await client.post(f"/endpoints/{created['id']}:rotate-secret")
    assert rotated.status_code == 200
    assert rotated.json()["secret"] != created["secret"]
    first, record = await on_topic(control, created["id"])
    assert first is not None
    assert record is not None
    assert steps([first, record]) == [1]
    secrets = [unseal(control.secret_settings, sealed.ciphertext) for sealed in record.secrets]
    assert secrets == [rotated.json()["secret"], created["secret"]]
    overlap = record.secrets[1].expires_at
    assert overlap is not None
    assert timedelta(hours=23) < overlap - datetime.now(UTC) <= timedelta(hours=24)


async def test_a_secret_that_others_know_is_ended_at_once(control: Running) -> None:
    async with control.client() as client:
        created = (await client.post("/endpoints", json={"url": HOOK})).json()
        rotated = await client.post(f"/endpoints/{created['id']}:rotate-secret", json={"overlap_hours": 0})
    *_, record = await on_topic(control, created["id"])
    assert record is not None
    secrets = [unseal(control.secret_settings, sealed.ciphertext) for sealed in record.secrets]
    assert secrets == [rotated.json()["secret"]]


async def test_the_public_keys_of_v1a_are_there_for_anybody_to_read(control: Running) -> None:
    async with control.client() as client:
        made = (await client.post("/endpoints", json={"url": HOOK})).json()
        turned = (await client.patch(f"/endpoints/{made['id']}", json={"signature": "v1a"})).json()
        rotated = (await client.post(f"/endpoints/{made['id']}:rotate-secret")).json()
    assert made["public_keys"] == []
    assert rotated["public_keys"][1:] == turned["public_keys"] != []
    *_, record = await on_topic(control, made["id"])
    assert record is not None
    assert [one.public_key for one in record.secrets if one.public_key] == rotated["public_keys"]

    async def listed() -> bool:
        async with httpx2.AsyncClient(trust_env=False) as anybody:
            answer = await anybody.get(f"{control.url}/.well-known/webhook-keys")
        keys = {key["public_key"]: key for key in answer.json()["keys"]}
        new, old = (keys.get(key) for key in rotated["public_keys"])
        return bool(
            new and old and new["algorithm"] == "ed25519" and "expires_at" not in new and old["expires_at"]
            and new["id"] != old["id"] and made["id"] not in answer.text
        )  # fmt: skip

    await until(listed)


async def test_put_makes_an_endpoint_under_a_name_of_ones_own_and_the_same_again_changes_nothing(
    control: Running,
) -> None:
    async with control.client() as client:
        made = await client.put("/endpoints/mine", json={"url": HOOK})
        same = await client.put("/endpoints/mine", json={"url": HOOK})
        other = await client.put("/endpoints/mine", json={"url": HOOK, "min_severity": "high"})
        patched = await client.patch("/endpoints/mine", json={"min_severity": None, "materials": ["Tb"]})
        gone = await client.delete("/endpoints/mine")
        missing = await client.get("/endpoints/mine")
        anew = await client.put("/endpoints/mine", json={"url": HOOK})
    answers = (made, same, other, patched, gone, missing, anew)
    assert [one.status_code for one in answers] == [201, 200, 200, 200, 204, 404, 201]
    assert "secret" in made.json()
    assert "secret" not in same.json()
    assert (patched.json()["min_severity"], patched.json()["materials"]) == ("warning", ["terbium"])
    *before, tombstone, remade = await on_topic(control, "mine")
    assert tombstone is None
    assert remade is not None
    old = [record for record in before if record]
    assert steps(old) == [1, 1]
    assert remade.version > old[-1].version, "never taken for the deleted one"


async def test_an_endpoint_stays_with_its_customer(control: Running) -> None:
    await put_customer(control, "owner")
    async with control.client() as client:
        created = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "owner"})).json()
        moved = await client.patch(f"/endpoints/{created['id']}", json={"customer_id": None})
        nobody = await client.post("/endpoints", json={"url": HOOK, "customer_id": "nobody"})
    assert [one.status_code for one in (moved, nobody)] == [422, 422]
    assert nobody.json()["errors"][0]["loc"] == "body.customer_id"


async def test_an_endpoint_shows_whether_its_receiver_answers(control: Running) -> None:
    async with control.client() as client:
        endpoint = (await client.post("/endpoints", json={"url": HOOK})).json()["id"]
        assert (await client.get(f"/endpoints/{endpoint}")).json()["circuit"]["state"] == "closed"
        since = datetime(2026, 3, 1, tzinfo=UTC)

        async def told(trial_at: datetime) -> None:
            circuit = Circuit(state="open", since=since, last_error="no answer within 15 s", trial_at=trial_at)
            report = EndpointCircuit(endpoint_id=endpoint, at=datetime.now(UTC), circuit=circuit)
            await say(control.bootstrap, said(DELIVERIES, endpoint, report, None))

        async def shown(state: str) -> bool:
            found = Circuit.model_validate((await client.get(f"/endpoints/{endpoint}")).json()["circuit"])
            return (found.state, found.since, found.last_error) == (state, since, "no answer within 15 s")

        await told(datetime.now(UTC) + timedelta(days=1))
        await until(lambda: shown("open"))
        await told(datetime.now(UTC))
        await until(lambda: shown("half_open"))
        enabled = (await client.post(f"/endpoints/{endpoint}:enable")).json()
        assert enabled["circuit"]["state"] == "closed", "what was before says nothing of the time after it"
        assert len(await on_topic(control, endpoint)) == 2, "the enabled one is the only new version of the endpoint"


async def test_what_the_dispatcher_disables_is_shown_so_until_somebody_enables_it(control: Running) -> None:
    await put_customer(control, "tired")
    async with control.client() as client:
        endpoint = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "tired"})).json()["id"]
        report = EndpointDisabled(
            endpoint_id=endpoint, customer_id="tired", at=datetime.now(UTC), reason="410: the receiver is gone"
        )
        await say(control.bootstrap, said(DELIVERIES, endpoint, report, "tired"))

        async def disabled() -> bool:
            return not (await client.get(f"/endpoints/{endpoint}")).json()["enabled"]

        await until(disabled)
        assert (await client.get(f"/endpoints/{endpoint}")).json()["disabled_reason"] == "410: the receiver is gone"
        assert (await client.post(f"/endpoints/{endpoint}:test")).status_code == 409
        enabled = await client.post(f"/endpoints/{endpoint}:enable")
        assert (enabled.json()["enabled"], enabled.json()["disabled_reason"]) == (True, None)
        later = attempt(endpoint, 1, customer_id="tired", delivery_id="after", state="delivered", status=204)
        again = (said(DELIVERIES, endpoint, report, "tired"), said(DELIVERIES, endpoint, later, "tired"))
        await say(control.bootstrap, *again)  # the report is of a time that is past by now

        async def projected() -> bool:
            return (await client.get("/deliveries/after")).is_success

        await until(projected)
        assert (await client.get(f"/endpoints/{endpoint}")).json()["enabled"]
        assert (await client.post(f"/endpoints/{endpoint}:enable")).is_success
    records = [record for record in await on_topic(control, endpoint) if record]
    assert [record.config.enabled for record in records] == [True, False, True, True]
    assert steps(records) == [1, 1, 1], "the dispatcher hears of each time"


async def test_a_test_and_a_retry_go_to_the_dispatcher_that_has_the_customer(control: Running) -> None:
    await put_customer(control, "tested")
    async with control.client() as client:
        endpoint = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "tested"})).json()["id"]
        asked = await client.post(f"/endpoints/{endpoint}:test")
    assert asked.status_code == 202
    [command] = await records(control.bootstrap, COMMANDS, "tested")
    assert command.partition == partition_of("tested", PARTITIONS)
    test = SendTest.model_validate_json(command.value or b"")
    assert (test.id, test.endpoint_id, test.customer_id) == (asked.json()["id"], endpoint, "tested")


async def test_the_attempts_of_a_delivery_are_shown_and_it_can_be_tried_again(control: Running) -> None:
    await put_customer(control, "tried")
    async with control.client() as client:
        endpoint = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "tried"})).json()["id"]
        failed, delivered = (
            attempt(endpoint, 1, state="due", status=503),
            attempt(endpoint, 2, state="delivered", status=204),
        )
        await say(control.bootstrap, said(DELIVERIES, endpoint, failed, "tried"))

        async def shown(state: str) -> bool:
            answer = await client.get("/deliveries/delivery-1")
            return answer.is_success and answer.json()["state"] == state

        await until(lambda: shown("due"))
        await say(control.bootstrap, said(DELIVERIES, endpoint, delivered, "tried"))
        await until(lambda: shown("delivered"))
        delivery = (await client.get("/deliveries/delivery-1")).json()
        listed = (await client.get(f"/endpoints/{endpoint}/deliveries")).json()["items"]
        retried = await client.post("/deliveries/delivery-1:retry")
        assert (await client.post("/deliveries/none:retry")).status_code == 404
    assert listed == [delivery]
    assert [(one["attempt"], one["status"]) for one in delivery["attempts"]] == [(1, 503), (2, 204)]
    assert retried.status_code == 202
    [command] = await records(control.bootstrap, COMMANDS, "tried")
    assert b'"delivery_id":"delivery-1"' in (command.value or b"")


async def test_a_replay_is_asked_of_every_dispatcher_that_has_messages_of_the_endpoint(control: Running) -> None:
    await put_customer(control, "again")
    since = "2026-01-01T00:00:00Z"
    async with control.client() as client:
        one = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "again"})).json()["id"]
        every = (await client.post("/endpoints", json={"url": HOOK})).json()["id"]
        asked = await client.post(f"/endpoints/{one}:replay", json={"since": since, "only_failed": True})
        assert (await client.post(f"/endpoints/{every}:replay", json={"since": since})).status_code == 202
        backwards = await client.post(
            f"/endpoints/{one}:replay", json={"since": since, "until": "2025-12-31T00:00:00Z"}
        )
        assert (await client.post("/endpoints/none:replay", json={"since": since})).status_code == 404
    assert asked.status_code == 202
    assert [error["loc"] for error in backwards.json()["errors"]] == ["body.since"]
    [command] = await records(control.bootstrap, COMMANDS, "again")
    assert command.partition == partition_of("again", PARTITIONS)
    told = ReplayMessages.model_validate_json(command.value or b"")
    assert (told.endpoint_id, told.only_failed) == (one, True)
    of_all = await records(control.bootstrap, COMMANDS, every)
    assert sorted(command.partition for command in of_all) == list(range(PARTITIONS))


def attempt(endpoint: str, number: int, **how: object) -> Attempt:
    told = {
        "delivery_id": "delivery-1",
        "message_id": "message-1",
        "endpoint_id": endpoint,
        "customer_id": "tried",
        "type": "alert.opened",
        "sequence": 1,
        "attempt": number,
        "at": datetime.now(UTC),
        "latency_ms": 2.5,
    }
    return Attempt.model_validate(told | how)
