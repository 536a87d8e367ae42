"""The wiring of the dispatcher: alerts → webhooks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from services.dispatcher.courier import Courier
from services.dispatcher.database import bring_up_to_date
from services.dispatcher.health import EndpointHealth
from services.dispatcher.hearsay import hear, keep_hearing
from services.dispatcher.heartbeats import Heartbeats
from services.dispatcher.inbox import SERVICE, Inbox
from services.dispatcher.metrics import show_health
from services.dispatcher.pulse import Pulse
from services.dispatcher.receivers import Receiver, Receivers, read_receiver
from services.dispatcher.replays import carry_out
from services.dispatcher.reporter import Reporter
from services.dispatcher.retention import forget_the_old
from services.dispatcher.sender import Sender
from services.dispatcher.settings import DispatcherSettings
from services.dispatcher.settling import Settling
from services.dispatcher.store import Store
from shared.http.server import ops_app, serve
from shared.kafka.loop import Loop
from shared.kafka.producer import open_producer
from shared.kafka.table import Table
from shared.kafka.topics import ALERTS, COMMANDS, ENDPOINTS

log = structlog.get_logger(__name__)

READING_ENDS_WITHIN_S = 2.0
ATTEMPTS_END_WITHIN_S = 5.0
FAREWELL_WITHIN_S = 0.5
"""For taking leave of the broker, once everything is written."""
REPORTS_END_WITHIN_S = 2.0
"""What is not told by then is told by the next start."""


async def main(stopping: asyncio.Event) -> None:
    settings = DispatcherSettings()
    await bring_up_to_date(settings)
    async with (
        await Store.open(settings, settings.instance) as store,
        Sender(settings.allow_subnets, total_s=settings.attempt_within_s, public_url=settings.public_url) as sender,
        _started(open_producer(settings, f"{SERVICE}-{settings.instance}")) as producer,
    ):
        receivers, health = Receivers(), EndpointHealth()
        await hear(store, health, receivers)
        pulse = Pulse()
        courier = Courier(store, receivers, sender, health, partitions=settings.partitions, stood_still=pulse.missed)
        show_health(health, courier.speaks_for)
        reporter = Reporter(store, producer)
        settling = Settling(store, health, reporter, courier.settled, partitions=settings.partitions)
        inbox = Inbox(store, receivers, courier, settings.instance)
        heartbeats = Heartbeats(store, receivers, inbox, courier, partitions=settings.partitions)
        loop = Loop(
            settings,
            group=SERVICE,
            topics=(ALERTS, COMMANDS),
            handler=inbox,
            producer=producer,
            assignor=RangePartitionAssignor,
        )

        def parse(value: bytes) -> Receiver:
            return read_receiver(value, settings)

        table = Table(settings, ENDPOINTS, parse, receivers.put)
        app = ops_app(live=[loop.stuck], ready=[table.unready, loop.unready, inbox.waits])
        async with asyncio.TaskGroup() as tasks:
            courier.begin(tasks, settling)
            serving = tasks.create_task(serve(app, settings, stopping))
            forgetting = tasks.create_task(forget_the_old(settings, timedelta(days=settings.keep_deliveries_days)))
            following = tasks.create_task(table.run())
            hearing = tasks.create_task(keep_hearing(store, health, receivers))
            settled = tasks.create_task(settling.run())
            told = tasks.create_task(reporter.run())
            replaying = tasks.create_task(carry_out(store, inbox, courier, receivers))
            beating = tasks.create_task(_beat_with(table, heartbeats))
            living = tasks.create_task(pulse.run())
            reading = tasks.create_task(_read_with(table, loop, inbox, tasks))
            await stopping.wait()
            loop.stop()
            await asyncio.wait({reading}, timeout=READING_ENDS_WITHIN_S)
            await courier.stop(ATTEMPTS_END_WITHIN_S)
            settling.end()
            await settled
            reporter.end()
            await asyncio.wait({told}, timeout=REPORTS_END_WITHIN_S)
            await _cancel(reading, told, following, hearing, forgetting, replaying, beating, living)
            await serving


async def _read_with(table: Table[Receiver], loop: Loop, inbox: Inbox, tasks: asyncio.TaskGroup) -> None:
    """A message must not be matched against endpoints of which only some are known."""
    await table.loaded()
    inbox.begin(tasks)
    await loop.run()


async def _beat_with(table: Table[Receiver], heartbeats: Heartbeats) -> None:
    await table.loaded()
    await heartbeats.run()


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    """Again where a task, cancelled, waits for a broker that is away."""
    while left := {task for task in tasks if not task.done()}:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=FAREWELL_WITHIN_S)


@contextlib.asynccontextmanager
async def _started(producer: AIOKafkaProducer) -> AsyncIterator[AIOKafkaProducer]:
    await producer.start()
    try:
        yield producer
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(producer.stop(), FAREWELL_WITHIN_S)
