"""An endpoint shows whether its receiver answers: closed, open until a trial may be made, then half-open."""

from datetime import UTC, datetime, timedelta

from services.control.endpoints.store import as_of
from shared.contracts.endpoints import Circuit

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OPEN = Circuit(state="open", since=NOW, last_error="status 500", trial_at=NOW + timedelta(seconds=8))


def test_an_open_circuit_is_half_open_once_a_trial_may_be_made() -> None:
    assert as_of(OPEN, NOW + timedelta(seconds=7)) == OPEN
    assert as_of(OPEN, NOW + timedelta(seconds=8)) == OPEN.model_copy(update={"state": "half_open"})


def test_a_closed_one_stays_closed_and_one_of_an_older_dispatcher_is_shown_as_it_was_told() -> None:
    assert as_of(Circuit(), NOW) == Circuit()
    untold = Circuit(state="open", since=NOW)
    assert as_of(untold, NOW + timedelta(days=1)) == untold
