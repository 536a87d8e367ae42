"""Faust as `shared/kafka/faust_consumer.py` needs it: its consumer hands over whole polls and commits what was read of
them, and its timers for what is not used here do not run.

This file leans on private names of one Faust version; tests/unit/classifier/test_faust_names.py says which."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol, cast

import faust
from aiokafka import AIOKafkaProducer
from faust.auth import Credentials, SASLCredentials, SSLCredentials
from faust.sensors.monitor import Monitor
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode import Service
from mode.types import ServiceT
from yarl import URL

from shared.kafka.connection import trust
from shared.kafka.loop import Assigned
from shared.kafka.producer import LARGEST_RECORD
from shared.kafka.record import Incoming, TopicPartition
from shared.settings import KafkaSettings, ServiceSettings

COMMIT_EVERY_S = 1.0
POLL_S = 3.0
FETCH_WAIT_MS = 3_000  # an answer comes with the first record: a longer wait costs an idle system less

Poll = Mapping[TopicPartition, Sequence[Incoming]]


class BatchLoop(Protocol):
    """To whom the consumer hands its polls."""

    ending: asyncio.Event

    async def take(self, poll: Poll) -> dict[TopicPartition, int]: ...
    async def assigned(self, partitions: Sequence[Assigned]) -> None: ...
    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...
    def fail(self, error: Exception) -> None: ...
    def left(self) -> None: ...


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


class Producer(driver.Producer):
    mundane_level = "debug"

    def client(self) -> AIOKafkaProducer:
        return self._ensure_producer()

    def _settings_extra(self) -> Mapping[str, Any]:
        return {"acks": "all", "enable_idempotence": True}


class _Transport(driver.Transport):
    Consumer: ClassVar[type[BatchConsumer]] = BatchConsumer
    Producer: ClassVar[type[Producer]] = Producer


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
    batch_loop: BatchLoop
    mundane_level = "debug"

    def _create_directories(self) -> None:
        """No tables, so nothing to keep on disk."""


def credentials(settings: KafkaSettings) -> Credentials | None:
    if settings.kafka_security_protocol == "PLAINTEXT":
        return None
    if settings.kafka_security_protocol == "SSL":
        return SSLCredentials(trust(settings))
    return SASLCredentials(
        username=settings.kafka_username,
        password=settings.kafka_password.get_secret_value(),
        ssl_context=trust(settings),
        mechanism=settings.kafka_sasl_mechanism,
    )


def faust_app(
    settings: ServiceSettings, *, group: str, topics: Sequence[str], max_records: int, loop: BatchLoop
) -> _App:
    broker = [URL(f"kafka://{server.strip()}") for server in settings.kafka_bootstrap_servers.split(",")]
    app = _App(
        group,
        broker=broker,
        broker_credentials=credentials(settings),
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
