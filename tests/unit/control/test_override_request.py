"""An override counts from today: it names no end that has passed, nor one of what is over."""

from datetime import date

import pytest

from services.control.measures.word import check_end
from shared.contracts.measures import MeasureState
from shared.http.problems import Problem

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("state", "until"),
    [("suspended", "2026-03-02"), ("suspended", "2027-01-01"), ("in_force", "2026-12-31"), ("lifted", None)],
)
def test_an_end_to_come_is_taken(state: MeasureState, until: str | None) -> None:
    check_end(state, date.fromisoformat(until) if until else None, TODAY)


@pytest.mark.parametrize(
    ("state", "until", "told"),
    [
        ("suspended", "2020-01-01", "must not lie before 2026-03-02"),
        ("in_force", "2026-03-01", "must not lie before 2026-03-02"),
        ("lifted", "2027-01-01", "what is lifted has no end to come: leave it out"),
        ("lapsed", "2027-01-01", "what is lapsed has no end to come: leave it out"),
    ],
)
def test_another_is_refused(state: MeasureState, until: str, told: str) -> None:
    with pytest.raises(Problem) as refused:
        check_end(state, date.fromisoformat(until), TODAY)
    assert refused.value.status_code == 422
    [error] = refused.value.errors
    assert error["loc"] == "body.until"
    assert error["message"].startswith(told)
