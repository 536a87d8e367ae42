"""`risk.scores` → the newest risk of each exposure, and what was said of it before."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, delete_all, insert_new, insert_or_update, write
from services.control.projections.projection import caused_by, read
from services.control.tables import risk_history, risks
from shared.contracts.risk import Risk
from shared.kafka.record import DeadLetter, Incoming, Stamp

_WRITE = insert_or_update(risks, ("customer_id", "material", "record"), change=("record",))
_REMOVE = delete_all(risks)
_HISTORY = insert_new(
    risk_history,
    ("customer_id", "material", "position", "event_id", "accepted_at", "received_at", "caused_by", "score", "record"),
)


class RisksProjection:
    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], Line | None] = {}
        """None: it is no exposure any more."""
        self._history: list[Line] = []

    def take(self, record: Incoming) -> None:
        customer_id, slash, material = (record.key or b"").decode(errors="replace").partition("/")
        if not slash:
            raise DeadLetter(f"key {record.key!r} is not customer/material")
        risk = None if record.value is None else read(Risk, record.value)
        stamp = Stamp.read(record.headers)
        exposure = {"customer_id": customer_id, "material": material}
        text = record.value.decode() if record.value else None
        self._newest[customer_id, material] = exposure | {"record": text} if text else None
        self._history.append(
            exposure
            | {
                "position": record.offset,
                "event_id": stamp.event_id,
                "accepted_at": stamp.accepted_at,
                "received_at": stamp.received_at,
                "caused_by": caused_by(record),
                "score": risk.score if risk else None,
                "record": text,
            }
        )

    async def write(self, connection: AsyncConnection) -> None:
        newest, self._newest = self._newest, {}
        history, self._history = self._history, []
        await write(connection, _WRITE, [line for line in newest.values() if line is not None])
        gone = [key for key, line in newest.items() if line is None]
        await write(
            connection, _REMOVE, [{"customer_id": customer, "material": material} for customer, material in gone]
        )
        await write(connection, _HISTORY, history)
