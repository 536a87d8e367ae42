from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.change import Change
from services.control.paging import Asked
from services.control.tables import keys
from shared.contracts.base import to_json
from shared.contracts.keys import KeyRecord
from shared.kafka import topics


async def rows(connection: AsyncConnection, by: KeyRecord, asked: Asked) -> Sequence[Row[Any]]:
    statement = select(keys)
    if by.customer_id is not None:
        statement = statement.where(keys.c.customer_id == by.customer_id)
    return await asked.rows(connection, statement, keys.c.id)


async def row(connection: AsyncConnection, key_id: str) -> Row[Any] | None:
    return (await connection.execute(select(keys).where(keys.c.id == key_id))).one_or_none()


async def find(connection: AsyncConnection, key_id: str) -> KeyRecord | None:
    found = await row(connection, key_id)
    return KeyRecord.model_validate_json(found.record) if found else None


async def write(change: Change, record: KeyRecord, action: str) -> None:
    values = {"customer_id": record.customer_id, "record": to_json(record).decode()}
    statement = insert(keys).values(id=record.id, created_at=change.received_at, **values)
    await change.connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
    tell(change, record)
    await change.note(action, record.id, record.customer_id)


def tell(change: Change, record: KeyRecord) -> None:
    change.tell(topics.KEYS, record.id, record, f"key/{record.id}/{record.sha256[:16]}", "key/1")


async def remove(change: Change, record: KeyRecord) -> None:
    await change.connection.execute(delete(keys).where(keys.c.id == record.id))
    change.tell(topics.KEYS, record.id, None, f"key/{record.id}/deleted", "key/1")
    await change.note("key.deleted", record.id, record.customer_id)
