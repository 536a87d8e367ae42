"""Every process is killed while events are posted: nothing is lost, nothing comes under a second id."""

import asyncio
import json
import time
from collections import defaultdict
from pathlib import Path

import httpx2
import pytest

from services.cli.testing import RunningSystem, Sink, running_system
from shared.client import Client, Problem
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import measure_change
from tests.fixtures.ports import free_offset

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

EVENTS = 1_000
CUSTOMERS = ("acme", "beta", "gamma")
VICTIMS = ("ingest", "classifier", "registry", "scorer", "dispatcher", "control", "kafka", "postgres")


async def test_a_thousand_acts_reach_every_customer_whatever_is_killed(tmp_path: Path) -> None:
    with running_system(tmp_path / "data", free_offset(), CHOKEPOINT_SEED="none") as system:
        async with Sink.open() as sink:
            await asyncio.to_thread(_subscribe, system, sink.url)
            posting = asyncio.create_task(asyncio.to_thread(_post_all, system))
            for number, victim in enumerate(VICTIMS):
                await sink.expect(len(CUSTOMERS) * EVENTS * number // len(VICTIMS), within_s=120)
                await asyncio.to_thread(system.process(victim).kill)
            await posting
            await sink.expect(len(CUSTOMERS) * EVENTS, within_s=120)
    sequences: dict[str, dict[int, set[str]]] = {customer: defaultdict(set) for customer in CUSTOMERS}
    for hook in sink.hooks:
        data = json.loads(hook.body)["data"]
        sequences[data["customer_id"]][data["sequence"]].add(hook.webhook_id)
    for customer, ids in sequences.items():
        assert sorted(ids) == list(range(1, EVENTS + 1)), customer
        assert all(len(under) == 1 for under in ids.values()), customer


def _subscribe(system: RunningSystem, url: str) -> None:
    with system.client() as client:
        for customer in CUSTOMERS:
            client.put_customer(customer, motor_maker())
            client.create_endpoint(EndpointConfig(customer_id=customer, url=url, min_severity="info"))


def _post_all(system: RunningSystem) -> None:
    with system.client() as client:
        for number in range(EVENTS):
            _post_until_taken(client, json.dumps(measure_change(f"CN-KILL-{number}")).encode())


def _post_until_taken(client: Client, event: bytes) -> None:
    """A sender that does as the contract says: what was not answered with 202 is sent again."""
    deadline = time.monotonic() + 120
    while True:
        try:
            answer = client.post_events(event)
        except (Problem, httpx2.TransportError) as error:
            if time.monotonic() > deadline or (isinstance(error, Problem) and error.status != 503):
                raise
            time.sleep(0.2)
            continue
        assert answer.accepted + answer.duplicates == 1, answer
        return
