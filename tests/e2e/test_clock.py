"""A restart with a later clock: what fell due in between is told once, in due order."""

import asyncio
import json
from pathlib import Path

import pytest

from services.cli.testing import RunningSystem, Sink, running_system
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import Json, measure_change
from tests.fixtures.ports import free_offset

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

MARCH = "2027-03-01T08:00:00+08:00"
JULY = "2027-07-01T08:00:00+08:00"
SUSPENSION = {
    "action": "suspended",
    "act": "CN-TEST-PAUSE",
    "ref": "CN-TEST-1",
    "announced_on": "2027-03-01",
    "effective_on": "2027-03-01",
    "until": "2027-05-31",
}


async def test_an_expiry_that_a_jump_passes_is_told_once(tmp_path: Path) -> None:
    data_dir, offset = tmp_path / "data", free_offset()
    async with Sink.open() as sink:
        with running_system(data_dir, offset, CHOKEPOINT_SEED="none", CLOCK=MARCH) as system:
            await asyncio.to_thread(_set_up, system, sink.url)
            imposed = measure_change("CN-TEST-1", announced_on="2027-02-01", effective_on="2027-02-01")
            for count, event in enumerate((imposed, measure_change("") | SUSPENSION), start=1):
                await asyncio.to_thread(_post, system, event)
                await sink.expect(count, within_s=20)
        before = len(sink.hooks)
        with running_system(data_dir, offset, CHOKEPOINT_SEED="none", CLOCK=JULY) as system:
            await sink.expect(before + 1, within_s=30)
            await asyncio.to_thread(_post, system, measure_change("CN-TEST-2", announced_on="2027-07-01"))
            bodies = await _until_about(sink, "CN-TEST-2")
        with running_system(data_dir, offset, CHOKEPOINT_SEED="none", CLOCK=JULY) as system:
            await asyncio.to_thread(_post, system, measure_change("CN-TEST-3", announced_on="2027-07-01"))
            bodies = await _until_about(sink, "CN-TEST-3")
    about_the_return = [body for body in bodies[before:] if "CN-TEST-1" in body["data"]["measures"]]
    returned = [body for body in about_the_return if body["type"] != "alert.reminder"]
    assert len(returned) == 1, [body["data"]["title"] for body in about_the_return]
    assert "unconfirmed" in returned[0]["data"]["summary"]
    assert [body["data"]["sequence"] for body in bodies] == list(range(1, len(bodies) + 1))


async def _until_about(sink: Sink, ref: str) -> list[Json]:
    count = len(sink.ids)
    while True:
        bodies: list[Json] = [json.loads(hook.body) for hook in sink.hooks]
        if any(ref in body["data"]["measures"] for body in bodies):
            return bodies
        count += 1
        await sink.expect(count, within_s=30)


def _set_up(system: RunningSystem, url: str) -> None:
    with system.client() as client:
        client.put_customer("jump", motor_maker())
        client.create_endpoint(EndpointConfig(customer_id="jump", url=url, min_severity="info"))


def _post(system: RunningSystem, event: Json) -> None:
    with system.client() as client:
        answer = client.post_events(json.dumps(event).encode())
    assert answer.accepted == 1, answer
