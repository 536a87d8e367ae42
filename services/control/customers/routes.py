from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.control.access import Id, not_found, only_own
from services.control.change import changing
from services.control.customers import store
from services.control.customers.profile import checked
from services.control.paging import Page, PageAsked
from services.control.state import InControl
from shared.contracts.customers import Customer, CustomerProfile
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter(tags=["customers"])
Key = Annotated[KeyRecord, Depends(require("customers:*"))]


@router.get("/customers", response_model=Page[Customer])
async def list_customers(control: InControl, key: Key, asked: PageAsked) -> Response:
    async with control.engine.connect() as connection:
        rows = await store.rows(connection, key, asked)
    return asked.page(rows, "id", item=lambda row: store.resource(row).model_dump_json().encode())


@router.get("/customers/{customer_id}", responses=problem_responses(404))
async def get_customer(control: InControl, key: Key, customer_id: Id) -> Customer:
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        customer = await store.find(connection, customer_id)
    if customer is None:
        raise not_found("customer", customer_id)
    return customer


@router.put("/customers/{customer_id}", responses={201: {"model": Customer}, **problem_responses(404, 422)})
async def put_customer(
    control: InControl,
    key: Key,
    customer_id: Id,
    profile: CustomerProfile,
    response: Response,
    baseline: store.Baseline = "quiet",
) -> Customer:
    """`baseline=alert`: first scores alert as later ones would; otherwise they are where alerts start from."""
    only_own(key, customer_id)
    profile = checked(profile)
    async with changing(control, key) as change:
        put = await store.put(change, customer_id, profile, baseline)
    if put.outcome == "created":
        response.status_code = 201
        response.headers["Location"] = f"/v1/customers/{customer_id}"
    return put.customer


@router.delete("/customers/{customer_id}", status_code=204, responses=problem_responses(404))
async def delete_customer(control: InControl, key: Key, customer_id: Id) -> None:
    only_own(key, customer_id)
    async with changing(control, key) as change:
        if not await store.delete(change, customer_id):
            raise not_found("customer", customer_id)
