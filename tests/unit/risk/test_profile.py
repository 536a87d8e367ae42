import pytest

from shared.contracts.customers import CustomerProfile
from shared.domain.risk.profile import purchases


def profile(**words: object) -> CustomerProfile:
    return CustomerProfile.model_validate({"name": "acme", "destination": "DE"} | words)


def exposure(material: str = "gallium", **words: object) -> dict[str, object]:
    return {"material": material, "annual_demand_kg": 100, "origins": {"CN": 1.0}} | words


def test_what_is_stated_is_taken_as_it_is() -> None:
    [purchase] = purchases(profile(exposures=[exposure(origins={"JP": 0.25, "CN": 0.75}, inventory_days=30)]))
    assert [(origin.country, origin.share, origin.assumed) for origin in purchase.origins] == [
        ("CN", 0.75, False),
        ("JP", 0.25, False),
    ]
    assert purchase.inventory_days == 30


def test_the_unknown_rest_comes_as_the_world_produces() -> None:
    [purchase] = purchases(profile(exposures=[exposure(origins={"JP": 0.5})]))
    assumed = {origin.country: origin.share for origin in purchase.origins if origin.assumed}
    assert assumed == {"CN": pytest.approx(0.4951, abs=0.001)}


def test_a_small_rest_is_left_alone() -> None:
    [purchase] = purchases(profile(exposures=[exposure(origins={"CN": 0.96})]))
    assert [origin.assumed for origin in purchase.origins] == [False]


def test_two_exposures_to_one_material_are_one_purchase() -> None:
    [purchase] = purchases(
        profile(
            exposures=[
                exposure(annual_demand_kg=10, suppliers=["A", "B"], inventory_days=5),
                exposure(annual_demand_kg=90, origins={"JP": 1.0}, suppliers=["B", "C"], inventory_days=50),
            ]
        )
    )
    assert purchase.annual_demand_kg == 100
    assert [origin.country for origin in purchase.origins] == ["JP"]
    assert purchase.suppliers == ("A", "B", "C")
    assert purchase.inventory_days == 50


def test_a_material_without_figures_has_no_assumed_origins() -> None:
    [purchase] = purchases(profile(exposures=[exposure("rare_earth_technology", origins={})]))
    assert purchase.origins == ()
