"""`risk.scores` → the newest risk of each exposure."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, delete_all, insert_or_update, write
from services.control.projections.projection import read
from services.control.tables import risks
from shared.contracts.risk import Risk
from shared.kafka.record import DeadLetter, Incoming

_WRITE = insert_or_update(risks, ("customer_id", "material", "record"), change=("record",))
_REMOVE = delete_all(risks)


class RisksProjection:
    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], Line | None] = {}
        """None: it is no exposure any more."""

    def take(self, record: Incoming) -> None:
        customer_id, slash, material = (record.key or b"").decode(errors="replace").partition("/")
        if not slash:
            raise DeadLetter(f"key {record.key!r} is not customer/material")
        if record.value is None:
            self._newest[customer_id, material] = None
            return
        read(Risk, record.value)
        self._newest[customer_id, material] = {
            "customer_id": customer_id,
            "material": material,
            "record": record.value.decode(),
        }

    async def write(self, connection: AsyncConnection) -> None:
        newest, self._newest = self._newest, {}
        await write(connection, _WRITE, [line for line in newest.values() if line is not None])
        gone = [key for key, line in newest.items() if line is None]
        await write(
            connection, _REMOVE, [{"customer_id": customer, "material": material} for customer, material in gone]
        )
