"""The loop of `shared/kafka/loop.py` carried by Faust: its group membership, rebalancing, commits and life cycle, with
whole polls handed to the same handler protocol.

Faust itself hands out single messages, each to four racing tasks, and acknowledges one whose handler raised. Here a
poll counts as read only once its outputs are acknowledged, and an exception ends the process, the poll uncommitted."""

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import cast

import structlog
from aiokafka.errors import KafkaError

from shared.errors import ChokepointError
from shared.kafka.connection import expect_admission
from shared.kafka.faust_app import BatchConsumer, Poll, Producer, faust_app
from shared.kafka.loop import Assigned, DeadLetterLimit, Handler, Tally
from shared.kafka.producer import send_all
from shared.kafka.progress import ASK_BROKER_S, LOOK_EVERY_S, Progress, Seconds
from shared.kafka.record import Outgoing, TopicPartition
from shared.kafka.traced import handled
from shared.settings import ServiceSettings
from shared.watchdog import leave_after

log = structlog.get_logger(__name__)

USUAL_LIMIT = DeadLetterLimit()
LONGEST_END_S = 4.5
"""Where the broker is away, Faust's end has none: it joins its threads without a limit. Less than whoever started the
process waits before it kills it."""
DOES_NOT_STOP = "the consumer did not stop: left without it, uncommitted; the next start reads again"


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
        self._group = group
        self._topics = topics
        self._handler = handler
        self._tally = Tally(limit, topics)
        self._app = faust_app(settings, group=group, topics=topics, max_records=max_records, loop=self)
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
            await expect_admission(self._settings)  # Faust itself tries for ever
            await self._app.start()
            await self._expect_topics()
            stopped = asyncio.create_task(self._app.wait_until_stopped())
            await asyncio.wait({watch, ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stuck = watch.exception() if watch.done() and not watch.cancelled() else None
            last_resort = leave_after(LONGEST_END_S, str(stuck or DOES_NOT_STOP))
            try:
                await self._finish()
                await self._app.stop()
            finally:
                last_resort.cancel()
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
        """Why it cannot work."""
        return self._progress.unready()

    def stuck(self) -> str | None:
        return self._progress.stuck()

    async def take(self, poll: Poll) -> dict[TopicPartition, int]:
        """What to read next of each partition, once the outputs of the poll are acknowledged."""
        outputs: list[Outgoing] = []
        reached = {tp: records[-1].offset + 1 for tp, records in poll.items()}
        with handled(self._group, poll, {}) as carry_on:
            for tp, records in poll.items():
                given = await self._handler.handle(tp, records)
                self._progress.made()
                self._tally.count(tp.topic, len(records), given)
                outputs.extend(carry_on(tp.topic, given))
            await send_all(cast("Producer", self._app.producer).client(), outputs)
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
        self._progress.assigned()
        log.info("assigned", partitions=[f"{each.tp.topic}/{each.tp.partition}" for each in partitions])

    async def revoked(self, partitions: Collection[TopicPartition]) -> None:
        for tp in partitions:
            self._next.pop(tp, None)
        self._progress.revoked()
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
        if self._app.crash_reason is None and self._progress.begun:
            await self._left.wait()
            await self._app.consumer.commit()

    async def _watch_lag(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self._look_at_lag()

    async def _look_at_lag(self) -> None:
        try:
            async with asyncio.timeout(ASK_BROKER_S):
                ends = await self._app.consumer.highwaters(*self._next) if self._next else {}
        except (KafkaError, TimeoutError):
            self._progress.unanswered()
            return
        waiting = dict.fromkeys(self._topics, 0)
        for tp, end in ends.items():
            waiting[tp.topic] += max(0, end - self._next.get(tp, end))
        self._progress.looked(waiting)
