from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, insert_or_update, write
from services.control.projections.projection import read
from services.control.tables import signals
from shared.contracts.signals import Signal
from shared.kafka.record import Incoming, Stamp

_NAMES = ("id", "event_id", "published_at", "accepted_at", "record")
_WRITE = insert_or_update(signals, _NAMES, change=("record",))
"""What people say of it later is not when it came."""


class SignalsProjection:
    def __init__(self) -> None:
        self._newest: dict[str, Line] = {}

    def take(self, record: Incoming) -> None:
        if record.value is None:
            return
        signal = read(Signal, record.value)
        accepted_at = Stamp.read(record.headers).accepted_at
        self._newest[signal.id] = {
            "id": signal.id,
            "event_id": signal.event_id,
            "published_at": signal.published_at,
            "accepted_at": self._newest.get(signal.id, {}).get("accepted_at", accepted_at),
            "record": record.value.decode(),
        }

    async def write(self, connection: AsyncConnection) -> None:
        newest, self._newest = self._newest, {}
        await write(connection, _WRITE, newest.values())
