"""What the door refuses, with the whole system behind it."""

import asyncio
import json
import time
from pathlib import Path

import httpx2
import pytest

from services.cli.testing import RunningSystem, Sink, running_system
from shared.client import Problem
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import inventory, licence_decision, measure_change
from tests.fixtures.ports import free_offset

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

MIB = 1024 * 1024


def post(system: RunningSystem, content: bytes, **headers: str) -> httpx2.Response:
    key = {"authorization": f"Bearer {system.connection.key}", "content-type": "application/json"}
    return httpx2.post(f"{system.connection.url}/v1/events", content=content, headers=key | headers, timeout=30)


def test_a_wrong_key_is_a_401_before_anything_else(system: RunningSystem) -> None:
    for content in (b"not json", b"x" * 20 * MIB, json.dumps(measure_change("CN-TEST-401")).encode()):
        answer = post(system, content, authorization="Bearer ck_wrong")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_a_body_over_the_limit_is_a_413(system: RunningSystem) -> None:
    answer = post(system, b"[" + b" " * 17 * MIB + b"]")
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_one_bad_line_of_a_thousand_rejects_that_line(system: RunningSystem) -> None:
    with system.client() as client:
        client.put_customer("reporter", motor_maker())
    lines = [json.dumps(inventory("reporter", 1_000 + number, 1)) for number in range(1_000)]
    lines[617] = '{"kind": "measure_change", "issuer": '
    answer = post(system, "\n".join(lines).encode(), **{"content-type": "application/x-ndjson"})
    assert answer.status_code == 202
    body = answer.json()
    assert (body["accepted"], body["rejected"]) == (999, 1)
    assert [number for number, result in enumerate(body["results"]) if result["status"] == "rejected"] == [617]


@pytest.mark.long  # `make test` shows it of ingest alone: tests/integration/test_ingest.py
async def test_a_broker_that_is_gone_is_a_503_and_the_retry_counts_once(tmp_path: Path) -> None:
    with running_system(tmp_path / "data", free_offset(), CHOKEPOINT_SEED="none") as system:
        async with Sink.open() as sink:
            await asyncio.to_thread(_subscribe, system, sink.url)
            event = json.dumps(licence_decision("patient", "L-1")).encode()
            broker = system.process("kafka")
            broker.suspend()
            asked = time.monotonic()
            answer = await asyncio.to_thread(post, system, event)
            waited = time.monotonic() - asked
            broker.resume()
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
            assert int(answer.headers["retry-after"]) > 0
            assert waited < 6
            await asyncio.to_thread(_retry, system, event)
            await asyncio.to_thread(_retry, system, json.dumps(licence_decision("patient", "L-2")).encode())
            await sink.expect(2, within_s=30)
            sequences = [json.loads(hook.body)["data"]["sequence"] for hook in sink.hooks]
    assert sorted(sequences) == [1, 2]


def _subscribe(system: RunningSystem, url: str) -> str:
    with system.client() as client:
        client.put_customer("patient", motor_maker())
        config = EndpointConfig(customer_id="patient", url=url, min_severity="info")
        return client.create_endpoint(config).secret


def _retry(system: RunningSystem, event: bytes) -> None:
    with system.client() as client:
        for _ in range(60):
            try:
                client.post_events(event)
            except Problem as problem:
                if problem.status != 503:
                    raise
                time.sleep(0.5)
            else:
                return
    raise TimeoutError("still 503 after the broker came back")
