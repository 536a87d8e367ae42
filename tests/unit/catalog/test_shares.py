"""Who produces what, and how unstable they are."""

import pytest

from shared.catalog.countries import is_country
from shared.catalog.files import CatalogError
from shared.catalog.governance import governance
from shared.catalog.materials import materials
from shared.catalog.shares import newest, shares, worst_stage


def test_the_newest_year_comes_first() -> None:
    mined = [row for row in shares("rare_earths") if row.stage == "mine"]
    assert [(row.year, row.estimated) for row in mined] == [(2025, True), (2024, False)]
    assert newest("rare_earths")["mine"].shares["CN"] == pytest.approx(0.69, abs=0.005)


def test_risk_follows_the_worst_stage() -> None:
    """China mines about seven tenths of the rare earths, and refines more than nine."""
    worst = worst_stage("rare_earths")
    assert worst is not None
    assert (worst.stage, worst.year, worst.shares["CN"]) == ("refined", 2023, 0.92)


def test_the_worst_stage_is_weighed_by_governance_not_by_concentration_alone() -> None:
    """Cobalt: DR Congo's share of the mines counts for more than China's equal share of refining."""
    worst = worst_stage("cobalt")
    assert worst is not None
    assert worst.stage == "mine"
    assert worst.shares["CD"] < newest("cobalt")["refined"].shares["CN"]


def test_an_element_without_figures_of_its_own_has_the_groups_and_says_so() -> None:
    neodymium = worst_stage("neodymium")
    assert neodymium is not None
    assert (neodymium.material, neodymium.known) == ("neodymium", False)
    assert neodymium.shares == newest("rare_earths")["refined"].shares


def test_an_element_with_figures_of_its_own_keeps_them() -> None:
    assert [(row.stage, row.shares["CN"], row.known) for row in shares("dysprosium")] == [("separated", 0.99, True)]


def test_a_material_without_figures_has_none() -> None:
    assert shares("superhard_materials") == ()
    assert worst_stage("superhard_materials") is None


def test_an_unknown_material_is_an_error_that_names_it() -> None:
    with pytest.raises(CatalogError, match="'unobtainium'"):
        shares("unobtainium")


@pytest.mark.parametrize("material", sorted(materials()))
def test_shares_are_shares_of_countries_with_a_source(material: str) -> None:
    for row in shares(material):
        assert all(is_country(country) for country in row.shares)
        assert all(0 < share <= 1 for share in row.shares.values())
        assert sum(row.shares.values()) < 1.01  # the survey rounds its totals
        assert row.source


def test_instability_rises_from_japan_to_myanmar() -> None:
    countries = ["JP", "AU", "DE", "US", "CN", "TJ", "RU", "CD", "MM"]
    assert sorted(countries, key=lambda country: governance(country).g) == countries
    assert [governance(c).g for c in ("CN", "CD")] == pytest.approx([0.59, 0.90], abs=0.005)


def test_the_union_is_the_mean_of_its_members() -> None:
    assert governance("EU").known
    assert governance("DE").g == pytest.approx(governance("EU").g, abs=0.05)


def test_a_country_without_an_estimate_has_the_median_and_says_so() -> None:
    unknown = governance("AQ")
    assert not unknown.known
    assert governance("DE").g < unknown.g < governance("CN").g
