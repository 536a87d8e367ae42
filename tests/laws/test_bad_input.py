"""Whatever is stated is rejected where it stands, or scored with what was assumed said so; never NaN."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.scorer.testing import MONDAY, Json, Ledger, bought, measure
from shared.contracts.customers import CustomerProfile
from shared.contracts.events import Inventory
from tests.laws.test_risk import END_USES, MATERIALS

ODD = st.floats(allow_nan=True) | st.sampled_from(
    [0.0, -0.0, -1.0, 1.5, 1e-300, 5e-324, 1e12, 1e308, math.nan, math.inf]
)
SHARES = st.floats(0, 1) | ODD
PLACES = st.sampled_from(["CN", "AU", "CD", "EU", "ZZ", "XX"])
DAYS = st.integers(-900, 900).map(lambda number: timedelta(days=number))


@st.composite
def stated(draw: st.DrawFn) -> Json:
    exposure: Json = {
        "material": draw(MATERIALS),
        "annual_demand_kg": draw(ODD | st.floats(1, 1e6)),
        "origins": draw(st.dictionaries(PLACES, SHARES, max_size=4)),
        "inventory_days": draw(ODD | st.floats(0, 400)),
        "substitutability": draw(SHARES),
        "revenue_share": draw(SHARES),
    }
    return {"name": "Acme", "destination": draw(PLACES), "end_use": draw(END_USES), "exposures": [exposure]}


@given(stated())
def test_a_profile_is_rejected_by_field_or_scored_in_numbers(given_profile: Json) -> None:
    exposure = given_profile["exposures"][0]
    try:
        profile = CustomerProfile.model_validate(given_profile)
    except ValidationError as error:
        expect_faults_in(error, "exposures")
        return
    assert 0 <= sum(exposure["origins"].values()) <= 1 + 1e-6
    assert exposure["annual_demand_kg"] > 0
    ledger = Ledger()
    ledger.profile("acme", profile)
    risk = ledger.risk("acme", exposure["material"])
    expect_numbers(risk)
    inputs = risk["inputs"]
    assert inputs["known_origins"]["known"] == (inputs["known_origins"]["value"] > 0)
    assert inputs["cover_days"]["known"] == (exposure["inventory_days"] > 0)


def test_what_is_rejected_is_named() -> None:
    exposure = {"material": "terbium", "annual_demand_kg": 0, "origins": {"CN": 0.8, "AU": 0.4}}
    with pytest.raises(ValidationError) as caught:
        CustomerProfile.model_validate({"name": "Acme", "destination": "DE", "exposures": [exposure]})
    assert [fault["loc"] for fault in caught.value.errors()] == [("exposures", 0, "annual_demand_kg")]
    with pytest.raises(ValidationError, match=r"origins add up to 1\.2000; shares of one demand add up to 1 at most"):
        CustomerProfile.model_validate(
            {"name": "Acme", "destination": "DE", "exposures": [exposure | {"annual_demand_kg": 1}]}
        )


@given(st.floats(0, 1e12) | ODD, st.floats(0, 1e12) | ODD, DAYS)
def test_a_stock_report_is_rejected_by_field_or_scored_in_numbers(on_hand: float, use: float, age: timedelta) -> None:
    ledger = Ledger()
    ledger.customer("acme", bought())
    try:
        ledger.stock("acme", on_hand, use, as_of=MONDAY - age)
    except ValidationError as error:
        expect_faults_in(error, "on_hand_kg", "daily_use_kg")
        return
    assert on_hand >= 0
    assert use >= 0
    risk = ledger.risk("acme", "terbium")
    expect_numbers(risk)
    assert risk["inputs"]["daily_use_kg"]["value"] >= 0


@given(DAYS, DAYS, DAYS, DAYS, st.floats(0, 1e6))
def test_dates_that_run_backwards_move_no_score_out_of_its_range(
    decided: timedelta, valid: timedelta, arrived: timedelta, effective: timedelta, on_hand: float
) -> None:
    """A decision before its application, a grant that ended before it was given, a shipment before the report that it
    adds to, a measure whose end lies before its beginning."""
    ledger = Ledger()
    ledger.customer("acme", bought())
    ledger.application("acme", "L-1")
    at = MONDAY + decided
    ledger.decision("acme", "L-1", "granted", decided_at=at, valid_until=(at + valid).date())
    ledger.stock("acme", on_hand, as_of=MONDAY)
    ledger.shipment("acme", "S-1", on_hand, occurred_at=MONDAY + arrived)
    begins = date(2026, 3, 2) + effective
    ledger.act(measure(effective_on=begins, until=begins - timedelta(days=30)))
    for _ in range(2):
        expect_numbers(ledger.risk("acme", "terbium"))
        ledger.after(days=40).tick()


@pytest.mark.parametrize(("on_hand", "use"), [(-1, 1), (1, -1), (math.nan, 1), (1, math.inf)])
def test_a_stock_that_cannot_be_is_rejected(on_hand: float, use: float) -> None:
    words: Json = {"kind": "inventory", "source": {"name": "ERP", "type": "company"}, "as_of": MONDAY}
    with pytest.raises(ValidationError):
        Inventory.model_validate(
            words | {"customer_id": "a", "material": "b", "on_hand_kg": on_hand, "daily_use_kg": use}
        )


def test_without_a_use_the_years_demand_is_taken_and_unknown_origins_are_the_worlds() -> None:
    ledger = Ledger()
    ledger.customer("acme", bought("gallium", origins={}, annual_demand_kg=730))
    ledger.stock("acme", 20, 0, material="gallium")
    risk = ledger.risk("acme", "gallium")
    assert (risk["cover_days"], risk["inputs"]["daily_use_kg"]["value"]) == (10, 2)
    assert risk["inputs"]["known_origins"] == {"value": 0, "known": False, "source": "profile"}
    assert risk["inputs"]["structural_risk"]["known"] is True


def expect_faults_in(error: ValidationError, *fields: str) -> None:
    assert all(fault["loc"][0] in fields for fault in error.errors())


def expect_numbers(risk: Json) -> None:
    """Each finite, scores and chances within their range."""
    for where, value in numbers(risk):
        assert value is not None, where
        assert math.isfinite(value), where
    assert 0 <= risk["interval"][0] <= risk["interval"][1] <= 100
    assert 0 <= risk["score"] <= 100
    assert all(0 <= chance <= 1 for chance in risk["stockout"]["probability"].values())


def numbers(given_json: Any, where: str = "") -> Iterator[tuple[str, float | None]]:
    if isinstance(given_json, dict):
        for name, value in given_json.items():
            yield from numbers(value, f"{where}.{name}")
    elif isinstance(given_json, list):
        for at, value in enumerate(given_json):
            yield from numbers(value, f"{where}[{at}]")
    elif given_json is None or isinstance(given_json, int | float):
        yield where, given_json
