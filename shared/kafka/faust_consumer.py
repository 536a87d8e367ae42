"""The loop of `shared/kafka/loop.py` carried by Faust: its group membership, rebalancing, commits and life cycle, with
whole polls handed to the same handler protocol.

Faust itself hands out single messages, each to four racing tasks, and acknowledges one whose handler raised. Here a
poll counts as read only once its outputs are acknowledged, and an exception ends the process with the poll uncommitted.
This file leans on private names of one Faust version; tests/unit/classifier/test_faust_names.py says which."""

import asyncio
import os
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, cast

import faust
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from faust.sensors.monitor import Monitor
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode import Service
from mode.types import ServiceT
from yarl import URL

from shared.errors import ChokepointError
from shared.kafka.loop import LOOK_AT_LAG_EVERY_S, Assigned, DeadLetterLimit, Handler, Tally
from shared.kafka.producer import LARGEST_RECORD, send_all
from shared.kafka.progress import Progress, Seconds
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

COMMIT_EVERY_S = 1.0
POLL_S = 3.0
FETCH_WAIT_MS = 3_000  # an answer comes with the first record: a longer wait costs an idle system less
ASK_BROKER_S = 10.0
USUAL_LIMIT = DeadLetterLimit()
LONGEST_END_S = 4.5
"""Where the broker is away, Faust's end has none. Less than whoever started the process waits before it kills it."""

Poll = Mapping[TopicPartition, Sequence[Incoming]]


