"""`measures` → each measure with its acts, from which any day's state follows; and each time that it was said anew."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.projections.bulk import Line, delete_all, insert_new, insert_or_update, write
from services.control.projections.projection import read
from services.control.tables import measure_moves, measures
from shared.contracts.measures import MeasureRecord
from shared.kafka.record import Incoming, Stamp

_WRITE = insert_or_update(measures, ("id", "record"), change=("record",))
_REMOVE = delete_all(measures)
_MOVES = insert_new(
    measure_moves, ("measure_id", "position", "event_id", "accepted_at", "state", "confirmed", "belief")
)


class MeasuresProjection:
    def __init__(self) -> None:
        self._newest: dict[str, Line | None] = {}
        self._moves: list[Line] = []

    def take(self, record: Incoming) -> None:
        measure_id = (record.key or b"").decode(errors="replace")
        if record.value is None:
            self._newest[measure_id] = None
            return
        measure, stamp = read(MeasureRecord, record.value).measure, Stamp.read(record.headers)
        self._newest[measure.id] = {"id": measure.id, "record": record.value.decode()}
        self._moves.append(
            {
                "measure_id": measure.id,
                "position": record.offset,
                "event_id": stamp.event_id,
                "accepted_at": stamp.accepted_at,
                "state": measure.state,
                "confirmed": measure.confirmed,
                "belief": measure.belief,
            }
        )

    async def write(self, connection: AsyncConnection) -> None:
        newest, self._newest = self._newest, {}
        moves, self._moves = self._moves, []
        await write(connection, _WRITE, [line for line in newest.values() if line is not None])
        await write(connection, _REMOVE, [{"id": measure_id} for measure_id, line in newest.items() if line is None])
        await write(connection, _MOVES, moves)
