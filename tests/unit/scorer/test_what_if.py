"""What a record would do is what it then does; and asking leaves no trace."""

from typing import Any

import pytest

from services.scorer.snapshot import dump
from services.scorer.testing import ERP, Ledger, bought, listing, measure, signal
from services.scorer.what_if import moves, twin_for
from shared.contracts.changes import Change, Transition
from shared.contracts.measures import Measure
from shared.contracts.questions import MOST_MOVES, LedgerRecord, Move, WhatIf, worst_first


@pytest.fixture(autouse=True)
def customers(ledger: Ledger) -> None:
    ledger.customer("gone", bought("gallium"))
    ledger.customer("acme", bought(cover=40, suppliers=("Jinchuan",)), bought("gallium", origins={"CN": 0.5}))
    ledger.customer("bolt", bought(cover=200, origins={"AU": 0.9}), end_use="defence")
    ledger.customer("core", bought("cobalt", origins={"CD": 1.0}), bought(cover=90, origins={"CN": 0.6, "JP": 0.4}))
    ledger.profile("gone", None)
    ledger.act(measure("CN-0", materials=["gallium"]))
    ledger.stock("core", 300, daily_use_kg=3)
    ledger.shipment("core", "S-1", 30)
    ledger.news(signal())


def ask(ledger: Ledger, record: LedgerRecord, *customer_ids: str) -> list[Move]:
    asked = WhatIf(record=record, customer_ids=customer_ids or None)
    return list(worst_first(moves(twin_for(ledger.fold.state, asked), asked)).items)


def act(ledger: Ledger, given: Measure) -> Change:
    moved = Transition(measure_id=given.id, state=given.state, confirmed=True, at=ledger.now, act=given.act)
    return Change(number=0, record_id="what-if", cause="act", at=ledger.now, transitions=(moved,), measures=(given,))


def news(ledger: Ledger, **words: Any) -> Change:
    heard = signal("another", **words)
    return Change(number=0, record_id="what-if", cause="judgement", at=ledger.now, signals=(heard,))


def own(kind: str, **words: Any) -> LedgerRecord:
    return WhatIf.model_validate(
        {"record": {"kind": kind, "source": ERP.model_dump(), "customer_id": "core"} | words}
    ).record


def scores(ledger: Ledger) -> dict[tuple[str, str], float]:
    return {
        (customer, material): ledger.risk(customer, material)["score"]
        for customer, material in [("acme", "terbium"), ("acme", "gallium"), ("bolt", "terbium"), ("core", "terbium")]
    }


@pytest.mark.parametrize(
    "given",
    [
        measure("CN-9", instrument="ban"),
        measure("CN-9", materials=["gallium"], targets=["DE"], end_uses=["defence"]),
        measure("CN-0", "lifted", materials=["gallium"]),
        listing("CN-L", ("Jinchuan", "listed")),
    ],
    ids=lambda given: f"{given.ref}-{given.instrument}",
)
def test_an_act_does_what_was_said_that_it_would_do(ledger: Ledger, given: Measure) -> None:
    before = scores(ledger)
    said = ask(ledger, act(ledger, given))
    ledger.act(given)
    now = scores(ledger)
    assert {(move.customer_id, move.material): (move.before, move.after) for move in said} == {
        exposure: (before[exposure], score) for exposure, score in now.items() if score != before[exposure]
    }
    assert [move.after - move.before for move in said] == sorted((m.after - m.before for m in said), reverse=True)


def test_news_does_too(ledger: Ledger) -> None:
    said = ask(ledger, news(ledger, type="export_halt"))
    ledger.news(signal("another", type="export_halt"))
    assert said
    assert {(move.customer_id, move.material): move.after for move in said}.items() <= scores(ledger).items()


def test_a_customers_own_record_moves_that_customer_only(ledger: Ledger) -> None:
    words: dict[str, Any] = {"material": "terbium", "as_of": ledger.now, "on_hand_kg": 3, "daily_use_kg": 3}
    [move] = ask(ledger, own("inventory", **words))
    ledger.stock("core", 3, daily_use_kg=3)
    assert (move.customer_id, move.material, move.after) == ("core", "terbium", ledger.risk("core", "terbium")["score"])
    assert move.after > move.before
    assert move.stockout_before.on is None or move.stockout_before.on > ledger.now.date()


def test_the_arrivals_of_an_exposure_are_known_to_its_twin(ledger: Ledger) -> None:
    """The same shipment again, corrected: it replaces, and does not add."""
    words: dict[str, Any] = {"shipment_ref": "S-1", "material": "terbium", "origin": "CN", "destination": "DE"}
    words |= {"quantity_kg": 31, "status": "arrived", "occurred_at": ledger.now}
    ledger.after(minutes=1)
    [move] = ask(ledger, own("shipment", **words), "core")[:1]
    assert move.after == pytest.approx(move.before, abs=0.5)


def test_named_customers_are_answered_whether_they_move_or_not(ledger: Ledger) -> None:
    said = ask(ledger, act(ledger, measure("CN-9", materials=["tungsten"])), "core", "nobody", "gone")
    assert [(move.customer_id, move.material, move.after - move.before) for move in said] == [
        ("core", "terbium", 0.0),
        ("core", "cobalt", 0.0),
    ]


def test_asking_leaves_no_trace(ledger: Ledger) -> None:
    before = dump(ledger.fold.state)
    ask(ledger, act(ledger, measure("CN-9", instrument="ban", materials=["tungsten", "terbium"])))
    ask(ledger, news(ledger, type="export_halt", issuer="AU"))
    words: dict[str, Any] = {"licence_ref": "L-1", "decision": "denied", "decided_at": ledger.now}
    ask(ledger, own("licence_decision", material="terbium", **words))
    assert dump(ledger.fold.state) == before


def test_only_the_worst_are_named_and_the_others_counted() -> None:
    calm: dict[str, Any] = {"probability": {"30": 0, "60": 0, "90": 0, "180": 0}}
    many = [
        Move(customer_id=f"c{n}", material="tin", before=0, after=n, stockout_before=calm, stockout_after=calm)
        for n in range(MOST_MOVES + 3)
    ]
    found = worst_first(many)
    assert (len(found.items), found.more) == (MOST_MOVES, 3)
    assert found.items[0].after == MOST_MOVES + 2
