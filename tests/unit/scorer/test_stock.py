"""Stock that is reported runs down; what arrives adds to it; a band that it moves is told on the material's alert."""

from datetime import timedelta

import orjson

from services.scorer.testing import ERP, Ledger, bought, measure
from shared.contracts.events import Inventory
from shared.kafka.topics import ALERTS


def cover(ledger: Ledger) -> float:
    found: float = ledger.risk("acme", "terbium")["cover_days"]
    return found


def test_a_report_moves_the_band_both_ways(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=300))
    ledger.act(measure())
    [low] = ledger.after(hours=1).stock("acme", 2)
    assert (low["type"], low["data"]["kind"], low["severity"]) == ("alert.opened", "score", "critical")
    assert low["data"]["title"] == "Supply risk of terbium rises to elevated"
    assert "Your stock report: 2 kg on hand, 2 days of use." in low["data"]["summary"]
    assert low["data"]["measures"] == ["CN-1"]
    [full] = ledger.after(hours=1).stock("acme", 400)
    assert full["type"] == "alert.resolved"
    assert full["data"]["id"] == low["data"]["id"]


def test_reported_stock_runs_down_day_by_day_and_the_date_stays(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    ledger.stock("acme", 50)
    on = ledger.risk("acme", "terbium")["stockout"]["on"]
    assert cover(ledger) == 50
    ledger.after(days=20).tick()
    assert cover(ledger) == 30
    assert ledger.risk("acme", "terbium")["stockout"]["on"] == on
    ledger.after(days=100).tick()
    assert cover(ledger) == 0


def test_stock_that_only_runs_down_tells_when_the_band_rises(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure(state="suspended"))
    ledger.act(measure("CN-2"))
    ledger.stock("acme", 170)
    bands = {ledger.risk("acme", "terbium")["band"]}
    told = []
    for _ in range(165):
        told += [message for message in ledger.after(days=1).tick() if message["type"] != "alert.reminder"]
        bands.add(ledger.risk("acme", "terbium")["band"])
    assert {"guarded", "elevated"} <= bands
    assert told
    assert all(message["data"]["kind"] == "score" for message in told)
    assert "the reported stock runs down" in told[-1]["data"]["summary"]


def test_usual_stock_of_the_profile_does_not_run_down(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=60))
    before = len(ledger.outputs)
    ledger.after(days=50).tick()
    assert ledger.outputs[before:] == []


def test_an_older_report_does_not_override_a_newer_one(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 50)
    ledger.stock("acme", 10, as_of="2026-03-01T00:00:00Z")
    assert cover(ledger) == 50
    ledger.stock("acme", 40)
    assert cover(ledger) == 40, "other content of the same instant is a correction"


def test_a_report_corrected_to_an_older_day_wins_under_its_own_id(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 50, event_id="count-7")
    day_before = ledger.now - timedelta(days=1)
    ledger.stock("acme", 30, event_id="count-6", as_of=day_before)
    assert cover(ledger) == 50, "another report, and an older one"
    ledger.stock("acme", 30, event_id="count-7", as_of=day_before)
    assert cover(ledger) == 29, "30 kg a day ago"


def test_what_arrives_adds_to_reported_stock_once(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 50)
    ledger.after(hours=2).shipment("acme", "S-1", 20)
    assert cover(ledger) == 70
    ledger.shipment("acme", "S-1", 20)
    assert cover(ledger) == 70
    ledger.shipment("acme", "S-1", 25)
    assert cover(ledger) == 75, "a correction"
    ledger.shipment("acme", "S-2", 30, status="departed")
    ledger.shipment("acme", "S-3", 30, occurred_at="2026-03-01T00:00:00Z")
    assert cover(ledger) == 75, "neither on its way nor before the report"
    ledger.after(hours=1).stock("acme", 60)
    assert cover(ledger) == 60, "a later report has counted it"


def test_an_arrival_corrected_to_none_is_taken_back(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.stock("acme", 50)
    occurred = ledger.after(hours=2).now
    ledger.shipment("acme", "S-1", 20)
    ledger.shipment("acme", "S-1", 20, status="departed", occurred_at=occurred)
    assert cover(ledger) == 70, "an event of its own about the way here"
    ledger.shipment("acme", "S-1", 25, event_id="S-1-arrived", occurred_at=occurred - timedelta(hours=1))
    ledger.shipment("acme", "S-1", 99, event_id="another", occurred_at=occurred - timedelta(hours=1, minutes=30))
    assert cover(ledger) == 75, "an older word under another id does not override"
    ledger.shipment("acme", "S-1", 25, status="held", event_id="S-1-arrived", occurred_at=occurred)
    assert cover(ledger) == 50


def test_no_use_reported_is_the_use_of_the_profile(ledger: Ledger) -> None:
    ledger.customer("acme", bought(annual_demand_kg=365))
    ledger.stock("acme", 10, daily_use_kg=0)
    assert cover(ledger) == 10


def test_stock_of_a_day_moves_the_band_whatever_came_before(ledger: Ledger) -> None:
    """An act and a denial have raised the risk already: that nothing is left is one band more."""
    ledger.customer("acme", bought(cover=45, origins={"CN": 0.9, "MY": 0.1}))
    ledger.act(measure())
    ledger.decision("acme", "L-1", "denied")
    before = ledger.risk("acme", "terbium")["band"]
    (message,) = ledger.stock("acme", 3)
    assert message["data"]["kind"] == "score"
    assert ledger.risk("acme", "terbium")["band"] != before


def test_a_correction_under_the_same_id_is_another_message(ledger: Ledger) -> None:
    """One id for both would look like a repeat to the dispatcher, and never be sent."""
    ledger.customer("acme", bought(cover=200))
    ledger.act(measure())
    for kilograms in (2, 10_000, 2):
        stock = {"customer_id": "acme", "material": "terbium", "as_of": ledger.after(hours=1).now, "source": ERP}
        event = Inventory.model_validate({"kind": "inventory", "on_hand_kg": kilograms, "daily_use_kg": 1} | stock)
        assert ledger.write("the-same-id", "inventory", event)
    ids = [orjson.loads(out.value or b"")["message_id"] for out in ledger.outputs if out.topic == ALERTS]
    assert len(ids) == len(set(ids)) == 4
