"""Customers come, change and go. First scores are a baseline: no alert, no number."""

from services.scorer.testing import Ledger, bought, measure, signal
from shared.contracts.customers import CustomerProfile
from shared.kafka.topics import RISK_SCORES


def test_first_scores_set_a_baseline(ledger: Ledger) -> None:
    ledger.act(measure(instrument="ban"))
    assert ledger.customer("acme", bought(cover=1)) == []
    assert ledger.risk("acme", "terbium")["band"] == "high"
    [first] = ledger.act(measure("CN-2"))
    assert first["sequence"] == 1


def test_so_do_those_of_a_material_added_later(ledger: Ledger) -> None:
    ledger.act(measure(materials=["terbium", "gallium"], instrument="ban"))
    ledger.customer("acme", bought(cover=1))
    assert ledger.customer("acme", bought(cover=1), bought("gallium", cover=1)) == []
    assert ledger.risk("acme", "gallium")["band"] == "high"


def test_a_baseline_that_alerts_tells_what_stands(ledger: Ledger) -> None:
    ledger.act(measure(instrument="ban"))
    ledger.act(measure("CN-2", state="lifted"))
    [message] = ledger.customer("acme", bought(cover=1), baseline="alert")
    assert message["sequence"] == 1
    assert message["data"]["measures"] == ["CN-1"]
    assert "previous_score" not in message["data"]
    ledger.news(signal(type="export_halt", issuer="CD"))
    [material] = ledger.customer("beta", bought(cover=1, origins={"CD": 1.0}), baseline="alert")
    assert (material["data"]["kind"], material["data"]["title"]) == (
        "score",
        "Supply risk of terbium rises to elevated",
    )


def test_the_same_version_again_changes_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    before = len(ledger.outputs)
    ledger.take(ledger.records[-1])
    assert ledger.outputs[before:] == []


def test_a_new_version_that_says_the_same_writes_nothing(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    before = len(ledger.outputs)
    ledger.customer("acme", bought())
    assert ledger.outputs[before:] == []


def test_a_profile_that_moves_a_band_is_told_on_the_material(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=300))
    ledger.act(measure(instrument="ban"))
    [message] = ledger.customer("acme", bought(cover=10))
    assert message["data"]["kind"] == "score"
    assert message["cause"] == "profile/acme/2"
    assert "version 2 of your profile" in message["data"]["summary"]


def test_a_deleted_customer_hears_nothing_and_its_scores_are_erased(ledger: Ledger) -> None:
    ledger.customer("acme", bought(), bought("gallium"))
    ledger.act(measure())
    before = len(ledger.outputs)
    ledger.profile("acme", None)
    erased = {output.key: output.value for output in ledger.outputs[before:] if output.topic == RISK_SCORES}
    assert erased == {b"acme/terbium": None, b"acme/gallium": None}
    assert ledger.act(measure(state="lifted"), previous="in_force") == []
    assert ledger.after(days=3).tick() == [], "no reminder either"


def test_put_again_it_goes_on_with_its_sequence(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    ledger.profile("acme", None)
    assert ledger.customer("acme", bought()) == []
    [message] = ledger.act(measure("CN-2"))
    assert message["sequence"] == 2
    [again] = ledger.act(measure(state="suspended"), previous="in_force")
    assert again["data"]["revision"] == 2, "nor is a revision used twice"


def test_a_material_that_is_dropped_is_erased_and_no_longer_touched(ledger: Ledger) -> None:
    ledger.customer("acme", bought(), bought("gallium"))
    ledger.customer("acme", bought("gallium"))
    assert ledger.outputs[-1].key == b"acme/terbium"
    assert ledger.outputs[-1].value is None
    assert ledger.act(measure()) == []


def test_products_add_to_what_is_bought(ledger: Ledger) -> None:
    profile = CustomerProfile.model_validate(
        {
            "name": "Motors",
            "destination": "DE",
            "exposures": [bought(annual_demand_kg=100)],
            "products": [
                {
                    "name": "motor",
                    "annual_units": 1_000,
                    "materials": [
                        {"material": "terbium", "kg_per_unit": 0.1},
                        {"material": "dysprosium", "kg_per_unit": 0.365},
                    ],
                }
            ],
        }
    )
    ledger.profile("acme", profile)
    assert ledger.risk("acme", "dysprosium")["inputs"]["daily_use_kg"]["value"] == 1.0
    assert ledger.risk("acme", "terbium")["inputs"]["daily_use_kg"]["value"] == round(200 / 365, 4)
    assert ledger.risk("acme", "dysprosium")["inputs"]["known_origins"] == {
        "value": 0.0,
        "known": False,
        "source": "profile",
    }
