import asyncio
import time
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row, Select, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.control.access import not_found, sees
from services.control.change import Change
from services.control.paging import Asked
from services.control.tables import alerts, messages
from shared.contracts.customers import Acknowledgement
from shared.contracts.keys import KeyRecord
from shared.http.problems import Problem
from shared.kafka import topics

COMES_WITHIN_S = 1.0
LOOK_EVERY_S = 0.05


async def rows(connection: AsyncConnection, customer_id: str, status: str | None, asked: Asked) -> Sequence[Row[Any]]:
    statement = _alerts().where(alerts.c.customer_id == customer_id)
    if status is not None:
        statement = statement.where(alerts.c.status == status)
    return await asked.rows(connection, statement, alerts.c.opened_at, alerts.c.id, newest_first=True)


async def find(connection: AsyncConnection, key: KeyRecord, alert_id: str) -> Row[Any]:
    """:raises Problem: 404, where there is none or it is not the key's to see."""
    row: Row[Any] | None = (await connection.execute(_alerts().where(alerts.c.id == alert_id))).one_or_none()
    if row is None or not sees(key, row.customer_id):
        raise not_found("alert", alert_id)
    return row


async def wait_for(engine: AsyncEngine, key: KeyRecord, alert_id: str) -> None:
    """As long for one that is another's as for one that does not exist: who asks learns nothing by the time it takes.

    :raises Problem: 404, where the key sees none by then.
    """
    until = time.monotonic() + COMES_WITHIN_S
    while True:
        try:
            async with engine.connect() as connection:
                await find(connection, key, alert_id)
                return
        except Problem:
            if time.monotonic() >= until:
                raise
        await asyncio.sleep(LOOK_EVERY_S)


def shown(row: Row[Any]) -> bytes:
    """What the newest message said of the alert, and whether it was acknowledged since."""
    return orjson.dumps(orjson.loads(row.body)["data"] | {"status": row.status})


async def acknowledge(change: Change, alert_id: str) -> Row[Any]:
    """One that is acknowledged or over stays as it is."""
    await change.lock(f"alert/{alert_id}")
    row = await find(change.connection, change.by, alert_id)
    if row.status != "open":
        return row
    said = {"status": "acknowledged", "acknowledged_by": change.by.id, "acknowledged_at": change.now}
    await change.connection.execute(update(alerts).where(alerts.c.id == alert_id).values(said))
    record = Acknowledgement(customer_id=row.customer_id, alert_id=alert_id, by=change.by.id)
    # after one more message of the alert it may be open, and acknowledged, anew
    event_id = f"acknowledgement/{alert_id}/{row.number}"
    partition = change.partition_of(row.customer_id)
    change.tell(topics.LEDGER, row.customer_id, record, event_id, "acknowledgement/1", partition)
    await change.note("alert.acknowledged", alert_id, row.customer_id)
    return await find(change.connection, change.by, alert_id)


async def messages_after(connection: AsyncConnection, customer_id: str, after: int, asked: Asked) -> Sequence[Row[Any]]:
    statement = select(messages.c.sequence, messages.c.body).where(
        messages.c.customer_id == customer_id, messages.c.sequence > after
    )
    return await asked.rows(connection, statement, messages.c.sequence)


def _alerts() -> Select[Any]:
    newest = and_(messages.c.partition == alerts.c.partition, messages.c.number == alerts.c.number)
    return select(alerts, messages.c.body).join(messages, newest)
