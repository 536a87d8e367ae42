"""Wiring only."""

import asyncio

from starlette.applications import Starlette
from starlette.routing import Route

from services.classifier.classify import classify
from services.classifier.handler import ClassifierHandler
from services.classifier.settings import ClassifierSettings
from shared.domain.judgement.judge import ready_to_judge
from shared.http.server import ops_routes, serve
from shared.http.traced import Traced
from shared.kafka.faust_consumer import FaustLoop
from shared.kafka.topics import EVENTS_NEWS


async def main(stopping: asyncio.Event) -> None:
    settings = ClassifierSettings()
    ready_to_judge()
    loop = FaustLoop(settings, group="classifier", topics=[EVENTS_NEWS], handler=ClassifierHandler(), max_records=500)
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(loop.run())
        await serve(Traced(make_app(loop)), settings, stopping)
        loop.stop()
        await reading


def make_app(loop: FaustLoop) -> Starlette:
    ops = ops_routes(live=[loop.stuck], ready=[loop.unready])
    return Starlette(routes=[*ops, Route("/classify", classify, methods=["POST"])])
