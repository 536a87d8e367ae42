"""Who is a customer: the ids of the compacted topic `customers`."""

import asyncio
from collections.abc import Set as AbstractSet
from contextlib import suppress

from pydantic import BaseModel, ValidationError

from shared.http.server import Check
from shared.kafka.table import Table
from shared.kafka.topics import CUSTOMERS
from shared.settings import ServiceSettings

HEARD_OF_WITHIN_S = 1.0
"""How soon a customer that was put is known here (contract section 4)."""


class KnownCustomers:
    def __init__(self, ids: AbstractSet[str] = frozenset()) -> None:
        self.loading: Check = lambda: None
        self._ids = set(ids)
        self._changed = asyncio.Event()

    def unready(self) -> str | None:
        return self.loading()

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._ids

    def apply(self, customer_id: str, row: bool | None) -> None:
        if row:
            self._ids.add(customer_id)
        else:
            self._ids.discard(customer_id)
        self._changed.set()

    async def heard_of(self, strangers: set[str]) -> None:
        """Waits for customers that may have been put a moment ago, so that a sender need not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_OF_WITHIN_S):
                while not strangers <= self._ids:
                    self._changed.clear()
                    await self._changed.wait()


class _Profile(BaseModel):
    """All of a ProfileRecord that matters here: is there one?"""

    profile: dict[str, object] | None = None


def follow_customers(settings: ServiceSettings) -> tuple[KnownCustomers, Table[bool]]:
    """The ids and the table that keeps them; whoever calls runs the table."""
    known = KnownCustomers()
    table = Table(settings, CUSTOMERS, _parse, known.apply)
    known.loading = table.unready
    return known, table


def _parse(value: bytes) -> bool | None:
    try:
        return _Profile.model_validate_json(value).profile is not None or None
    except ValidationError:
        return None
