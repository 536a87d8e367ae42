"""Traces are kept as long as the topics that they come from, and no longer."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, exists
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.state import Control
from services.control.tables import facts, risk_history

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
    """Of each exposure the last score before the days that are kept stays: it is where they begin."""
    later = risk_history.alias("later")
    superseded = exists().where(
        later.c.customer_id == risk_history.c.customer_id,
        later.c.material == risk_history.c.material,
        later.c.position > risk_history.c.position,
        later.c.accepted_at < now - SCORES_KEPT,
    )
    async with engine.begin() as connection:
        await connection.execute(delete(facts).where(facts.c.accepted_at < now - FACTS_KEPT))
        old = risk_history.c.accepted_at < now - SCORES_KEPT
        await connection.execute(delete(risk_history).where(old, superseded))
