"""The upgrade that docs/operations.md describes, on a system under load: one service after the other, in the page's
order, asked to end and started again, while the schemas are already a newer version's. Nothing is lost, nothing comes
under a second id, and with a second copy of ingest no sender sees more than a connection that he makes anew."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import httpx2
import pytest

from services.cli.box.free_ports import free_ports
from services.cli.testing import RunningSystem, Sink, SystemFailed, running_system
from shared.client import Client, Connection, Problem
from shared.contracts.endpoints import EndpointConfig
from tests.fixtures.customers import motor_maker
from tests.fixtures.events import measure_change
from tests.fixtures.ports import free_offset

pytestmark = [pytest.mark.integration, pytest.mark.long, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
CUSTOMERS = ("acme", "beta", "gamma")
[LISTED] = re.findall(r"for service in (.+); do", (ROOT / "docs/operations.md").read_text())
EVERY_S = 0.04
SHARE_WORK = ("ingest", "dispatcher", "scorer", "classifier")
"""What gets a second copy where the upgrade is to be unnoticed."""


@dataclass
class Sender:
    """Posts acts one after the other. What was not answered with 202 is sent again, elsewhere where there are two."""

    places: list[Connection]
    sent: int = 0
    ended: bool = False
    refused: Counter[str] = field(default_factory=Counter)
    longest_away_s: float = 0.0

    def run(self) -> None:
        clients = [Client(place) for place in self.places]
        while not self.ended:
            begun = time.monotonic()
            event = json.dumps(measure_change(f"CN-ROLL-{self.sent}")).encode()
            tries = 0
            while not self._taken(clients[tries % len(clients)], event):
                tries += 1
                time.sleep(0.05 if tries % len(clients) == 0 else 0)
            self.longest_away_s = max(self.longest_away_s, time.monotonic() - begun)
            self.sent += 1
            time.sleep(EVERY_S)
        for client in clients:
            client.close()

    def _taken(self, client: Client, event: bytes) -> bool:
        try:
            answer = client.post_events(event)
        except Problem as problem:
            self.refused[str(problem.status)] += 1
            return False
        except httpx2.TransportError as error:
            self.refused[type(error).__name__] += 1
            return False
        assert answer.accepted + answer.duplicates == 1, answer
        return True


@pytest.mark.parametrize("copies", [1, 2])
async def test_nothing_is_lost_when_each_service_is_replaced_under_load(tmp_path: Path, copies: int) -> None:
    with (
        running_system(tmp_path / "data", free_offset(), CHOKEPOINT_SEED="none") as system,
        ExitStack() as copies_beside,
    ):
        sender = Sender([system.connection])
        for name in SHARE_WORK if copies == 2 else ():
            url = copies_beside.enter_context(_second_copy(system, name, tmp_path))
            if name == "ingest":
                sender.places.append(replace(system.connection, url=url))
        async with Sink.open() as sink:
            await asyncio.to_thread(_subscribe, system, sink.url)
            await _schemas_of_a_newer_version(system)
            posting = asyncio.create_task(asyncio.to_thread(sender.run))
            for name in LISTED.split():
                await asyncio.sleep(1)
                await asyncio.to_thread(_replaced, system, name)
            sender.ended = True
            await posting
            await sink.expect(len(CUSTOMERS) * sender.sent, within_s=60)
    sequences: dict[str, dict[int, set[str]]] = {customer: defaultdict(set) for customer in CUSTOMERS}
    for hook in sink.hooks:
        data = json.loads(hook.body)["data"]
        sequences[data["customer_id"]][data["sequence"]].add(hook.webhook_id)
    for customer, ids in sequences.items():
        assert sorted(ids) == list(range(1, sender.sent + 1)), customer
        assert all(len(under) == 1 for under in ids.values()), customer
    assert sender.refused.keys() <= {"503", "ConnectError", "RemoteProtocolError", "ReadError"}, "what the page names"
    if copies == 2:
        assert sender.longest_away_s < 1


def _subscribe(system: RunningSystem, url: str) -> None:
    with system.client() as client:
        for customer in CUSTOMERS:
            client.put_customer(customer, motor_maker())
            client.create_endpoint(EndpointConfig(customer_id=customer, url=url, min_severity="info"))


async def _schemas_of_a_newer_version(system: RunningSystem) -> None:
    """As the first process of the newer version leaves them: the older ones that start again meanwhile live with it."""
    url = system.process("control").environ()["CHOKEPOINT_DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE control.alembic_version SET version_num = '9999'")
    await connection.execute("UPDATE dispatcher.alembic_version SET version_num = '9999'")
    await connection.close()


def _replaced(system: RunningSystem, name: str) -> None:
    old = system.process(name)
    port = old.environ()["CHOKEPOINT_PORT"]
    old.terminate()
    old.wait(timeout=20)
    _wait_until_ready(port, lambda: system.process(name).pid != old.pid)


@contextmanager
def _second_copy(system: RunningSystem, name: str, place: Path) -> Iterator[str]:
    """Its URL."""
    port = str(free_ports(1)[0])
    environment = system.process(name).environ() | {"CHOKEPOINT_PORT": port, "CHOKEPOINT_INSTANCE": "1"}
    with (place / f"{name}-1.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", f"services.{name}"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_ready(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(port: str, started: Callable[[], bool] = lambda: True, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while True:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/readyz").status_code == 200 and started():
                return
        except (httpx2.TransportError, SystemFailed):
            assert time.monotonic() < deadline
        time.sleep(0.1)
