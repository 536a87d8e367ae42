from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import Id, MadeId, not_found, only_own
from services.control.alerts import store
from services.control.change import changing
from services.control.customers.store import exists
from services.control.paging import Page, PageAsked
from services.control.state import InControl
from shared.contracts.alerts import AlertData, AlertStatus, Body
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter(tags=["alerts"])
Key = Annotated[KeyRecord, Depends(require("alerts:*"))]


@router.get("/customers/{customer_id}/alerts", response_model=Page[AlertData], responses=problem_responses(404))
async def list_alerts(
    control: InControl, key: Key, customer_id: Id, asked: PageAsked, status: AlertStatus | None = None
) -> Response:
    """The newest first."""
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        await _check_customer(connection, customer_id)
        rows = await store.rows(connection, customer_id, status, asked)
    return asked.page(rows, "opened_at", "id", item=store.shown)


@router.get("/customers/{customer_id}/messages", response_model=Page[Body], responses=problem_responses(404))
async def list_messages(
    control: InControl,
    key: Key,
    customer_id: Id,
    asked: PageAsked,
    after: Annotated[int, Query(ge=0, lt=2**63, description="The last sequence that you have")] = 0,
) -> Response:
    """The bodies of the webhooks again, in the order of their sequence."""
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        await _check_customer(connection, customer_id)
        rows = await store.messages_after(connection, customer_id, after, asked)
    return asked.page(rows, "sequence", item=lambda row: row.body.encode())


@router.get("/alerts/{alert_id}", response_model=AlertData, responses=problem_responses(404))
async def get_alert(control: InControl, key: Key, alert_id: MadeId) -> Response:
    async with control.engine.connect() as connection:
        row = await store.find(connection, key, alert_id)
    return Response(store.shown(row), media_type="application/json")


@router.post("/alerts/{alert_id}:acknowledge", response_model=AlertData, responses=problem_responses(404))
async def acknowledge_alert(control: InControl, key: Key, alert_id: MadeId) -> Response:
    """It is not reminded of any more. A webhook may be faster than what is shown here: one that is not known yet is
    waited for, a second at most."""
    await store.wait_for(control.engine, key, alert_id)
    async with changing(control, key) as change:
        row = await store.acknowledge(change, alert_id)
    return Response(store.shown(row), media_type="application/json")


async def _check_customer(connection: AsyncConnection, customer_id: str) -> None:
    if not await exists(connection, customer_id):
        raise not_found("customer", customer_id)
