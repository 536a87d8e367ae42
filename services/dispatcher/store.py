"""The inbox in PostgreSQL. One connection, one statement at a time: what two statements decide about the same line or
the same row is decided in an order, and batches grow while one waits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import orjson

from services.dispatcher import sql
from services.dispatcher.batches import (
    NONE_COLLAPSED,
    NONE_TAKEN,
    Batch,
    Collapsed,
    Health,
    Owed,
    Position,
    Replay,
    Settled,
    Taken,
    Written,
)
from services.dispatcher.database import connect, loss_told
from services.dispatcher.letters import Delivery, Letter
from services.dispatcher.outcomes import collapsed as gave_way_to
from services.dispatcher.reports import pack, tell
from shared.errors import ChokepointError
from shared.settings import DatabaseSettings


class PositionLost(ChokepointError):
    pass


class Store:
    def __init__(self, settings: DatabaseSettings, connection: Any, owner: str) -> None:
        self._settings = settings
        self._connection = connection
        self._owner = owner
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, settings: DatabaseSettings, owner: str) -> "Store":
        return cls(settings, await connect(settings), owner)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self._connection.close()
        else:
            self._connection.terminate()  # a database that is frozen says no good-bye, and what ends us is to be told

    async def find_position(self, topic: str, partition: int, at_first: int) -> Position:
        """Makes this copy the partition's owner. SQL's own position counts, not the group's committed offset: it moved
        in the transactions that wrote what it stands for."""
        row = (await self._rows(sql.FIND_POSITION, topic, partition, self._owner, at_first))[0]
        return Position(row["next_offset"], row["number"], row["previous"])

    async def move_position(self, topic: str, partition: int, next_offset: int, number: int | None) -> None:
        await self._rows(sql.MOVE_POSITION, topic, partition, next_offset, number)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """The connection, for statements that count together."""
        async with self._turn:
            with loss_told(self._connection):
                async with self._connection.transaction():
                    yield self._connection

    async def take(self, batch: Batch, now: float) -> Taken:
        """:raises PositionLost: another copy has read on from one of the positions; nothing was written."""
        if not (batch.retries or batch.replays or any(owed.delivery.alert_id for owed in batch.owed)):
            async with self._turn:
                with loss_told(self._connection):
                    return await self._take(batch, now)
        async with self.transaction():
            return await self.write(batch, now)

    async def write(self, batch: Batch, now: float) -> Taken:
        """`take`, in a transaction that has begun."""
        retried = await self._connection.fetch(sql.RETRY, batch.retries, now)
        await self._connection.executemany(sql.ASK_REPLAY, [_asked(replay) for replay in batch.replays])
        taken = await self._take(batch, now)
        collapsing = [owed.delivery.delivery_id for owed in batch.owed if owed.delivery.alert_id]
        return replace(taken, retried=retried_of(retried), collapsed=await self._collapse(collapsing, now))

    async def _take(self, batch: Batch, now: float) -> Taken:
        moves, letters, owed = batch.moves, batch.letters, batch.owed
        row = await self._connection.fetchrow(
            sql.TAKE,
            [m.topic for m in moves],
            [m.partition for m in moves],
            [m.was for m in moves],
            [m.next_offset for m in moves],
            [m.number for m in moves],
            self._owner,
            now,
            [x.message_id for x in letters],
            [x.partition for x in letters],
            [x.number for x in letters],
            [x.customer_id for x in letters],
            [x.type for x in letters],
            [x.severity for x in letters],
            [x.sequence for x in letters],
            [x.accepted_at for x in letters],
            [x.received_at for x in letters],
            [x.traceparent for x in letters],
            [x.body for x in letters],
            [o.delivery.delivery_id for o in owed],
            [o.delivery.letter.message_id for o in owed],
            [o.delivery.endpoint_id for o in owed],
            [o.delivery.letter.partition for o in owed],
            [o.delivery.letter.number for o in owed],
            [(o.delivery.letter.customer_id or "") if o.delivery.in_line else None for o in owed],
            [o.delivery.alert_id for o in owed],
            [o.next_at for o in owed],
            ["\n".join(x.materials) for x in letters],
        )
        if not row["stands"]:
            raise PositionLost(
                "another dispatcher has read on from a partition that this one held: it starts again and takes what is "
                "left to it; if this repeats, two copies run under one CHOKEPOINT_INSTANCE"
            )
        return Taken(
            frozenset(row["waiting"]),
            None if row["added"] is None else frozenset(row["added"]),
            skipped=orjson.loads(row["skipped"]) if row["skipped"] else {},
        )

    async def known(self, message_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(row["message_id"] for row in await self._rows(sql.KNOWN, message_ids))

    async def settle(
        self,
        outcomes: Sequence[Settled],
        health: Sequence[Health],
        records: str | None,
        now: float,
        collapsing: Sequence[str] = (),
        owed: Sequence[Owed] = (),
    ) -> Written:
        """`collapsing`: deliveries that now wait, and give way to newer ones of their alerts. `owed`: what comes of
        the outcomes, and is written with them."""
        if not (collapsing or owed):
            async with self._turn:
                with loss_told(self._connection):
                    return await self._settle(outcomes, health, records, now)
        async with self.transaction():
            written = await self._settle(outcomes, health, records, now)
            collapsed = await self._collapse(collapsing, now)
            letters = {one.delivery.letter.message_id: one.delivery.letter for one in owed}
            taken = await self._take(Batch(letters=[*letters.values()], owed=[*owed]), now) if owed else NONE_TAKEN
            return replace(written, collapsed=collapsed, owed=owed, taken=taken)

    async def _settle(
        self, outcomes: Sequence[Settled], health: Sequence[Health], records: str | None, now: float
    ) -> Written:
        row = await self._connection.fetchrow(
            sql.SETTLE,
            [o.delivery_id for o in outcomes],
            [o.state for o in outcomes],
            [o.attempts for o in outcomes],
            [o.next_at for o in outcomes],
            [o.status for o in outcomes],
            [o.error for o in outcomes],
            now,
            [h.endpoint_id for h in health],
            [h.failing_since for h in health],
            [h.disabled_version for h in health],
            [h.disabled_reason for h in health],
            self._owner,
            records,
            [h.rest_until for h in health],
            [h.rest_version for h in health],
            [o.beside for o in outcomes],
        )
        return Written(row["report"], row["following"])

    async def _collapse(self, delivery_ids: Sequence[str], now: float) -> Collapsed:
        """In a transaction: those that gave way end, and are told, together with the newest's knowing of them."""
        rows = await self._connection.fetch(sql.COLLAPSE, delivery_ids, now) if delivery_ids else []
        if not rows:
            return NONE_COLLAPSED
        at = datetime.fromtimestamp(now, UTC)
        records = tuple(tell(gave_way_to(_delivery(row), row["newest_sequence"], at)) for row in rows)
        report = await self._connection.fetchval(sql.REPORT, self._owner, now, pack(records))
        lines = {(row["partition"], row["endpoint_id"], row["line"]) for row in rows if row["in_line"]}
        columns = [[line[i] for line in lines] for i in range(3)]
        following = await self._connection.fetch(sql.FOLLOW, *columns, now) if lines else []
        return Collapsed(
            tuple(row["partition"] for row in rows),
            {row["newest"]: tuple(row["newest_collapsed"] or ()) for row in rows},
            tuple({row["endpoint_id"] for row in following}),
            report,
            records,
        )

    async def claim(self, wanted: Sequence[tuple[str, int, float]], partitions: Collection[int]) -> list[Delivery]:
        """Rows (endpoint, at most how many, due by when) that this process now holds in memory."""
        endpoints, rooms, until = ([column[i] for column in wanted] for i in range(3))
        rows = await self._rows(sql.CLAIM, endpoints, rooms, until, sorted(partitions))
        return [_delivery(row) for row in rows]

    async def earliest(self, endpoint_ids: Sequence[str], partitions: Collection[int]) -> dict[str, float]:
        rows = await self._rows(sql.EARLIEST, endpoint_ids, sorted(partitions))
        return {row["endpoint_id"]: row["next_at"] for row in rows}

    async def recover(self, partition: int, at: float, held: Sequence[str]) -> dict[str, float]:
        """Endpoints with something due, and when the earliest is. What an earlier owner held in memory falls due `at`;
        `held` is what this process itself still attempts."""
        async with self.transaction() as connection:
            await connection.execute(sql.RECOVER, partition, at, held)
            await connection.execute(sql.UNBLOCK, partition, at)
            rows = await connection.fetch(sql.PENDING, partition)
        return {row["endpoint_id"]: row["next_at"] for row in rows}

    async def count_due(self, partitions: Collection[int], at_that_moment: Callable[[], None]) -> dict[int, int]:
        """As of one moment between two statements of ours; counting itself keeps nobody waiting."""
        connection = await connect(self._settings)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                async with self._turn:
                    await connection.execute("SELECT")
                    at_that_moment()
                rows = await connection.fetch(sql.COUNT, sorted(partitions))
        finally:
            await connection.close()
        return {row["partition"]: row["count"] for row in rows}

    async def park(self, delivery_ids: Sequence[str], at: float) -> None:
        """What was held in memory waits in SQL again."""
        if delivery_ids:
            await self._rows(sql.PARK, delivery_ids, at)

    async def health(self) -> list[Health]:
        """Of endpoints that fail, rest or are disabled."""
        return [Health(*row) for row in await self._rows(sql.UNWELL)]

    async def untold(self, after: int, limit: int, stale_before: float) -> list[tuple[int, str]]:
        """Reports of this copy, or of one that seems to be gone, that were not confirmed to be told."""
        rows = await self._rows(
            sql.UNTOLD,
            after,
            limit,
            stale_before,
            self._owner,
        )
        return [(row["id"], row["records"]) for row in rows]

    async def told(self, reports: Sequence[int]) -> None:
        await self._rows("DELETE FROM reports WHERE id = ANY($1::bigint[])", reports)

    async def _rows(self, statement: str, *arguments: object) -> list[Any]:
        async with self._turn:
            with loss_told(self._connection):
                rows: list[Any] = await self._connection.fetch(statement, *arguments)
            return rows


