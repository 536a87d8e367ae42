"""Wiring only."""

import asyncio
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.registry import seed
from services.registry.handler import RegistryHandler
from services.registry.lead_times import lead_times_route
from services.registry.settings import RegistrySettings
from services.registry.state import VERSION
from services.registry.timekeeper import Timekeeper
from shared.clock import Clock
from shared.contracts.base import rfc3339
from shared.http.problems import app_of, unavailable
from shared.http.server import ops_routes, serve
from shared.kafka.loop import Loop
from shared.kafka.producer import open_producer, send_all
from shared.kafka.snapshots import SnapshotStore
from shared.kafka.topics import WORLD


async def main(stopping: asyncio.Event) -> None:
    settings = RegistrySettings()
    clock = Clock.open(settings)
    snapshots = SnapshotStore(settings.data_dir / "snapshots", "registry", VERSION)
    handler = RegistryHandler(settings.partitions, snapshots, snapshot_every_s=settings.snapshot_every_s)
    producer = open_producer(settings, f"registry-{settings.instance}")
    loop = Loop(settings, group="registry", topics=[WORLD], handler=handler, producer=producer)
    timeline = seed.lines() if settings.seed == "timeline" else []
    timekeeper = Timekeeper(clock, handler, timeline, partial(send_all, producer))
    app = make_app(handler, loop, timekeeper)
    await producer.start()
    try:
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(loop.run())
            keeping = tasks.create_task(timekeeper.run())
            await serve(app, settings, stopping)
            keeping.cancel()
            loop.stop()
            await reading
        await handler.written()
    finally:
        await producer.stop()


def make_app(handler: RegistryHandler, loop: Loop, timekeeper: Timekeeper) -> Starlette:
    ops = ops_routes(live=[loop.stuck], ready=[loop.unready, timekeeper.unready])
    return app_of([*ops, clock_route(handler), lead_times_route(handler)])


def clock_route(handler: RegistryHandler) -> Route:
    async def clock(_: Request) -> Response:
        """How far the copy that holds `world` has read: control shows it in `GET /coverage`."""
        if reason := handler.standing_by():
            raise unavailable(reason)
        state = handler.state
        return JSONResponse({"clock": rfc3339(state.now) if state.now else None, "changes": state.changes})

    return Route("/clock", clock)
