"""Keys: shown once, stored hashed, in effect everywhere at once, and blind beyond their customer."""

import httpx2
import pytest

from shared.contracts.keys import EVERY_SCOPE, KeyRecord
from shared.http.auth import sha256_of
from shared.kafka.topics import KEYS
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import Running, records, until

pytestmark = pytest.mark.integration

PROFILE = motor_maker().model_dump(mode="json")
HOOK = "http://127.0.0.1:9000/hook"


async def test_the_development_key_is_an_ordinary_key_with_every_scope(control: Running) -> None:
    *_, record = await records(control.bootstrap, KEYS, "development")
    assert KeyRecord.model_validate_json(record.value or b"") == KeyRecord(
        id="development", name="development", sha256=sha256_of(control.key), scopes=EVERY_SCOPE
    )


async def test_a_key_is_shown_once_stored_hashed_and_works_within_a_second(control: Running) -> None:
    wanted = {"name": "feed", "scopes": ["customers:read"], "sources": {"names": ["Wire"], "highest_type": "newswire"}}
    async with control.client() as client:
        made = await client.post("/keys", json=wanted)
        listed = (await client.get("/keys?limit=500")).json()["items"]
        shown = (await client.get(f"/keys/{made.json()['id']}")).json()
    key = made.json()["key"]
    assert made.status_code == 201
    assert made.json()["sources"] == wanted["sources"]
    assert {name: value for name, value in made.json().items() if name != "key"} == shown
    assert shown in listed
    async with control.client(key) as client:

        async def works() -> bool:
            return (await client.get("/customers")).is_success

        assert await until(works) < 1
        assert (await client.put("/customers/x", json=PROFILE)).status_code == 403
    [record] = await records(control.bootstrap, KEYS, made.json()["id"])
    assert key.encode() not in (record.value or b"")
    assert KeyRecord.model_validate_json(record.value or b"").sha256 == sha256_of(key)


async def test_a_deleted_key_opens_nothing_within_a_second(control: Running) -> None:
    async with control.client() as client:
        made = (await client.post("/keys", json={"name": "short", "scopes": ["customers:read"]})).json()
        async with control.client(made["key"]) as its:
            await until(lambda: answers(its, 200))
            assert (await client.delete(f"/keys/{made['id']}")).status_code == 204
            assert await until(lambda: answers(its, 401)) < 1
        assert (await client.delete(f"/keys/{made['id']}")).status_code == 404


async def test_a_bound_key_sees_its_customer_and_nothing_of_others(control: Running) -> None:
    async with control.client() as client:
        for name in ("bound-own", "bound-other"):
            await client.put(f"/customers/{name}", json=PROFILE)
        other = (await client.post("/endpoints", json={"url": HOOK, "customer_id": "bound-other"})).json()["id"]
        everyone = (await client.post("/endpoints", json={"url": HOOK})).json()["id"]
        silence = (
            await client.post(
                "/silences",
                json={"customer_id": "bound-other", "matchers": {"kind": "score"}, "until": "2050-01-01T00:00:00Z"},
            )
        ).json()["id"]
        wanted = {"name": "own", "scopes": list(EVERY_SCOPE), "customer_id": "bound-own"}
        key = (await client.post("/keys", json=wanted)).json()["key"]
    async with control.client(key) as client:
        await until(lambda: answers(client, 200))
        assert [item["id"] for item in (await client.get("/customers")).json()["items"]] == ["bound-own"]
        assert (await client.get("/endpoints")).json()["items"] == []
        for method, path in (
            ("GET", f"/endpoints/{other}"), ("PATCH", f"/endpoints/{other}"), ("DELETE", f"/endpoints/{other}"),
            ("POST", f"/endpoints/{other}:rotate-secret"), ("POST", f"/endpoints/{other}:test"),
            ("GET", f"/endpoints/{other}/deliveries"), ("GET", f"/endpoints/{everyone}"),
            ("GET", f"/silences/{silence}"), ("DELETE", f"/silences/{silence}"), ("DELETE", "/keys/development"),
        ):  # fmt: skip
            answer = await client.request(method, path, json={} if method == "PATCH" else None)
            assert answer.status_code == 404, (method, path)
        assert (await client.post("/endpoints", json={"url": HOOK})).status_code == 403
        assert (
            await client.put(f"/endpoints/{other}", json={"url": HOOK, "customer_id": "bound-own"})
        ).status_code == 404
        own = await client.post("/endpoints", json={"url": HOOK, "customer_id": "bound-own"})
        assert own.status_code == 201
        audited = {line["customer_id"] for line in (await client.get("/audit?limit=500")).json()["items"]}
        assert audited == {"bound-own"}


async def test_a_start_without_a_development_key_withdraws_the_one_before(control: Running) -> None:
    control.stop()
    control.start(CHOKEPOINT_DEV_KEY="")
    async with control.client() as client:
        assert (await client.get("/customers")).status_code == 401
    control.stop()
    control.start()
    async with control.client() as client:
        assert (await client.get("/customers")).status_code == 200


async def test_every_change_is_in_the_audit_with_who_and_what(control: Running) -> None:
    async with control.client() as client:
        await client.put("/customers/audited", json=PROFILE)
        await client.delete("/customers/audited")
        newest = (await client.get("/audit?limit=2")).json()["items"]
    assert [(line["action"], line["subject"], line["key_id"]) for line in newest] == [
        ("customer.deleted", "audited", "development"),
        ("customer.put", "audited", "development"),
    ]


async def answers(client: httpx2.AsyncClient, status: int) -> bool:
    return (await client.get("/customers")).status_code == status
