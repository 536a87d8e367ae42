"""A restart with a later clock: what fell due in between is told once, in due order."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest

from services.cli.testing import RunningSystem, Sink, running_system
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import Json, licence_application, licence_decision, measure_change
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
            await asyncio.to_thread(_decide_licences, system)
        before = len(sink.hooks)
        with running_system(data_dir, offset, CHOKEPOINT_SEED="none", CLOCK=JULY) as system:
            await sink.expect(before + 1, within_s=30)
            assert await _lead_times(system) == {"stratum": "own", "n": 5, "pending": 1}, "midnights were passed"
            await asyncio.to_thread(_post, system, measure_change("CN-TEST-2", announced_on="2027-07-01"))
            bodies = await _until_about(sink, "CN-TEST-2")
        with running_system(data_dir, offset, CHOKEPOINT_SEED="none") as system:
            await asyncio.to_thread(_post, system, measure_change("CN-TEST-3", announced_on="2027-07-01"))
            bodies = await _until_about(sink, "CN-TEST-3")
            assert _clock_told(data_dir.with_suffix(".log")).startswith("2027-07-01"), "kept, though not asked for"
            replayed = await _replayed(system, sink, since=bodies[-1]["timestamp"])
    assert replayed == bodies[-1]
    about_the_return = [body for body in bodies[before:] if "CN-TEST-1" in body["data"]["measures"]]
    returned = [body for body in about_the_return if body["type"] != "alert.reminder"]
    assert len(returned) == 1, [body["data"]["title"] for body in about_the_return]
    assert "unconfirmed" in returned[0]["data"]["summary"]
    assert sorted(body["data"]["sequence"] for body in bodies) == list(range(1, len(bodies) + 1))


async def _until_about(sink: Sink, ref: str) -> list[Json]:
    count = len(sink.ids)
    while True:
        bodies: list[Json] = [json.loads(hook.body) for hook in sink.hooks]
        if any(ref in body["data"]["measures"] for body in bodies):
            return bodies
        count += 1
        await sink.expect(count, within_s=30)


def _decide_licences(system: RunningSystem) -> None:
    """Of five customers, one of whom still waits."""
    with system.client() as client:
        for number in range(5):
            customer, filed = f"applicant-{number}", "2027-01-11T09:00:00+08:00"
            client.put_customer(customer, motor_maker())
            client.post_events(json.dumps(licence_application(customer, "L-1", submitted_at=filed)).encode())
            if number:
                granted = licence_decision(customer, "L-1", "granted") | {"decided_at": "2027-02-08T09:00:00+08:00"}
                client.post_events(json.dumps(granted).encode())


async def _lead_times(system: RunningSystem) -> Json:
    url = f"{system.connection.control_url}/v1/licences/lead-times"
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {system.connection.key}"}) as http:
        asked = {"material": "terbium", "destination": "DE", "end_use": "civil"}
        async with asyncio.timeout(20):
            while (told := (await http.get(url, params=asked)).json()).get("stratum", "prior") == "prior":  # noqa: ASYNC110
                await asyncio.sleep(0.2)  # the jump is being read
        nowhere = await http.get(url, params=asked | {"destination": "XX", "material": "unobtainium"})
    assert nowhere.status_code == 422, nowhere.text
    assert told["p50"] < told["decision"]["p90"]
    return {name: told[name] for name in ("stratum", "n", "pending")}


def _clock_told(log: Path) -> str:
    *_, ready = (line for line in log.read_text().splitlines() if '"event": "ready"' in line)
    return str(json.loads(ready)["clock"])


async def _replayed(system: RunningSystem, sink: Sink, since: str) -> Json:
    """The last message that comes again of those with this timestamp and later ones."""
    with system.client() as client:
        (endpoint,) = client.endpoints()
    url = f"{system.connection.control_url}/v1/endpoints/{endpoint['id']}:replay"
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {system.connection.key}"}) as http:
        assert (await http.post(url, json={"since": since})).status_code == 202
    async with asyncio.timeout(20):
        while "chokepoint-replay" not in sink.hooks[-1].headers:  # noqa: ASYNC110  # `expect` counts new messages
            await asyncio.sleep(0.05)
    body: Json = json.loads(sink.hooks[-1].body)
    return body


def _set_up(system: RunningSystem, url: str) -> None:
    with system.client() as client:
        client.put_customer("jump", motor_maker())
        client.create_endpoint(EndpointConfig(customer_id="jump", url=url, min_severity="info"))


def _post(system: RunningSystem, event: Json) -> None:
    with system.client() as client:
        answer = client.post_events(json.dumps(event).encode())
    assert answer.accepted == 1, answer
