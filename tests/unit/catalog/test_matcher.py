"""Where a text names materials."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.matcher import find
from shared.catalog.materials import materials


def named(text: str) -> list[tuple[str, str]]:
    """(what the text says, what it means), sure ones only."""
    return [(text[span.start : span.end], span.slug) for span in find(text) if not span.ambiguous]


def unsure(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.slug) for span in find(text) if span.ambiguous]


def test_the_longest_name_wins() -> None:
    assert named("a neodymium magnet plant") == [("neodymium magnet", "ndfeb_magnets")]
    assert named("rare earth production equipment") == [("rare earth production equipment", "rare_earth_equipment")]
    assert named("heavy rare earths") == [("heavy rare earths", "heavy_rare_earths")]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("中国对镝实施出口管制", "dysprosium"),
        ("稀土永磁材料出口", "ndfeb_magnets"),
        ("レアアースの輸出規制", "rare_earths"),
        ("희토류를 수출하려면", "rare_earths"),
        ("Ausfuhr Seltener Erden", "rare_earths"),
        ("exportations de terres rares lourdes", "heavy_rare_earths"),
        ("exportación de galio", "gallium"),
        ("uitvoer van antimoon", "antimony"),
    ],
)
def test_eight_languages(text: str, slug: str) -> None:
    assert [meaning for _, meaning in named(text)] == [slug]


def test_case_width_hyphens_line_breaks_and_hidden_hyphens_do_not_matter() -> None:
    for text in (
        "RARE EARTHS",
        "rare-earth",
        "rare\u2011earth",
        "rare\nearth",
        "ｒａｒｅ ｅａｒｔｈ",
        "rare ea\u00adrth",
    ):
        assert named(text) == [(text, "rare_earths")]


def test_letters_written_in_two_parts_do_not_shift_the_place() -> None:
    text = unicodedata.normalize("NFD", "Les terres rares légères et le néodyme")
    assert [meaning for _, meaning in named(text)] == ["light_rare_earths", "neodymium"]
    assert named("ｶﾞﾘｳﾑと希土類") == [("ｶﾞﾘｳﾑ", "gallium"), ("希土類", "rare_earths")]


@pytest.mark.parametrize(
    "text", ["antimonopoly law", "a tantalising offer", "Titanic", "meeting in Argentina", "moly2"]
)
def test_a_latin_name_inside_another_word_is_not_one(text: str) -> None:
    assert find(text) == []


def test_compounds_of_the_trade_in_german_and_dutch_name_their_material() -> None:
    assert named("Galliumexporte brechen ein") == [("Gallium", "gallium")]
    assert named("26 ton wolfraampoeder") == [("wolfraam", "tungsten")]
    assert unsure("EU setzt Titanhändler auf die Liste") == [("Titan", "titanium")]


@pytest.mark.parametrize(
    "text",
    [
        "gallium-68 for the clinic",
        "石墨烯手机",
        "无锡新区",
        "Nd:YAG laser",
        "cobalt blue",
        "スズキ",
        "Silicon Valley",
        "中国银行",
    ],
)
def test_a_phrase_that_never_means_the_material_hides_the_name_in_it(text: str) -> None:
    assert find(text) == []


def test_the_other_meaning_hides_only_its_own_place() -> None:
    assert named("gallium-68 scans; gallium exports") == [("gallium", "gallium")]


def test_homonyms_and_words_for_more_are_found_and_marked() -> None:
    assert unsure("cobalt prices") == [("cobalt", "cobalt")]
    assert unsure("curbs on magnets") == [("magnets", "ndfeb_magnets")]
    assert unsure("critical minerals") == [("critical minerals", "strategic_minerals")]


def test_a_homonym_in_a_longer_name_is_no_longer_ambiguous() -> None:
    assert find("cobalt hydroxide")[0].ambiguous is False


def test_ambiguous_abbreviations_count_as_they_are_written() -> None:
    assert unsure("APT rose") == [("APT", "tungsten")]
    assert unsure("GaN chips") == [("GaN", "gallium")]
    assert find("apt to rise; a GAN; Apt 5; lfp") == []


def test_ambiguous_hangul_begins_a_word() -> None:
    assert unsure("주석 가격") == [("주석", "tin")]
    assert unsure("주석을 수입") == [("주석", "tin")]
    assert find("국가주석") == []
    assert find("개구리") == []


def test_one_syllable_of_hangul_is_a_particle_wherever_it_touches_another() -> None:
    assert unsure("은 가격") == [("은", "silver")]
    assert find("상무부은 발표") == []
    assert find("MOFCOM은 발표") == []
    assert find("은행 대출") == []


def test_a_name_of_two_materials_yields_both_at_one_place() -> None:
    assert named("NdPr oxide") == [("NdPr oxide", "neodymium"), ("NdPr oxide", "praseodymium")]
    assert named("InSb wafers") == [("InSb", "antimony"), ("InSb", "indium")]


def test_symbols_count_in_company() -> None:
    assert unsure("licences for Dy and Tb") == [("Dy", "dysprosium"), ("Tb", "terbium")]
    assert unsure("Co, Ni, Mn") == [("Co", "cobalt"), ("Ni", "nickel"), ("Mn", "manganese")]
    assert unsure("钐、钆（Sm、Gd）") == [("Sm", "samarium"), ("Gd", "gadolinium")]


def test_a_symbol_that_begins_a_name_is_told_once() -> None:
    assert find("Tb, Dy oxide") == [(0, 2, "terbium", True), (4, 12, "dysprosium", False)]


@pytest.mark.parametrize(
    "text", ["In 2025 La Paz", "Er sagte, Tb", "Li and Lu met Ho", "Rare Co., Ni", "LA, CA", "X-Dy/Tb"]
)
def test_symbols_alone_or_that_may_be_words_do_not_count(text: str) -> None:
    assert find(text) == []


def test_every_unambiguous_name_is_found_in_its_own_material() -> None:
    for material in materials().values():
        ambiguous = {word.text for word in material.ambiguous}
        for names in material.names.values():
            for name in names:
                if name not in ambiguous:
                    assert material.slug in [slug for _, slug in named(f"« {name} »")], name


@given(
    st.lists(
        st.sampled_from(["镝", "gallium", "-68 ", "É", "e\u0301", "ｶﾞ", " and ", "Dy", "İ", "NdPr", "은", "\u00ad"])
    ).map("".join)
)
def test_places_lie_in_the_text_in_order_and_overlap_only_for_names_of_two(text: str) -> None:
    spans = find(text)
    assert spans == sorted(spans)
    for one, other in pairwise(spans):
        assert 0 <= one.start < one.end <= len(text)
        assert one.end <= other.start or one[:2] == other[:2]


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    for span in find(text):
        assert span.slug in materials()
