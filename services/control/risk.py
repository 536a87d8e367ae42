"""Risk as the scorers last said it: a projection of `risk.scores`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select

from services.control.access import Id, not_found, only_own
from services.control.customers.profile import materials_of
from services.control.customers.store import find
from services.control.materials import slug
from services.control.paging import Page, page_of
from services.control.state import Control, InControl
from services.control.tables import risks
from shared.contracts.keys import KeyRecord
from shared.contracts.risk import Risk
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter(tags=["risk"])
Key = Annotated[KeyRecord, Depends(require("risk:read"))]


@router.get("/customers/{customer_id}/risk", response_model=Page[Risk], responses=problem_responses(404))
async def list_risk(control: InControl, key: Key, customer_id: Id) -> Response:
    """One for each exposure that has been scored."""
    only_own(key, customer_id)
    return page_of(list((await _risk_of(control, customer_id)).values()))


@router.get("/customers/{customer_id}/risk/{material}", response_model=Risk, responses=problem_responses(404, 422))
async def get_risk(control: InControl, key: Key, customer_id: Id, material: str) -> Response:
    only_own(key, customer_id)
    found = (await _risk_of(control, customer_id)).get(slug(material, "path.material"))
    if found is None:
        raise not_found("scored exposure", f"of {customer_id} to {material}")
    return Response(found, media_type="application/json")


async def _risk_of(control: Control, customer_id: str) -> dict[str, bytes]:
    """By material. What was said of a material that the profile no longer names is left out."""
    statement = select(risks).where(risks.c.customer_id == customer_id).order_by(risks.c.material)
    async with control.engine.connect() as connection:
        customer = await find(connection, customer_id)
        if customer is None:
            raise not_found("customer", customer_id)
        rows = await connection.execute(statement)
    exposed = materials_of(customer)
    return {row.material: row.record.encode() for row in rows if row.material in exposed}
