"""What looks for work reads what it takes and no more, however many deliveries there are; `long` at a million."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from cryptography.fernet import Fernet
from pydantic import SecretStr

from services.dispatcher import replays, retention, sql
from services.dispatcher.database import bring_up_to_date, connect
from services.dispatcher.heartbeats import AT_ONCE as HEARTBEATS_AT_ONCE
from services.dispatcher.reporter import CHUNK
from services.dispatcher.settings import DispatcherSettings
from services.dispatcher.store import Store
from tests.fixtures.box import Database

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

PARTITIONS = list(range(8))
ENDPOINTS = 100
MONTHS_AGO = datetime.now(UTC) - timedelta(days=100)
# every tenth has ended, half of those long ago; of those that are due every third stands in a line
_FILL = (
    """
    INSERT INTO letters (message_id, partition, number, customer_id, type, accepted_at, received_at, body, stored_at)
    SELECT 'm-' || n, n % 8, n, 'c-' || n % 100, 'alert.opened', moment, moment, '{}', moment
    FROM generate_series(1, $1) n, LATERAL (SELECT now() - n * interval '1 ms'
        - CASE WHEN n % 20 = 0 THEN interval '200 days' ELSE interval '0' END AS moment) AS came
    """,
    """
    INSERT INTO deliveries
        (delivery_id, message_id, endpoint_id, partition, number, line, state, attempts, next_at, ended_at)
    SELECT gen_random_uuid(), 'm-' || n, 'e-' || n / 8 % 100, n % 8, n, CASE WHEN n % 3 = 0 THEN 'c-' || n % 100 END,
        CASE WHEN n % 10 = 0 THEN 'delivered' ELSE 'due' END, 3,
        CASE WHEN n % 10 = 0 THEN NULL ELSE now() - n * interval '1 ms' END,
        CASE WHEN n % 20 = 0 THEN now() - interval '200 days' WHEN n % 10 = 0 THEN now() END
    FROM generate_series(1, $1) n
    """,
    """
    INSERT INTO heartbeats (endpoint_id, partition, period, sent_at, due_at)
    SELECT 'e-' || n, n % 8, interval '1 hour', now(), now() - n * interval '1 ms' FROM generate_series(1, $1 / 50) n
    """,
    "INSERT INTO reports (owner, at, records) SELECT '0', now(), '[]' FROM generate_series(1, $1 / 50)",
)

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    nodes: list[Node]

    @property
    def rows_read(self) -> int:
        """Of tables, through whatever; those that were read in vain, too."""
        read = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        tables = [node for node in self.nodes if "Relation Name" in node and node["Node Type"] != "ModifyTable"]
        return sum(int(node.get(what, 0) * node["Actual Loops"]) for node in tables for what in read)

    @property
    def pages_read(self) -> int:
        """Of tables and indexes, from wherever."""
        return int(self.nodes[0]["Shared Hit Blocks"] + self.nodes[0]["Shared Read Blocks"])

    def expect(self, rows: int, pages: int) -> None:
        assert not [node for node in self.nodes if node["Node Type"] == "Seq Scan"]
        assert self.rows_read <= rows
        assert self.pages_read <= pages


async def plan_of(connection: Any, statement: str, *arguments: object) -> Plan:
    """As it was carried out; what it changed is undone."""
    undone = connection.transaction()
    await undone.start()
    try:
        told = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", *arguments)
    finally:
        await undone.rollback()
    return Plan(list(nodes(json.loads(told)[0]["Plan"])))


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[20_000, pytest.param(1_000_000, marks=pytest.mark.long)]
)
async def settings(request: pytest.FixtureRequest, postgres: Database) -> DispatcherSettings:
    key = SecretStr(Fernet.generate_key().decode())
    made = DispatcherSettings(database_url=SecretStr(postgres()), secret_keys=(key,))
    await bring_up_to_date(made)
    connection = await connect(made)
    for statement in _FILL:
        await connection.execute(statement, request.param, timeout=200)
    await connection.close()
    return made


@pytest_asyncio.fixture(loop_scope="module")
async def store(settings: DispatcherSettings) -> AsyncIterator[Any]:
    """The connection of a dispatcher's store."""
    async with await Store.open(settings, "0") as opened, opened.transaction() as connection:
        yield connection


@pytest_asyncio.fixture(loop_scope="module")
async def retaining(settings: DispatcherSettings) -> AsyncIterator[Any]:
    connection = await connect(settings)
    yield connection
    await connection.close()


async def test_a_claim_reads_of_each_partition_what_it_could_take(store: Any) -> None:
    room = 10
    plan = await plan_of(store, sql.CLAIM, ["e-1", "e-2"], [room, room], [time.time()] * 2, PARTITIONS)
    plan.expect(rows=2 * room * len(PARTITIONS) + 6 * room, pages=2_000)


async def test_when_the_next_is_due_is_one_row_of_each_partition(store: Any) -> None:
    (await plan_of(store, sql.EARLIEST, ["e-1", "e-2"], PARTITIONS)).expect(rows=2 * len(PARTITIONS), pages=100)


async def test_a_new_owner_steps_from_endpoint_to_endpoint(store: Any) -> None:
    (await plan_of(store, sql.PENDING, 1)).expect(rows=3 * ENDPOINTS, pages=2_000)


async def test_heartbeats_are_found_as_they_fall_due(store: Any) -> None:
    due = await plan_of(store, sql.DUE_HEARTBEATS, PARTITIONS, datetime.now(UTC), HEARTBEATS_AT_ONCE)
    due.expect(rows=2 * HEARTBEATS_AT_ONCE * len(PARTITIONS), pages=8 * HEARTBEATS_AT_ONCE * len(PARTITIONS))
    (await plan_of(store, sql.NEXT_HEARTBEAT, PARTITIONS)).expect(rows=len(PARTITIONS), pages=50)


async def test_a_replay_reads_a_page_of_letters(store: Any) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    plan = await plan_of(store, sql.LETTERS, 1, since, 0, datetime.now(UTC), replays.AT_ONCE)
    plan.expect(rows=replays.AT_ONCE + 1, pages=2 * replays.AT_ONCE)


async def test_what_is_not_told_yet_is_read_a_little_at_a_time(store: Any) -> None:
    (await plan_of(store, sql.UNTOLD, 0, CHUNK, 0.0, "0")).expect(rows=CHUNK, pages=50)


@pytest.mark.parametrize("statement", [retention.DELIVERIES, retention.LETTERS], ids=["deliveries", "letters"])
async def test_retention_reads_and_locks_a_few_rows(retaining: Any, statement: str) -> None:
    plan = await plan_of(retaining, statement, MONTHS_AGO, retention.AT_ONCE)
    plan.expect(rows=2 * retention.AT_ONCE, pages=30 * retention.AT_ONCE)
