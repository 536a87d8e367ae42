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
        "substitutability": True,
        "revenue_share": True,
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
