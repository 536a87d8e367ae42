"""News in, judgements out. A text that says nothing about supply is counted and leaves no record."""

import asyncio
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import structlog
from pydantic import ValidationError

from services.classifier.metrics import count
from shared.contracts.base import to_json
from shared.contracts.events import News
from shared.contracts.signals import Judgement
from shared.domain.judgement.judge import judge
from shared.domain.judgement.reader import Reader
from shared.errors import ChokepointError
from shared.kafka.loop import Assigned
from shared.kafka.record import DeadLetter, Incoming, Outgoing, Stamp, TopicPartition, dead_letter
from shared.kafka.topics import WORLD

log = structlog.get_logger(__name__)

SCHEMA: Final = "judgement/1"
BREATHE_EVERY_S: Final = 0.02
"""Judging is arithmetic: between texts the loop answers its probes."""


class ClassifierHandler:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def assigned(self, partition: Assigned) -> None:
        """Reads on from where the group stands: what a text says does not depend on the texts before it."""

    async def revoked(self, partitions: Collection[TopicPartition]) -> None: ...

    async def settled(self, tp: TopicPartition, next_offset: int) -> None: ...

    async def handle(self, tp: TopicPartition, records: Sequence[Incoming]) -> Sequence[Outgoing]:  # noqa: ARG002
        outputs: list[Outgoing] = []
        breath = time.monotonic()
        for record in records:
            outputs.extend(_outputs(record, self._reader))
            if time.monotonic() - breath > BREATHE_EVERY_S:
                await asyncio.sleep(0)
                breath = time.monotonic()
        return outputs


def _outputs(record: Incoming, reader: Reader) -> Iterator[Outgoing]:
    begun = time.perf_counter()
    try:
        stamp = Stamp.read(record.headers)
        judgement = _judge(_news(record), stamp.event_id, reader)
    except DeadLetter as error:
        yield dead_letter(record, error, "classifier", datetime.now(UTC))
        return
    count(judgement, time.perf_counter() - begun)
    if judgement.signals or judgement.dropped:
        headers = replace(stamp, schema=SCHEMA).headers()
        yield Outgoing(WORLD, stamp.event_id.encode(), to_json(judgement), headers, partition=0)


def _news(record: Incoming) -> News:
    try:
        return News.model_validate_json(record.value or b"")
    except ValidationError as error:
        raise DeadLetter.of(error, "news") from None


def _judge(news: News, event_id: str, reader: Reader) -> Judgement:
    """A text at which the judgement fails would fail at every restart: it goes aside, and the next ones are judged."""
    try:
        return judge(news, event_id, reader)
    except (ChokepointError, MemoryError):
        raise
    except Exception as error:
        log.exception("a text could not be judged", event_id=event_id)
        raise DeadLetter(f"{type(error).__name__} while judging", "judge") from error
