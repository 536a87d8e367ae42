"""The bytes of a risk are those of the contract's model."""

import pytest

from services.scorer.testing import Ledger, bought, measure, signal
from shared.contracts.base import to_json
from shared.contracts.risk import Risk
from shared.kafka.topics import RISK_SCORES


def test_every_record_is_spelled_as_its_model_spells_it() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(origins={"CN": 1 / 3, "AU": 0.1}, cover=17.25), bought("copper", origins={}))
    ledger.act(measure())
    ledger.news(signal(), signal("s2", "export_halt", issuer=None))
    ledger.decision("acme", "L-1", "denied")
    ledger.stock("acme", 12.3456, 0.7)
    ledger.after(days=3).tick()
    records = [output.value for output in ledger.outputs if output.topic == RISK_SCORES]
    assert len(records) >= 6
    for record in records:
        assert record == to_json(Risk.model_validate_json(record or b""))


def test_drivers_add_up_and_small_ones_are_one() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=20))
    ledger.act(measure())
    for number in range(15):
        ledger.news(signal(f"story-{number}", "diplomatic_signal" if number % 2 else "enforcement_crackdown"))
    risk = ledger.risk("acme", "terbium")
    assert sum(driver["contribution"] for driver in risk["drivers"]) == pytest.approx(risk["score"], abs=0.001)
    assert len(risk["drivers"]) <= 10
    assert risk["drivers"][-1]["kind"] == "other"


def test_what_is_not_known_says_what_stands_in_for_it() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=0, origins={}))
    inputs = ledger.risk("acme", "terbium")["inputs"]
    assert {name: inputs[name]["known"] for name in inputs} == {
        "cover_days": False,
        "daily_use_kg": False,
        "known_origins": False,
        "substitutability": False,
        "revenue_share": False,
        "lead_time_days": False,
        "transit_days": False,
        "structural_risk": True,
    }
    ledger.stock("acme", 30)
    assert ledger.risk("acme", "terbium")["inputs"]["cover_days"] == {
        "value": 30.0,
        "known": True,
        "source": "inventory",
        "as_of": "2026-03-02T09:00:00.000000Z",
    }


@pytest.mark.parametrize(
    ("instrument", "source"),
    [
        (None, "prior: transit of an order that nothing holds up"),
        ("quota", "prior: around 30 days, by end use, under quotas, lists and checks in force"),
        ("licence_requirement", "prior: statutory 45 working days, measures in force"),
        ("ban", "prior: around 330 days, by end use, under a ban in force"),
    ],
)
def test_a_lead_time_says_what_it_rests_on(instrument: str | None, source: str) -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=20))
    if instrument:
        ledger.act(measure(instrument=instrument))
    assert ledger.risk("acme", "terbium")["inputs"]["lead_time_days"]["source"] == source


def test_and_whether_it_ends_within_what_is_looked_at() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=20, substitutability=0.5), end_use="defence")
    ledger.act(measure(instrument="ban"))
    inputs = ledger.risk("acme", "terbium")["inputs"]
    assert inputs["lead_time_days"]["source"].endswith("; more likely than not longer than the 1095 days looked ahead")
    assert inputs["substitutability"] == {"value": 0.5, "known": True, "source": "profile"}
    assert inputs["revenue_share"]["source"] == "assumed: the profile says no more"


def test_stock_that_nobody_stated_is_told_as_assumed() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought(cover=0))
    [alert] = ledger.act(measure())
    assert "Stock of terbium is not known and assumed to last 0 days, until 2 March" in alert["data"]["summary"]
    assert "Report your stock, or state `inventory_days` in the profile" in alert["data"]["summary"]
    ledger.stock("acme", 30)
    [known] = ledger.act(measure("CN-2"))
    assert "Stock of terbium lasts 30 days" in known["data"]["summary"]
