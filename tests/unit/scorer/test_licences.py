"""(e): the customer's own licence cases, and (c): a case that takes longer than nine in ten."""

from datetime import timedelta

import pytest

from services.scorer.testing import Ledger, bought, measure

P90 = 201
"""Days after which nine in ten cases filed in March 2026 are decided, before any was seen."""


@pytest.mark.parametrize(
    ("decision", "severity", "status"),
    [
        ("denied", "high", "open"),
        ("returned", "warning", "open"),
        ("expired", "warning", "resolved"),
        ("granted", "info", "resolved"),
        ("withdrawn", "info", "resolved"),
    ],
)
def test_each_decision_is_told_once(ledger: Ledger, decision: str, severity: str, status: str) -> None:
    ledger.customer("acme", bought(cover=400))
    [message] = ledger.decision("acme", "L-1", decision)
    assert (message["type"], message["severity"], message["data"]["status"]) == ("alert.opened", severity, status)
    assert message["data"]["kind"] == "licence"
    assert decision in message["data"]["title"]
    assert ledger.after(minutes=1).decision("acme", "L-1", decision, decided_at="2026-03-02T09:00:00Z") == []


def test_a_grant_ends_what_a_denial_opened(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    calm = ledger.risk("acme", "terbium")["score"]
    [denied] = ledger.decision("acme", "L-1", "denied")
    assert ledger.risk("acme", "terbium")["score"] > calm
    [granted] = ledger.after(days=3).decision("acme", "L-1", "granted", valid_until="2027-03-01")
    assert granted["type"] == "alert.resolved"
    assert granted["data"]["id"] == denied["data"]["id"]
    assert "valid until 1 March 2027" in granted["data"]["summary"]
    assert ledger.risk("acme", "terbium")["score"] <= calm


def test_other_content_under_the_same_key_is_a_correction_and_wins(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.decision("acme", "L-1", "granted")
    [corrected] = ledger.after(hours=1).decision("acme", "L-1", "granted", valid_until="2026-12-31")
    assert "31 December 2026" in corrected["data"]["summary"]


@pytest.mark.parametrize("event_id", ["the-same", None])
def test_a_denial_corrected_to_a_grant_of_the_same_instant_resolves_its_alert(
    ledger: Ledger, event_id: str | None
) -> None:
    ledger.customer("acme", bought())
    calm = ledger.risk("acme", "terbium")["score"]
    [denied] = ledger.decision("acme", "L-1", "denied", event_id=event_id)
    decided_at = ledger.now
    [granted] = ledger.after(hours=1).decision("acme", "L-1", "granted", event_id=event_id, decided_at=decided_at)
    assert (granted["type"], granted["data"]["id"]) == ("alert.resolved", denied["data"]["id"])
    assert granted["message_id"] != denied["message_id"]
    assert granted["data"]["title"].startswith("Corrected: export licence L-1")
    assert "was granted on 2 March 2026. Your earlier record said denied." in granted["data"]["summary"]
    assert ledger.risk("acme", "terbium")["score"] <= calm
    assert ledger.decision("acme", "L-1", "granted", event_id=event_id, decided_at=decided_at) == []


@pytest.mark.parametrize("event_id", ["the-same", None])
def test_a_grant_corrected_to_a_denial_of_the_same_instant_opens_its_alert(
    ledger: Ledger, event_id: str | None
) -> None:
    ledger.customer("acme", bought())
    ledger.decision("acme", "L-1", "granted", event_id=event_id)
    before, decided_at = ledger.risk("acme", "terbium")["score"], ledger.now
    [denied] = ledger.after(hours=1).decision("acme", "L-1", "denied", event_id=event_id, decided_at=decided_at)
    assert (denied["severity"], denied["data"]["status"]) == ("high", "open")
    assert "Your record was corrected" in denied["data"]["summary"]
    assert ledger.risk("acme", "terbium")["score"] > before


def test_a_correction_to_another_material_takes_the_denial_from_the_first(ledger: Ledger) -> None:
    ledger.customer("acme", bought(), bought("dysprosium"))
    calm = ledger.risk("acme", "terbium")["score"]
    ledger.decision("acme", "L-1", "denied", event_id="the-same")
    decided_at = ledger.now
    ledger.after(hours=1).decision(
        "acme", "L-1", "denied", event_id="the-same", decided_at=decided_at, material="dysprosium"
    )
    assert ledger.risk("acme", "terbium")["score"] == calm
    assert ledger.risk("acme", "dysprosium")["score"] > calm


def test_an_older_decision_of_the_same_kind_does_not_take_the_place_of_a_newer_one(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.decision("acme", "L-1", "denied")
    assert ledger.decision("acme", "L-1", "denied", decided_at="2026-01-03T00:00:00Z") == []
    [granted] = ledger.decision("acme", "L-1", "granted", decided_at="2026-03-02T09:30:00Z")
    assert granted["type"] == "alert.resolved"


def test_an_older_decision_that_comes_late_changes_nothing_told(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.after(days=10).decision("acme", "L-1", "granted")
    before = ledger.risk("acme", "terbium")["score"]
    assert ledger.decision("acme", "L-1", "denied", decided_at="2026-03-03T00:00:00Z") == []
    assert ledger.risk("acme", "terbium")["score"] == before


def test_a_decision_on_what_the_profile_does_not_name_is_told_all_the_same(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    [message] = ledger.decision("acme", "L-1", "denied", material="gallium")
    assert message["materials"] == ["gallium"]
    assert "score" not in message["data"]
    assert "None of the materials in your profile is touched." in message["data"]["summary"]
    [nameless] = ledger.decision("acme", "L-2", "denied", material=None)
    assert nameless["materials"] == []


def test_the_decision_takes_its_material_from_the_application(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1", material=None, hs_code="284690")
    [message] = ledger.after(days=1).decision("acme", "L-1", "denied", material=None)
    assert message["materials"] == ["terbium"]


def test_a_case_that_takes_longer_than_nine_in_ten_is_told(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    assert ledger.after(days=P90 - 1).tick() == []
    [message] = ledger.after(days=1).tick()
    assert message["severity"] == "warning"
    assert "no decision yet" in message["data"]["summary"]
    [resolved] = ledger.after(days=1).decision("acme", "L-1", "granted")
    assert resolved["type"] == "alert.resolved"


def test_one_that_was_returned_and_filed_again_is_overdue_by_its_new_filing(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    ledger.after(days=10).decision("acme", "L-1", "returned")
    ledger.after(days=10).application("acme", "L-1", event_id="again")
    assert ledger.after(days=P90 - 1).tick() == []
    [message] = ledger.after(days=1).tick()
    assert "filed on 22 March 2026, has no decision yet" in message["data"]["summary"]
    [resolved] = ledger.after(days=1).decision("acme", "L-1", "granted")
    assert resolved["type"] == "alert.resolved"


def test_one_that_was_returned_and_left_at_that_is_not(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    ledger.after(days=10).decision("acme", "L-1", "returned")
    assert ledger.after(days=P90).tick() == []


def test_a_corrected_application_is_overdue_by_its_correction_alone(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    filed = ledger.now
    ledger.application("acme", "L-1", event_id="the-same")
    ledger.application("acme", "L-1", event_id="the-same", submitted_at=filed + timedelta(days=5))
    ledger.application("acme", "L-1", event_id="older", submitted_at=filed)
    assert ledger.after(days=P90).tick() == []
    [message] = ledger.after(days=5).tick()
    assert "filed on 7 March 2026" in message["data"]["summary"]


def test_an_application_corrected_in_its_end_use_alone_has_another_lead_time(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1", end_use="dual_use", submitted_at=ledger.now)
    ledger.application("acme", "L-1", end_use="civil", submitted_at=ledger.now)
    [message] = ledger.after(days=P90).tick()
    assert "no decision yet" in message["data"]["summary"]


def test_a_case_that_was_decided_in_time_is_not(ledger: Ledger) -> None:
    ledger.customer("acme", bought(cover=400))
    ledger.application("acme", "L-1")
    ledger.after(days=20).decision("acme", "L-1", "granted")
    assert ledger.after(days=400).tick() == []


def test_a_record_of_a_customer_that_is_not_there_changes_nothing(ledger: Ledger) -> None:
    assert ledger.decision("nobody", "L-1", "denied") == []
    assert ledger.stock("nobody", 1) == []


def test_a_licence_alert_names_the_measures_that_weigh_on_the_material(ledger: Ledger) -> None:
    ledger.customer("acme", bought())
    ledger.act(measure())
    [message] = ledger.decision("acme", "L-1", "denied")
    assert message["data"]["measures"] == ["CN-1"]
