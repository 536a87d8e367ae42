"""A dispatcher with a million retries pending, beside the same one with none."""

import asyncio
import time

import aiohttp
import asyncpg
import psutil

from bench.alerts import environment
from bench.memory import pss_mb
from bench.results import Result
from services.cli.testing import RunningSystem

PENDING = 1_000_000
ENDPOINTS = 1_000
GROWTH = 1.1
AT_ONCE = 50_000

_LETTERS = """
INSERT INTO dispatcher.letters
    (message_id, partition, number, customer_id, type, accepted_at, received_at, body, stored_at)
SELECT 'pending-' || n, n % 8, 1000000 + n, 'pending-' || n % $3, 'alert.opened', now(), now(), '{}'::bytea, now()
FROM generate_series($1::int, $2::int) n
"""
_DELIVERIES = """
INSERT INTO dispatcher.deliveries (delivery_id, message_id, endpoint_id, partition, number, state, attempts, next_at)
SELECT gen_random_uuid(), 'pending-' || n, 'pending-' || n % $3, n % 8, 1000000 + n, 'due', 3,
    now() + interval '1 day' + n * interval '1 ms'
FROM generate_series($1::int, $2::int) n
"""
_HEALTH = """
INSERT INTO dispatcher.endpoints (endpoint_id, failing_since, disabled_version)
SELECT 'pending-' || n, now(), NULL FROM generate_series(0, $1::int - 1) n
"""


async def measure_memory_pending(system: RunningSystem) -> list[Result]:
    none = await _restarted_mb(system)
    connection = await asyncpg.connect(environment(system)["CHOKEPOINT_DATABASE_URL"].replace("+asyncpg", ""))
    try:
        for first in range(0, PENDING, AT_ONCE):
            for statement in (_LETTERS, _DELIVERIES):
                await connection.execute(statement, first, first + AT_ONCE - 1, ENDPOINTS, timeout=300)
        await connection.execute(_HEALTH, ENDPOINTS)
    finally:
        await connection.close()
    many = await _restarted_mb(system)
    ratio = many / none
    budget = f"flat: < {GROWTH:g} of the reference"
    return [Result("memory_pending", many, "MB", budget, ratio < GROWTH, "none pending", none, ratio, [many])]


async def _restarted_mb(system: RunningSystem) -> float:
    """Of a process that has just taken up what is due."""
    old = system.process("dispatcher")
    port = int(environment(system)["CHOKEPOINT_PORT"])
    old.kill()
    deadline = time.monotonic() + 120
    async with aiohttp.ClientSession() as session:
        while not await _ready(session, port, system, old):
            if time.monotonic() > deadline:
                raise TimeoutError("the dispatcher did not come back")
            await asyncio.sleep(0.5)
    await asyncio.sleep(10)
    return pss_mb(system.process("dispatcher"))


async def _ready(session: aiohttp.ClientSession, port: int, system: RunningSystem, old: psutil.Process) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200 and system.process("dispatcher").pid != old.pid
    except aiohttp.ClientError:
        return False
