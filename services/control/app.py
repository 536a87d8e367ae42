"""Wiring of the control service: one event loop with its API, the relay of the outbox and the projections."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control import audit, coverage, deliveries, lead_times, risk, signals
from services.control.alerts import feedback
from services.control.alerts import routes as alerts
from services.control.change import SYSTEM, Change
from services.control.customers import routes as customers
from services.control.database_away import WITHIN_S, DatabaseWatch, loss_told, speak_of_the_database
from services.control.endpoints import published_keys, replay, resealing
from services.control.endpoints import routes as endpoints
from services.control.imports import routes as imports
from services.control.json_bodies import JsonBodies
from services.control.keys import routes as keys
from services.control.keys.development import seed, unknown_to
from services.control.measures import routes as measures
from services.control.outbox_age import OutboxAge
from services.control.plain_text import plain_text
from services.control.projections.alerts import AlertsProjection
from services.control.projections.deliveries import DeliveriesProjection
from services.control.projections.handler import Projections
from services.control.projections.measures import MeasuresProjection
from services.control.projections.projection import Projection
from services.control.projections.risks import RisksProjection
from services.control.projections.signals import SignalsProjection
from services.control.projections.world import WorldProjection
from services.control.relay import Relay
from services.control.retention import forget_the_old
from services.control.settings import ControlSettings
from services.control.silences import routes as silences
from services.control.state import Control
from services.control.stream.clients import Clients
from services.control.stream.routes import streaming
from services.control.tables import SCHEMA
from services.control.tracing import routes as tracing
from services.control.what_if import backtest, simulate
from shared.clock import Clock
from shared.database import migrate, open_engine
from shared.http.auth import OPEN_TO_ALL, Authenticated, KeyRing, follow_keys
from shared.http.body import LimitedBody
from shared.http.problems import speak_problems
from shared.http.server import Check, ops_routes, serve
from shared.http.traced import Traced
from shared.kafka import topics
from shared.kafka.loop import Loop
from shared.kafka.producer import open_producer, send_all
from shared.version import VERSION

MIGRATIONS = Path(__file__).parent / "migrations"
LARGEST_BODY = 1024 * 1024
PREFIX = "/v1"
ROUTERS = tuple(
    domain.router
    for domain in (
        customers,
        endpoints,
        replay,
        resealing,
        deliveries,
        alerts,
        feedback,
        risk,
        lead_times,
        measures,
        signals,
        coverage,
        silences,
        keys,
        audit,
        tracing,
        simulate,
        backtest,
    )
)


def build_api(
    control: Control,
    ring: KeyRing,
    stopping: asyncio.Event,
    *,
    live: Sequence[Check] = (),
    ready: Sequence[Check] = (),
) -> FastAPI:
    api = FastAPI(title="Chokepoint control API", version=VERSION, redoc_url=None)
    api.state.control = control
    speak_of_the_database(api)
    for router in ROUTERS:
        api.include_router(router, prefix=PREFIX, dependencies=[Depends(plain_text)])
    api.include_router(imports.router, prefix=PREFIX)  # reads its body itself, as it comes
    api.include_router(streaming(Clients(ring, stopping)), prefix=PREFIX)
    api.include_router(published_keys.published_keys())
    api.router.routes.extend(ops_routes(live=live, ready=ready))
    import_path = PREFIX + imports.PATH
    api.add_middleware(JsonBodies, other={import_path})
    api.add_middleware(LimitedBody, limit=LARGEST_BODY, larger={import_path: imports.LARGEST_BODY})
    api.add_middleware(
        Authenticated, ring=ring, public={*OPEN_TO_ALL, published_keys.PATH}
    )  # added after the others: it stands in front of them
    speak_problems(api)
    api.add_middleware(Traced)  # in front of everything
    return api


def projections(control: Control) -> dict[str, Projection]:
    def change(connection: AsyncConnection) -> Change:
        return Change(connection, control.clock, control.settings.partitions, SYSTEM)

    return {
        topics.RISK_SCORES: RisksProjection(),
        topics.ALERTS: AlertsProjection(),
        topics.MEASURES: MeasuresProjection(),
        topics.SIGNALS: SignalsProjection(),
        topics.DELIVERIES: DeliveriesProjection(change),
        topics.WORLD: WorldProjection(),
    }


async def main(stopping: asyncio.Event) -> None:
    settings = ControlSettings()
    clock = Clock.open(settings)
    engine = open_engine(settings, SCHEMA, pool_size=4, overflow=2, within_s=WITHIN_S)
    patient = open_engine(settings, SCHEMA, pool_size=4, overflow=2)
    """For whom nobody waits: a lock that another copy holds, a batch that is large."""
    producer = open_producer(settings, "control")
    try:
        await migrate(patient, SCHEMA, MIGRATIONS)
        await producer.start()
        relay, age = Relay(patient, partial(send_all, producer)), OutboxAge(engine)
        control = Control(settings, engine, clock, relay)
        await seed(control)
        projected = projections(control)
        handler = Projections(patient, projected)
        loop = Loop(settings, group="control", topics=list(projected), handler=handler, producer=producer)
        ring, table = follow_keys(settings)
        database = DatabaseWatch(engine)
        ready = [database.unready, table.unready, unknown_to(ring, settings), loop.unready]
        api = build_api(control, ring, stopping, live=[loop.stuck], ready=ready)
        async with loss_told(), asyncio.TaskGroup() as tasks:
            beside = (table.run(), relay.run(), age.run(), database.run(), forget_the_old(patient, clock))
            background = [tasks.create_task(work) for work in beside]
            reading = tasks.create_task(loop.run())
            await serve(api, settings, stopping)
            loop.stop()
            await reading
            for task in background:
                task.cancel()
    finally:
        await producer.stop()
        await engine.dispose()
        await patient.dispose()
