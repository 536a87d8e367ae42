"""The answer that does not end: one client's events as they come, a heartbeat where none do, and why it ended."""

import asyncio
import time
from dataclasses import dataclass

import orjson
import structlog
from aiokafka.errors import KafkaError
from fastapi.sse import format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.control.database_away import FAILURES, away
from services.control.state import Control
from services.control.stream.clients import Clients
from services.control.stream.places import Offsets, event_id, places
from services.control.stream.reading import Reading, reading
from services.control.stream.telling import told
from services.control.stream.visible import visible
from shared.contracts.keys import KeyRecord
from shared.kafka.record import TopicPartition

log = structlog.get_logger(__name__)

MEDIA_TYPE = "text/event-stream"
AGAIN = "connect again with Last-Event-ID, and nothing is missed"


@dataclass(frozen=True, slots=True)
class End:
    reason: str
    message: str


SLOW = End("slow", f"what was sent was not taken in time: {AGAIN}")
STOPPING = End("stopping", f"this copy stops: {AGAIN}")
KEY = End("key", "the key has expired, or was changed or deleted: connect again with one that stands")
AWAY = End("unavailable", f"what comes next cannot be read now: {AGAIN}")


class TooSlow(Exception):
    pass


class EventStream(Response):
    media_type = MEDIA_TYPE

    def __init__(self, control: Control, clients: Clients, key: KeyRecord, wanted: Offsets | None) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"cache-control": "no-store", "x-accel-buffering": "no"})
        self._control = control
        self._clients = clients
        self._policy = clients.policy
        self._key = key
        self._wanted = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI
        """:raises Problem: before anything is sent."""
        settings = self._control.settings
        where = places(self._key.customer_id, settings.partitions)
        with self._clients.admitted(self._key):
            async with reading(settings, where, self._wanted) as source:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                end = await self._until_an_end(source, receive, send)
            log.info("stream ended", key=self._key.id, reason=end.reason if end else "gone")
            if end:
                await self._say(end, send)

    async def _until_an_end(self, source: Reading, receive: Receive, send: Send) -> End | None:
        """None: the client has gone."""
        feeding = asyncio.create_task(self._feed(source, send))
        gone = asyncio.create_task(_gone(receive))
        stopping = asyncio.create_task(self._clients.stopping.wait())
        tasks = {feeding, gone, stopping}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return None
            return feeding.result() if feeding.done() else STOPPING
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _feed(self, source: Reading, send: Send) -> End:
        try:
            await self._begin(source, send)
            last = time.monotonic()
            while self._clients.ring.stands(self._key):
                if await self._pass_on(source, send):
                    last = time.monotonic()
                    await asyncio.sleep(0)  # one that catches up waits for nobody: others have their turn
                elif time.monotonic() - last >= self._policy.heartbeat_s:
                    await self._send(send, format_sse_event(comment="heartbeat", id=event_id(source.reached)))
                    last = time.monotonic()
        except TooSlow:
            return SLOW
        except KafkaError:
            return AWAY
        except FAILURES as error:
            away(error)
            return AWAY
        return KEY

    async def _begin(self, source: Reading, send: Send) -> None:
        """The id of where it begins: who loses the connection before the first event goes on from there."""
        where = event_id(source.reached)
        await self._send(send, format_sse_event(comment="chokepoint", id=where, retry=self._policy.retry_ms))
        if source.gap:
            topics = sorted({place.topic for place in source.gap})
            message = (
                "what came after your Last-Event-ID is not kept any more, so some of it is missing here: the stream "
                "goes on with the oldest that is; GET the lists (messages, risk, signals, deliveries) to catch up"
            )
            await self._send(send, _event("gap", {"topics": topics, "message": message}))

    async def _pass_on(self, source: Reading, send: Send) -> bool:
        """Whether anything was sent."""
        records = await source.next(self._policy.heartbeat_s)
        shown = await visible(self._control.engine, self._key, [told(record) for record in records])
        for record, one in zip(records, shown, strict=True):
            source.reached[TopicPartition(record.topic, record.partition)] = record.offset + 1
            if one:
                block = format_sse_event(data_str=one.data, event=one.event, id=event_id(source.reached))
                await self._send(send, block)
        return any(shown)

    async def _send(self, send: Send, block: bytes) -> None:
        """:raises TooSlow: the server waits for the client to take what it was sent before."""
        try:
            async with asyncio.timeout(self._policy.taken_within_s):
                await send({"type": "http.response.body", "body": block, "more_body": True})
        except TimeoutError:
            raise TooSlow from None

    async def _say(self, end: End, send: Send) -> None:
        """To whom does not take it the connection is cut: the server does so where an answer has no end."""
        block = _event("end", {"reason": end.reason, "message": end.message})
        try:
            async with asyncio.timeout(self._policy.told_within_s):
                await send({"type": "http.response.body", "body": block})
        except TimeoutError:
            log.info("stream cut", key=self._key.id)


def _event(name: str, data: dict[str, object]) -> bytes:
    return format_sse_event(event=name, data_str=orjson.dumps(data).decode())


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
