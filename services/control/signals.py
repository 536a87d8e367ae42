"""What was read from the news, and what people say of it: a human's word outweighs the machine's."""

import secrets
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import Row, select

from services.control.access import MadeId, not_found
from services.control.change import changing
from services.control.corrections import CorrectionRequest, Reason, checked
from services.control.paging import Page, PageAsked
from services.control.state import Control, InControl
from services.control.tables import signals
from shared.contracts.base import Strict
from shared.contracts.keys import KeyRecord
from shared.contracts.reviews import Corrected, Review
from shared.contracts.signals import Signal, Verdict
from shared.http.auth import require
from shared.http.problems import Problem, problem_responses
from shared.kafka import topics

router = APIRouter(tags=["signals"])
Reader = Annotated[KeyRecord, Depends(require("events:read"))]
Writer = Annotated[KeyRecord, Depends(require("signals:write"))]
_ANYWHERE_AHEAD = timedelta(days=1)
"""Somewhere it is tomorrow already."""


class Confirmation(Strict):
    reason: Reason | None = None


class Rejection(Strict):
    reason: Reason


class ReviewAccepted(BaseModel):
    """`id` is that of the record: `GET /events/{id}/trace` says what came of it."""

    id: str
    signal_id: str
    verdict: Verdict


@router.get("/signals", response_model=Page[Signal])
async def list_signals(
    control: InControl, _: Reader, asked: PageAsked, event_id: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The newest first, each with the last word of a human, if there is one (`review`); `event_id`: those read from one
    event."""
    statement = select(signals)
    if event_id is not None:
        statement = statement.where(signals.c.event_id == event_id.replace("\x00", ""))
    async with control.engine.connect() as connection:
        rows = await asked.rows(connection, statement, signals.c.published_at, signals.c.id, newest_first=True)
    return asked.page(rows, "published_at", "id", item=_signal)


@router.post("/signals/{signal_id}:confirm", status_code=202, responses=problem_responses(403, 404, 422))
async def confirm_signal(
    control: InControl, key: Writer, signal_id: MadeId, request: Confirmation | None = None
) -> ReviewAccepted:
    """It is as it was read, and so it is: evidence that weighs as a human's word does."""
    return await _review(control, key, signal_id, "confirmed", request.reason if request else None)


@router.post("/signals/{signal_id}:reject", status_code=202, responses=problem_responses(403, 404, 422))
async def reject_signal(control: InControl, key: Writer, signal_id: MadeId, request: Rejection) -> ReviewAccepted:
    """It counts as never said. Measures go back to what is left of their evidence; alerts that rested on it alone are
    resolved as `retracted`, with the reason."""
    return await _review(control, key, signal_id, "rejected", request.reason)


@router.post("/signals/{signal_id}:correct", status_code=202, responses=problem_responses(403, 404, 422))
async def correct_signal(
    control: InControl, key: Writer, signal_id: MadeId, request: CorrectionRequest
) -> ReviewAccepted:
    """It says something else: what the machine read is taken back, and what is given here stands in its place."""
    corrected = checked(request, (control.clock.now() + _ANYWHERE_AHEAD).date())
    return await _review(control, key, signal_id, "corrected", request.reason, corrected)


async def _review(
    control: Control,
    key: KeyRecord,
    signal_id: str,
    verdict: Verdict,
    reason: str | None,
    corrected: Corrected | None = None,
) -> ReviewAccepted:
    """:raises Problem: 403 for a customer's key, 404 where there is no such signal."""
    if key.customer_id is not None:
        raise Problem(403, "signals are every customer's: use a key that is bound to none")
    async with changing(control, key) as change:
        if await change.connection.scalar(select(signals.c.id).where(signals.c.id == signal_id)) is None:
            raise not_found("signal", f"{signal_id} of the last 90 days: GET /v1/signals lists them")
        review = Review(
            id=f"review/{secrets.token_hex(16)}",
            signal_id=signal_id,
            verdict=verdict,
            reason=reason,
            by=key.name,
            corrected=corrected,
        )
        await change.lock(f"signal/{signal_id}")
        change.tell(topics.WORLD, review.id, review, review.id, "review/1")
        await change.note(f"signal.{verdict}", signal_id, None)
    return ReviewAccepted(id=review.id, signal_id=signal_id, verdict=verdict)


def _signal(row: Row[Any]) -> bytes:
    record: str = row.record
    return record.encode()
