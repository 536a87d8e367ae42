"""Wiring: what comes in by HTTP, is checked at the door, and goes to the broker."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.ingest.classify import classifier_client, classify_route
from services.ingest.customers import KnownCustomers, follow_customers
from services.ingest.door import Door
from services.ingest.openapi import describe
from services.ingest.post_events import PostEvents
from services.ingest.recent_ids import RecentIds
from services.ingest.settings import IngestSettings
from services.ingest.sources import sources_route
from services.ingest.time_source import ReplayedTime, RunningTime, TimeSource
from services.ingest.writer import Writer
from shared.clock import Clock
from shared.http.auth import Authenticated, KeyRing, follow_keys
from shared.http.problems import speak_problems
from shared.http.server import ops_routes, serve
from shared.http.traced import Traced
from shared.http.unexpected import AnswerUnexpected
from shared.kafka.producer import open_producer
from shared.kafka.topics import ensure_topics
from shared.version import VERSION

EVENTS = "/v1/events"
FLUSHED_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class App:
    """Keys before everything; posted events past the framework, which has nothing to add and a tenth of the time."""

    api: FastAPI
    events: PostEvents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posted = scope["type"] == "http" and scope["path"] == EVENTS and scope["method"] == "POST"
        await (self.events if posted else self.api)(scope, receive, send)


def create_app(
    *,
    ring: KeyRing,
    door: Door,
    customers: KnownCustomers,
    classifier: httpx2.AsyncClient,
    largest_body: int,
) -> ASGIApp:
    api = FastAPI(title="Chokepoint ingest", version=VERSION, redoc_url=None, swagger_ui_oauth2_redirect_url=None)
    speak_problems(api)
    events = PostEvents(door, customers, largest_body)
    api.router.routes.extend([Route(EVENTS, events, methods=["POST"]), sources_route(door.sources)])
    api.router.routes.extend(ops_routes(live=[], ready=[ring.unready, customers.unready, door.writer.unready]))
    api.include_router(classify_route(classifier))
    describe(api)
    return Traced(AnswerUnexpected(Authenticated(App(api, events), ring)), plain={EVENTS})


async def main(stopping: asyncio.Event) -> None:
    settings = IngestSettings()
    await ensure_topics(settings)
    clock = Clock.open(settings)
    time: TimeSource = ReplayedTime(clock) if clock.replay else RunningTime(clock)
    ring, keys = follow_keys(settings)
    customers, profiles = follow_customers(settings)
    producer = open_producer(settings, f"ingest-{settings.instance}")
    await producer.start()
    writer = Writer(producer, RecentIds(settings.remembered_ids))
    door = Door(writer, time, customers, settings.partitions)
    async with classifier_client(settings.classifier_url) as classifier:
        app = create_app(
            ring=ring, door=door, customers=customers, classifier=classifier, largest_body=settings.largest_body
        )
        tables = [asyncio.create_task(table.run()) for table in (keys, profiles)]
        try:
            await _serve_until_broken(app, settings, stopping, [*tables, writer.broken])
        finally:
            for table in tables:
                table.cancel()
            await asyncio.wait({asyncio.ensure_future(producer.stop()), *tables}, timeout=FLUSHED_WITHIN_S)


async def _serve_until_broken(
    app: ASGIApp, settings: IngestSettings, stopping: asyncio.Event, vital: Sequence[asyncio.Future[None]]
) -> None:
    """Serves until `stopping`. Something vital that ends takes the process with it, once open requests are answered."""
    for part in vital:
        part.add_done_callback(lambda _: stopping.set())
    await serve(app, settings, stopping)
    for part in vital:
        if part.done() and not part.cancelled() and (error := part.exception()):
            raise error
