"""A listed supplier sells nothing more from there; one on a watch list is looked at more closely, and sells."""

from services.scorer.testing import Ledger, bought, measure
from shared.contracts.events import Instrument
from shared.contracts.measures import ListedEntity


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
