"""What looks for due deliveries reads what it takes and no more, however many are pending."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from services.dispatcher import sql
from services.dispatcher.store import Store

pytestmark = pytest.mark.integration

PENDING = 50_000
PARTITIONS = 8
_FILL = """
INSERT INTO deliveries (delivery_id, message_id, endpoint_id, partition, number, state, attempts, next_at)
SELECT gen_random_uuid(), 'm-' || n, 'e-' || n % 100, n % $2, n, 'due', 3, now() - n * interval '1 ms'
FROM generate_series(1, $1) n
"""

Node = dict[str, Any]


async def plan_of(store: Store, statement: str, *arguments: object) -> list[Node]:
    async with store.transaction() as connection:
        told = await connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *arguments)
    return list(nodes(json.loads(told)[0]["Plan"]))


def nodes(plan: Node) -> Iterator[Node]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def rows_read(plan: list[Node]) -> int:
    """Of tables, through whatever."""
    return sum(int(node["Actual Rows"] * node["Actual Loops"]) for node in plan if "Relation Name" in node)


@pytest.fixture
async def many(store: Store) -> Store:
    async with store.transaction() as connection:
        await connection.execute(_FILL, PENDING, PARTITIONS)
    return store


async def test_a_claim_reads_by_the_index_what_it_takes_of_each_partition(many: Store) -> None:
    room = 10
    plan = await plan_of(many, sql.CLAIM, ["e-1", "e-2"], [room, room], [time.time()] * 2, list(range(PARTITIONS)))
    assert not [node for node in plan if node["Node Type"] == "Seq Scan"]
    due = [node for node in plan if node.get("Index Name") == "deliveries_due"]
    assert due
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in due) <= 2 * room * PARTITIONS
    assert rows_read(plan) < 1_000


async def test_when_the_next_is_due_is_one_row_of_each_partition(many: Store) -> None:
    plan = await plan_of(many, sql.EARLIEST, ["e-1", "e-2"], list(range(PARTITIONS)))
    assert rows_read(plan) <= 2 * PARTITIONS


async def test_a_new_owner_steps_from_endpoint_to_endpoint(many: Store) -> None:
    plan = await plan_of(many, sql.PENDING, 0)
    assert rows_read(plan) < 500, "100 endpoints, and 6,250 deliveries"
