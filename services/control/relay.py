"""Writes what waits in the outbox to Kafka, in order. Of all copies one does so at a time: who holds the lock."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.control import outbox
from shared.kafka.record import Outgoing
from shared.metrics import LEADS

log = structlog.get_logger(__name__)

LOOK_ANYWAY_AFTER_S = 30.0
ANSWERED_WITHIN_S = 30.0
"""A statement about the largest batch, while the disk is busy."""
LOCK = text("SELECT pg_advisory_lock(hashtext(current_schema() || '.outbox'))")

Send = Callable[[Sequence[Outgoing]], Awaitable[None]]
"""Returns once the broker has acknowledged every record."""


class Relay:
    def __init__(self, engine: AsyncEngine, send: Send) -> None:
        self._engine = engine
        self._send = send
        self._kicked = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self.leads = asyncio.Event()
        LEADS.labels(role="outbox").set_function(lambda: float(self.leads.is_set()))

    async def published(self, within_s: float) -> None:
        """After a commit: returns once Kafka has what was committed, or after `within_s`; it is not lost then, only
        later. On a copy that does not publish itself it returns at once."""
        if not self.leads.is_set():
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._kicked.set()
        await asyncio.wait([done], timeout=within_s)

    async def run(self) -> None:
        engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            try:
                await connection.execute(LOCK)  # waits as long as another copy publishes
                self.leads.set()
                async with self._woken_by_others(connection):
                    await self._lead(connection)
            finally:
                self.leads.clear()
                await connection.invalidate()  # the lock ends with the session, not with the pool's reuse of it

    async def _lead(self, connection: AsyncConnection) -> None:
        while True:
            self._kicked.clear()
            waiting, self._waiting = self._waiting, []
            while await self._publish_batch(connection):
                pass
            for done in waiting:
                if not done.done():
                    done.set_result(None)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_ANYWAY_AFTER_S):
                    await self._kicked.wait()

    async def _publish_batch(self, connection: AsyncConnection) -> bool:
        """Whether there was anything."""
        async with _answered():
            batch = await outbox.oldest(connection)
        if not batch:
            return False
        for wave in outbox.waves([waiting.record for waiting in batch]):
            await self._send(wave)
        async with _answered():
            await outbox.remove(connection, batch)
        return True

    @contextlib.asynccontextmanager
    async def _woken_by_others(self, connection: AsyncConnection) -> AsyncIterator[None]:
        def wake(*_: object) -> None:
            self._kicked.set()

        driver: Any = (await connection.get_raw_connection()).driver_connection  # asyncpg has no types
        await driver.add_listener(outbox.CHANNEL, wake)
        try:
            yield
        finally:
            with contextlib.suppress(Exception):  # the session ends anyway
                await driver.remove_listener(outbox.CHANNEL, wake)


@contextlib.asynccontextmanager
async def _answered() -> AsyncIterator[None]:
    """A session that hangs is let go, and its lock with it.

    :raises ConnectionResetError: the database did not answer.
    """
    try:
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            yield
    except TimeoutError as error:
        raise ConnectionResetError("the database does not answer the relay of the outbox") from error
