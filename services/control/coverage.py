"""Is the system blind? What it last heard, of whom, and how far the registry has come."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from services.control.copies import leaders_answer
from services.control.heard import Sources, sources_heard
from services.control.state import InControl
from services.control.tables import signals
from shared.contracts.base import Instant
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import Problem

router = APIRouter(tags=["coverage"])
Key = Annotated[KeyRecord, Depends(require("risk:read"))]
ASK_WITHIN_S = 2


class NewestSignal(BaseModel):
    id: str
    accepted_at: Instant
    age_s: float


class Coverage(BaseModel):
    now: Instant
    """The system's clock, as this service reads it."""
    clock: Instant | None
    """The registry's: everything accepted before it has reached the ledgers. Absent while the registry is away."""
    newest_signal: NewestSignal | None
    sources: Sources


@router.get("/coverage")
async def get_coverage(control: InControl, _: Key, request: Request) -> Coverage:
    now = control.clock.now()
    statement = select(signals.c.id, signals.c.accepted_at).order_by(signals.c.accepted_at.desc()).limit(1)
    async with control.engine.connect() as connection:
        row = (await connection.execute(statement)).one_or_none()
    newest = None
    if row is not None:
        age_s = (now - row.accepted_at).total_seconds()
        newest = NewestSignal(id=row.id, accepted_at=row.accepted_at, age_s=age_s)
    clock, sources = await asyncio.gather(
        _registry_clock(control.settings.registry_url),
        sources_heard(control.settings.ingest_url, request.headers["authorization"]),
    )
    return Coverage(now=now, clock=clock, newest_signal=newest, sources=sources)


class _RegistryClock(BaseModel):
    clock: Instant


async def _registry_clock(registry_url: str) -> Instant | None:
    try:
        return _RegistryClock.model_validate_json(await leaders_answer(registry_url, "clock", ASK_WITHIN_S)).clock
    except (Problem, ValidationError):
        return None
