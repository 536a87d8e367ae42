"""Traces are kept as long as the topics that they come from, and no longer."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Delete, Table, delete, exists
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.state import Control
from services.control.tables import facts, measure_moves, risk_history

log = structlog.get_logger(__name__)

FACTS_KEPT = timedelta(days=400)
SCORES_KEPT = timedelta(days=90)
EVERY_S = 3_600.0


async def forget_old_traces(control: Control) -> None:
    while True:
        try:
            await forget(control.engine, control.clock.now())
        except (OSError, DBAPIError) as error:
            log.warning("old traces are left until the next hour", reason=type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def forget(engine: AsyncEngine, now: datetime) -> None:
    async with engine.begin() as connection:
        await connection.execute(delete(facts).where(facts.c.accepted_at < now - FACTS_KEPT))
        await connection.execute(_superseded(measure_moves, ("measure_id",), now - FACTS_KEPT))
        await connection.execute(_superseded(risk_history, ("customer_id", "material"), now - SCORES_KEPT))


def _superseded(table: Table, of: Sequence[str], before: datetime) -> Delete:
    """What was said before that day, but for the last of it: what is kept begins with it."""
    later = table.alias("later")
    same = (later.c[name] == table.c[name] for name in of)
    newer = exists().where(*same, later.c.position > table.c.position, later.c.accepted_at < before)
    return delete(table).where(table.c.accepted_at < before, newer)
