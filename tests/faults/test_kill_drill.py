"""Whatever is killed, and whenever: nothing is lost, nothing comes under a second id, what was asked for in order comes
in order, and only what was not yet known to have arrived comes again. `python -m tests.faults.kill_drill 200` kills so
often, outside of any suite."""

from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.faults.in_flight import Arrivals, InFlight
from tests.faults.kill_drill import IN_FLIGHT, drill
from tests.faults.receivers import Receiver, Request, hangs
from tests.fixtures.dispatcher import Dispatching

pytestmark = pytest.mark.integration


@pytest.mark.timeout(300)
async def test_twelve_kills_of_the_dispatcher_its_broker_and_its_database(tmp_path: Path) -> None:
    drilled = await drill(tmp_path, kills=12)
    drilled.flight.expect_all_in_order()
    assert min(drilled.in_flight) >= IN_FLIGHT


def flight(anyhow: Sequence[str], line: Sequence[str]) -> InFlight:
    """Three messages about one customer were written; this is what came."""
    arrivals = {"any": arrived(anyhow), "line": arrived(line)}
    written = {one: ("acme", number) for number, one in enumerate(("m-1", "m-2", "m-3"), start=1)}
    return InFlight(Mock(Dispatching), arrivals, written)


def arrived(ids: Sequence[str]) -> Arrivals:
    return Arrivals(Receiver(hangs, came=[Request(0, f"POST / HTTP/1.1\r\nwebhook-id: {one}") for one in ids]))


def test_the_account_sees_what_is_lost_and_what_has_another_id() -> None:
    told = flight(["m-1", "m-2", "m-3", "m-9"], ["m-1", "m-3"])
    assert told.lost() == {("m-2", "line")}
    assert told.strangers() == {("m-9", "any")}


def test_the_account_sees_what_comes_after_a_later_one_where_order_was_asked_for() -> None:
    assert flight(["m-3", "m-1", "m-2"], ["m-1", "m-1", "m-2", "m-3"]).out_of_order() == {}
    assert flight([], ["m-1", "m-2", "m-1", "m-3"]).out_of_order() == {"acme": [1, 2, 1, 3]}


async def test_the_account_sees_what_came_again_although_its_arrival_was_durable() -> None:
    told = flight(["m-1"], ["m-1"])
    told.dispatcher.sql.return_value = [{"message_id": "m-1", "endpoint_id": "any"}]  # type: ignore[attr-defined]
    assert await told.look() == 3
    for endpoint in ("any", "line"):
        told.arrivals[endpoint].receiver.came += arrived(["m-1"]).receiver.came
    await told.look()
    assert told.sent_again == {("m-1", "any")}
    assert told.repeats() == 2
