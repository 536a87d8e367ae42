"""From a customs code to materials."""

import pytest

from shared.catalog.hs import digits, materials_of


@pytest.mark.parametrize("written", ["850511", "8505.11", "8505 11", "8505.11.10", "8505111000"])
def test_a_code_counts_by_its_first_six_digits(written: str) -> None:
    assert materials_of(written) == {"rare_earths", "ndfeb_magnets", "smco_magnets"}


def test_a_ten_digit_code_from_the_announcements_is_exact() -> None:
    assert materials_of("2846.90.15.00") == {"dysprosium"}
    assert materials_of("2846901600") == {"terbium"}
    assert {"dysprosium", "terbium", "rare_earths"} < materials_of("284690")


def test_an_american_tariff_line_is_exact_too() -> None:
    assert materials_of("8112.92.1000") == {"gallium"}
    assert materials_of("811292") == {"gallium", "germanium", "indium"}


def test_a_mixture_is_known_by_its_ten_digits_only() -> None:
    assert materials_of("3824999922") == {"dysprosium", "terbium", "samarium"}
    assert materials_of("382499") == frozenset()


def test_a_heading_stands_for_everything_below_it() -> None:
    assert materials_of("8110") == {"antimony"}
    assert materials_of("81") > {"antimony", "tungsten", "cobalt"}


@pytest.mark.parametrize("written", ["", "8", "12345678901", "85o511", "８５０５１１", "85-05-11", "magnets"])
def test_what_is_no_code_stands_for_nothing(written: str) -> None:
    assert digits(written) is None
    assert materials_of(written) == frozenset()


def test_a_well_formed_code_that_the_catalogue_does_not_know_stands_for_nothing() -> None:
    assert digits("0101.21") == "010121"
    assert materials_of("0101.21") == frozenset()
