from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.change import Change
from services.control.paging import Asked
from services.control.tables import silences
from shared.contracts.base import to_json
from shared.contracts.customers import Silence
from shared.kafka import topics


async def rows(connection: AsyncConnection, customer_id: str | None, asked: Asked) -> Sequence[Row[Any]]:
    statement = select(silences)
    if customer_id is not None:
        statement = statement.where(silences.c.customer_id == customer_id)
    return await asked.rows(connection, statement, silences.c.id)


async def find(connection: AsyncConnection, silence_id: str) -> Row[Any] | None:
    return (await connection.execute(select(silences).where(silences.c.id == silence_id))).one_or_none()


async def add(change: Change, silence: Silence) -> None:
    await change.connection.execute(
        insert(silences).values(
            id=silence.id,
            customer_id=silence.customer_id,
            record=to_json(silence).decode(),
            created_by=change.by.id,
        )
    )
    _tell(change, silence, f"silence/{silence.id}")
    await change.note("silence.created", silence.id, silence.customer_id)


async def remove(change: Change, silence: Silence) -> None:
    await change.connection.execute(delete(silences).where(silences.c.id == silence.id))
    _tell(change, silence.model_copy(update={"deleted": True}), f"silence/{silence.id}/deleted")
    await change.note("silence.deleted", silence.id, silence.customer_id)


def _tell(change: Change, silence: Silence, event_id: str) -> None:
    """To the customer's partition; one of every customer to every partition."""
    if silence.customer_id is None:
        partitions = range(change.partitions)
    else:
        number = change.partition_of(silence.customer_id)
        partitions = range(number, number + 1)
    for partition in partitions:
        change.tell(topics.LEDGER, silence.customer_id or "silence", silence, event_id, "silence/1", partition)
