"""What is refused before anything is looked up: the database of this API does not exist."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from services.control.app import LARGEST_BODY, build_api
from services.control.imports import routes as imports
from services.control.relay import Relay
from services.control.settings import ControlSettings
from services.control.state import Control
from shared.clock import BEGINNING, Clock, ClockState
from shared.contracts.keys import EVERY_SCOPE, KeyRecord, Scope
from shared.http.auth import KeyRing, sha256_of
from shared.version import VERSION

PROFILE = {"name": "Motor maker", "destination": "DE"}


def key(name: str, *scopes: Scope, customer_id: str | None = None) -> KeyRecord:
    return KeyRecord(id=name, name=name, sha256=sha256_of(f"ck_{name}"), scopes=scopes, customer_id=customer_id)


KEYS = (
    key("all", *EVERY_SCOPE),
    key("reader", "customers:read"),
    key("acme", *EVERY_SCOPE, customer_id="acme"),
    key("admin", "keys:admin", customer_id="acme"),
)


async def no_database() -> None:
    raise ConnectionRefusedError


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    settings = ControlSettings(
        database_url=SecretStr("postgresql+asyncpg://nowhere"),
        secret_keys=(SecretStr(Fernet.generate_key().decode()),),
    )
    engine = create_async_engine("postgresql+asyncpg://", async_creator=no_database)
    clock = Clock(tmp_path_factory.mktemp("data") / "clock", ClockState("running", timedelta(), BEGINNING))

    async def send(_: object) -> None: ...

    ring = KeyRing()
    for record in KEYS:
        ring.apply(record.id, record)
    return build_api(Control(settings, engine, clock, Relay(engine, send)), ring, asyncio.Event())


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://control") as client:
        yield client


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer ck_{name}"}


async def test_who_has_no_key_learns_nothing_else(api: httpx2.AsyncClient) -> None:
    for path in ("/v1/customers/acme", "/v1/no-such-route"):
        answer = await api.put(path, content=b"{", headers=bearer("wrong"))
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_does_what_its_scopes_say(api: httpx2.AsyncClient) -> None:
    answer = await api.put("/v1/customers/acme", json=PROFILE, headers=bearer("reader"))
    assert answer.status_code == 403
    assert "customers:write" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/customers/other", None),
        ("PUT", "/v1/customers/other", PROFILE),
        ("DELETE", "/v1/customers/other", None),
        ("GET", "/v1/customers/other/risk", None),
        ("GET", "/v1/customers/other/risk/terbium", None),
        ("GET", "/v1/customers/other/alerts", None),
        ("GET", "/v1/customers/other/messages", None),
        ("GET", "/v1/endpoints?customer_id=other", None),
        ("POST", "/v1/endpoints", {"url": "https://example.com/", "customer_id": "other"}),
        ("PUT", "/v1/endpoints/x", {"url": "https://example.com/", "customer_id": "other"}),
        ("GET", "/v1/silences?customer_id=other", None),
        ("POST", "/v1/silences", {"customer_id": "other", "until": "2030-01-01T00:00:00Z"}),
        ("POST", "/v1/keys", {"name": "k", "scopes": ["risk:read"], "customer_id": "other"}),
    ],
)
async def test_of_another_customer_a_bound_key_does_not_learn_that_it_exists(
    api: httpx2.AsyncClient, method: str, path: str, body: object
) -> None:
    answer = await api.request(method, path, json=body, headers=bearer("acme"))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/silences", {"until": "2030-01-01T00:00:00Z", "matchers": {"kind": "score"}}),
        ("/v1/keys", {"name": "k", "scopes": ["risk:read"]}),
        ("/v1/endpoints:reseal", None),
        ("/v1/measures/CN-2025-18:override", {"state": "lifted", "reason": "because"}),
    ],
)
async def test_a_bound_key_does_nothing_that_reaches_every_customer(
    api: httpx2.AsyncClient, path: str, body: object
) -> None:
    assert (await api.post(path, json=body, headers=bearer("acme"))).status_code == 403


async def test_a_bound_key_gives_no_scope_that_it_lacks(api: httpx2.AsyncClient) -> None:
    wanted = {"name": "k", "scopes": ["keys:admin", "measures:write"], "customer_id": "acme"}
    answer = await api.post("/v1/keys", json=wanted, headers=bearer("admin"))
    assert answer.status_code == 403
    assert [error["loc"] for error in answer.json()["errors"]] == ["body.scopes.1"]


@pytest.mark.parametrize(
    ("method", "path", "body", "loc"),
    [
        ("PUT", "/v1/customers/acme", PROFILE | {"colour": "red"}, "body.colour"),
        ("PUT", "/v1/customers/acme", {"destination": "DE"}, "body.name"),
        ("PUT", "/v1/customers/ac%20me", PROFILE, "path.customer_id"),
        ("PUT", "/v1/customers/acme?baseline=loud", PROFILE, "query.baseline"),
        ("GET", "/v1/customers?limit=501", None, "query.limit"),
        ("POST", "/v1/keys", {"name": "k", "scopes": ["root:all"]}, "body.scopes.0"),
        ("POST", "/v1/keys", {"name": "k\x00", "scopes": ["risk:read"]}, "body.name"),
        ("PUT", "/v1/customers/acme", PROFILE | {"name": "Acme\x00"}, "body.name"),
        ("PUT", "/v1/customers/acme", PROFILE | {"products": [{"name": "a\x1b[2J"}]}, "body.products.0.name"),
        ("PATCH", "/v1/endpoints/ep", {"headers": {"x\x00": "1"}}, "body.headers"),
        ("POST", "/v1/silences", {"comment": "a\nb\x00"}, "body.comment"),
        ("POST", "/v1/silences", {"matchers": {"measure": "a\nb"}}, "body.matchers.measure"),
        ("POST", "/v1/measures/m:override", {"state": "lifted", "reason": "\x7f"}, "body.reason"),
        ("GET", "/v1/measures?as_of=soon", None, "query.as_of"),
        ("GET", "/v1/customers/acme/messages?after=-1", None, "query.after"),
    ],
)
async def test_a_fault_is_named_where_it_stands(
    api: httpx2.AsyncClient, method: str, path: str, body: object, loc: str
) -> None:
    answer = await api.request(method, path, json=body, headers=bearer("all"))
    assert answer.status_code == 422
    assert loc in [error["loc"] for error in answer.json()["errors"]]


async def test_a_comment_may_have_lines_and_a_body_any_depth(api: httpx2.AsyncClient) -> None:
    silence = {"comment": "one\n\ttwo\r\n", "matchers": {"kind": "score"}, "until": "2030-01-01T00:00:00Z"}
    let_in = await api.post("/v1/silences", json=silence, headers=bearer("all"))
    assert let_in.status_code == 503, "there is no database"
    deep = b'{"comment": ' + b"[" * 900 + b"]" * 900 + b"}"
    assert (await api.post("/v1/silences", content=deep, headers=bearer("all"))).status_code == 422


async def test_news_that_is_only_supposed_may_hold_what_may_be_posted(api: httpx2.AsyncClient) -> None:
    news = {"kind": "news", "source": {"name": "Wire", "type": "newswire"}, "published_at": "2026-03-02T09:00:00Z"}
    news |= {"title": "China halts\nexports", "body": "One.\n\nTwo.\x0b"}
    taken = await api.post("/v1/simulate", json={"event": news}, headers=bearer("all"))
    assert taken.status_code == 503, "there is no database"
    refused = await api.post("/v1/simulate", json={"event": news | {"language": "e\nn"}}, headers=bearer("all"))
    assert [error["loc"] for error in refused.json()["errors"]] == ["body.event.language"]


async def test_a_body_beyond_the_limit_is_refused_by_its_length_or_as_it_comes(api: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    declared = await api.put("/v1/customers/acme", content=b" " * (LARGEST_BODY + 1), headers=bearer("all"))
    chunked = await api.put("/v1/customers/acme", content=endless(), headers=bearer("all"))
    assert (declared.status_code, chunked.status_code) == (413, 413)


async def import_lines(
    api: httpx2.AsyncClient, body: bytes | AsyncIterator[bytes], media_type: str = "application/x-ndjson"
) -> httpx2.Response:
    headers = bearer("all") | {"content-type": media_type}
    return await api.post("/v1/customers:import", content=body, headers=headers)


async def test_an_import_is_lines_of_json_or_a_sheet_and_may_be_large(api: httpx2.AsyncClient) -> None:
    assert (await import_lines(api, b"{}", "application/json")).status_code == 415
    assert (await import_lines(api, b"{\n" + b" " * (LARGEST_BODY + 1))).json()["rejected"] == 1
    assert (await import_lines(api, b" " * (imports.LARGEST_BODY + 1))).status_code == 413


async def test_where_an_import_breaks_off_it_says_what_became_of_the_lines_before(api: httpx2.AsyncClient) -> None:
    broken, sound = b"{\n" * imports.LINES_AT_ONCE, b'{"id": "acme", "name": "Acme", "destination": "DE"}\n'

    async def too_long() -> AsyncIterator[bytes]:
        yield broken
        while True:
            yield b" " * LARGEST_BODY

    no_database = await import_lines(api, broken + sound)
    no_end = await import_lines(api, too_long())
    assert [answer.status_code for answer in (no_database, no_end)] == [503, 413]
    assert [answer.json()["rejected"] for answer in (no_database, no_end)] == [imports.LINES_AT_ONCE] * 2


async def test_the_live_stream_is_for_who_may_read_alerts(api: httpx2.AsyncClient) -> None:
    assert (await api.get("/v1/stream", headers=bearer("reader"))).status_code == 403
    foreign = bearer("acme") | {"last-event-id": ".".join("1" * 25)}
    assert (await api.get("/v1/stream", headers=foreign)).status_code == 422


async def test_a_body_is_json_whatever_the_senders_tool_calls_it(api: httpx2.AsyncClient) -> None:
    form = bearer("all") | {"content-type": "application/x-www-form-urlencoded"}
    answer = await api.put("/v1/customers/acme", content=b'{"name": "Motor maker"}', headers=form)
    assert [error["loc"] for error in answer.json()["errors"]] == ["body.destination"]


async def test_a_database_that_is_away_is_no_error_of_the_senders(api: httpx2.AsyncClient) -> None:
    answer = await api.get("/v1/customers", headers=bearer("all"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]


async def test_the_document_of_the_api_is_open_to_all(api: httpx2.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    assert document["info"]["version"] == VERSION
    assert "/v1/endpoints/{endpoint_id}:rotate-secret" in document["paths"]
    assert (await api.get("/docs")).status_code == 200


async def test_public_keys_are_open_to_all(api: httpx2.AsyncClient) -> None:
    assert (await api.get("/.well-known/webhook-keys")).status_code == 503  # it gets as far as the database


async def test_an_error_of_ours_is_a_problem_with_the_id_under_which_it_is_logged(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state, "control", None)
    with capture_logs() as logs:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://control") as client:
            answer = await client.get("/v1/customers", headers=bearer("all"))
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert [line["request_id"] for line in logs] == [answer.json()["request_id"]]
