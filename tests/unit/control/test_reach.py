"""Does a measure or news meet what this customer buys, and if not, why?"""

import pytest

from services.control.tracing.reach import Buyer
from services.scorer.testing import listing, measure, signal
from tests.fixtures.customers import motor_maker

MOTOR_MAKER = Buyer("acme", motor_maker())


@pytest.mark.parametrize(
    ("scope", "why_not"),
    [
        ({}, ""),
        ({"materials": ["heavy_rare_earths"]}, ""),
        ({"materials": ["gallium"]}, "no exposure to gallium"),
        ({"targets": ["EU"]}, ""),
        ({"targets": ["US"]}, "aimed at United States, and the customer's destination"),
        ({"end_uses": ["defence"]}, "aimed at every destination for defence use"),
        ({"issuer": "AU"}, "no terbium comes from Australia"),
    ],
)
def test_a_measure_meets_what_is_bought_from_its_issuer_within_its_scope(
    scope: dict[str, object], why_not: str
) -> None:
    found = MOTOR_MAKER.meets_measure(measure(**scope))  # type: ignore[arg-type]
    assert found.materials == (() if why_not else ("terbium",))
    assert why_not in found.why_not if why_not else not found.why_not


def test_a_measure_on_companies_meets_who_buys_from_them() -> None:
    profile = motor_maker()
    supplied = profile.exposures[0].model_copy(update={"suppliers": ("JL Mag",)})
    buyer = Buyer("acme", profile.model_copy(update={"exposures": (supplied,)}))
    assert buyer.meets_measure(listing("CN-L-1", ("JL Mag", "listed"))).materials == ("terbium",)
    assert "companies (Other)" in buyer.meets_measure(listing("CN-L-2", ("Other", "listed"))).why_not


@pytest.mark.parametrize(
    ("scope", "why_not"),
    [
        ({}, ""),
        ({"type": "diplomatic_signal", "direction": "neutral"}, ""),
        ({"materials": ["gallium"]}, "no exposure to gallium"),
        ({"materials": []}, "names no material"),
        ({"targets": ["JP"]}, "aimed at Japan"),
        ({"issuer": "AU"}, "comes from Australia"),
    ],
)
def test_news_meets_what_is_bought_from_where_it_comes(scope: dict[str, object], why_not: str) -> None:
    found = MOTOR_MAKER.meets_signal(signal(**scope))  # type: ignore[arg-type]
    assert found.materials == (() if why_not else ("terbium",))
    assert why_not in found.why_not if why_not else not found.why_not


def test_a_customer_own_destination_and_end_use_are_never_said() -> None:
    said = MOTOR_MAKER.meets_measure(measure(targets=["US"], end_uses=["defence"])).why_not
    assert "Germany" not in said
    assert "civil" not in said
