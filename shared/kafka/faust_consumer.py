"""The loop of `shared/kafka/loop.py` carried by Faust: its group membership, rebalancing, commits and life cycle, with
whole polls handed to the same handler protocol.

Faust itself hands out single messages, each to four racing tasks, and acknowledges one whose handler raised. Here a
poll counts as read only once its outputs are acknowledged, and an exception ends the process, the poll uncommitted."""

import asyncio
import os
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import cast

import structlog
from aiokafka.errors import KafkaError

from shared.errors import ChokepointError
from shared.kafka.connection import expect_admission
from shared.kafka.faust_app import BatchConsumer, Poll, Producer, faust_app
from shared.kafka.loop import LOOK_AT_LAG_EVERY_S, Assigned, DeadLetterLimit, Handler, Tally
from shared.kafka.producer import send_all
from shared.kafka.progress import Progress, Seconds
from shared.kafka.record import Outgoing, TopicPartition
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

ASK_BROKER_S = 10.0
USUAL_LIMIT = DeadLetterLimit()
LONGEST_END_S = 4.5
"""Where the broker is away, Faust's end has none. Less than whoever started the process waits before it kills it."""


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
        self._app = faust_app(settings, group=group, topics=topics, max_records=max_records, loop=self)
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
            await expect_admission(self._settings)  # Faust itself tries for ever
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
        await send_all(cast("Producer", self._app.producer).client(), outputs)
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
