"""`measures` → each measure with its acts, from which any day's state follows."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, delete_all, insert_or_update, write
from services.control.projections.projection import read
from services.control.tables import measures
from shared.contracts.measures import MeasureRecord
from shared.kafka.record import Incoming

_WRITE = insert_or_update(measures, ("id", "record"), change=("record",))
_REMOVE = delete_all(measures)


class MeasuresProjection:
    def __init__(self) -> None:
        self._newest: dict[str, Line | None] = {}

    def take(self, record: Incoming) -> None:
        measure_id = (record.key or b"").decode(errors="replace")
        if record.value is None:
            self._newest[measure_id] = None
            return
        measure_id = read(MeasureRecord, record.value).measure.id
        self._newest[measure_id] = {"id": measure_id, "record": record.value.decode()}

    async def write(self, connection: AsyncConnection) -> None:
        newest, self._newest = self._newest, {}
        await write(connection, _WRITE, [line for line in newest.values() if line is not None])
        await write(connection, _REMOVE, [{"id": measure_id} for measure_id, line in newest.items() if line is None])
