"""What became of each message at each endpoint: a projection of the dispatcher's reports."""

import secrets
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import Id, MadeId, not_found, sees
from services.control.change import changing
from services.control.endpoints import store as endpoints
from services.control.paging import Page, PageAsked
from services.control.state import InControl
from services.control.tables import deliveries
from shared.contracts.base import Instant, rfc3339
from shared.contracts.deliveries import DeliveryState, RetryDelivery
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter(tags=["endpoints"])
Key = Annotated[KeyRecord, Depends(require("endpoints:*"))]


class AttemptShown(BaseModel):
    attempt: int
    at: Instant
    latency_ms: float
    status: int | None
    error: str | None
    response_head: str
    replay: bool


class Delivery(BaseModel):
    id: str
    endpoint_id: str
    customer_id: str | None
    message_id: str
    type: str
    sequence: int | None
    state: DeliveryState
    next_attempt_at: Instant | None
    """None while the endpoint is disabled: what is due waits until it is enabled again."""
    attempts: list[AttemptShown]
    """The oldest first."""


@router.get("/endpoints/{endpoint_id}/deliveries", response_model=Page[Delivery], responses=problem_responses(404))
async def list_deliveries(
    control: InControl,
    key: Key,
    endpoint_id: Id,
    asked: PageAsked,
    state: Annotated[DeliveryState | None, Query(description="only those in this state: dead, say")] = None,
) -> Response:
    """The newest first, as far as they were attempted, cancelled or collapsed."""
    async with control.engine.connect() as connection:
        config = (await endpoints.find(connection, key, endpoint_id)).config
        statement = select(deliveries).where(deliveries.c.endpoint_id == endpoint_id)
        if config.customer_id is not None:  # its id may have been another customer's
            statement = statement.where(deliveries.c.customer_id == config.customer_id)
        if state is not None:
            statement = statement.where(deliveries.c.state == state)
        rows = await asked.rows(connection, statement, deliveries.c.first_at, deliveries.c.id, newest_first=True)
    return asked.page(rows, "first_at", "id", item=partial(_shown, enabled=config.enabled))


@router.get("/deliveries/{delivery_id}", response_model=Delivery, responses=problem_responses(404))
async def get_delivery(control: InControl, key: Key, delivery_id: MadeId) -> Response:
    async with control.engine.connect() as connection:
        row, endpoint = await _find(connection, key, delivery_id)
    return Response(_shown(row, enabled=bool(endpoint and endpoint.config.enabled)), media_type="application/json")


@router.post(
    "/deliveries/{delivery_id}:retry", status_code=202, response_model=Delivery, responses=problem_responses(404)
)
async def retry_delivery(control: InControl, key: Key, delivery_id: MadeId) -> Response:
    """Asks for one more attempt now; how it went stands in the delivery afterwards."""
    async with changing(control, key) as change:
        row, endpoint = await _find(change.connection, key, delivery_id)
        if endpoint is None:
            raise not_found("endpoint", row.endpoint_id)
        command = RetryDelivery(id=secrets.token_hex(16), delivery_id=row.id, endpoint_id=row.endpoint_id)
        change.command(command, row.customer_id)
        await change.note("delivery.retried", delivery_id, row.customer_id)
    shown = _shown(row, enabled=endpoint.config.enabled)
    return Response(shown, status_code=202, media_type="application/json")


async def _find(
    connection: AsyncConnection, key: KeyRecord, delivery_id: str
) -> tuple[Row[Any], endpoints.Stored | None]:
    """A message about one customer may stand at an endpoint that sees every customer: that is not the customer's. Nor
    is what was sent to another's endpoint whose id is his by now."""
    row = (await connection.execute(select(deliveries).where(deliveries.c.id == delivery_id))).one_or_none()
    if row is None:
        raise not_found("delivery", delivery_id)
    endpoint = await endpoints.read(connection, row.endpoint_id)
    owner = endpoint.config.customer_id if endpoint else None
    if not sees(key, owner) or owner not in {None, row.customer_id}:
        raise not_found("delivery", delivery_id)
    return row, endpoint


def _shown(row: Row[Any], *, enabled: bool) -> bytes:
    next_at: datetime | None = row.next_attempt_at if enabled else None
    delivery = {
        "id": row.id,
        "endpoint_id": row.endpoint_id,
        "customer_id": row.customer_id,
        "message_id": row.message_id,
        "type": row.type,
        "sequence": row.sequence,
        "state": row.state,
        "next_attempt_at": rfc3339(next_at) if next_at else None,
        "attempts": orjson.loads(f"[{row.attempts}]"),
    }
    return orjson.dumps(delivery)
