"""What of a batch a key sees. Of a customer's key: what is about no customer or about its own; and of deliveries those
to its own endpoints, as what an operator's endpoint was sent about the customer is the operator's."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.control.stream.telling import Told
from services.control.tables import endpoints
from shared.contracts.keys import KeyRecord


async def visible(engine: AsyncEngine, key: KeyRecord, batch: Sequence[Told | None]) -> list[Told | None]:
    """None for each that is not to be seen."""
    if key.customer_id is None:
        return [*batch]
    asked = {told.endpoint_id for told in batch if told and told.endpoint_id and told.customer_id == key.customer_id}
    own = await _own_endpoints(engine, key.customer_id, asked) if asked else set()
    return [told if told and _is_own(told, key.customer_id, own) else None for told in batch]


def _is_own(told: Told, customer_id: str, endpoint_ids: set[str]) -> bool:
    if told.event == "signal":
        return True
    return told.customer_id == customer_id and (told.endpoint_id is None or told.endpoint_id in endpoint_ids)


async def _own_endpoints(engine: AsyncEngine, customer_id: str, asked: set[str]) -> set[str]:
    """Asked each time: an endpoint may come to be another's."""
    statement = select(endpoints.c.id).where(endpoints.c.customer_id == customer_id, endpoints.c.id.in_(asked))
    async with engine.connect() as connection:
        return set((await connection.scalars(statement)).all())
