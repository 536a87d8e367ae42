"""What people think of alerts, and how often which kind and which source was a false alarm."""

from itertools import product
from typing import Annotated, Literal, get_args

import orjson
from fastapi import APIRouter, Depends
from pydantic import BaseModel, StringConstraints
from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert

from services.control.access import MadeId
from services.control.alerts import store
from services.control.change import changing
from services.control.state import InControl
from services.control.tables import feedback
from shared.contracts.alerts import AlertKind
from shared.contracts.base import Instant, Strict
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import problem_responses
from shared.metrics import FEEDBACK

router = APIRouter(tags=["alerts"])
Writer = Annotated[KeyRecord, Depends(require("alerts:*"))]
Verdict = Literal["useful", "false", "late"]
NO_SOURCE = ""
"""An alert that only days have moved."""

for _kind, _verdict in product(get_args(AlertKind), get_args(Verdict)):
    FEEDBACK.labels(kind=_kind, verdict=_verdict)  # from the start: a count that begins at one has never risen


class FeedbackRequest(Strict):
    verdict: Verdict
    note: Annotated[str, StringConstraints(max_length=2_000)] | None = None


class Feedback(BaseModel):
    alert_id: str
    verdict: Verdict
    note: str | None
    given_at: Instant


class Tally(BaseModel):
    """Of one kind of alert whose first evidence came from one source."""

    kind: str
    source: str
    useful: int
    false: int
    late: int
    false_alarm_rate: float


class Tallies(BaseModel):
    items: list[Tally]


@router.post("/alerts/{alert_id}:feedback", responses=problem_responses(404, 422))
async def give_feedback(control: InControl, key: Writer, alert_id: MadeId, request: FeedbackRequest) -> Feedback:
    """One verdict a key and alert: a later one takes its place."""
    await store.wait_for(control.engine, key, alert_id)
    async with changing(control, key) as change:
        row = await store.find(change.connection, key, alert_id)
        alert = orjson.loads(row.body)["data"]
        evidence = alert.get("evidence") or [{"source": NO_SOURCE}]
        given = {"verdict": request.verdict, "note": request.note, "given_at": change.now}
        statement = insert(feedback).values(
            alert_id=alert_id,
            key_id=key.id,
            customer_id=row.customer_id,
            kind=alert["kind"],
            source=evidence[0]["source"],
            **given,
        )
        await change.connection.execute(
            statement.on_conflict_do_update(index_elements=["alert_id", "key_id"], set_=given)
        )
        await change.note("alert.feedback", alert_id, row.customer_id)
    FEEDBACK.labels(kind=alert["kind"], verdict=request.verdict).inc()
    return Feedback(alert_id=alert_id, **given)


@router.get("/feedback")
async def count_feedback(control: InControl, key: Annotated[KeyRecord, Depends(require("alerts:read"))]) -> Tallies:
    """The worst first; of a key that is bound to a customer, that customer's alerts alone."""
    counts = {name: func.count(case((feedback.c.verdict == name, 1))) for name in ("useful", "false", "late")}
    rate = counts["false"] * 1.0 / func.count()
    columns = [count.label(name) for name, count in counts.items()]
    statement = (
        select(feedback.c.kind, feedback.c.source, *columns, rate.label("false_alarm_rate"))
        .group_by(feedback.c.kind, feedback.c.source)
        .order_by(rate.desc(), func.count().desc(), feedback.c.kind, feedback.c.source)
        .limit(500)
    )
    if key.customer_id is not None:
        statement = statement.where(feedback.c.customer_id == key.customer_id)
    async with control.engine.connect() as connection:
        rows = await connection.execute(statement)
    return Tallies(items=[Tally.model_validate(row, from_attributes=True) for row in rows])
