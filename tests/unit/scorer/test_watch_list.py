"""A listed supplier sells nothing more from there; one on a watch list is looked at more closely, and sells."""

from datetime import date
from typing import Any

from services.scorer.testing import Ledger, bought, measure
from shared.contracts.events import Instrument
from shared.contracts.measures import EntityState, ListedEntity


def risk_with_its_only_supplier_on(instrument: Instrument) -> float:
    ledger = Ledger()
    ledger.customer("buyer", bought(suppliers=["Acme Metals"]))
    listed = ListedEntity(name="Acme Metals Co., Ltd.", country="CN", state="listed")
    told = ledger.act(measure(instrument=instrument, materials=(), entities=[listed]))
    assert [message["type"] for message in told] == ["alert.opened"], "either list is told"
    return float(ledger.risk("buyer", "terbium")["score"])


def test_a_listing_closes_the_supplier_s_share_and_a_watch_list_does_not() -> None:
    listed = risk_with_its_only_supplier_on("entity_listing")
    watched = risk_with_its_only_supplier_on("watch_list")
    assert listed > watched + 10


def test_who_is_off_a_list_or_suspended_alarms_no_buyer_until_it_is_listed_again() -> None:
    """What happens to the list is the business of those who stand on it."""
    ledger = Ledger()
    for name in ("Acme", "Bolt", "Core"):
        ledger.customer(name, bought(suppliers=[name]))

    def told(acme: EntityState, bolt: EntityState, **words: Any) -> dict[str, str]:
        states: list[tuple[str, EntityState]] = [("Acme", acme), ("Bolt", bolt), ("Core", "listed")]
        entities = [ListedEntity(name=name, country="CN", state=state) for name, state in states]
        found = measure(instrument="entity_listing", materials=(), entities=entities, **words)
        said = ledger.after(hours=1).act(found, "in_force")
        said += ledger.after(hours=1).step(found, 7, date(2026, 4, 1))
        return {message["customer_id"]: message["data"]["summary"] for message in said}

    assert set(told("listed", "listed")) == {"Acme", "Bolt", "Core"}
    assert set(told("removed", "suspended")) == {"Acme", "Bolt", "Core"}, "of an end, and of a band that falls"
    assert set(told("removed", "suspended")) == {"Core"}
    assert set(told("removed", "listed")) == {"Bolt", "Core"}
    assert set(told("removed", "suspended", state="suspended")) == {"Bolt", "Core"}, "a list suspended for all left"
