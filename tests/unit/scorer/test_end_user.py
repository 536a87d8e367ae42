"""A defence customer's end user never leaves: no message and no score says what it is or where it is."""

from typing import Any

from services.scorer.testing import Ledger, bought, listing, measure, signal
from shared.kafka.topics import WORLD

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
    sent = [output for output in ledger.outputs if output.topic != WORLD]
    for output in sent:
        for secret in SECRETS:
            assert secret not in (output.value or b""), (secret, output.topic)


def test_whom_it_buys_from_is_not_said_even_where_a_list_says_the_name(ledger: Ledger) -> None:
    ledger.customer("c-17", bought(suppliers=["KRATOS INC"]), disclosure_conflict=True)
    [message] = ledger.act(listing("CN-22", ("KRATOS INC", "listed")))
    ledger.after(days=2).tick()
    assert message["customer_id"] == "c-17"
    for output in ledger.outputs:
        assert b"KRATOS" not in (output.value or b""), output.topic
