import pytest

from services.control.customers.profile import checked, materials_of
from shared.contracts.customers import CustomerProfile, Exposure
from shared.http.problems import Problem


def profile(*exposures: dict[str, object], **fields: object) -> CustomerProfile:
    base: dict[str, object] = {"name": "Motor maker", "destination": "DE", "exposures": exposures}
    return CustomerProfile.model_validate(base | fields)


def exposure(material: str, **fields: object) -> dict[str, object]:
    return {"material": material, "annual_demand_kg": 100, "origins": {"CN": 1}} | fields


def faults(wrong: CustomerProfile) -> dict[str, str]:
    with pytest.raises(Problem) as refused:
        checked(wrong)
    assert refused.value.status_code == 422
    return {error["loc"]: error["message"] for error in refused.value.errors}


def test_materials_may_be_named_as_people_name_them_and_are_kept_as_slugs() -> None:
    product = {"name": "motor", "annual_units": 10, "materials": [{"material": "Dy", "kg_per_unit": 0.1}]}
    kept = checked(profile(exposure("Tb"), exposure("Rare-Earths"), products=[product]))
    assert [one.material for one in kept.exposures] == ["terbium", "rare_earths"]
    assert kept.products[0].materials[0].material == "dysprosium"
    assert materials_of(kept) == {"terbium", "rare_earths", "dysprosium"}


def test_every_fault_is_named_where_it_stands() -> None:
    found = faults(
        profile(
            exposure("unobtainium"),
            exposure("NdPr"),
            exposure("terbium", origins={"CN": 0.5, "XX": 0.5}),
            products=[{"name": "m", "annual_units": 1, "materials": [{"material": "vibranium", "kg_per_unit": 1}]}],
            destination="ZZ",
        )
    )
    assert set(found) == {
        "body.destination",
        "body.exposures.0.material",
        "body.exposures.1.material",
        "body.exposures.2.origins.XX",
        "body.products.0.materials.0.material",
    }
    assert "neodymium and praseodymium" in found["body.exposures.1.material"]


def test_the_same_material_under_two_names_is_one_exposure_too_many() -> None:
    found = faults(profile(exposure("terbium"), exposure("Tb")))
    assert "terbium has an exposure above already" in found["body.exposures.1.material"]


def test_the_eu_is_a_destination_and_an_origin() -> None:
    assert checked(profile(exposure("gallium", origins={"EU": 0.4}), destination="EU")).destination == "EU"


def test_shares_of_one_demand_add_up_to_one_at_most() -> None:
    with pytest.raises(ValueError, match=r"add up to 1\.2"):
        Exposure.model_validate(exposure("gallium", origins={"CN": 0.7, "MY": 0.5}))
