"""Everything that is sealed, sealed anew under the newest of `CHOKEPOINT_SECRET_KEYS`, so that an old key can go."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import select

from services.control.change import changing
from services.control.endpoints import headers, store
from services.control.paging import PageAsked, write_cursor
from services.control.state import Control, InControl
from services.control.tables import endpoints
from shared.contracts.endpoints import EndpointRecord, SealedSecret
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import Problem, problem_responses
from shared.secrets import SealBroken, SecretSettings, reseal

router = APIRouter(tags=["endpoints"])
Key = Annotated[KeyRecord, Depends(require("keys:admin"))]
AllSealed = tuple[tuple[SealedSecret, ...], headers.Sealed]


class Resealed(BaseModel):
    endpoints: int
    """Looked at."""
    resealed: int
    broken: list[str]
    """Endpoints with a secret or a header that none of the keys opens: set it anew, or put its key back."""
    next_cursor: str | None


@router.post("/endpoints:reseal", responses=problem_responses(403))
async def reseal_secrets(control: InControl, key: Key, asked: PageAsked) -> Resealed:
    """A page of endpoints at a time. The secrets stay what they are; receivers notice nothing."""
    if key.customer_id is not None:
        raise Problem(403, f"this reaches every customer's endpoints, this key only {key.customer_id}'s")
    async with control.engine.connect() as connection:
        found = await asked.rows(connection, select(endpoints), endpoints.c.id)
    standing = {row.id: store.stored_of(row).record for row in found[: asked.limit]}
    sealed = {endpoint_id: _resealed(control.settings, record) for endpoint_id, record in standing.items()}
    old = [endpoint_id for endpoint_id, new in sealed.items() if new and new != _sealed(standing[endpoint_id])]
    return Resealed(
        endpoints=len(standing),
        resealed=sum([await _reseal(control, key, endpoint_id) for endpoint_id in old]),
        broken=[endpoint_id for endpoint_id, new in sealed.items() if new is None],
        next_cursor=write_cursor([[*standing][-1]]) if len(found) > asked.limit else None,
    )


async def _reseal(control: Control, key: KeyRecord, endpoint_id: str) -> bool:
    """One at a time, as it stands once it is locked: it may have been rotated or deleted meanwhile."""
    async with changing(control, key) as change:
        await change.lock(f"endpoint/{endpoint_id}")
        stored = await store.read(change.connection, endpoint_id)
        sealed = _resealed(control.settings, stored.record) if stored else None
        if stored is None or sealed is None:
            return False
        await store.write(change, stored.resealed(*sealed), "endpoint.resealed")
        return True


def _sealed(record: EndpointRecord) -> AllSealed:
    return record.secrets, record.sealed_headers


def _resealed(settings: SecretSettings, record: EndpointRecord) -> AllSealed | None:
    try:
        return (
            tuple(one.model_copy(update={"ciphertext": reseal(settings, one.ciphertext)}) for one in record.secrets),
            headers.resealed(settings, record),
        )
    except SealBroken:
        return None
