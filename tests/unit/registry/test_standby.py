"""A copy that waits for another's end is ready, so that copies can be replaced one by one; and is not to be asked."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from services.registry.app import clock_route
from services.registry.handler import RegistryHandler
from services.registry.lead_times import lead_times_route
from shared.http.problems import app_of
from shared.http.server import ops_routes
from shared.kafka.loop import Assigned
from shared.kafka.record import TopicPartition
from shared.kafka.snapshots import SnapshotStore
from tests.unit.http.asking import ask

TP = TopicPartition("world", 0)
ASKED = "/lead-times?material=terbium&destination=DE"


@pytest.fixture
def handler(tmp_path: Path) -> RegistryHandler:
    return RegistryHandler(1, SnapshotStore(tmp_path, "registry", 1), snapshot_every_s=60)


def app(handler: RegistryHandler) -> Starlette:
    asked: list[Route] = [clock_route(handler), lead_times_route(handler)]
    return app_of([*ops_routes(live=[], ready=[handler.unready]), *asked])


@pytest.mark.parametrize("path", ["/clock", ASKED])
async def test_a_copy_that_stands_by_is_ready_and_leaves_the_answer_to_the_leader(
    handler: RegistryHandler, path: str
) -> None:
    assert (await ask(app(handler), "GET", "/readyz")).status_code == 200
    answer = await ask(app(handler), "GET", path)
    assert answer.status_code == 503
    assert "standing by" in answer.json()["detail"]


async def test_a_copy_that_leads_is_ready_when_it_has_read_what_there_is(handler: RegistryHandler) -> None:
    await handler.assigned(Assigned(TP, 0, None, 7))
    answer = await ask(app(handler), "GET", "/readyz")
    assert (answer.status_code, answer.text) == (503, "reading world: 7 records to go")
    assert (await ask(app(handler), "GET", ASKED)).status_code == 503
    assert (await ask(app(handler), "GET", "/clock")).json() == {"clock": None, "changes": 0}
    await handler.settled(TP, 7)
    assert (await ask(app(handler), "GET", "/readyz")).status_code == 200
