from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response

from services.control.state import InControl
from services.control.stream.clients import Clients
from services.control.stream.places import places, resumed
from services.control.stream.response import MEDIA_TYPE, EventStream
from shared.contracts.keys import KeyRecord
from shared.http.auth import require
from shared.http.problems import problem_responses

Key = Annotated[KeyRecord, Depends(require("alerts:read"))]


def streaming(clients: Clients) -> APIRouter:
    router = APIRouter(tags=["alerts"])

    @router.get(
        "/stream",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {}}}, **problem_responses(422, 429, 503)},
    )
    async def stream(
        control: InControl, key: Key, last_event_id: Annotated[str | None, Header(max_length=20_000)] = None
    ) -> Response:
        """Server-sent events as they happen: `signal`, `score`, `alert`, `delivery`, each with the JSON that the lists
        have. With the header `Last-Event-ID` from there on; `gap` says where that is not kept any more. `end` says why
        a stream ends; comments keep it open meanwhile."""
        wanted = None
        if last_event_id:
            wanted = resumed(last_event_id, places(key.customer_id, control.settings.partitions))
        return EventStream(control, clients, key, wanted)

    return router
