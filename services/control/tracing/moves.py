"""How measures and scores moved by one event: each move beside what was said before it."""

from typing import Any

import orjson
from sqlalchemy import Row, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.tables import measure_moves, measures, risk_history
from services.control.tracing.first import MOST, more
from shared.contracts.traces import MeasureMove, MeasureSeen, ScoreMove, ScoreSeen


async def of_measures(connection: AsyncConnection, event_id: str) -> list[MeasureMove]:
    before = measure_moves.alias("before")
    last = (
        select(before.c.state, before.c.confirmed, before.c.belief)
        .where(before.c.measure_id == measure_moves.c.measure_id, before.c.position < measure_moves.c.position)
        .order_by(before.c.position.desc())
        .limit(1)
        .lateral("last")
    )
    statement = (
        select(
            measure_moves,
            measures.c.record,
            last.c.state.label("last_state"),
            last.c.confirmed.label("last_confirmed"),
            last.c.belief.label("last_belief"),
        )
        .join(measures, measures.c.id == measure_moves.c.measure_id)
        .outerjoin(last, true())
        .where(measure_moves.c.event_id == event_id)
        .order_by(measure_moves.c.position)
        .limit(MOST)
    )
    return [_measure_move(row) for row in await connection.execute(statement)]


def _measure_move(row: Row[Any]) -> MeasureMove:
    measure = orjson.loads(row.record)["measure"]
    before = None
    if row.last_state is not None:
        before = MeasureSeen(state=row.last_state, confirmed=row.last_confirmed, belief=row.last_belief)
    return MeasureMove(
        id=row.measure_id,
        ref=measure["ref"],
        title=measure["title"],
        at=row.accepted_at,
        before=before,
        after=MeasureSeen(state=row.state, confirmed=row.confirmed, belief=row.belief),
    )


async def of_scores(connection: AsyncConnection, event_id: str, customer_id: str | None) -> tuple[list[ScoreMove], int]:
    """The worst, and how many more there are."""
    moved = select(risk_history).where(risk_history.c.event_id == event_id)
    if customer_id is not None:
        moved = moved.where(risk_history.c.customer_id == customer_id)
    worst = moved.order_by(risk_history.c.score.desc().nulls_last()).limit(MOST).subquery("worst")
    before = risk_history.alias("before")
    last = (
        select(before.c.record)
        .where(
            before.c.customer_id == worst.c.customer_id,
            before.c.material == worst.c.material,
            before.c.position < worst.c.position,
        )
        .order_by(before.c.position.desc())
        .limit(1)
        .lateral("last")
    )
    statement = (
        select(worst, last.c.record.label("last_record"))
        .outerjoin(last, true())
        .order_by(worst.c.score.desc().nulls_last(), worst.c.customer_id, worst.c.material)
    )
    detailed = customer_id is not None
    shown = [_score_move(row, detailed=detailed) for row in await connection.execute(statement)]
    return shown, await more(connection, moved, len(shown))


def _score_move(row: Row[Any], *, detailed: bool) -> ScoreMove:
    return ScoreMove(
        customer_id=row.customer_id,
        material=row.material,
        at=row.accepted_at,
        before=_score(row.last_record, detailed=detailed),
        after=_score(row.record, detailed=detailed),
    )


def _score(record: str | None, *, detailed: bool) -> ScoreSeen | None:
    if record is None:
        return None
    risk = orjson.loads(record)
    names = ("score", "band", "drivers", "inputs") if detailed else ("score", "band")
    return ScoreSeen.model_validate({name: risk[name] for name in names})
