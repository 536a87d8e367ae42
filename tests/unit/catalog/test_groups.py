"""A group covers its members, not the reverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.files import CatalogError
from shared.catalog.materials import covers, expand, materials

slugs = st.sampled_from(sorted(materials()))
scopes = st.frozensets(slugs, max_size=5)


def test_a_control_on_rare_earths_reaches_a_buyer_of_dysprosium() -> None:
    assert covers(["rare_earths"], "dysprosium")


def test_a_control_on_dysprosium_does_not_reach_a_buyer_of_rare_earths_in_general() -> None:
    assert not covers(["dysprosium"], "rare_earths")


def test_rare_earths_reach_the_heavy_ones_as_a_group_too_but_not_the_magnets() -> None:
    assert covers(["rare_earths"], "heavy_rare_earths")
    assert not covers(["heavy_rare_earths"], "rare_earths")
    assert not covers(["rare_earths"], "ndfeb_magnets")


def test_strategic_minerals_are_gallium_germanium_antimony_tungsten_and_the_heavy_rare_earths() -> None:
    metals = {"gallium", "germanium", "antimony", "tungsten"}
    assert expand(["strategic_minerals"]) == expand(["heavy_rare_earths"]) | metals | {"strategic_minerals"}


def test_an_act_without_materials_reaches_no_material() -> None:
    assert not covers([], "gallium")


def test_an_unknown_slug_is_an_error_that_names_it() -> None:
    with pytest.raises(CatalogError, match="'unobtainium'"):
        expand(["unobtainium"])


@given(scopes)
def test_a_scope_covers_itself(scope: frozenset[str]) -> None:
    assert scope <= expand(scope)


@given(scopes)
def test_expanding_twice_adds_nothing(scope: frozenset[str]) -> None:
    assert expand(expand(scope)) == expand(scope)


@given(scopes, scopes)
def test_a_wider_scope_covers_no_less(one: frozenset[str], other: frozenset[str]) -> None:
    assert expand(one | other) == expand(one) | expand(other)


@given(scopes, slugs)
def test_to_cover_is_to_expand_to_it(scope: frozenset[str], material: str) -> None:
    assert covers(scope, material) == (material in expand(scope))


@given(slugs, slugs)
def test_two_different_materials_never_cover_each_other(one: str, other: str) -> None:
    assert one == other or not (covers([one], other) and covers([other], one))


@given(slugs)
def test_only_groups_cover_more_than_themselves(slug: str) -> None:
    assert (expand([slug]) == {slug}) == (materials()[slug].kind != "group")
