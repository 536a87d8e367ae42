"""`POST /v1/classify`: what would be read from a text; the classifier answers, nothing is stored."""

from typing import Annotated

import httpx2
from fastapi import APIRouter, Depends, Request, Response

from services.ingest.body_forms import Form, form_of
from services.ingest.checking import Valid, kept
from services.ingest.openapi import CLASSIFY
from shared.contracts.events import News
from shared.contracts.keys import KeyRecord
from shared.events.reading import LARGEST_EVENT, read_event
from shared.http.auth import require
from shared.http.body import read_whole, refuse_declared
from shared.http.json_text import InvalidJson, parse
from shared.http.problems import PROBLEM_JSON, FieldError, Problem, invalid, problem_responses, unavailable
from shared.tracing.context import here

LONGEST_WAIT_S = 10.0
LARGEST_BODY = 2 * LARGEST_EVENT


def classifier_client(base_url: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=60)
    return httpx2.AsyncClient(base_url=base_url, transport=transport, limits=limits, timeout=LONGEST_WAIT_S)


def classify_route(classifier: httpx2.AsyncClient) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/classify", openapi_extra=CLASSIFY, responses=problem_responses(401, 403, 413, 415, 422, 503))
    async def classify(request: Request, key: Annotated[KeyRecord, Depends(require("events:read"))]) -> Response:
        """What would be read from a news event, of any date, as of its own `published_at`. Nothing is stored."""
        news = await _news(request, key)
        headers = {
            "content-type": "application/json",
            "event-id": news.event_id,
            "traceparent": here(),
        }
        try:
            answer = await classifier.post("/classify", content=news.record, headers=headers)
        except httpx2.TransportError as error:
            raise unavailable(f"the classifier does not answer: {type(error).__name__}", 2) from None
        return _passed_on(answer)

    return router


async def _news(request: Request, key: KeyRecord) -> Valid:
    if form_of(request.headers) is not Form.JSON:
        raise Problem(415, "one news event as application/json")
    refuse_declared(request.headers, LARGEST_BODY)
    try:
        event, errors = read_event(parse(await read_whole(request.receive, LARGEST_BODY)))
    except InvalidJson as wrong:
        raise invalid([{"loc": "body", "message": str(wrong)}]) from None
    if not isinstance(event, News):
        errors = errors or [FieldError(loc="kind", message="must be news")]
        raise invalid([{"loc": error["loc"] or "body", "message": error["message"]} for error in errors])
    return kept(event, None, key)


def _passed_on(answer: httpx2.Response) -> Response:
    kind = answer.headers.get("content-type", "")
    if answer.is_success:
        return Response(answer.content, media_type="application/json")
    if answer.is_client_error and kind.startswith(PROBLEM_JSON):
        return Response(answer.content, answer.status_code, media_type=PROBLEM_JSON)
    raise unavailable(f"the classifier cannot judge now: it answered {answer.status_code}", 2)
