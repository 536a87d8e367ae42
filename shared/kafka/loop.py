"""The one loop of every consumer: read a batch → pure handler → outputs acknowledged → state → offset.

What a handler cannot understand it dead-letters; any other exception ends the process with the batch uncommitted, and
a restart reads it again. Offsets are committed a few times a second at most: what is read twice after a crash gives the
same outputs under the same ids and numbers, which the next reader drops."""

import asyncio
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.errors import ChokepointError
from shared.kafka.about import ids
from shared.kafka.client_gaps import cancelled_by_us_alone, stop
from shared.kafka.connection import connection, explained
from shared.kafka.producer import send_all
from shared.kafka.progress import ASK_BROKER_S, LOOK_EVERY_S, Progress, Seconds
from shared.kafka.record import Incoming, Outgoing, TopicPartition
from shared.kafka.traced import handled
from shared.log_damping import Damper
from shared.metrics import DEAD_LETTERS, RECORDS_TAKEN
from shared.settings import ServiceSettings
from shared.watchdog import leave_after

log = structlog.get_logger(__name__)

COMMIT_EVERY_S = 0.2
SESSION_MS = 6_000
LONGEST_END_S = 10.0


@dataclass(frozen=True, slots=True)
class Assigned:
    """A partition that came to this copy. Offsets: the oldest kept, the group's committed one, the end."""

    tp: TopicPartition
    beginning: int
    committed: int | None
    end: int


class Handler(Protocol):
    async def assigned(self, partition: Assigned) -> int | None:
        """The offset to read from; none: where the group stands."""

    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:
        """What the batch gives, dead letters included (`shared.kafka.record.dead_letter`)."""

    async def settled(self, tp: TopicPartition, next_offset: int) -> None:
        """The outputs of everything before `next_offset` are acknowledged; the offset is committed after this."""


@dataclass(frozen=True, slots=True)
class DeadLetterLimit:
    """Stops a bad deploy from draining a topic: more than `ratio` of `at_least` records."""

    at_least: int = 200
    ratio: float = 0.5


class TooManyDeadLetters(ChokepointError):
    pass


class Tally:
    """Counts what was taken and what of it is dead, and ends a reader to which most records say nothing."""

    def __init__(self, limit: DeadLetterLimit, topics: Sequence[str]) -> None:
        self._limit = limit
        # made now: a counter that begins at one has never risen, for whoever asks by how much
        self._taken = {topic: RECORDS_TAKEN.labels(topic=topic) for topic in topics}
        self._buried = {topic: DEAD_LETTERS.labels(topic=topic) for topic in topics}
        self._seen = 0
        self._dead = 0
        self._damper = Damper()

    def count(self, topic: str, taken: int, given: Sequence[Outgoing]) -> None:
        """:raises TooManyDeadLetters: before the batch's outputs are sent."""
        self._taken[topic].inc(taken)
        dead = [output for output in given if output.topic.endswith(".dlq")]
        if dead:
            self._buried[topic].inc(len(dead))
            self._tell(topic, dead)
        self._seen += taken
        self._dead += len(dead)
        if self._seen >= self._limit.at_least:
            if self._dead > self._limit.ratio * self._seen:
                raise TooManyDeadLetters(
                    f"{self._dead} of the last {self._seen} records of {topic} cannot be understood: stopped before "
                    "the rest follows them; look at the newest of its .dlq topic, then deploy a reader that knows them"
                )
            self._seen = self._dead = 0

    def _tell(self, topic: str, dead: Sequence[Outgoing]) -> None:
        run, told = self._damper.told((topic, "dead letters"), time.monotonic())
        if told:
            first = ids(topic, dead[0].key, dead[0].headers)
            log.warning("put aside: not understood", topic=topic, records=len(dead) + run.held_back, **first)


