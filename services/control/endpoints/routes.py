import secrets
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import Id, only_own
from services.control.change import Change, changing
from services.control.customers.store import exists
from services.control.endpoints import store
from services.control.endpoints.config import checked
from services.control.endpoints.headers import sealed
from services.control.endpoints.patch import Json, patched
from services.control.endpoints.secret import first, new_secret, rotated, with_pair
from services.control.paging import Page, PageAsked
from services.control.state import Control, InControl
from shared.contracts.base import Identifier, Strict
from shared.contracts.deliveries import SendTest
from shared.contracts.endpoints import Endpoint, EndpointConfig, EndpointRecord
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import Problem, invalid, problem_responses

router = APIRouter(tags=["endpoints"])
Key = Annotated[KeyRecord, Depends(require("endpoints:*"))]


class EndpointWithSecret(Endpoint):
    """Creation and rotation show the secret, this once."""

    secret: str


class Rotation(Strict):
    overlap_hours: Annotated[float, Field(ge=0, le=720)] | None = None
    """How long what signed before signs on; 0 where it has become known to others. Absent: 24, or as it is set."""


class TestAsked(BaseModel):
    id: str
    endpoint_id: str


@router.post("/endpoints", status_code=201, responses=problem_responses(403, 404, 422))
async def create_endpoint(
    control: InControl, key: Key, config: EndpointConfig, response: Response
) -> EndpointWithSecret:
    only_own(key, config.customer_id)
    config = await checked(config, control.settings.allow_subnets)
    async with changing(control, key) as change:
        created = await _create(control, change, f"ep_{secrets.token_hex(12)}", config)
    response.headers["Location"] = f"/v1/endpoints/{created.id}"
    return created


@router.get("/endpoints", response_model=Page[Endpoint])
async def list_endpoints(
    control: InControl, key: Key, asked: PageAsked, customer_id: Annotated[Identifier | None, Query()] = None
) -> Response:
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        rows = await store.rows(connection, customer_id or key.customer_id, asked)
    return asked.page(rows, "id", item=lambda row: store.stored_of(row).resource.model_dump_json().encode())


@router.get("/endpoints/{endpoint_id}", responses=problem_responses(404))
async def get_endpoint(control: InControl, key: Key, endpoint_id: Id) -> Endpoint:
    async with control.engine.connect() as connection:
        return (await store.find(connection, key, endpoint_id)).resource


@router.put(
    "/endpoints/{endpoint_id}",
    response_model=EndpointWithSecret | Endpoint,
    responses={201: {"model": EndpointWithSecret}, **problem_responses(403, 404, 422)},
)
async def put_endpoint(
    control: InControl, key: Key, endpoint_id: Id, config: EndpointConfig, response: Response
) -> EndpointWithSecret | Endpoint:
    only_own(key, config.customer_id)
    config = await checked(config, control.settings.allow_subnets)
    async with changing(control, key) as change:
        await change.lock(f"endpoint/{endpoint_id}")
        if await store.exists(change.connection, endpoint_id):
            return await _configure(control, change, await store.find(change.connection, key, endpoint_id), config)
        created = await _create(control, change, endpoint_id, config)
    response.status_code = 201
    response.headers["Location"] = f"/v1/endpoints/{endpoint_id}"
    return created


@router.patch("/endpoints/{endpoint_id}", responses=problem_responses(404, 409, 422))
async def patch_endpoint(control: InControl, key: Key, endpoint_id: Id, patch: Json) -> Endpoint:
    """JSON merge patch (RFC 7396): null takes a field back to its default."""
    async with control.engine.connect() as connection:
        seen = await store.find(connection, key, endpoint_id)
    config = patched(seen.shown, patch)
    # before the lock: nobody waits for a slow resolver
    config = await checked(config, control.settings.allow_subnets, look_up=config.url != seen.config.url)
    async with changing(control, key) as change:
        stored = await store.find_locked(change, endpoint_id)
        if stored.record.version != seen.record.version:
            raise Problem(409, f"endpoint {endpoint_id} was changed meanwhile by another request: send this one again")
        return await _configure(control, change, stored, config)


@router.delete("/endpoints/{endpoint_id}", status_code=204, responses=problem_responses(404))
async def delete_endpoint(control: InControl, key: Key, endpoint_id: Id) -> None:
    async with changing(control, key) as change:
        await store.remove(change, await store.find_locked(change, endpoint_id))