def _asked(replay: Replay) -> tuple[object, ...]:
    command = replay.command
    return (command.id, replay.partition, command.endpoint_id, command.since, command.until, command.only_failed)


def retried_of(rows: Sequence[Any]) -> tuple[tuple[str, int, bool], ...]:
    return tuple((row["endpoint_id"], row["partition"], row["again"]) for row in rows)


def _delivery(row: Any) -> Delivery:
    letter = Letter(
        message_id=row["message_id"],
        partition=row["partition"],
        number=row["number"],
        customer_id=row["customer_id"],
        type=row["type"] or "",
        severity=row["severity"],
        materials=tuple(row["materials"].split("\n")) if row["materials"] else (),
        sequence=row["sequence"],
        accepted_at=row["accepted_at"] or datetime.fromtimestamp(0, UTC),
        received_at=row["received_at"] or datetime.fromtimestamp(0, UTC),
        traceparent=row["traceparent"],
        body=row["body"] or b"",
    )
    return Delivery(
        delivery_id=row["delivery_id"],
        endpoint_id=row["endpoint_id"],
        letter=letter,
        in_line=row["in_line"],
        attempts=row["attempts"],
        schedule_from=row["schedule_from"],
        replay=row["replay"],
        skipped=tuple(row["skipped"] or ()),
        alert_id=row["alert_id"],
        collapsed=tuple(row["collapsed"] or ()),
    )
