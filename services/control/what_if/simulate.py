"""`POST /simulate`: what would an event do? Nothing of it is stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.access import not_found, only_own
from services.control.customers.store import exists
from services.control.measures import store as measures
from services.control.state import Control, InControl
from services.control.what_if import supposing
from services.control.what_if.peers import ask_classifier, ask_scorers
from shared.contracts.base import Identifier, Strict, to_json
from shared.contracts.events import AnyEvent, CustomerEvent, ListChange, MeasureChange, News
from shared.contracts.keys import KeyRecord
from shared.contracts.measures import MeasureRecord
from shared.contracts.questions import LedgerRecord, Moves, WhatIf
from shared.events.reading import read_event
from shared.events.rules import unfit
from shared.http.auth import require
from shared.http.problems import FieldError, dotted, invalid, problem_responses

router = APIRouter(tags=["what if"])
Key = Annotated[KeyRecord, Depends(require("simulate"))]


class SimulationRequest(Strict):
    event: dict[str, Any]
    customer_ids: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=1_000)] | None = None


@router.post("/simulate", response_model=Moves, responses=problem_responses(404, 422, 503))
async def simulate(control: InControl, key: Key, request: SimulationRequest) -> Response:
    """Any event that could be posted. `items`, worst first: with `customer_ids` every exposure of theirs, without only
    those whose score would move."""
    event = _event(request.event)
    customer_ids = _whose(key, event, request.customer_ids)
    async with control.engine.connect() as connection:
        for customer_id in customer_ids or ():
            if not await exists(connection, customer_id):
                raise not_found("customer", customer_id)
        known = await _known(connection, event)
    asked = WhatIf(record=await _record(control, event, known), customer_ids=customer_ids)
    answer = await ask_scorers(control.settings.scorer_url, asked, control.settings.partitions)
    return Response(to_json(answer), media_type="application/json")


def _event(given: dict[str, Any]) -> AnyEvent:
    """:raises Problem: 422, where nobody could post it."""
    event, errors = read_event(dict(given))
    if event is not None:
        errors = unfit(event)
    if event is None or errors:
        raise invalid(
            [FieldError(loc=dotted("body.event", e["loc"]).rstrip("."), message=e["message"]) for e in errors]
        )
    return event


def _whose(key: KeyRecord, event: AnyEvent, customer_ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """A customer's own record concerns that customer alone; a key that is bound to one sees no other.

    :raises Problem: 404
    """
    own = (event.customer_id,) if isinstance(event, CustomerEvent) else ()
    named = customer_ids or own
    for customer_id in (*named, *own):
        only_own(key, customer_id)
    return named or ((key.customer_id,) if key.customer_id is not None else None)


async def _known(connection: AsyncConnection, event: AnyEvent) -> MeasureRecord | None:
    if not isinstance(event, MeasureChange | ListChange):
        return None
    return await measures.find(connection, supposing.identity_of(event).id)


async def _record(control: Control, event: AnyEvent, known: MeasureRecord | None) -> LedgerRecord:
    now = control.clock.now()
    if isinstance(event, CustomerEvent):
        return event
    if isinstance(event, MeasureChange | ListChange):
        return supposing.by_act(event, known, now)
    if isinstance(event, News):
        return supposing.by_news(await ask_classifier(control.settings.classifier_url, event), now)
    return supposing.by_nothing(now)