class FaustLoop:
    """One consumer group's member in this process. `run` returns after `stop`, and raises whatever a handler raises."""

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        group: str,
        topics: Sequence[str],
        handler: Handler,
        limit: DeadLetterLimit = USUAL_LIMIT,
        max_records: int = 1_000,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._settings = settings
        self._topics = topics
        self._handler = handler
        self._tally = Tally(limit, topics)
        self._app = _app(settings, group=group, topics=topics, max_records=max_records, loop=self)
        self._assigned = asyncio.Event()
        self.ending = asyncio.Event()
        """Set: the poll in hand is the last one."""
        self._left = asyncio.Event()
        self._failure: Exception | None = None
        self._next: dict[TopicPartition, int] = {}
        self._progress = Progress(topics, settings.stuck_after_s, seconds)

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch_lag())
        ended = asyncio.create_task(self.ending.wait())
        try:
            await self._app.start()
            await self._expect_topics()
            stopped = asyncio.create_task(self._app.wait_until_stopped())
            await asyncio.wait({watch, ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            with _ended_at_the_latest_after(LONGEST_END_S):
                await self._finish()
                await self._app.stop()
            ended.cancel()
            watch.cancel()
        if watch.done() and not watch.cancelled():  # the stop ends a question that the broker has not answered yet
            watch.result()
        failure = self._failure or self._app.crash_reason
        if failure is not None:
            raise failure

    def stop(self) -> None:
        self.ending.set()

    def unready(self) -> str | None:
        """Why it cannot work yet; none once partitions were assigned (a rebalance later does not take it back)."""
        return None if self._assigned.is_set() else f"waiting for partitions of {', '.join(self._topics)}"

    def stuck(self) -> str | None:
        return self._progress.stuck()

    async def take(self, poll: Poll) -> dict[TopicPartition, int]:
        """What to read next of each partition, once the outputs of the poll are acknowledged."""
        outputs: list[Outgoing] = []
        for tp, records in poll.items():
            given = await self._handler.handle(tp, records)
            self._progress.made()
            self._tally.count(tp.topic, len(records), given)
            outputs.extend(given)
        await send_all(cast("_Producer", self._app.producer).client(), outputs)
        reached = {tp: records[-1].offset + 1 for tp, records in poll.items()}
        for tp, next_offset in reached.items():
            await self._handler.settled(tp, next_offset)
        self._next |= reached
        self._progress.made()
        return reached

    async def assigned(self, partitions: Sequence[Assigned]) -> None:
        for partition in partitions:
            if await self._handler.assigned(partition) is not None:
                raise ChokepointError("a handler that reads from elsewhere than where its group stands belongs to Loop")
            self._next[partition.tp] = partition.beginning if partition.committed is None else partition.committed
        self._progress.made()
        self._assigned.set()
        log.info("assigned", partitions=[f"{each.tp.topic}/{each.tp.partition}" for each in partitions])

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions:
            self._next.pop(tp, None)
        await self._handler.revoked(partitions)

    def fail(self, error: Exception) -> None:
        """Ends the loop without Faust's crash, which leaves threads and tasks behind."""
        self._failure = self._failure or error
        self.ending.set()

    def left(self) -> None:
        """The reader has left its last poll."""
        self._left.set()

    async def _expect_topics(self) -> None:
        missing = set(self._topics) - await cast("BatchConsumer", self._app.consumer).known_topics()
        if missing:
            raise ChokepointError(
                f"no topic {', '.join(sorted(missing))} at {self._settings.kafka_bootstrap_servers}: "
                "create the topics first (`chokepoint topics`)"
            )

    async def _finish(self) -> None:
        self.ending.set()
        if self._app.crash_reason is None and self._assigned.is_set():
            await self._left.wait()
            await self._app.consumer.commit()

    async def _watch_lag(self) -> None:
        while True:
            await asyncio.sleep(LOOK_AT_LAG_EVERY_S)
            await self._look_at_lag()

    async def _look_at_lag(self) -> None:
        try:
            async with asyncio.timeout(ASK_BROKER_S):
                ends = await self._app.consumer.highwaters(*self._next) if self._next else {}
        except (KafkaError, TimeoutError):
            return  # the broker is away: there is nothing to be stuck on
        waiting = dict.fromkeys(self._topics, 0)
        for tp, end in ends.items():
            waiting[tp.topic] += max(0, end - self._next.get(tp, end))
        self._progress.looked(waiting)


class BatchConsumer(driver.Consumer):
    """Hands whole polls to the loop and commits where the last one that succeeded ended."""

    app: "_App"
    mundane_level = "debug"

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._due: dict[TP, int] = {}
        self._anything_due = asyncio.Event()
        self._skipped = False

    async def known_topics(self) -> set[str]:
        return await cast("_ConsumerThread", self._thread).topics()

    async def _drain_messages(self, fetcher: ServiceT) -> None:
        loop = self.app.batch_loop
        ended = asyncio.ensure_future(loop.ending.wait())
        try:
            while not (self.should_stop or fetcher.should_stop):
                waiting = asyncio.ensure_future(self._next_poll())
                await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    waiting.cancel()
                    break
                await self._take(*waiting.result())
        except Exception as error:
            loop.fail(error)
        finally:
            ended.cancel()
            loop.left()

    async def _take(self, generation: int, records: Mapping[TP, Sequence[Any]]) -> None:
        if records and self._still(generation):
            reached = await self.app.batch_loop.take(cast("Poll", records))
            if self._still(generation):
                self._due.update(reached)
                self._anything_due.set()
                return
        # partitions were moved while this was fetched or read: begin again where they stand committed
        self._skipped = self._skipped or bool(records)

    def _still(self, generation: int) -> bool:
        return self.flow_active and generation == self.app.consumer_generation_id

    async def _next_poll(self) -> tuple[int, Mapping[TP, Sequence[Any]]]:
        if not self.flow_active:
            await self.can_resume_flow.wait()
        if self._skipped:
            await self.perform_seek()
            self._skipped = False
        generation = self.app.consumer_generation_id
        records, _ = await self._wait_next_records(POLL_S)
        return generation, records or {}

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        # before the first fetch is sent: whatever is asked after it waits behind it, up to FETCH_WAIT_MS
        try:
            await self.app.batch_loop.assigned(await self._standing(sorted(assigned)))
        except Exception as error:
            self.app.batch_loop.fail(error)
        await super().on_partitions_assigned(assigned, generation_id)

    async def _standing(self, held: Sequence[TP]) -> list[Assigned]:
        if not held:
            return []
        beginnings = await self.earliest_offsets(*held)
        ends = await self.highwaters(*held)
        await self.perform_seek()
        committed = self._committed_offset
        return [Assigned(TopicPartition(*tp), beginnings[tp], committed[tp], ends[tp]) for tp in held]

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        await self.commit()
        for tp in revoked:
            self._due.pop(tp, None)
        await self.app.batch_loop.revoked([TopicPartition(*tp) for tp in revoked])
        await super().on_partitions_revoked(revoked)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:  # noqa: ARG002
        return iter(tuple(self._due))

    def _new_offset(self, tp: TP) -> int | None:
        return self._due.pop(tp, None)

    @Service.task
    async def _commit_handler(self) -> None:
        """Faust's own wakes up for nothing while the topic is quiet."""
        while not self.should_stop:
            await self._anything_due.wait()
            await self.sleep(self.commit_interval)
            self._anything_due.clear()
            await self.commit()

    @Service.task
    async def _commit_livelock_detector(self) -> None:
        """The loop watches progress instead, and ends the process; Faust's own only writes it into the log."""

    def _new_consumer_thread(self) -> "_ConsumerThread":
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    mundane_level = "debug"

    async def topics(self) -> set[str]:
        known: set[str] = await self.call_thread(self._ensure_consumer().topics)
        return known

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001  # Faust has no setting for it
        return consumer


class _Producer(driver.Producer):
    mundane_level = "debug"

    def client(self) -> AIOKafkaProducer:
        return self._ensure_producer()

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class _Transport(driver.Transport):
    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer
    Producer: ClassVar[type[_Producer]] = _Producer


class _Monitor(Monitor):
    mundane_level = "debug"

    @Service.task
    async def _sampler(self) -> None:
        """Nobody looks at Faust's own rates; its every-second timer is spared."""


class _NoTables(TableManager):
    mundane_level = "debug"

    async def on_start(self) -> None:
        """Without the second that Faust gives agents to declare their tables."""
        await self._update_channels()
        await self.recovery.start()


class _App(faust.App):
    batch_loop: FaustLoop
    mundane_level = "debug"

    def _create_directories(self) -> None:
        """No tables, so nothing to keep on disk."""


def _app(settings: ServiceSettings, *, group: str, topics: Sequence[str], max_records: int, loop: FaustLoop) -> _App:
    broker = [URL(f"kafka://{server.strip()}") for server in settings.kafka_bootstrap_servers.split(",")]
    app = _App(
        group,
        broker=broker,
        broker_client_id=f"{group}-{settings.instance}",
        consumer_group_instance_id=f"{group}-{settings.instance}",
        consumer_auto_offset_reset="earliest",
        processing_guarantee="at_least_once",
        broker_commit_interval=COMMIT_EVERY_S,
        broker_max_poll_records=max_records,
        broker_session_timeout=20.0,
        broker_heartbeat_interval=3.0,
        broker_request_timeout=30.0,
        producer_acks=-1,
        producer_linger=0.001,
        producer_max_batch_size=131_072,
        producer_max_request_size=LARGEST_RECORD,
        producer_compression_type="lz4",
        producer_request_timeout=30.0,
        stream_wait_empty=False,
        store="memory://",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
        Monitor=_Monitor,
        TableManager=_NoTables,
    )
    app.batch_loop = loop
    app.transport = _Transport(broker, app)
    for topic in topics:
        app.topics.add(app.topic(topic, value_type=bytes, value_serializer="raw"))
    return app


@contextmanager
def _ended_at_the_latest_after(seconds: float) -> Iterator[None]:
    """Faust joins its threads without a time limit: one that hangs must not keep a process that is to be restarted."""
    timer = threading.Timer(seconds, _leave)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _leave() -> None:
    log.error("ended", reason="the consumer did not stop: left without it, uncommitted; the next start reads again")
    os._exit(1)
