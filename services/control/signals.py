from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Row, select

from services.control.paging import Page, PageAsked
from services.control.state import InControl
from services.control.tables import signals
from shared.contracts.keys import KeyRecord
from shared.contracts.signals import Signal
from shared.http.auth import require

router = APIRouter(tags=["signals"])
Key = Annotated[KeyRecord, Depends(require("events:read"))]


@router.get("/signals", response_model=Page[Signal])
async def list_signals(
    control: InControl, _: Key, asked: PageAsked, event_id: Annotated[str | None, Query(max_length=200)] = None
) -> Response:
    """The newest first; `event_id`: those read from one event."""
    statement = select(signals)
    if event_id is not None:
        statement = statement.where(signals.c.event_id == event_id.replace("\x00", ""))
    async with control.engine.connect() as connection:
        rows = await asked.rows(connection, statement, signals.c.published_at, signals.c.id, newest_first=True)
    return asked.page(rows, "published_at", "id", item=_signal)


def _signal(row: Row[Any]) -> bytes:
    record: str = row.record
    return record.encode()
