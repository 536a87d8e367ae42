"""One change: what it writes, the records that tell of it and the line of the audit are one transaction."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from functools import cached_property

from pydantic import BaseModel
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.control import outbox
from services.control.state import Control
from services.control.tables import audit
from shared.clock import Clock, real_now
from shared.contracts.base import to_json
from shared.contracts.deliveries import ReplayMessages, RetryDelivery, SendTest
from shared.contracts.keys import KeyRecord
from shared.kafka import topics
from shared.kafka.record import Outgoing, Stamp
from shared.kafka.topics import partition_of
from shared.tracing.context import current

WAIT_FOR_KAFKA_S = 0.5
"""How long an answer waits for its records to be on Kafka, so that what the caller does next meets the change. Not a
condition: a change is durable before it."""


SYSTEM = KeyRecord(id="system", name="Chokepoint itself", sha256="", scopes=())
LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || name, 0)) FROM unnest(CAST(:names AS text[])) name
""")


class Change:
    def __init__(self, connection: AsyncConnection, clock: Clock, partitions: int, by: KeyRecord) -> None:
        self.connection = connection
        self.by = by
        self.partitions = partitions
        self.received_at = real_now()
        self._clock = clock
        self._records: list[Outgoing] = []

    @cached_property
    def now(self) -> datetime:
        """Domain time. Ask once the thing is locked: its changes then stand in the order of their times."""
        return self._clock.now()

    async def lock(self, *names: str) -> None:
        """Changes of the same thing take turns until the end of the transaction, be it there yet or not. Of several in
        one order, whoever asks: two changes never wait for each other."""
        await self.connection.execute(LOCK, {"names": sorted(names)})

    def tell(
        self, topic: str, key: str, record: BaseModel | None, event_id: str, schema: str, partition: int | None = None
    ) -> None:
        """No record: a tombstone."""
        stamp = Stamp(event_id, self.now, self.received_at, schema, traceparent=current.get())
        value = None if record is None else to_json(record)
        self._records.append(Outgoing(topic, key.encode(), value, stamp.headers(), partition))

    def command(self, command: RetryDelivery | SendTest, customer_id: str | None) -> None:
        """To the dispatcher that has this customer's messages; what is about no customer, to that of partition 0."""
        self._command(command, customer_id, 0 if customer_id is None else self.partition_of(customer_id))

    def replay(self, command: ReplayMessages, customer_id: str | None) -> None:
        """An endpoint that sees every customer has messages on every partition."""
        every = range(self.partitions) if customer_id is None else (self.partition_of(customer_id),)
        for partition in every:
            self._command(command, customer_id, partition)

    def _command(
        self, command: RetryDelivery | ReplayMessages | SendTest, customer_id: str | None, partition: int
    ) -> None:
        key, event_id = customer_id or command.endpoint_id, f"{command.kind}/{command.id}"
        self.tell(topics.COMMANDS, key, command, event_id, f"{command.kind}/1", partition)

    def partition_of(self, customer_id: str) -> int:
        return partition_of(customer_id, self.partitions)

    async def note(self, action: str, subject: str, customer_id: str | None) -> None:
        await self.note_all(action, [(subject, customer_id)])

    async def note_all(self, action: str, of: Iterable[tuple[str, str | None]]) -> None:
        """`of`: each subject, and whose it is."""
        who = {"at": self.now, "key_id": self.by.id, "key_name": self.by.name, "action": action}
        lines = [who | {"subject": subject, "customer_id": customer_id} for subject, customer_id in of]
        await self.connection.execute(insert(audit), lines)

    async def close(self) -> None:
        await outbox.put(self.connection, self._records)


@contextlib.asynccontextmanager
async def changing(control: Control, by: KeyRecord) -> AsyncIterator[Change]:
    async with control.engine.begin() as connection:
        change = Change(connection, control.clock, control.settings.partitions, by)
        yield change
        await change.close()
    await control.relay.published(WAIT_FOR_KAFKA_S)
