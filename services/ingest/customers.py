"""Who is a customer: the ids of the compacted topic `customers`."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import orjson

from shared.http.server import Check
from shared.kafka.table import Table
from shared.kafka.topics import CUSTOMERS
from shared.settings import ServiceSettings

HEARD_OF_WITHIN_S = 1.0
"""How soon a customer that was put is known here (contract section 4)."""


class KnownCustomers:
    def __init__(self, rows: Mapping[str, object], unready: Check = lambda: None) -> None:
        self._rows = rows
        self._unready = unready
        self._changed = asyncio.Event()

    def unready(self) -> str | None:
        return self._unready()

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._rows

    def changed(self) -> None:
        self._changed.set()

    async def heard_of(self, strangers: set[str]) -> None:
        """Waits for customers that may have been put a moment ago, so that a sender need not."""
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_OF_WITHIN_S):
                while not all(stranger in self._rows for stranger in strangers):
                    self._changed.clear()
                    await self._changed.wait()


def follow_customers(settings: ServiceSettings) -> tuple[KnownCustomers, Table[bool]]:
    """The ids and the table that keeps them; whoever calls runs the table."""
    table = Table(settings, CUSTOMERS, _is_there, lambda *_: known.changed())
    known = KnownCustomers(table.rows, table.unready)
    return known, table


def _is_there(profile_record: bytes) -> bool | None:
    """All of a ProfileRecord that matters here. Its profile is absent where the customer was deleted."""
    try:
        return orjson.loads(profile_record).get("profile") is not None or None
    except (orjson.JSONDecodeError, AttributeError):
        return None
