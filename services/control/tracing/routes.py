from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from services.control.access import MadeId, only_own
from services.control.alerts import store as alerts
from services.control.state import InControl
from services.control.tracing.explain import explain
from services.control.tracing.trace import trace
from shared.contracts.base import Identifier, to_json
from shared.contracts.keys import KeyRecord
from shared.contracts.traces import Explanation, Trace
from shared.http.auth import require
from shared.http.problems import problem_responses

router = APIRouter()
EventId = Annotated[str, Path(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Those of ticks, profiles and overrides have a slash in them."""


@router.get("/events/{event_id:path}/trace", response_model=Trace, responses=problem_responses(404), tags=["events"])
async def trace_event(
    control: InControl,
    key: Annotated[KeyRecord, Depends(require("events:read"))],
    event_id: EventId,
    customer_id: Annotated[
        Identifier | None, Query(description="Only this customer's part, and why it was told nothing")
    ] = None,
) -> Response:
    """What became of an event at each stage: accepted, judged, measures, scores, messages, deliveries."""
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        found = await trace(connection, key, event_id, customer_id or key.customer_id, control.clock.now())
    return Response(to_json(found), media_type="application/json")


@router.get("/alerts/{alert_id}/explain", response_model=Explanation, responses=problem_responses(404), tags=["alerts"])
async def explain_alert(
    control: InControl, key: Annotated[KeyRecord, Depends(require("alerts:read"))], alert_id: MadeId
) -> Response:
    """Why it fired: each message with its cause, the rule behind it, scores before and after, and its deliveries. Of an
    alert that is not known yet, as a webhook may be faster than this, it waits a second at most."""
    await alerts.wait_for(control.engine, key, alert_id)
    async with control.engine.connect() as connection:
        row = await alerts.find(connection, key, alert_id)
        found = await explain(connection, key, row, control.clock.now())
    return Response(to_json(found), media_type="application/json")
