"""What a name in a `material` field stands for."""

import re

import pytest

from shared.catalog.materials import Material, materials, meanings, resolve
from shared.catalog.spelling import key


def test_the_list_is_closed_and_has_every_material_that_the_timeline_controls() -> None:
    assert len(materials()) == 51
    assert {"rare_earths", "ndfeb_magnets", "gallium", "superhard_materials", "rare_earth_technology"} <= set(
        materials()
    )


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("rare_earths", "rare_earths"),
        ("Rare-Earth Elements", "rare_earths"),
        ("rare earth  elements", "rare_earths"),
        ("ｄｙｓｐｒｏｓｉｕｍ", "dysprosium"),
        ("Dy", "dysprosium"),
        ("dy", "dysprosium"),
        ("Tb", "terbium"),
        ("NdFeB", "ndfeb_magnets"),
        ("Nd-Fe-B", "ndfeb_magnets"),
        ("Dy₂O₃", "dysprosium"),
        ("镝", "dysprosium"),
        ("희토류", "rare_earths"),
        ("レアアース", "rare_earths"),
        ("Seltene Erden", "rare_earths"),
        ("oxyde d’ytterbium", "ytterbium"),
        ("APT", "tungsten"),
    ],
)
def test_slugs_names_and_symbols_are_understood_however_they_are_written(written: str, slug: str) -> None:
    assert resolve(written) == slug


@pytest.mark.parametrize(
    ("written", "slug"), [("cobalt", "cobalt"), ("Silber", "silver"), ("tin", "tin"), ("GaN", "gallium")]
)
def test_in_a_field_for_materials_a_homonym_means_the_material(written: str, slug: str) -> None:
    assert resolve(written) == slug


@pytest.mark.parametrize("written", ["gallium-68", "石墨烯", "cobalt-60", "bismuth subsalicylate", "超硬合金"])
def test_phrases_that_never_mean_the_material_stand_for_none(written: str) -> None:
    assert meanings(written) == ()


@pytest.mark.parametrize("written", ["magnets", "critical minerals", "battery", "diamond"])
def test_words_for_more_than_the_material_stand_for_none(written: str) -> None:
    assert resolve(written) is None


@pytest.mark.parametrize("written", ["", " ", "unobtainium", "rare"])
def test_unknown_names_stand_for_none(written: str) -> None:
    assert resolve(written) is None


def test_a_name_of_two_materials_is_not_settled_by_chance() -> None:
    assert resolve("NdPr oxide") is None
    assert meanings("NdPr oxide") == ("neodymium", "praseodymium")
    assert meanings("platinum group metals") == ("platinum", "palladium")


def test_no_spelling_of_one_material_hides_another() -> None:
    """Every name means what the table says, and only names that the table gives to two materials mean two."""
    keys = {material.slug: set(map(key, _names(material))) for material in materials().values()}
    for material in materials().values():
        assert resolve(material.slug) == material.slug
        for name in _names(material):
            assert meanings(name) == tuple(slug for slug, own in keys.items() if key(name) in own), name


def test_no_symbol_or_homonym_of_one_material_is_a_name_of_another() -> None:
    """The order of the table would decide, in text and in fields."""
    names = {key(name): m.slug for m in materials().values() for name in [m.slug, *_names(m)]}
    for material in materials().values():
        for word in [material.symbol, *(word.text for word in material.ambiguous)]:
            assert names.get(key(word or ""), material.slug) == material.slug


def test_every_phrase_that_holds_a_name_of_its_material_is_sorted_as_another_meaning() -> None:
    """A new entry such as "gallium-99 (tracer)" must not slip in as a homonym: it would count as gallium."""
    for material in materials().values():
        for word in material.ambiguous:
            if word.sense == "homonym":
                held = [name for name in _names(material) if name != word.text and _holds(word.text, name)]
                assert held == [], (material.slug, word.text)


def test_alerts_call_materials_by_readable_names() -> None:
    labels = [materials()[slug].label for slug in ("rare_earths", "ndfeb_magnets", "cobalt")]
    assert labels == ["rare earths", "NdFeB magnets", "cobalt"]


def test_nobody_can_change_the_table() -> None:
    with pytest.raises(TypeError):
        materials()["gold"] = materials()["silver"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        materials()["silver"].slug = "gold"  # type: ignore[misc]


def _holds(phrase: str, name: str) -> bool:
    spaced = name[0] < "\u1100"
    return re.search(rf"\b{re.escape(name)}\b", phrase) is not None if spaced else name in phrase


def _names(material: Material) -> list[str]:
    return [name for names in material.names.values() for name in names]
