"""Asked before it happens, and compared with what then happened."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.cli.testing import RunningSystem
from shared.catalog.countries import zone
from shared.client import Client, Problem
from shared.contracts.customers import CustomerProfile
from shared.contracts.risk import Risk
from tests.fixtures.events import Json, inventory, measure_change

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
ACT = measure_change("CN-TEST-WHAT-IF", materials=["tellurium"], instrument="ban")
NEWS: Json = {
    "kind": "news",
    "source": {"name": "Wire", "type": "newswire"},
    "title": "China halts all exports of tellurium",
    "body": "China's Ministry of Commerce said on Monday it had stopped all exports of tellurium at once.",
    "published_at": datetime.now(UTC).isoformat(),
}


@pytest.fixture(scope="module")
def buyers(system: RunningSystem) -> list[str]:
    made = []
    for name, cover in (("supposed-a", 20), ("supposed-b", 400)):
        exposure: Json = {"material": "tellurium", "annual_demand_kg": 900, "origins": {"CN": 1}}
        profile = {"name": name, "destination": "DE", "exposures": [exposure | {"inventory_days": cover}]}
        with system.client() as client:
            client.put_customer(name, CustomerProfile.model_validate(profile))
        made.append(name)
    return made


async def test_an_act_does_what_was_said_that_it_would_do(system: RunningSystem, buyers: list[str]) -> None:
    with system.client() as client:
        await _scored(system, buyers)
        said = client.simulate(ACT)
        halted, stocked = client.simulate(NEWS), client.simulate(inventory("supposed-b", 1, 1, material="tellurium"))
        named = client.simulate(ACT, "supposed-b")
        client.post_events(_json(ACT))
        now = await _scored(system, buyers, not_at={move.customer_id: move.before for move in said.items})
    assert {move.customer_id: move.after for move in said.items} == now
    assert said.items[0].customer_id == "supposed-a", "the worst first"
    assert all(move.after > move.before for moves in (said, halted) for move in moves.items)
    assert [(move.customer_id, move.after > move.before) for move in stocked.items] == [("supposed-b", True)]
    assert [move.customer_id for move in named.items] == ["supposed-b"]


async def test_a_backtest_tells_what_an_endpoint_would_have_been_sent(system: RunningSystem, buyers: list[str]) -> None:
    since = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    with system.client() as client:
        client.post_events(_json(measure_change("CN-TEST-PAST", materials=["tellurium"])))
        await _known(client, "CN-TEST-PAST")
        found = client.backtest("supposed-a", since, {"min_severity": "info"})
        none = client.backtest("supposed-a", since, {"materials": ["gallium"]})
        told = {body.model_dump(mode="json")["data"]["title"] for body in found.items}
        await _until(lambda: told == {alert["title"] for alert in client.alerts("supposed-a")})
    assert any("licence requirement on tellurium" in title for title in told)
    assert found.count == len(found.items)
    assert (none.items, none.count) == ((), 0)


async def test_the_command_line_draws_what_five_buyers_would_have_been_told(
    system: RunningSystem, tmp_path: Path
) -> None:
    with system.client() as client:
        today = datetime.now(zone("CN")).date().isoformat()
        act = {"materials": ["gallium"], "announced_on": today, "effective_on": today}
        client.post_events(_json(measure_change("CN-TEST-FIVE", **act)))
        await _known(client, "CN-TEST-FIVE")
    picture = tmp_path / "backtest.svg"
    command = [sys.executable, "-m", "services.cli", "backtest", "--json", "--picture", str(picture)]
    child = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, env={**os.environ, "DATA_DIR": str(system.data_dir)}
    )
    output, _ = await child.communicate()
    bites = {line["measure"]: line["days_ahead"] for line in map(json.loads, output.splitlines())}
    assert child.returncode == 0
    assert bites["CN-TEST-FIVE"] == {"motors": None, "defence": 0, "chips": 0, "batteries": None, "tools": None}
    assert "CN-TEST-FIVE" in picture.read_text()


@pytest.mark.parametrize(
    ("event", "loc"),
    [
        ({"kind": "rumour"}, "body.event.kind"),
        (ACT | {"materials": ["unobtainium"]}, "body.event.materials.0"),
        (ACT | {"source": {"name": "Blog", "type": "social"}}, "body.event.source.type"),
        (ACT | {"until": "2001-01-01"}, "body.event.until"),
    ],
)
def test_what_could_not_be_posted_cannot_be_supposed(system: RunningSystem, event: Json, loc: str) -> None:
    with system.client() as client, pytest.raises(Problem) as refused:
        client.simulate(event)
    assert refused.value.status == 422
    assert loc in str(refused.value)


def test_nobody_is_supposed_who_is_not_there(system: RunningSystem) -> None:
    with system.client() as client, pytest.raises(Problem, match="no-such-customer"):
        client.simulate(ACT, "no-such-customer")


async def _known(client: Client, ref: str) -> None:
    await _until(lambda: ref in {measure["ref"] for measure in client.measures()})


async def _until(comes_true: Callable[[], bool]) -> None:
    for _ in range(200):
        if comes_true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError


def _json(event: Json) -> bytes:
    return json.dumps(event).encode()


async def _scored(
    system: RunningSystem, customers: list[str], not_at: dict[str, float] | None = None
) -> dict[str, float]:
    """Scores, once there is one of each (and none stands where it stood)."""
    with system.client() as client:
        for _ in range(200):
            risks = [Risk.model_validate(risk) for customer in customers for risk in client.risk(customer)]
            now = {risk.customer_id: risk.score for risk in risks}
            if now.keys() == set(customers) and not (not_at and any(now[c] == was for c, was in not_at.items())):
                return now
            await asyncio.sleep(0.05)
    raise AssertionError(now)
