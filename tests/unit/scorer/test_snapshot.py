"""A snapshot is the state, whole: what is folded on from it is what would have been folded on without it."""

from datetime import date

from services.scorer import snapshot
from services.scorer.fold import LedgerFold
from services.scorer.handler import restore
from services.scorer.testing import Ledger, bought, listing, measure, signal
from shared.domain.licences.survival import Span
from tests.unit.licences.cases import stratum


def full_life(ledger: Ledger) -> None:
    ledger.act(measure(materials=["rare_earths"]), quiet=True)
    ledger.customer("acme", bought(suppliers=["Kratos"]), bought("gallium", origins={}))
    ledger.customer("beta", bought("dysprosium"), destination="US", end_use="defence")
    ledger.customer("gone", bought())
    ledger.act(measure("CN-2", instrument="ban", targets=["US"]))
    ledger.act(listing("CN-21", ("Kratos", "listed"), targets=["US"]))
    ledger.news(signal(), signal("story-2", "control_lifted", direction="easing"))
    ledger.silence("s", "beta", hours=30)
    ledger.after(hours=2).application("acme", "L-1")
    ledger.change(cause="tick", strata=[stratum([Span(30, "granted"), Span(40, "denied"), Span(50, None)] * 3)])
    ledger.decision("acme", "L-2", "denied")
    ledger.decision("beta", "L-3", "granted", material="dysprosium")
    ledger.stock("acme", 100)
    ledger.after(hours=2).shipment("acme", "S-1", 20)
    ledger.profile("gone", None)
    ledger.after(days=1).step(measure(state="suspended"), 7, date(2026, 3, 10))
    ledger.customer("acme", bought(), bought("cobalt"), baseline="alert")


def test_what_is_loaded_is_what_was_kept(ledger: Ledger) -> None:
    full_life(ledger)
    kept = ledger.fold.dump()
    assert restore(1, kept).dump() == kept
    assert snapshot.load(1, kept).portfolio.ids == ["acme", "beta", "gone"]


def test_an_empty_partition_can_be_kept_too(ledger: Ledger) -> None:
    kept = ledger.fold.dump()
    assert restore(1, kept).dump() == kept


def test_folding_on_from_a_snapshot_gives_the_same_at_every_point(ledger: Ledger) -> None:
    full_life(ledger)
    for _ in range(3):
        ledger.after(days=12).tick()
    ledger.act(measure(state="lifted", materials=["rare_earths"]), previous="in_force")
    ledger.customer("new", bought("terbium"), bought("tungsten"))
    straight = restore(1, None)
    outputs = [straight.take(record) for record in ledger.records]
    for at in range(len(ledger.records)):
        fold = restore(1, None)
        for record in ledger.records[:at]:
            fold.take(record)
        loaded = restore(1, fold.dump())
        assert [loaded.take(record) for record in ledger.records[at:]] == outputs[at:], f"from record {at}"
    assert straight.dump() == ledger.fold.dump()


def test_a_replay_gives_the_same_bytes(ledger: Ledger) -> None:
    full_life(ledger)
    again = LedgerFold(restore(1, None).state)
    replayed = [output for record in ledger.records for output in again.take(record)]
    assert replayed == ledger.outputs
