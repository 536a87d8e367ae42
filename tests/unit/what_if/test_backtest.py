"""A back-test says what was said: the timeline lived through, act by act and day by day, and asked for afterwards."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from services.control.what_if.past import changes_since
from services.registry.seed import lines, record
from services.scorer.testing import Ledger, LedgerRecord
from services.scorer.what_if import told
from shared.contracts.alerts import Message
from shared.contracts.changes import Change
from shared.contracts.customers import CustomerProfile
from shared.contracts.measures import MeasureRecord
from shared.contracts.questions import Past
from shared.kafka.record import Stamp
from tests.unit.registry.world import Record, World

BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
ENDS = datetime(2026, 2, 1, tzinfo=UTC)
BUYER = CustomerProfile.model_validate(
    {
        "name": "Motor maker",
        "end_use": "civil",
        "destination": "US",
        "exposures": [
            {"material": "terbium", "annual_demand_kg": 900, "origins": {"CN": 0.9}, "inventory_days": 40},
            {"material": "gallium", "annual_demand_kg": 200, "origins": {"CN": 1}, "inventory_days": 200},
            {"material": "cobalt", "annual_demand_kg": 5000, "origins": {"CD": 0.7}, "inventory_days": 30},
        ],
    }
)


@pytest.fixture(scope="module")
def world() -> World:
    """As it would have been from the beginning on: a tick a day, acts on the day of their announcement."""
    world, due = World(), lines()
    day = min(line.due for line in due) - timedelta(days=1)
    while day < ENDS:
        world.tick(day.replace(tzinfo=None).isoformat())
        for line in due:
            if day < line.due <= day + timedelta(days=1):
                made = record(line, line.due, line.due, quiet=False, jump=None)
                world.take(Record(made.value, made.headers))
        day = day.replace(hour=0) + timedelta(days=1)
    return world


def lived(world: World) -> list[Message]:
    """By a customer that came on the first day."""
    ledger, joined = Ledger(partition=0), False
    for output in world.said:
        if output.topic != "ledger" or output.partition != 0:
            continue
        accepted_at = Stamp.read(output.headers).accepted_at
        if not joined and accepted_at > BEGINS:
            ledger.now, joined = BEGINS, True
            ledger.profile("motor", BUYER)
        ledger.take(LedgerRecord(0, output.value, output.headers, partition=0))
    return [Message.model_validate(message) for message in ledger.messages]


@pytest.fixture(scope="module")
def asked(world: World) -> list[Message]:
    newest = {
        found.measure.id: found
        for output in world.said
        if output.topic == "measures" and (found := MeasureRecord.model_validate_json(output.value or b""))
    }
    heard = [(signal.published_at, signal) for signal in world.signals()]
    changes = changes_since(newest.values(), heard, BEGINS, ENDS)
    return list(told(Past(customer_id="motor", profile=BUYER, changes=changes)).items)


def titles(messages: Sequence[Message]) -> Counter[tuple[str, str]]:
    """Reminders aside: their count depends on the minute at which a day's records came."""
    bodies = [message.body.model_dump(mode="json") for message in messages]
    return Counter((body["type"], body["data"]["title"]) for body in bodies if body["type"] != "alert.reminder")


def test_the_same_alerts_under_the_same_titles(world: World, asked: list[Message]) -> None:
    said, would_say = titles(lived(world)), titles(asked)
    assert len(said) > 10
    assert (said - would_say, would_say - said) == (Counter(), Counter())


def test_the_world_before_is_told_to_nobody(asked: list[Message]) -> None:
    assert min(message.body.timestamp for message in asked) > BEGINS


def test_changes_stand_in_the_order_of_their_times() -> None:
    found: Sequence[Change] = changes_since([], [], BEGINS, ENDS)
    assert [change.at for change in found] == sorted(change.at for change in found)
    assert len(found) == 1 + (ENDS - BEGINS).days
