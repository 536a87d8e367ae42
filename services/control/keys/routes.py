import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import Row

from services.control.access import Id, not_found, only_own, sees
from services.control.change import changing
from services.control.customers.store import exists
from services.control.keys import store
from services.control.paging import Page, PageAsked
from services.control.state import InControl
from shared.contracts.base import Instant
from shared.contracts.keys import KeyRecord, KeyRequest, Scope, SourceClaim
from shared.http.auth import require, sha256_of
from shared.http.problems import FieldError, Problem, dotted, invalid, problem_responses

router = APIRouter(tags=["keys"])
Key = Annotated[KeyRecord, Depends(require("keys:admin"))]

UNLESS_SAID = SourceClaim(highest_type="newswire")
"""Who does not say what a key may claim gets everything but a government: acts move measures, so that is said."""


class KeyResource(BaseModel):
    id: str
    name: str
    scopes: tuple[Scope, ...]
    customer_id: str | None
    sources: SourceClaim | None
    expires_at: Instant | None
    requests_per_minute: int | None
    created_at: Instant


class KeyShown(KeyResource):
    """Creation shows the key, this once."""

    key: str


@router.post("/keys", status_code=201, responses=problem_responses(403, 404, 422))
async def create_key(control: InControl, key: Key, request: KeyRequest, response: Response) -> KeyShown:
    only_own(key, request.customer_id)
    _check_request(key, request)
    shown = f"ck_{secrets.token_urlsafe(32)}"
    record = KeyRecord(
        id=f"key_{secrets.token_hex(12)}",
        name=request.name,
        sha256=sha256_of(shown),
        scopes=tuple(dict.fromkeys(request.scopes)),
        customer_id=request.customer_id,
        sources=request.sources or UNLESS_SAID,
        expires_at=request.expires_at,
        requests_per_minute=control.settings.requests_per_minute,
    )
    async with changing(control, key) as change:
        if record.customer_id is not None and not await exists(change.connection, record.customer_id):
            message = f"there is no customer {record.customer_id}: put it first"
            raise invalid([{"loc": "body.customer_id", "message": message}])
        await store.write(change, record, "key.created")
    response.headers["Location"] = f"/v1/keys/{record.id}"
    return KeyShown(**dict(_resource(record, change.received_at)), key=shown)


@router.get("/keys", response_model=Page[KeyResource])
async def list_keys(control: InControl, key: Key, asked: PageAsked) -> Response:
    async with control.engine.connect() as connection:
        rows = await store.rows(connection, key, asked)
    return asked.page(rows, "id", item=lambda row: _of_row(row).model_dump_json().encode())


@router.get("/keys/{key_id}", responses=problem_responses(404))
async def get_key(control: InControl, key: Key, key_id: Id) -> KeyResource:
    async with control.engine.connect() as connection:
        row = await store.row(connection, key_id)
    if row is None or not sees(key, row.customer_id):
        raise not_found("key", key_id)
    return _of_row(row)


@router.delete("/keys/{key_id}", status_code=204, responses=problem_responses(404))
async def delete_key(control: InControl, key: Key, key_id: Id) -> None:
    async with changing(control, key) as change:
        await change.lock(f"key/{key_id}")
        record = await store.find(change.connection, key_id)
        if record is None or not sees(key, record.customer_id):
            raise not_found("key", key_id)
        await store.remove(change, record)


def _check_request(key: KeyRecord, request: KeyRequest) -> None:
    """A key bound to a customer makes keys of that customer, and gives no scope that it lacks."""
    if not request.name.isprintable():
        raise invalid([{"loc": "body.name", "message": "holds characters that cannot be printed"}])
    if key.customer_id is None:
        return
    if request.customer_id is None:
        raise Problem(403, f"this key makes keys of {key.customer_id} only: give customer_id")
    lacking: list[FieldError] = [
        {"loc": dotted("body", "scopes", number), "message": f"{scope}: this key lacks it, so it cannot give it"}
        for number, scope in enumerate(request.scopes)
        if scope not in key.scopes
    ]
    if lacking:
        raise Problem(403, "a key cannot give what it lacks: see errors", errors=lacking)


def _of_row(row: Row[Any]) -> KeyResource:
    return _resource(KeyRecord.model_validate_json(row.record), row.created_at)


def _resource(record: KeyRecord, created_at: datetime) -> KeyResource:
    return KeyResource(
        id=record.id,
        name=record.name,
        scopes=record.scopes,
        customer_id=record.customer_id,
        sources=record.sources,
        expires_at=record.expires_at,
        requests_per_minute=record.requests_per_minute,
        created_at=created_at,
    )
