import asyncio
import contextlib
import time

from sqlalchemy.ext.asyncio import AsyncEngine

from services.control import outbox
from services.control.database_away import FAILURES
from shared.metrics import OUTBOX_AGE_SECONDS

LOOK_EVERY_S = 2.0


class OutboxAge:
    """How long the oldest row has waited, as a session of its own sees it: the one that publishes may hang, and so may
    the copy whose it is. `engine`: one whose statements have a time-out."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waits_since: float | None = None
        OUTBOX_AGE_SECONDS.set_function(self.seconds)

    def seconds(self) -> float:
        """While the database does not answer, what waited goes on waiting."""
        return 0.0 if self._waits_since is None else time.monotonic() - self._waits_since

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(*FAILURES):
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        async with self._engine.connect() as connection:
            waited_s = await outbox.waited_s(connection)
        self._waits_since = None if waited_s is None else time.monotonic() - waited_s
