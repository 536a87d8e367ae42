"""A real Prometheus, with the committed configuration, watches a system that works: every panel has an answer, and
nothing in rules and dashboards asks for a series that the services do not serve."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from deploy.grafana.ask import answer
from deploy.grafana.boards import BOARDS
from deploy.grafana.pictures import picture
from services.cli.supervisor.services import SERVICES
from services.cli.testing import RunningSystem, Sink
from shared.metrics import CATALOGUE
from tests.fixtures.busy import customers, keep_busy, settle
from tests.fixtures.prometheus import watching

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PANELS = [panel for board in BOARDS for panel in board.panels]
NOBODY = "http://127.0.0.1:9/"
GAUGES_FOLLOW_WITHIN_S = 20
"""The scorer shows its customers every fifteen seconds."""


@pytest.fixture(scope="module")
def prometheus(system: RunningSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = urlsplit(system.connection.url).port or 0
    with watching(port - 8000, tmp_path_factory.mktemp("prometheus")) as url:
        yield url


def asked(prometheus: str, path: str) -> Any:
    return httpx2.get(f"{prometheus}/api/v1/{path}").json()["data"]


async def test_every_question_has_an_answer(system: RunningSystem, prometheus: str) -> None:
    names, began = customers(3), time.time()

    def settled(url: str) -> None:
        with system.client() as client:
            settle(client, names, url, NOBODY)

    def silent() -> list[str]:
        now = time.time()
        return [each.question for each in PANELS if not each.may_be_empty and not answer(prometheus, each, began, now)]

    async with Sink.open() as sink:
        await asyncio.to_thread(settled, sink.url)
        await asyncio.sleep(2)
        await keep_busy(system, names, "boards", rounds=12, every_s=0.6)
        for _ in range(GAUGES_FOLLOW_WITHIN_S):
            if not (missing := await asyncio.to_thread(silent)):
                break
            await asyncio.sleep(1)
    assert missing == []
    for board in BOARDS:
        assert picture(prometheus, board, began, time.time()).count("<g ") == len(board.panels)


def test_it_watches_every_service_and_each_serves_the_whole_catalogue(prometheus: str) -> None:
    targets = asked(prometheus, "targets")["activeTargets"]
    assert {each["labels"]["job"]: each["health"] for each in targets} == dict.fromkeys(
        (service.name for service in SERVICES), "up"
    )
    known = asked(prometheus, "metadata")
    for family in CATALOGUE:
        assert family.name in known, family.name
        assert known[family.name][0]["type"] == family.type


def test_no_rule_fails_and_in_good_days_only_the_watchdog_barks(prometheus: str) -> None:
    groups = asked(prometheus, "rules")["groups"]
    assert [rule["name"] for group in groups for rule in group["rules"] if rule["health"] != "ok"] == []
    firing = {
        alert["labels"]["alertname"] for alert in asked(prometheus, "alerts")["alerts"] if alert["state"] == "firing"
    }
    assert firing - {"MeasureExpires", "MeasureUnconfirmed"} == {"Watchdog"}
