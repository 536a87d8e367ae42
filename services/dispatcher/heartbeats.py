"""Heartbeats: a message to an endpoint that was sent nothing for so long, so that silence can be told from failure."""

import asyncio
import contextlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5

from services.dispatcher import sql
from services.dispatcher.batches import NONE_TAKEN, Batch, Owed, Taken
from services.dispatcher.letters import Delivery, Letter, addressed, delivery_id
from services.dispatcher.receivers import Receiver, Receivers
from services.dispatcher.store import Store
from shared.contracts.alerts import Body
from shared.contracts.base import rfc3339

HEARTBEATS = UUID("3f1d6c1e-5a0d-5f57-9a51-0c7b6d1f2a44")
"""The namespace of their ids: what ends one silence is one message, whoever makes it."""
AT_ONCE = 200
LOOK_AGAIN_S = 60.0
"""A partition may have come with heartbeats that are due: one look at an index."""


class Accepts(Protocol):
    def accept(self, batch: Sequence[Owed], taken: Taken) -> None: ...


class Owns(Protocol):
    @property
    def partitions(self) -> Collection[int]: ...


@dataclass(frozen=True, slots=True)
class Rhythm:
    partition: int
    period: timedelta


class Heartbeats:
    """Every copy keeps the table as endpoints are; the owner of an endpoint's partition sends what falls due."""

    def __init__(self, store: Store, receivers: Receivers, inbox: Owns, courier: Accepts, *, partitions: int) -> None:
        self._store = store
        self._receivers = receivers
        self._inbox = inbox
        self._courier = courier
        self._partitions = partitions
        self._kept: dict[str, Rhythm] = {}
        self._changed: set[str] = set()
        self._more = asyncio.Event()
        receivers.on_change.append(self.changed)

    def changed(self, endpoint_id: str) -> None:
        if self._rhythm(endpoint_id) != self._kept.get(endpoint_id):
            self._changed.add(endpoint_id)
            self.look()

    def look(self) -> None:
        """There may be something to do."""
        self._more.set()

    async def run(self) -> None:
        """Until cancelled; not before every endpoint is known."""
        while True:
            self._more.clear()
            await self._keep()
            wait_s = await self._beat() - time.time()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait_s, 0.0), LOOK_AGAIN_S)):
                    await self._more.wait()

    def _rhythm(self, endpoint_id: str) -> Rhythm | None:
        receiver = self._receivers.get(endpoint_id)
        if receiver is None or not receiver.config.heartbeat or self._receivers.state(endpoint_id) != "active":
            return None
        return Rhythm(receiver.home(self._partitions), timedelta(hours=receiver.config.heartbeat))

    async def _keep(self) -> None:
        """One that is enabled again begins anew; another period counts from what was last sent."""
        changed, self._changed = sorted(self._changed), set()
        found = {endpoint_id: self._rhythm(endpoint_id) for endpoint_id in changed}
        asked = {endpoint_id: rhythm for endpoint_id, rhythm in found.items() if rhythm}
        gone = [endpoint_id for endpoint_id in found if endpoint_id not in asked]
        if changed:
            async with self._store.transaction() as connection:
                await connection.execute(sql.END_HEARTBEATS, gone)
                columns = ([one.partition for one in asked.values()], [one.period for one in asked.values()])
                await connection.execute(sql.KEEP_HEARTBEATS, list(asked), *columns, datetime.now(UTC))
        for endpoint_id in gone:
            self._kept.pop(endpoint_id, None)
        self._kept |= asked

    async def _beat(self) -> float:
        """Sends those that are due. When the next one is."""
        partitions, now = sorted(self._inbox.partitions), datetime.now(UTC)
        batch, taken = Batch(), NONE_TAKEN
        async with self._store.transaction() as connection:
            for row in await connection.fetch(sql.DUE_HEARTBEATS, partitions, now, AT_ONCE):
                if owed := await self._owed(connection, row, now):
                    batch.letters.append(owed.delivery.letter)
                    batch.owed.append(owed)
            if batch.owed:
                taken = await self._store.write(batch, now.timestamp())
            next_at = await connection.fetchval(sql.NEXT_HEARTBEAT, partitions)
        self._courier.accept(batch.owed, taken)
        return float("inf") if next_at is None else next_at.timestamp()

    async def _owed(self, connection: Any, row: Any, now: datetime) -> Owed | None:
        """None where something else was sent meanwhile, the last one is still under way, or nobody asks any more."""
        receiver, period = self._receivers.get(row["endpoint_id"]), row["period"]
        if receiver is None or self._rhythm(receiver.id) is None:
            await connection.execute(sql.END_HEARTBEATS, [row["endpoint_id"]])
        elif row["sent_at"] + period > now:
            await connection.execute(sql.MOVE_HEARTBEAT, receiver.id, row["sent_at"] + period)
        elif row["under_way"]:
            await connection.execute(sql.MOVE_HEARTBEAT, receiver.id, now + period)
        else:
            letter = heartbeat(receiver, row["partition"], row["sent_at"], period, now)
            delivery = Delivery(delivery_id(letter.message_id, receiver.id), receiver.id, letter)
            await connection.execute(sql.SENT_HEARTBEAT, receiver.id, now + period, now, delivery.delivery_id)
            return Owed(delivery, now.timestamp())
        return None


def heartbeat(receiver: Receiver, partition: int, quiet_since: datetime, period: timedelta, now: datetime) -> Letter:
    hours = f"{period / timedelta(hours=1):g}"
    body = Body(
        type="endpoint.heartbeat",
        timestamp=now,
        data={
            "endpoint_id": receiver.id,
            "customer_id": receiver.customer_id,
            "title": "Heartbeat",
            "summary": f"There was nothing to send here for {hours} h: Chokepoint runs, and reaches you.",
            "quiet_since": rfc3339(quiet_since),
        },
    )
    message_id = str(uuid5(HEARTBEATS, f"{receiver.id}/{quiet_since.isoformat()}"))
    return addressed(message_id, partition, receiver.customer_id, body, now)
