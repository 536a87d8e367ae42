"""Two copies share the partitions; one is killed and joins again, under load: what they say together is what one fold
says of the same ledger."""

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.kafka.topics import RISK_SCORES
from tests.fixtures.box import broker
from tests.integration.test_scorer import CUSTOMERS, Scoring, begun, until

pytestmark = [pytest.mark.integration, pytest.mark.long]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Scoring, Scoring]]:
    with broker(tmp_path / "broker") as (bootstrap, _):
        one = begun(bootstrap, tmp_path)
        other = replace(one, port=one.port + 1)
        yield one, other
        one.stop()
        other.stop()


async def test_killed_and_joined_again_they_say_what_one_would(pair: tuple[Scoring, Scoring]) -> None:
    one, other = pair
    await asyncio.gather(_start(one, "0"), _start(other, "1"))
    loading = asyncio.create_task(_load(one))
    await asyncio.sleep(3)
    other.end(signal.SIGKILL)
    await asyncio.sleep(9)  # the killed one's session runs out, and its partition goes over
    await _start(other, "1")
    await asyncio.sleep(3)
    one.end(signal.SIGKILL)
    await _start(one, "0")
    await loading
    await until(one.all_told, within_s=60)
    assert await one.alerts() == one.expected_alerts()
    for number, records in (await one.read(RISK_SCORES)).items():
        newest = {record.key: record.value for record in records}
        assert newest == {o.key: o.value for o in one.parts[number].outputs if o.topic == RISK_SCORES}
    log = one.log()
    assert '"partitions": ["ledger/0"]' in log, "they shared"
    assert '"partitions": ["ledger/1"]' in log
    assert '"partitions": ["ledger/0", "ledger/1"]' in log, "one took over"


async def _start(scoring: Scoring, instance: str) -> None:
    scoring.launch(CHOKEPOINT_INSTANCE=instance, CHOKEPOINT_SNAPSHOT_EVERY_S="0.5", CHOKEPOINT_PORT=str(scoring.port))
    await until(scoring.ready, within_s=60)


async def _load(scoring: Scoring) -> None:
    """Acts, decisions and stock for some twenty seconds."""
    for number in range(100):
        scoring.act(f"CN-{number}")
        for customer_id in CUSTOMERS:
            scoring.of(customer_id).decision(customer_id, f"L-{number}", ("denied", "granted")[number % 2])
            scoring.of(customer_id).stock(customer_id, 2 + number % 50)
        await scoring.send()
        await asyncio.sleep(0.2)
