"""What was shown long enough goes, a few rows at a time, so that nobody waits for it. The audit stays, an alert that is
open with its newest message, a delivery that is still due, and of each measure and exposure what the kept history
begins with."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.clock import Clock, real_now

log = structlog.get_logger(__name__)

KEPT = timedelta(days=90)
"""As the topics `alerts` and `signals`; and so far back an endpoint can be replayed."""
WORLD_KEPT = timedelta(days=400)
"""As the topic `world`."""
EVERY_S = 3_600.0
AT_ONCE = 500
PAUSE_S = 0.1

MESSAGES = text("""
    WITH old AS (
        SELECT partition, number FROM messages WHERE received_at < :before AND NOT EXISTS (
            SELECT FROM alerts WHERE alerts.id = messages.alert_id AND alerts.partition = messages.partition
                AND alerts.number = messages.number AND alerts.status IN ('open', 'acknowledged')
        ) LIMIT :at_once
    ), gone AS (
        DELETE FROM messages USING old WHERE messages.partition = old.partition AND messages.number = old.number
        RETURNING messages.alert_id, messages.partition, messages.number
    ), over AS (
        DELETE FROM alerts USING gone
        WHERE alerts.id = gone.alert_id AND alerts.partition = gone.partition AND alerts.number = gone.number
    )
    SELECT count(*) FROM gone
""")
SIGNALS = text("""
    WITH gone AS (
        DELETE FROM signals WHERE id IN (SELECT id FROM signals WHERE accepted_at < :before LIMIT :at_once) RETURNING id
    ) SELECT count(*) FROM gone
""")
DELIVERIES = text("""
    WITH gone AS (
        DELETE FROM deliveries WHERE id IN (
            SELECT id FROM deliveries WHERE first_at < :before AND state <> 'due' LIMIT :at_once
        ) RETURNING id
    ) SELECT count(*) FROM gone
""")
FACTS = text("""
    WITH gone AS (
        DELETE FROM facts WHERE (event_id, position) IN (
            SELECT event_id, position FROM facts WHERE accepted_at < :before LIMIT :at_once
        ) RETURNING position
    ) SELECT count(*) FROM gone
""")
MOVES = text("""
    WITH gone AS (
        DELETE FROM measure_moves WHERE (measure_id, position) IN (
            SELECT measure_id, position FROM measure_moves AS old WHERE accepted_at < :before AND EXISTS (
                SELECT FROM measure_moves AS later
                WHERE later.measure_id = old.measure_id
                    AND later.position > old.position AND later.accepted_at < :before
            ) LIMIT :at_once
        ) RETURNING position
    ) SELECT count(*) FROM gone
""")
SCORES = text("""
    WITH gone AS (
        DELETE FROM risk_history WHERE (customer_id, material, position) IN (
            SELECT customer_id, material, position FROM risk_history AS old WHERE accepted_at < :before AND EXISTS (
                SELECT FROM risk_history AS later
                WHERE later.customer_id = old.customer_id AND later.material = old.material
                    AND later.position > old.position AND later.accepted_at < :before
            ) LIMIT :at_once
        ) RETURNING position
    ) SELECT count(*) FROM gone
""")


async def forget_the_old(engine: AsyncEngine, clock: Clock) -> None:
    """Until cancelled."""
    while True:
        try:
            await forget(engine, real_now(), clock.now())
        except (OSError, DBAPIError) as error:
            log.warning("what is old is left until the next hour", reason=type(error).__name__)
        await asyncio.sleep(EVERY_S)


async def forget(engine: AsyncEngine, now: datetime, domain_now: datetime) -> None:
    """Messages and attempts by real time, the rest by the system's clock: as each is dated."""
    await _in_batches(engine, MESSAGES, now - KEPT)
    await _in_batches(engine, DELIVERIES, now - KEPT)
    await _in_batches(engine, SIGNALS, domain_now - KEPT)
    await _in_batches(engine, SCORES, domain_now - KEPT)
    await _in_batches(engine, MOVES, domain_now - WORLD_KEPT)
    await _in_batches(engine, FACTS, domain_now - WORLD_KEPT)


async def _in_batches(engine: AsyncEngine, statement: TextClause, before: datetime) -> None:
    while True:
        async with engine.begin() as connection:
            gone = await connection.scalar(statement, {"before": before, "at_once": AT_ONCE})
        if not gone or gone < AT_ONCE:
            return
        await asyncio.sleep(PAUSE_S)
