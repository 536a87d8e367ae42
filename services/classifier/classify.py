"""`POST /classify`: ingest asks what would be read from a text. Nothing is stored."""

import asyncio
import uuid
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.contracts.events import News
from shared.domain.judgement import fingerprint
from shared.domain.judgement.judge import judge
from shared.domain.judgement.reader import Reader
from shared.http.body import read_model

LARGEST_BODY: Final = 2 * 1024 * 1024
_IDS: Final = uuid.UUID("6f1c6d5e-3f0b-5f0e-9a52-0d0f2a1f6a11")
"""For texts that come without an event id: the same text, the same id."""


def classify_route(reader: Reader) -> Route:
    async def classify(request: Request) -> Response:
        news = await read_model(request, News, LARGEST_BODY)
        event_id = request.headers.get("event-id") or str(uuid.uuid5(_IDS, fingerprint.exact(news.title, news.body)))
        judgement = await asyncio.to_thread(judge, news, event_id, reader)
        told = judgement.model_dump(mode="json", include={"signals", "dropped", "classifier"}, exclude_none=True)
        return Response(orjson.dumps(told), media_type="application/json")

    return Route("/classify", classify, methods=["POST"])
