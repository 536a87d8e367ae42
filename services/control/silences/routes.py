import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Row

from services.control.access import Id, either, not_found, only_own, sees
from services.control.change import changing
from services.control.customers.store import exists
from services.control.paging import Page, PageAsked
from services.control.silences import store
from services.control.silences.request import SilenceRequest, checked
from services.control.state import InControl
from shared.contracts.base import Identifier
from shared.contracts.customers import Silence
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import Problem, invalid, problem_responses

router = APIRouter(tags=["silences"])
Key = Annotated[KeyRecord, Depends(require("silences:write"))]
Reader = Annotated[KeyRecord, Depends(either("silences:write", "silences:read"))]


class SilenceResource(SilenceRequest):
    id: str
    created_by: str
    """The id of the key."""


@router.post("/silences", status_code=201, responses=problem_responses(403, 404, 422))
async def create_silence(control: InControl, key: Key, request: SilenceRequest, response: Response) -> SilenceResource:
    only_own(key, request.customer_id)
    if request.customer_id is None and key.customer_id is not None:
        raise Problem(403, f"this key silences {key.customer_id} only: give customer_id")
    async with changing(control, key) as change:
        request = checked(request, change.now)
        if request.customer_id is not None and not await exists(change.connection, request.customer_id):
            message = f"there is no customer {request.customer_id}: put it first"
            raise invalid([{"loc": "body.customer_id", "message": message}])
        silence = Silence(
            id=f"sil_{secrets.token_hex(12)}",
            customer_id=request.customer_id,
            matchers=request.matchers,
            starts_at=request.starts_at or change.now,
            until=request.until,
            comment=request.comment,
        )
        await store.add(change, silence)
    response.headers["Location"] = f"/v1/silences/{silence.id}"
    return _resource(silence, key.id)


@router.get("/silences", response_model=Page[SilenceResource])
async def list_silences(
    control: InControl, key: Reader, asked: PageAsked, customer_id: Annotated[Identifier | None, Query()] = None
) -> Response:
    only_own(key, customer_id)
    async with control.engine.connect() as connection:
        rows = await store.rows(connection, customer_id or key.customer_id, asked)
    return asked.page(rows, "id", item=lambda row: _of_row(row).model_dump_json().encode())


@router.get("/silences/{silence_id}", responses=problem_responses(404))
async def get_silence(control: InControl, key: Reader, silence_id: Id) -> SilenceResource:
    async with control.engine.connect() as connection:
        row = await store.find(connection, silence_id)
    if row is None or not sees(key, row.customer_id):
        raise not_found("silence", silence_id)
    return _of_row(row)


@router.delete("/silences/{silence_id}", status_code=204, responses=problem_responses(404))
async def delete_silence(control: InControl, key: Key, silence_id: Id) -> None:
    async with changing(control, key) as change:
        await change.lock(f"silence/{silence_id}")
        row = await store.find(change.connection, silence_id)
        if row is None or not sees(key, row.customer_id):
            raise not_found("silence", silence_id)
        await store.remove(change, Silence.model_validate_json(row.record))


def _of_row(row: Row[Any]) -> SilenceResource:
    return _resource(Silence.model_validate_json(row.record), row.created_by)


def _resource(silence: Silence, created_by: str) -> SilenceResource:
    told = {name: value for name, value in dict(silence).items() if name not in ("kind", "deleted")}
    return SilenceResource(**told, created_by=created_by)
