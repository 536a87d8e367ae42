from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control.measures.moment import Moment
from services.control.paging import Asked, page_of, write_cursor
from services.control.tables import measures
from shared.contracts.base import to_json
from shared.contracts.measures import Measure, MeasureRecord
from shared.domain.measures import record_at


@dataclass(frozen=True, slots=True)
class View:
    """Of which moment, and with the knowledge of which."""

    as_of: Moment
    known_at: Moment

    def of(self, record: MeasureRecord) -> Measure | None:
        """None: not announced by then."""
        issuer = record.measure.issuer
        return record_at(record, self.as_of.of(issuer), self.known_at.of(issuer))


async def find(connection: AsyncConnection, measure_id: str) -> MeasureRecord | None:
    found: str | None = await connection.scalar(select(measures.c.record).where(measures.c.id == measure_id))
    return MeasureRecord.model_validate_json(found) if found else None


async def page(connection: AsyncConnection, view: View, asked: Asked, confirmed: bool | None) -> Response:
    """Which measures there are on a day follows from their acts: they are read until the page is full."""
    statement = asked.after(select(measures), measures.c.id).order_by(measures.c.id)
    shown: list[Measure] = []
    for row in await connection.execute(statement):
        measure = view.of(MeasureRecord.model_validate_json(row.record))
        if measure is None or confirmed not in (None, measure.confirmed):
            continue
        if len(shown) == asked.limit:
            return page_of([to_json(item) for item in shown], write_cursor([shown[-1].id]))
        shown.append(measure)
    return page_of([to_json(item) for item in shown])
