import secrets
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, StringConstraints

from services.control.access import MadeId, not_found
from services.control.change import changing
from services.control.measures import store
from services.control.measures.moment import moment
from services.control.measures.word import check_end
from services.control.paging import Page, PageAsked
from services.control.state import InControl
from shared.catalog.countries import zone
from shared.contracts.base import Strict, to_json
from shared.contracts.keys import KeyRecord
from shared.contracts.measures import Measure, MeasureState, Override
from shared.domain.measures.calendar import day_of
from shared.http.auth import require
from shared.http.problems import Problem, problem_responses
from shared.kafka import topics

router = APIRouter(tags=["measures"])
Reader = Annotated[KeyRecord, Depends(require("events:read"))]
Writer = Annotated[KeyRecord, Depends(require("measures:write"))]


async def _view(
    control: InControl,
    as_of: Annotated[str | None, Query(description="An instant, or a day: its end in the issuer's zone")] = None,
    known_at: Annotated[str | None, Query(description="With what was known by then; by default all")] = None,
) -> store.View:
    now = control.clock.now()
    return store.View(moment(as_of, "as_of", now), moment(known_at, "known_at", now))


View = Annotated[store.View, Depends(_view)]


class OverrideRequest(Strict):
    state: MeasureState
    until: date | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class OverrideAccepted(BaseModel):
    id: str
    measure_id: str


@router.get("/measures", response_model=Page[Measure], responses=problem_responses(422))
async def list_measures(
    control: InControl,
    _: Reader,
    view: View,
    asked: PageAsked,
    confirmed: Annotated[bool | None, Query(description="false: only those whose return nothing confirms")] = None,
) -> Response:
    async with control.engine.connect() as connection:
        return await store.page(connection, view, asked, confirmed)


@router.get("/measures/{measure_id}", response_model=Measure, responses=problem_responses(404, 422))
async def get_measure(control: InControl, _: Reader, view: View, measure_id: MadeId) -> Response:
    async with control.engine.connect() as connection:
        record = await store.find(connection, measure_id)
    measure = view.of(record) if record else None
    if measure is None:
        raise not_found("measure", f"{measure_id} announced by then")
    return Response(to_json(measure), media_type="application/json")


@router.post("/measures/{measure_id}:override", status_code=202, responses=problem_responses(403, 404, 422))
async def override_measure(
    control: InControl, key: Writer, measure_id: MadeId, request: OverrideRequest
) -> OverrideAccepted:
    """A human's word outweighs acts and clocks, and counts from today in the issuer's zone."""
    if key.customer_id is not None:
        raise Problem(403, "measures are every customer's: use a key that is bound to none")
    async with changing(control, key) as change:
        known = await store.find(change.connection, measure_id)
        if known is None:
            raise not_found("measure", measure_id)
        check_end(request.state, request.until, day_of(change.now, zone(known.measure.issuer)))
        override = Override(
            id=f"override/{secrets.token_hex(16)}",
            measure_id=measure_id,
            state=request.state,
            until=request.until,
            reason=request.reason,
            by=key.name,
        )
        change.tell(topics.WORLD, override.id, override, override.id, "override/1")
        await change.note("measure.overridden", measure_id, None)
    return OverrideAccepted(id=override.id, measure_id=measure_id)