@router.post("/endpoints/{endpoint_id}:rotate-secret", responses=problem_responses(404))
async def rotate_secret(
    control: InControl, key: Key, endpoint_id: Id, asked: Rotation | None = None
) -> EndpointWithSecret:
    """A new secret and, for `v1a`, a new pair of keys; what signed before signs beside them until it overlaps no more.
    At most two sign: a second rotation ends the oldest at once."""
    secret = new_secret()
    hours = asked.overlap_hours if asked else None
    overlap = timedelta(hours=control.settings.secret_overlap_hours if hours is None else hours)
    async with changing(control, key) as change:
        stored = await store.find_locked(change, endpoint_id)
        sealed = rotated(control.settings, secret, stored.record.secrets, change.received_at, overlap)
        stored = stored.with_secrets(sealed, change.now)
        await store.write(change, stored, "endpoint.secret_rotated")
    return EndpointWithSecret(**dict(stored.resource), secret=secret)


@router.post("/endpoints/{endpoint_id}:enable", responses=problem_responses(404))
async def enable_endpoint(control: InControl, key: Key, endpoint_id: Id) -> Endpoint:
    """Goes on with all that is due, even if the receiver had asked to be left alone for some time. A message that it
    answered so keeps the time of its next attempt: the retry of its delivery makes that now."""
    async with changing(control, key) as change:
        stored = await store.find_locked(change, endpoint_id)
        config = stored.config.model_copy(update={"enabled": True})
        stored = stored.configured(config, change.now, change.received_at, anew=True)
        await store.write(change, stored, "endpoint.changed")
        return stored.resource


@router.post("/endpoints/{endpoint_id}:test", status_code=202, responses=problem_responses(404, 409))
async def test_endpoint(control: InControl, key: Key, endpoint_id: Id) -> TestAsked:
    """Sends `endpoint.test`: how it went stands in the endpoint's deliveries."""
    test_id = secrets.token_hex(16)
    async with changing(control, key) as change:
        config = (await store.find(change.connection, key, endpoint_id)).config
        if not config.enabled:
            raise Problem(409, f"endpoint {endpoint_id} is disabled: enable it first")
        command = SendTest(id=test_id, endpoint_id=endpoint_id, customer_id=config.customer_id, at=change.now)
        change.command(command, config.customer_id)
        await change.note("endpoint.tested", endpoint_id, config.customer_id)
    return TestAsked(id=test_id, endpoint_id=endpoint_id)


async def _create(control: Control, change: Change, endpoint_id: str, config: EndpointConfig) -> EndpointWithSecret:
    await _check_owner(change.connection, change.by, config)
    secret = new_secret()
    record = EndpointRecord(
        id=endpoint_id,
        version=store.first_version(change.received_at),
        config=config.model_copy(update={"headers": {}}),
        created_at=change.now,
        secrets=first(control.settings, secret, config),
        sealed_headers=sealed(control.settings, config),
    )
    stored = store.Stored(record, updated_at=change.now, enabled_at=change.received_at)
    await store.write(change, stored, "endpoint.created")
    return EndpointWithSecret(**dict(stored.resource), secret=secret)


async def _configure(control: Control, change: Change, stored: store.Stored, config: EndpointConfig) -> Endpoint:
    """The same configuration again is no change."""
    if config.customer_id != stored.config.customer_id:
        fixed = "is fixed when an endpoint is created: make another one, and delete this"
        raise invalid([{"loc": "body.customer_id", "message": fixed}])
    headers = sealed(control.settings, config, stored.record)
    config = config.model_copy(update={"headers": {}})
    if (config, headers) != (stored.config, stored.record.sealed_headers):
        secrets = with_pair(control.settings, stored.record.secrets, config)
        stored = stored.configured(config, change.now, change.received_at).resealed(secrets, headers)
        await store.write(change, stored, "endpoint.changed")
    return stored.resource


async def _check_owner(connection: AsyncConnection, key: KeyRecord, config: EndpointConfig) -> None:
    if config.customer_id is None:
        if key.customer_id is not None:
            raise Problem(403, f"an endpoint without customer_id sees every customer, this key only {key.customer_id}")
    elif not await exists(connection, config.customer_id):
        message = f"there is no customer {config.customer_id}: put it first"
        raise invalid([{"loc": "body.customer_id", "message": message}])
