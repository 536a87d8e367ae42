"""What was said because of one event, and how far it came."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.tables import deliveries, endpoints, messages
from services.control.tracing.first import MOST, more
from shared.contracts.keys import KeyRecord
from shared.contracts.traces import DeliveryTold, MessageTold

MOST_DELIVERIES = 500


async def of_event(
    connection: AsyncConnection, key: KeyRecord, event_id: str, customer_id: str | None
) -> tuple[list[MessageTold], int]:
    """The first, and how many more there are."""
    caused = select(messages).where(messages.c.event_id == event_id)
    if customer_id is not None:
        caused = caused.where(messages.c.customer_id == customer_id)
    statement = caused.order_by(messages.c.partition, messages.c.number).limit(MOST)
    found = (await connection.execute(statement)).all()
    return await _told(connection, key, found), await more(connection, caused, len(found))


async def _told(connection: AsyncConnection, key: KeyRecord, rows: Sequence[Row[Any]]) -> list[MessageTold]:
    attempted = await _deliveries(connection, key, [row.message_id for row in rows])
    return [_message(row, attempted[row.message_id]) for row in rows]


def _message(row: Row[Any], attempted: list[DeliveryTold]) -> MessageTold:
    body = orjson.loads(row.body)
    data = body["data"]
    return MessageTold(
        message_id=row.message_id,
        type=body["type"],
        at=body["timestamp"],
        customer_id=row.customer_id,
        alert_id=row.alert_id,
        sequence=row.sequence,
        severity=data.get("severity"),
        title=data.get("title", ""),
        deliveries=tuple(attempted),
    )


async def _deliveries(
    connection: AsyncConnection, key: KeyRecord, message_ids: Collection[str]
) -> dict[str, list[DeliveryTold]]:
    """An endpoint that sees every customer is not the customer's to know of."""
    statement = select(deliveries).where(deliveries.c.message_id.in_(message_ids))
    if key.customer_id is not None:
        own = select(endpoints.c.id).where(endpoints.c.customer_id == key.customer_id)
        statement = statement.where(deliveries.c.endpoint_id.in_(own))
    found: dict[str, list[DeliveryTold]] = defaultdict(list)
    for row in await connection.execute(statement.order_by(deliveries.c.first_at).limit(MOST_DELIVERIES)):
        found[row.message_id].append(_delivery(row))
    return found


def _delivery(row: Row[Any]) -> DeliveryTold:
    attempts = orjson.loads(f"[{row.attempts}]")
    newest = attempts[-1]
    return DeliveryTold(
        id=row.id,
        endpoint_id=row.endpoint_id,
        state=row.state,
        attempts=len(attempts),
        first_at=row.first_at,
        last_at=newest["at"],
        status=newest["status"],
        error=newest["error"],
        next_attempt_at=row.next_attempt_at,
    )
