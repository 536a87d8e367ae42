"""Why an event told this customer nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.control.tracing.reasons import Asked, reasons
from services.scorer.testing import measure, signal
from shared.contracts.customers import Customer, Silence
from shared.contracts.traces import Accepted, MeasureMove, MeasureSeen, MessageTold, ScoreMove, ScoreSeen, Trace
from tests.fixtures.customers import motor_maker

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
IN_FORCE = MeasureSeen(state="in_force", confirmed=True, belief=0.99)
NEW = MeasureMove(id="CN-1", ref="CN-1", title="", at=NOON, after=IN_FORCE)


def trace(kind: str = "measure_change", *, history: bool = False, **found: Any) -> Trace:
    accepted = Accepted(kind=kind, accepted_at=NOON, history=history)
    return Trace(event_id="event", customer_id="acme", accepted=(accepted,), **found)


def asked(*silences: Silence, created_at: datetime = NOON - timedelta(days=9), **scope: Any) -> Asked:
    times = {"created_at": created_at, "updated_at": created_at}
    customer = Customer(**dict(motor_maker()), id="acme", version=1, **times)
    return Asked(customer, {"CN-1": measure(**scope)}, silences)


def codes(found: Trace, who: Asked | None, now: datetime = LATER) -> list[str]:
    return [reason.code for reason in reasons(found, who, now)]


def silence(**matchers: str) -> Silence:
    return Silence(id="s-1", matchers=matchers, starts_at=NOON - timedelta(1), until=NOON + timedelta(1))


def scored(before: float | None, after: float, band: str = "guarded") -> ScoreMove:
    seen = [
        None if score is None else ScoreSeen.model_validate({"score": score, "band": band}) for score in (before, after)
    ]
    return ScoreMove(customer_id="acme", material="terbium", at=NOON, before=seen[0], after=seen[1])


def test_a_scope_that_meets_no_exposure_says_which() -> None:
    [reason] = reasons(trace(measures=(NEW,)), asked(materials=["gallium"]), LATER)
    assert reason.code == "no_exposure"
    assert "CN-1" in reason.text
    assert "gallium" in reason.text


@pytest.mark.parametrize(
    ("matchers", "holds"),
    [
        ({}, True),
        ({"material": "terbium"}, True),
        ({"measure": "CN-1", "severity": "high"}, True),
        ({"material": "gallium"}, False),
    ],
)
def test_a_silence_that_holds_is_named(matchers: dict[str, str], holds: bool) -> None:
    found = codes(trace(measures=(NEW,)), asked(silence(**matchers)))
    assert found == (["silenced"] if holds else ["nothing_new"])


@pytest.mark.parametrize(
    ("novelty", "asserted", "code"),
    [
        ("duplicate", "asserted", "duplicate"),
        ("stale", "asserted", "stale"),
        ("update", "asserted", "update"),
        ("new", "speculated", "not_asserted"),
    ],
)
def test_news_that_is_no_news_says_so(novelty: str, asserted: str, code: str) -> None:
    told = signal(novelty=novelty, asserted=asserted)
    found = trace("news", signals=(told,))
    assert codes(found, asked())[0] == code


def test_what_the_classifier_dropped_is_listed_with_its_reason() -> None:
    dropped = ({"type": "export_halt", "reason": "confidence 0.31 is below 0.5"},)
    found = trace("news", dropped=dropped)
    assert codes(found, asked())[:2] == ["nothing_read", "dropped"]
    assert "0.31" in reasons(found, asked(), LATER)[1].text


def test_an_act_that_was_known_and_one_that_moves_no_state() -> None:
    assert codes(trace(), asked())[0] == "known_act"
    still = NEW.model_copy(update={"before": IN_FORCE})
    assert codes(trace(measures=(still,)), asked())[0] == "no_transition"


def test_history_prices_first_scores_and_scores_within_a_band_are_not_told() -> None:
    assert codes(trace(history=True, measures=(NEW,)), asked())[0] == "history"
    assert codes(trace("price"), asked())[0] == "figure"
    assert codes(trace("own_record", scores=(scored(None, 31.0),)), asked()) == ["baseline"]
    [reason] = reasons(trace("own_record", scores=(scored(31.0, 33.5),)), asked(), LATER)
    assert (reason.code, reason.text) == ("same_band", "terbium: score 31.0 → 33.5, guarded as before.")


def test_a_customer_who_came_later_was_not_there_to_be_told() -> None:
    assert codes(trace(measures=(NEW,)), asked(created_at=LATER)) == ["newcomer"]


def test_a_message_that_no_endpoint_took_is_named_and_one_that_was_sent_needs_no_reason() -> None:
    message = MessageTold(message_id="m", type="alert.opened", at=NOON, customer_id="acme", sequence=7)
    assert codes(trace(messages=(message,)), asked()) == ["not_sent"]
    delivery = {"id": "d", "endpoint_id": "e", "state": "delivered", "attempts": 1, "first_at": NOON, "last_at": NOON}
    sent = message.model_validate(message.model_dump() | {"deliveries": [delivery]})
    assert codes(trace(messages=(sent,)), asked()) == []


def test_operators_hear_of_every_measure_and_customers_of_what_concerns_them() -> None:
    operators = MessageTold(message_id="m", type="measure.changed", at=NOON)
    assert codes(trace(measures=(NEW,), messages=(operators,)), None) == ["nobody"]


def test_what_was_accepted_a_moment_ago_may_still_be_on_its_way() -> None:
    assert codes(trace(measures=(NEW,)), None, NOON + timedelta(seconds=1))[0] == "under_way"
