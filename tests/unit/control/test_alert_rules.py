"""Which rule made a message, and why it is as grave as it is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.control.tracing.rules import rule_of, severity_because
from shared.contracts.alerts import AlertData, MessageType
from shared.contracts.traces import MeasureMove, MeasureSeen, Trace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def alert(kind: str = "measure", severity: str = "high", **words: Any) -> AlertData:
    given: dict[str, Any] = {"id": "a", "customer_id": "acme", "kind": kind, "severity": severity, "status": "open"}
    given |= {"title": "Title", "summary": "", "sequence": 1, "revision": 1, "opened_at": NOON, "updated_at": NOON}
    return AlertData.model_validate(given | {"links": {}, "measures": ["CN-1"]} | words)


@pytest.mark.parametrize(
    ("kind", "type_", "event_id", "code"),
    [
        ("measure", "alert.opened", "9b1c", "a"),
        ("measure", "alert.updated", "tick/2026-03-02T00:00:00Z", "a"),
        ("score", "alert.opened", "9b1c", "b"),
        ("expiry", "alert.updated", "tick/2026-03-02T00:00:00Z", "c"),
        ("licence", "alert.opened", "tick/2026-03-02T00:00:00Z", "c"),
        ("signal", "alert.opened", "9b1c", "d"),
        ("licence", "alert.opened", "9b1c", "e"),
        ("measure", "alert.reminder", "tick/2026-03-02T00:00:00Z", "reminder"),
        ("measure", "alert.opened", "silence/s-1/deleted", "silence_over"),
        ("measure", "alert.opened", "profile/acme/1", "baseline"),
    ],
)
def test_the_rule_that_fired(kind: str, type_: MessageType, event_id: str, code: str) -> None:
    assert rule_of(type_, alert(kind), event_id).code == code


def moved(state: str) -> Trace:
    after = MeasureSeen.model_validate({"state": state, "confirmed": True, "belief": 0.99})
    return Trace(event_id="e", measures=(MeasureMove(id="CN-1", ref="CN-1", title="", at=NOON, after=after),))


def test_a_measure_in_force_is_high_and_so_is_a_high_band() -> None:
    assert severity_because("alert.opened", alert(), moved("in_force")) == ("CN-1 is in force",)
    both = severity_because("alert.opened", alert(material="terbium", score=70), moved("in_force"))
    assert both == ("CN-1 is in force", "the band is high (terbium, score 70)")


def test_the_chance_to_run_out_makes_critical_what_is_announced() -> None:
    said = alert(severity="critical", headline={"stockout_on": "2026-03-09", "probability": 0.9})
    assert severity_because("alert.opened", said, moved("announced")) == (
        "the chance to run out within 30 days is 90%",
    )


def test_a_decision_gives_its_own_severity() -> None:
    denied = alert("licence", title="Export licence L-1 for terbium denied")
    granted = alert("licence", "info", title="Export licence L-1 for terbium granted")
    assert severity_because("alert.opened", denied, Trace(event_id="e")) == ("the case was denied",)
    assert severity_because("alert.opened", granted, Trace(event_id="e")) == ("the case was granted",)


def test_a_resolution_and_a_band_that_falls_have_reasons_of_their_own() -> None:
    assert severity_because("alert.resolved", alert(status="resolved"), moved("lifted")) == (
        "a resolution is as grave as the alert at its gravest",
    )
    assert severity_because("alert.updated", alert("score", "info"), Trace(event_id="e")) == (
        "a band that moves, by itself",
    )


def test_a_measure_that_is_in_force_counts_though_it_did_not_move() -> None:
    """It was widened, or its end comes near."""
    before = MeasureSeen.model_validate({"state": "in_force", "confirmed": True, "belief": 0.9})
    (move,) = moved("in_force").measures
    trace = Trace(event_id="e", measures=(move.model_copy(update={"before": before}),))
    assert severity_because("alert.opened", alert(), trace) == ("CN-1 is in force",)
    step = severity_because("alert.updated", alert("expiry"), Trace(event_id="e"))
    assert step == ("the ladder from 7 days before the end, or a measure that is in force until then",)
