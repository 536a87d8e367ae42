"""Two copies of control beside each other."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from services.cli.box.free_ports import free_ports
from shared.kafka.record import Outgoing
from shared.kafka.topics import DELIVERIES
from tests.fixtures.customers import motor_maker
from tests.integration.control.process import Running, control_process, said, say, until
from tests.integration.control.test_endpoints import HOOK, attempt

pytestmark = [pytest.mark.integration, pytest.mark.long, pytest.mark.timeout(180)]

PROFILE = motor_maker().model_dump(mode="json")
CUSTOMERS = [f"copies-{number}" for number in range(12)]


async def test_a_copy_that_joins_and_is_killed_costs_no_record_and_doubles_none(
    control: Running, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    database, sealing_key = (control.environment[f"CHOKEPOINT_{name}"] for name in ("DATABASE_URL", "SECRET_KEYS"))
    async with control.client() as client:
        for customer in CUSTOMERS:
            await client.put(f"/customers/{customer}", json=PROFILE)
        endpoint = (await client.post("/endpoints", json={"url": HOOK})).json()["id"]
        enough = asyncio.Event()
        telling = asyncio.create_task(_tell(control, endpoint, enough))
        beside = control_process(control.bootstrap, database, port, tmp_path, sealing_key)
        other = await asyncio.to_thread(beside.__enter__)
        async with other.client() as its:
            assert (await its.put("/customers/copies-0", json=PROFILE)).status_code == 200
        await asyncio.sleep(2)
        other.kill()
        await asyncio.to_thread(beside.__exit__, None, None, None)
        await asyncio.sleep(1)
        enough.set()
        rounds = await telling

        async def complete() -> bool:
            return all([await _tries(client, customer) == list(range(1, rounds + 1)) for customer in CUSTOMERS])

        await until(complete, within_s=30)
    assert all(process.poll() is None for process in control.processes)


async def _tell(control: Running, endpoint: str, enough: asyncio.Event) -> int:
    """Each delivery is tried again and again: a report that counted twice, or never, would show. How often it was."""
    rounds = 0
    while not enough.is_set():
        rounds += 1
        await say(control.bootstrap, *(_try(endpoint, customer, rounds) for customer in CUSTOMERS))
    return rounds


def _try(endpoint: str, customer: str, number: int) -> Outgoing:
    report = attempt(
        endpoint, number, customer_id=customer, delivery_id=f"{customer}-delivery", state="due", status=500
    )
    return said(DELIVERIES, endpoint, report, customer)


async def _tries(client: httpx2.AsyncClient, customer: str) -> list[int]:
    answer = await client.get(f"/deliveries/{customer}-delivery")
    return [one["attempt"] for one in answer.json()["attempts"]] if answer.is_success else []
