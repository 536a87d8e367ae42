"""Forgets deliveries that ended long ago, a few at a time and never in the way of the others."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from services.dispatcher.database import connect
from shared.settings import DatabaseSettings

log = structlog.get_logger(__name__)

EVERY_S = 3_600.0
AT_ONCE = 500
PAUSE_S = 0.2
LETTERS_OUTLIVE_DELIVERIES = timedelta(days=14)
"""A delivery lives a little over three days after its letter came, or after its last retry was asked for."""

DELIVERIES = """
DELETE FROM deliveries WHERE delivery_id IN (
    SELECT delivery_id FROM deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT $2
)
"""
LETTERS = """
DELETE FROM letters WHERE message_id IN (
    SELECT message_id FROM letters WHERE stored_at < $1 ORDER BY stored_at LIMIT $2
)
"""


async def forget_the_old(settings: DatabaseSettings, keep: timedelta) -> None:
    """Until cancelled."""
    while True:
        connection = await connect(settings)
        try:
            await forget(connection, datetime.now(UTC) - keep)
        finally:
            await connection.close()
        await asyncio.sleep(EVERY_S)


async def forget(connection: Any, before: datetime) -> None:
    deliveries = await _delete(connection, DELIVERIES, before)
    letters = await _delete(connection, LETTERS, before - LETTERS_OUTLIVE_DELIVERIES)
    if deliveries or letters:
        log.info("old deliveries forgotten", deliveries=deliveries, messages=letters)


async def _delete(connection: Any, statement: str, before: datetime) -> int:
    total = 0
    while True:
        gone = int((await connection.execute(statement, before, AT_ONCE)).removeprefix("DELETE "))
        total += gone
        if gone < AT_ONCE:
            return total
        await asyncio.sleep(PAUSE_S)
