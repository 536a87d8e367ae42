"""Wiring only."""

import asyncio
import gc

from services.scorer.fold import LedgerFold
from services.scorer.handler import ScorerHandler
from services.scorer.metrics import show
from services.scorer.questions import question_routes
from services.scorer.settings import ScorerSettings
from services.scorer.snapshot import VERSION
from shared.http.problems import app_of
from shared.http.server import ops_routes, serve
from shared.kafka.loop import Loop
from shared.kafka.producer import open_producer
from shared.kafka.snapshots import SnapshotStore
from shared.kafka.topics import LEDGER

SHOW_EVERY_S = 15.0


def collect_rarely() -> None:
    """A state is millions of objects that live on and make no cycles: looking through them whenever some hundred new
    ones were made costs a fifth of a storm. What one change makes for thousands of customers is no garbage either."""
    gc.set_threshold(250_000, 20, 100)


async def main(stopping: asyncio.Event) -> None:
    collect_rarely()
    settings = ScorerSettings()
    snapshots = SnapshotStore(settings.data_dir / "snapshots", "scorer", VERSION)
    handler = ScorerHandler(snapshots, snapshot_every_s=settings.snapshot_every_s)
    producer = open_producer(settings, f"scorer-{settings.instance}")
    await producer.start()
    try:
        loop = Loop(settings, group="scorer", topics=[LEDGER], handler=handler, producer=producer)
        ops = ops_routes(live=[loop.stuck], ready=[loop.unready])
        app = app_of([*ops, *question_routes(handler)])
        async with asyncio.TaskGroup() as tasks:
            reading = tasks.create_task(loop.run())
            showing = tasks.create_task(_show(handler))
            await serve(app, settings, stopping)
            showing.cancel()
            loop.stop()
            await reading
        await handler.written()
    finally:
        await producer.stop()


async def _show(handler: ScorerHandler) -> None:
    """Gauges follow in their own time: a batch may be one record, and exposures are many."""
    while True:
        show([fold.state for fold in handler.folds.values() if isinstance(fold, LedgerFold)])
        await asyncio.sleep(SHOW_EVERY_S)
