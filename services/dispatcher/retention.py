"""Forgets deliveries that ended long ago, a few at a time and never in the way of the others."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.get_logger(__name__)

EVERY_S = 3_600.0
AT_ONCE = 500
PAUSE_S = 0.2
LETTERS_OUTLIVE_DELIVERIES = timedelta(days=14)
"""A delivery lives a little over three days after its letter came, or after its last retry was asked for."""

_DELIVERIES = text(
    "DELETE FROM deliveries WHERE delivery_id IN "
    "(SELECT delivery_id FROM deliveries WHERE ended_at < :before ORDER BY ended_at LIMIT :at_once)"
)
_LETTERS = text(
    "DELETE FROM letters WHERE message_id IN "
    "(SELECT message_id FROM letters WHERE stored_at < :before ORDER BY stored_at LIMIT :at_once)"
)


async def forget_the_old(engine: AsyncEngine, keep: timedelta) -> None:
    """Until cancelled."""
    while True:
        now = datetime.now(UTC)
        deliveries = await forget(engine, _DELIVERIES, now - keep)
        letters = await forget(engine, _LETTERS, now - keep - LETTERS_OUTLIVE_DELIVERIES)
        if deliveries or letters:
            log.info("old deliveries forgotten", deliveries=deliveries, messages=letters)
        await asyncio.sleep(EVERY_S)


async def forget(engine: AsyncEngine, statement: TextClause, before: datetime) -> int:
    total = 0
    while True:
        async with engine.begin() as connection:
            gone = (await connection.execute(statement, {"before": before, "at_once": AT_ONCE})).rowcount
        total += gone
        if gone < AT_ONCE:
            return total
        await asyncio.sleep(PAUSE_S)