class Loop:
    """One consumer group's member in this process. `run` returns after `stop`, and raises whatever a handler raises."""

    def __init__(
        self,
        settings: ServiceSettings,
        *,
        group: str,
        topics: Sequence[str],
        handler: Handler,
        producer: AIOKafkaProducer,
        limit: DeadLetterLimit = DeadLetterLimit(),
        max_records: int = 1_000,
        assignor: type[AbstractPartitionAssignor] = RoundRobinPartitionAssignor,
        seconds: Seconds = time.monotonic,
    ) -> None:
        """`assignor`: the range assignor gives the same partitions of several topics to the same member."""
        self._settings = settings
        self._group = group
        self._topics = topics
        self._handler = handler
        self._producer = producer
        self._tally = Tally(limit, topics)
        self._max_records = max_records
        self._consumer = AIOKafkaConsumer(
            **connection(settings),
            client_id=f"{group}-{settings.instance}",
            group_id=group,
            group_instance_id=f"{group}-{settings.instance}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(assignor,),
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=2_000,
            fetch_max_wait_ms=3_000,  # an answer comes with the first record: a longer wait costs an idle system less
        )
        self._done: dict[TopicPartition, int] = {}
        """Up to where, of each partition that is ours."""
        self._new_from: dict[TopicPartition, int] = {}
        """What stands before it was handled by an earlier start."""
        self._due: dict[TopicPartition, int] = {}
        self._last_commit = 0.0
        self._progress = Progress(topics, settings.stuck_after_s, seconds)
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        try:
            with cancelled_by_us_alone():
                await self._run()
        finally:
            await self._end(sys.exception())

    async def _run(self) -> None:
        async with explained(self._settings):
            await self._consumer.start()
        await self._expect_topics()
        self._consumer.subscribe(list(self._topics), listener=_Rebalance(self))
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(self._watch_lag())
            await self._read()
            watch.cancel()

    async def _end(self, error: BaseException | None) -> None:
        """Where the broker is away, the consumer's own end may have none."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        why = "the consumer did not stop" if error is None else f"{type(error).__name__}: {error}"
        last_resort = leave_after(LONGEST_END_S, f"{why}; left without an end, uncommitted: the next start reads again")
        try:
            await stop(self._consumer)
        finally:
            last_resort.cancel()

    async def _expect_topics(self) -> None:
        missing = set(self._topics) - await self._consumer.topics()
        if missing:
            raise ChokepointError(
                f"no topic {', '.join(sorted(missing))} at {self._settings.kafka_bootstrap_servers}: "
                "create the topics first (`chokepoint topics`)"
            )

    def stop(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def unready(self) -> str | None:
        """Why it cannot work."""
        return self._progress.unready()

    def stuck(self) -> str | None:
        return self._progress.stuck()

    async def _read(self) -> None:
        while not self._ended.done():
            wait_ms = 200 if self._due else 60_000
            poll = asyncio.ensure_future(self._consumer.getmany(timeout_ms=wait_ms, max_records=self._max_records))
            await asyncio.wait({poll, self._ended}, return_when=asyncio.FIRST_COMPLETED)
            if not poll.done():
                poll.cancel()
                break
            await self._take(poll.result())
            if self._due and time.monotonic() - self._last_commit >= COMMIT_EVERY_S:
                await self._commit()
        self._ended.result()
        await self._commit()

    async def _take(self, batches: dict[TopicPartition, list[Incoming]]) -> None:
        outputs: list[Outgoing] = []
        with handled(self._group, batches, self._new_from) as carry_on:
            for tp, records in batches.items():
                given = await self._handler.handle(tp, records)
                self._progress.made()
                self._tally.count(tp.topic, len(records), given)
                outputs.extend(carry_on(tp.topic, given))
            await send_all(self._producer, outputs)
            for tp, records in batches.items():
                next_offset = records[-1].offset + 1
                await self._handler.settled(tp, next_offset)
                self._due[tp] = next_offset
                if tp in self._done:
                    self._done[tp] = next_offset
        if batches:
            self._progress.made()

    async def _commit(self) -> None:
        held = self._consumer.assignment()
        offsets = {tp: offset for tp, offset in self._due.items() if tp in held}
        self._last_commit = time.monotonic()
        if not offsets:
            self._due.clear()
            return
        try:
            await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            # a rebalance is under way: the new owner starts at the older offset and its repeats are dropped downstream
            log.info("commit refused", topics=self._topics, reason=type(error).__name__)
        except KafkaError as error:
            if not error.retriable:
                raise
            log.info("commit postponed", topics=self._topics, reason=type(error).__name__)
            return
        self._due.clear()

    async def _watch_lag(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._look_at_lag()
            except ChokepointError as stuck:
                leave_after(LONGEST_END_S, str(stuck))  # what it is stuck in may hold up its end, too
                raise

    async def _look_at_lag(self) -> None:
        try:
            async with asyncio.timeout(ASK_BROKER_S):
                ends = await self._consumer.end_offsets(list(self._done)) if self._done else {}
        except (KafkaError, TimeoutError):
            self._progress.unanswered()
            return
        waiting = dict.fromkeys(self._topics, 0)
        for tp, end in ends.items():
            waiting[tp.topic] += max(0, end - self._done.get(tp, end))
        self._progress.looked(waiting)

    async def on_assigned(self, partitions: Collection[TopicPartition]) -> None:
        try:
            await self._start_partitions(partitions)
        except Exception as error:  # aiokafka would log it and go on without a state
            if not self._ended.done():
                self._ended.set_exception(error)

    async def _start_partitions(self, partitions: Collection[TopicPartition]) -> None:
        self._consumer.pause(*partitions)  # else it fetches from the committed offset while the handler gets ready
        beginnings = await self._consumer.beginning_offsets(partitions) if partitions else {}
        ends = await self._consumer.end_offsets(partitions) if partitions else {}
        for tp in sorted(partitions):
            committed = await self._consumer.committed(tp)
            start = await self._handler.assigned(Assigned(tp, beginnings[tp], committed, ends[tp]))
            if start is not None:
                self._consumer.seek(tp, start)
            self._new_from[tp] = beginnings[tp] if committed is None else committed
            self._done[tp] = self._new_from[tp] if start is None else start
        self._consumer.resume(*partitions)
        self._progress.assigned()
        log.info("assigned", partitions=[f"{tp.topic}/{tp.partition}" for tp in sorted(partitions)])

    async def on_revoked(self, partitions: Collection[TopicPartition]) -> None:
        self._done.clear()  # until they are assigned anew nothing waits for us
        self._progress.revoked()
        await self._commit()
        await self._handler.revoked(partitions)


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._loop.on_revoked(revoked)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._loop.on_assigned(assigned)
