"""What an endpoint was sent, sent to it once more: after its receiver has lost something, or was down for days."""

import secrets
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.control.access import Id
from services.control.change import changing
from services.control.endpoints import store
from services.control.endpoints.routes import Key
from services.control.state import InControl
from shared.contracts.base import Instant, Strict, rfc3339
from shared.contracts.deliveries import ReplayMessages
from shared.http.problems import Problem, invalid, problem_responses

router = APIRouter(tags=["endpoints"])


class ReplayRequest(Strict):
    """Deliveries are kept for 90 days after they ended; there is nothing to replay from before."""

    since: Annotated[Instant, Field(description="The `timestamp` of the first message wanted")]
    until: Annotated[
        Instant | None, Field(description="The `timestamp` of the last; absent: until now by the system's clock")
    ] = None
    only_failed: bool = False
    """Those that never arrived, and that nobody tries to send any more."""


class ReplayAsked(BaseModel):
    id: str
    endpoint_id: str
    since: Instant
    until: Instant
    only_failed: bool


@router.post("/endpoints/{endpoint_id}:replay", status_code=202, responses=problem_responses(404, 409, 422))
async def replay(control: InControl, key: Key, endpoint_id: Id, asked: ReplayRequest) -> ReplayAsked:
    """Sends it to this endpoint again, the oldest first, with `chokepoint-replay: true` and the same `webhook-id`s;
    what is still due goes its own way. How it went stands in the endpoint's deliveries.

    `since` and `until`, both included, are compared with the `timestamp` that messages carry: the system's clock, which
    `CLOCK` may have set."""
    async with changing(control, key) as change:
        config = (await store.find(change.connection, key, endpoint_id)).config
        if not config.enabled:
            raise Problem(409, f"endpoint {endpoint_id} is disabled: enable it first")
        until = min(asked.until or change.now, change.now)
        if asked.since > until:
            told = f"must not lie after {rfc3339(until)}, where it ends: both are compared with messages' `timestamp`"
            raise invalid([{"loc": "body.since", "message": told}])
        command = ReplayMessages(
            id=secrets.token_hex(16),
            endpoint_id=endpoint_id,
            since=asked.since,
            until=until,
            only_failed=asked.only_failed,
        )
        change.replay(command, config.customer_id)
        await change.note("endpoint.replayed", endpoint_id, config.customer_id)
    return ReplayAsked(**command.model_dump(exclude={"kind"}))
