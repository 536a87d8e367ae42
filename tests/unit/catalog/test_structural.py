"""Structural supply risk before any event."""

import json
from statistics import median

import pytest

from shared.catalog.files import CatalogError, read
from shared.catalog.materials import materials
from shared.catalog.structural import structural_risk


def test_every_material_has_a_risk_between_0_and_1_with_a_source_and_a_day() -> None:
    for material in materials():
        found = structural_risk(material)
        assert 0 < found.risk < 1
        assert found.source
        assert 2022 <= found.as_of.year <= 2025


def test_gallium_is_riskier_than_cobalt_is_riskier_than_silver() -> None:
    risks = [
        structural_risk(material).risk for material in ("gallium", "rare_earths", "cobalt", "molybdenum", "silver")
    ]
    assert risks == sorted(risks, reverse=True)


def test_the_formula_on_germanium() -> None:
    """Shares .935, .036, .014, .014 of CN, RU, US, JP; g .588, .68, .51, .29; 2 % recycled: 5.05 on the scale of 10."""
    germanium = structural_risk("germanium")
    assert germanium.risk == pytest.approx(0.505, abs=0.001)
    assert (germanium.stage, germanium.recycling, germanium.known) == ("refined", 0.02, True)


def test_the_formula_agrees_with_the_published_calculation_for_2022() -> None:
    rows = json.loads(read("structural_risk_2022.json"))
    assert len(rows) == 11
    for row in rows:
        assert row["risk_0_10"] == pytest.approx(10 * row["hhi_g"] * (1 - row["eol_rir"]), abs=0.01)


def test_recycling_lowers_the_risk() -> None:
    tungsten = structural_risk("tungsten")
    assert tungsten.hhi_g is not None
    assert tungsten.recycling == 0.42
    assert tungsten.risk == pytest.approx(tungsten.hhi_g * 0.58, abs=0.001)


@pytest.mark.parametrize("material", ["neodymium", "heavy_rare_earths", "smco_magnets", "rare_earth_technology"])
def test_what_hangs_on_rare_earths_has_their_risk_and_says_so(material: str) -> None:
    found = structural_risk(material)
    assert (found.material, found.risk, found.known) == (material, structural_risk("rare_earths").risk, False)
    assert found.source.startswith("as rare_earths: ")


def test_a_mixed_group_has_the_risk_of_its_worst_member() -> None:
    found = structural_risk("strategic_minerals")
    assert found.risk == max(structural_risk(member).risk for member in materials()["strategic_minerals"].members)
    assert not found.known


def test_a_material_without_any_figures_has_the_median_and_says_so() -> None:
    known = [structural_risk(material).risk for material in materials() if structural_risk(material).known]
    found = structural_risk("lithium_batteries")
    assert found.risk == pytest.approx(median(known), abs=0.001)
    assert not found.known
    assert found.source == f"median of the {len(known)} materials with figures"


def test_an_unknown_material_is_an_error_that_names_it() -> None:
    with pytest.raises(CatalogError, match="'unobtainium'"):
        structural_risk("unobtainium")
