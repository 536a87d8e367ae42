"""Who changed what, and when."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import Row, select

from services.control.paging import Page, PageAsked
from services.control.state import InControl
from services.control.tables import audit
from shared.contracts.base import Instant
from shared.contracts.keys import KeyRecord
from shared.http.auth import require

router = APIRouter(tags=["keys"])
Key = Annotated[KeyRecord, Depends(require("keys:admin"))]


class AuditLine(BaseModel):
    id: int
    at: Instant
    key_id: str
    key_name: str
    customer_id: str | None
    action: str
    subject: str


@router.get("/audit", response_model=Page[AuditLine])
async def list_audit(control: InControl, key: Key, asked: PageAsked) -> Response:
    """The newest first."""
    statement = select(audit)
    if key.customer_id is not None:
        statement = statement.where(audit.c.customer_id == key.customer_id)
    async with control.engine.connect() as connection:
        rows = await asked.rows(connection, statement, audit.c.id, newest_first=True)
    return asked.page(rows, "id", item=_line)


def _line(row: Row[Any]) -> bytes:
    return AuditLine.model_validate(row, from_attributes=True).model_dump_json().encode()
