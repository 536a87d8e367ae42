"""Who may pass: bearer keys, expiry, scopes, the rate of a key. Nothing of this needs a broker."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel

from shared.contracts.base import to_json
from shared.contracts.keys import KeyRecord, Scope
from shared.http.auth import Authenticated, KeyRing, follow_keys, require, sha256_of
from shared.http.problems import speak_problems
from shared.http.rate import RateLimit
from shared.settings import ServiceSettings
from tests.unit.http.asking import ask

KEY = "ck_a-key-for-tests"


def record(*scopes: Scope, expires_at: datetime | None = None, per_minute: int | None = None) -> KeyRecord:
    return KeyRecord(
        id="k1",
        name="tests",
        sha256=sha256_of(KEY),
        scopes=scopes or ("customers:read",),
        expires_at=expires_at,
        requests_per_minute=per_minute,
    )


class Body(BaseModel):
    name: str


@pytest.fixture
def ring() -> KeyRing:
    ring = KeyRing()
    ring.apply("k1", record())
    return ring


@pytest.fixture
def app(ring: KeyRing) -> FastAPI:
    app = FastAPI()
    speak_problems(app)
    app.add_middleware(Authenticated, ring=ring, public={"/livez", "/console/"})

    @app.api_route("/customers", methods=["GET", "PUT"])
    async def customers(key: Annotated[KeyRecord, Depends(require("customers:*"))]) -> str:
        return key.id

    @app.post("/customers")
    async def create(body: Body, key: Annotated[KeyRecord, Depends(require("customers:*"))]) -> str:
        return key.id

    @app.get("/livez")
    async def livez() -> str:
        return "ok"

    @app.get("/console/app.js")
    async def script() -> str:
        return "ok"

    return app


async def test_a_known_key_passes_and_the_route_learns_which(app: FastAPI) -> None:
    answer = await ask(app, "GET", "/customers", key=KEY)
    assert (answer.status_code, answer.json()) == (200, "k1")


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Basic abc"}, {"authorization": "Bearer"}, {"authorization": "Bearer ck_wrong"}],
    ids=["none", "other scheme", "empty", "unknown"],
)
async def test_without_a_known_key_it_is_401_with_a_challenge(app: FastAPI, headers: dict[str, str]) -> None:
    answer = await ask(app, "GET", "/customers", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('Bearer realm="chokepoint"')
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["loc"] == "header.authorization"


@pytest.mark.parametrize(("method", "path"), [("POST", "/customers"), ("GET", "/nowhere"), ("PATCH", "/customers")])
async def test_401_comes_before_the_body_the_route_and_the_method_are_looked_at(
    app: FastAPI, method: str, path: str
) -> None:
    answer = await ask(app, method, path, key="ck_wrong", content=b"{no json")
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/livez", "/console/app.js"])
async def test_public_paths_need_no_key(app: FastAPI, path: str) -> None:
    assert (await ask(app, "GET", path)).status_code == 200


async def test_a_key_that_was_deleted_is_unknown(app: FastAPI, ring: KeyRing) -> None:
    ring.apply("k1", None)
    assert (await ask(app, "GET", "/customers", key=KEY)).status_code == 401


async def test_a_key_that_was_replaced_passes_under_its_new_secret_only(app: FastAPI, ring: KeyRing) -> None:
    ring.apply("k1", record().model_copy(update={"sha256": sha256_of("ck_new")}))
    assert (await ask(app, "GET", "/customers", key=KEY)).status_code == 401
    assert (await ask(app, "GET", "/customers", key="ck_new")).status_code == 200


async def test_an_expired_key_says_so(app: FastAPI, ring: KeyRing) -> None:
    ring.apply("k1", record(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    answer = await ask(app, "GET", "/customers", key=KEY)
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


async def test_star_means_read_on_get_and_write_otherwise(app: FastAPI, ring: KeyRing) -> None:
    refused = await ask(app, "PUT", "/customers", key=KEY)
    assert refused.status_code == 403
    assert "customers:write" in refused.json()["detail"]
    assert 'scope="customers:write"' in refused.headers["www-authenticate"]
    ring.apply("k1", record("customers:write"))
    assert (await ask(app, "PUT", "/customers", key=KEY)).status_code == 200
    assert (await ask(app, "GET", "/customers", key=KEY)).status_code == 403


async def test_a_missing_scope_comes_before_wrong_fields(app: FastAPI) -> None:
    assert (await ask(app, "POST", "/customers", key=KEY, json={"nmae": "x"})).status_code == 403


async def test_while_keys_are_not_loaded_a_key_is_503_and_none_is_401(app: FastAPI, ring: KeyRing) -> None:
    ring.unready = lambda: "reading topic keys"
    answer = await ask(app, "GET", "/customers", key=KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "reading topic keys" in answer.json()["detail"]
    assert (await ask(app, "GET", "/customers")).status_code == 401


async def test_beyond_its_rate_a_key_is_429_and_told_when_to_come_again(app: FastAPI, ring: KeyRing) -> None:
    now = [1_000.0]
    ring.limit = RateLimit(lambda: now[0])
    ring.apply("k1", record(per_minute=3))
    statuses = [(await ask(app, "GET", "/customers", key=KEY)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = await ask(app, "GET", "/customers", key=KEY)
    assert answer.headers["retry-after"] == "20"
    now[0] += 20
    assert (await ask(app, "GET", "/customers", key=KEY)).status_code == 200


async def test_a_key_without_a_rate_is_not_counted(app: FastAPI, ring: KeyRing) -> None:
    assert {(await ask(app, "GET", "/customers", key=KEY)).status_code for _ in range(700)} == {200}


def test_the_memory_of_rates_goes_with_the_key() -> None:
    ring = KeyRing()
    ring.apply("k1", record(per_minute=3))
    ring.authenticate(f"Bearer {KEY}")
    ring.apply("k1", None)
    assert ring.limit._paid_until == {}


def test_the_ring_shows_no_hash_when_printed(ring: KeyRing) -> None:
    assert sha256_of(KEY) not in repr(ring)


def test_a_key_record_that_cannot_be_read_opens_nothing_and_stops_nothing() -> None:
    ring, table = follow_keys(ServiceSettings(port=1))
    table.apply("k1", to_json(record()))
    assert ring.find(KEY) == record()
    table.apply("k1", b'{"id": "k1"}')
    assert ring.find(KEY) is None
