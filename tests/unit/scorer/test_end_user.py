"""A defence customer's end user never leaves: no message and no score says what it is or where it is."""

from typing import Any

from services.scorer.testing import Ledger, bought, measure, signal

SECRETS = (b"defence", b"Northrop", b"GB", b"United Kingdom", b"Sentinel", b"sole-source")


def test_nothing_that_is_sent_names_it(ledger: Ledger) -> None:
    profile: dict[str, Any] = {
        "name": "Northrop Sentinel",
        "destination": "GB",
        "end_use": "defence",
        "disclosure_conflict": True,
        "sector": "sole-source",
    }
    ledger.customer("c-17", bought(suppliers=["Sentinel Magnets"]), **profile)
    ledger.act(measure(instrument="ban", targets=["GB"], end_uses=["defence"]))
    ledger.news(signal(targets=["GB"]))
    ledger.application("c-17", "L-1", destination="GB", end_use="defence", supplier="Sentinel Magnets")
    ledger.decision("c-17", "L-1", "denied")
    ledger.stock("c-17", 1)
    ledger.after(days=2).tick()
    assert len(ledger.messages) >= 6
    for output in ledger.outputs:
        for secret in SECRETS:
            assert secret not in (output.value or b""), (secret, output.topic)
