"""Folding a text must not lose the place of a single character."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.spelling import fold, key


@given(st.text())
def test_every_folded_character_has_a_place_in_the_original(text: str) -> None:
    folded, places = fold(text)
    if places is None:
        assert len(folded) == len(text)
    else:
        assert len(places) == len(folded)
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)


def test_a_dash_before_a_digit_stays() -> None:
    assert fold("Gallium-68 and rare-earth")[0] == "gallium-68 and rare earth"


def test_composed_and_decomposed_letters_fold_to_the_same() -> None:
    for text in ("bastnäsite", "レアアースガリウム", "희토류"):
        assert fold(unicodedata.normalize("NFD", text))[0] == fold(text)[0]


def test_keys_forget_case_width_spaces_and_hyphens() -> None:
    assert key("Ｒare-Earth") == key("rare earth") == key("RARE_EARTH") == "rareearth"
