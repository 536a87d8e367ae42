"""Wiring only."""

import asyncio

from starlette.applications import Starlette

from services.classifier.classify import classify_route
from services.classifier.handler import ClassifierHandler
from services.classifier.reader import Chosen, choose
from services.classifier.settings import ClassifierSettings
from shared.http.problems import app_of
from shared.http.server import ops_routes, serve
from shared.http.traced import Traced
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.topics import EVENTS_NEWS


async def main(stopping: asyncio.Event) -> None:
    settings = ClassifierSettings()
    chosen = choose(settings)
    handler = ClassifierHandler(chosen.reader)
    loop = FaustLoop(settings, group="classifier", topics=[EVENTS_NEWS], handler=handler, max_records=500)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(loop.run())
        await serve(Traced(make_app(loop, chosen)), settings, stopping)
        loop.stop()
        await reading


def make_app(loop: FaustLoop, chosen: Chosen) -> Starlette:
    ops = ops_routes(live=[loop.stuck], ready=[loop.unready], worse=[lambda: chosen.worse])
    return app_of([*ops, classify_route(chosen.reader)])
