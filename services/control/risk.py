"""Risk as the scorers last said it: a projection of `risk.scores`."""

from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import Id, not_found, only_own
from services.control.customers.profile import materials_of
from services.control.customers.store import find
from services.control.materials import slug
from services.control.paging import Page, page_of
from services.control.state import Control, InControl
from services.control.tables import risk_history, risks
from shared.contracts.base import to_json
from shared.contracts.keys import KeyRecord
from shared.contracts.risk import MOST_POINTS, Risk, RiskOverTime, RiskThen
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter(tags=["risk"])
Key = Annotated[KeyRecord, Depends(require("risk:read"))]


@router.get("/customers/{customer_id}/risk", response_model=Page[Risk], responses=problem_responses(404))
async def list_risk(control: InControl, key: Key, customer_id: Id) -> Response:
    """One for each exposure that has been scored."""
    only_own(key, customer_id)
    return page_of(list((await _risk_of(control, customer_id)).values()))


@router.get(
    "/customers/{customer_id}/risk/{material}", response_model=RiskOverTime, responses=problem_responses(404, 422)
)
async def get_risk(
    control: InControl,
    key: Key,
    customer_id: Id,
    material: str,
    history: Annotated[str | None, Query(pattern=r"^[1-9]\d{0,2}d$", description="How far back: 90d")] = None,
) -> Response:
    """With `history` also how it moved: a point for each score that differs from the one before."""
    only_own(key, customer_id)
    slug_of = slug(material, "path.material")
    found = (await _risk_of(control, customer_id)).get(slug_of)
    if found is None:
        raise not_found("scored exposure", f"of {customer_id} to {material}")
    if history is not None:
        since = control.clock.now() - timedelta(days=int(history[:-1]))
        async with control.engine.connect() as connection:
            then = await _history(connection, customer_id, slug_of, since)
        found = to_json(RiskOverTime.model_validate_json(found).model_copy(update={"history": then}))
    return Response(found, media_type="application/json")


async def _history(
    connection: AsyncConnection, customer_id: str, material: str, since: datetime
) -> tuple[RiskThen, ...]:
    kept = select(risk_history.c.accepted_at, risk_history.c.score, risk_history.c.record, risk_history.c.position)
    kept = kept.where(risk_history.c.customer_id == customer_id, risk_history.c.material == material)
    newest = kept.where(risk_history.c.accepted_at > since).order_by(risk_history.c.position.desc()).limit(MOST_POINTS)
    before = kept.where(risk_history.c.accepted_at <= since).order_by(risk_history.c.position.desc()).limit(1)
    rows = [*await connection.execute(newest), *await connection.execute(before)]
    moved = [row for row, earlier in zip_longest(rows, rows[1:]) if earlier is None or row.score != earlier.score]
    return tuple(_then(row) for row in reversed(moved))


def _then(row: Row[Any]) -> RiskThen:
    if row.record is None:
        return RiskThen(at=row.accepted_at)
    return RiskThen(at=row.accepted_at, score=row.score, band=Risk.model_validate_json(row.record).band)


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
